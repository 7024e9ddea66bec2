"""Whether a statement turns what its source says into the contrary, or into a fact what the source leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from rag.grounding.reading import Sentence, Word
from rag.text.words import stem

_NEGATIONS: Final = frozenset(
    """not no never nobody nothing none neither nor without cannot unable hardly barely refuse refuses refused refusing
    deny denies denied denying fail fails failed failing decline declines declined""".split()
)
_MODALS: Final = frozenset(
    """may might could would should can possible possibly potential potentially perhaps likely unlikely plan plans
    planned planning expect expects expected hope hopes hoped hoping want wants wanted consider considers considered
    considering threaten threatens threatened threatening intend intends intended propose proposes proposed if whether
    unless alleged allegedly reportedly rumored rumoured try tries tried trying attempt attempted attempts seek seeks
    sought aim aims aimed urge urged urges ask asked asks call calls demand demanded demands will shall ready
    preparing prepare prepares fear fears feared suspect suspects suspected accuse accused accuses""".split()
)
_SCOPE: Final = 5
"""Content words after a negation that it may govern."""
_CLAUSE_END: Final = re.compile(r"[,;:—–]")
_IS_FINITE: Final = re.compile(r"(?:[^s]s|ed)$")


@cache
def _antonyms() -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in files("rag.grounding").joinpath("antonyms.txt").read_text("utf-8").splitlines():
        if not line.startswith("#") and "/" in line:
            left, right = ([stem(word) for word in side.split()] for side in line.split("/"))
            for one in left:
                table.setdefault(one, set()).update(right)
            for one in right:
                table.setdefault(one, set()).update(left)
    return {word: frozenset(others) for word, others in table.items()}


def antonyms(word_stem: str) -> frozenset[str]:
    """Return the stems that mean the contrary of a stem, as far as `antonyms.txt` knows."""
    return _antonyms().get(word_stem, frozenset())


def are_opposed(one: str, other: str) -> bool:
    """Say whether two stems are contraries: by the list, or by a prefix ("stable", "unstable")."""
    if other in antonyms(one):
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) > 3 and any(
        longer == prefix + shorter for prefix in ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de")
    )


def negation_differences(statement: Sentence, sources: Sequence[Sentence]) -> list[str]:
    """Return the words that the statement negates and its sources never do, or the other way round.

    A negated word is one of the two content words behind a negation. The other side contradicts it if it has the
    word and no negation shortly before it in the clause, anywhere.
    """
    differing = []
    for here, there in (([statement], sources), (sources, [statement])):
        affirmed_here = frozenset[str]().union(*(_affirmed(sentence) for sentence in here))
        negated_there = frozenset[str]().union(*(_negated(sentence) for sentence in there))
        affirmed_there = frozenset[str]().union(*(_affirmed(sentence) for sentence in there))
        for sentence in here:
            differing += [
                word
                for word in _directly_negated(sentence)
                if word in affirmed_there and word not in negated_there and word not in affirmed_here
            ]
    return differing


def _is_negation(key: str) -> bool:
    return key in _NEGATIONS or key.endswith("n't")


def _negated(sentence: Sentence) -> set[str]:
    """Return the stems that have a negation shortly before them in their clause."""
    return {stem for stem, is_negated in _with_negation(sentence) if is_negated}


def _affirmed(sentence: Sentence) -> set[str]:
    return {stem for stem, is_negated in _with_negation(sentence) if not is_negated}


def _with_negation(sentence: Sentence) -> Iterator[tuple[str, bool]]:
    left = end = 0
    for word in sentence.words:
        if _CLAUSE_END.search(sentence.text, end, word.span.start):
            left = 0
        end = word.span.end
        if _is_negation(word.key):
            left = _SCOPE
        elif word.is_content:
            yield word.stem, left > 0
            left = max(0, left - 1)


def _directly_negated(sentence: Sentence) -> Iterator[str]:
    wanted = end = 0
    for word in sentence.words:
        if _CLAUSE_END.search(sentence.text, end, word.span.start):
            wanted = 0
        end = word.span.end
        if _is_negation(word.key):
            wanted = 2
        elif wanted and word.is_content:
            yield word.stem
            wanted -= 1


def contradictions(statement: Sentence, source: Sentence) -> list[tuple[str, str]]:
    """Return pairs of contraries: a word of the statement that the source lacks, and the source's word for it.

    Only where both stand beside the same word, so that the one takes the other's place.
    """
    here, there = statement.stems, source.stems
    ours, theirs = statement.content, source.content
    return [
        (word.form, other.form)
        for place, word in enumerate(ours)
        if word.stem not in there
        for other_place, other in enumerate(theirs)
        if other.stem not in here
        and are_opposed(word.stem, other.stem)
        and _neighbours(ours, place) & _neighbours(theirs, other_place)
    ]


def _neighbours(content: Sequence[Word], place: int) -> frozenset[str]:
    return frozenset(word.stem for word in (*content[max(0, place - 2) : place], *content[place + 1 : place + 3]))


def modality_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the verbs that the source has only behind "might", "plans to" and the like, the statement as done."""
    if any(word.key in _MODALS for word in statement.words):
        return []
    done = {word.stem: word.form for word in statement.words if _IS_FINITE.search(word.key)}
    certain = {word.stem for place, word in enumerate(source.words) if not _is_behind_modal(source.words, place)}
    return [
        done[word.stem]
        for place, word in enumerate(source.words)
        if word.stem in done and word.stem not in certain and _is_behind_modal(source.words, place)
    ]


def _is_behind_modal(words: Sequence[Word], place: int) -> bool:
    """Say whether a verb in its base form follows a modal, with nothing but small words between them."""
    if _IS_FINITE.search(words[place].key):
        return False
    for word in reversed(words[max(0, place - 4) : place]):
        if word.key in _MODALS:
            return True
        if word.is_content and not word.key.endswith("ly"):
            return False
    return False
