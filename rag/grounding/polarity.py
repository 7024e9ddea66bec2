"""Whether a statement turns what its source says into the contrary, or into a fact what the source leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_ROLE_REACH: Final = 5
"""Words between a verb and the names it binds."""
_IS_VERB: Final = re.compile(r"[a-z]{2}(?:[^s]s|ed|ing)$")
_IRREGULAR: Final = frozenset(
    "beat hit told gave sent sold bought won led shot paid taught struck fought sought chose drove left".split()
)
_MUTUAL: Final = frozenset(
    stem(verb)
    for verb in "met meet meeting talk speak spoke discuss agree sign join differ marry clash border and summit".split()
)
"""What two do with each other."""
_CLAUSE_END: Final = re.compile(r"[,;:—–]")
_IS_FINITE: Final = re.compile(r"(?:[^s]s|ed)$")


@cache
def _antonyms() -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in files("rag.grounding").joinpath("antonyms.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            sides = [{stem(word) for word in side.split()} for side in line.split("/")]
            for side in sides:
                for word in side:
                    table.setdefault(word, set()).update(*(other - side for other in sides if other is not side))
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
    """Return the words that the statement negates and its sources do not, or the best source does and it does not.

    A word counts when it is one of the two content words behind a negation, stands nowhere without one on that side,
    and on the other side stands beside one of the same words without any negation shortly before it in the clause.
    """
    return [
        *_negated_only_here([statement], sources),
        *_negated_only_here(sources[:1], [statement]),
    ]


def _negated_only_here(here: Sequence[Sentence], there: Sequence[Sentence]) -> Iterator[str]:
    ours = [use for sentence in here for use in _uses(sentence)]
    theirs = [use for sentence in there for use in _uses(sentence)]
    for use in ours:
        if not use.is_directly_negated or any(other.stem == use.stem and not other.is_negated for other in ours):
            continue
        same = [other for other in theirs if other.stem == use.stem]
        if any(not other.is_negated and other.neighbours & use.neighbours for other in same) and not any(
            other.is_negated for other in same
        ):
            yield use.stem


@dataclass(frozen=True, slots=True)
class _Use:
    """A content word where it stands."""

    stem: str
    is_negated: bool
    """A negation stands within five content words before it in its clause."""
    is_directly_negated: bool
    """Within two."""
    neighbours: frozenset[str]


def _uses(sentence: Sentence) -> Iterator[_Use]:
    content = sentence.content
    since = _SCOPE  # content words since the last negation of this clause
    end = place = 0
    for word in sentence.words:
        if _CLAUSE_END.search(sentence.text, end, word.span.start):
            since = _SCOPE
        end = word.span.end
        if word.key in _NEGATIONS or word.key.endswith("n't"):
            since = 0
            place += word.is_content
        elif word.is_content:
            yield _Use(word.stem, since < _SCOPE, since < 2, _neighbours(content, place))
            since += 1
            place += 1


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


def role_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the verbs whose nearest names before and behind have changed places, as in "A accused B"."""
    return [
        verb
        for verb, (before, behind) in _roles(statement).items()
        if _roles(source).get(verb) == (behind, before) and before != behind
    ]


def _roles(sentence: Sentence) -> dict[str, tuple[str, str]]:
    """Map each verb-like stem to the names around it: who acts, on whom. A passive with "by" is turned round."""
    roles: dict[str, tuple[str, str]] = {}
    words = sentence.words
    for place, word in enumerate(words):
        if word.is_capitalised or word.stem in _MUTUAL or not (_IS_VERB.search(word.key) or word.key in _IRREGULAR):
            continue
        before = _name(reversed(words[max(0, place - _ROLE_REACH) : place]))
        behind = _name(words[place + 1 : place + 1 + _ROLE_REACH])
        if before and behind:
            is_passive = any(other.key == "by" for other in words[place + 1 : place + 3])
            roles[word.stem] = (behind, before) if is_passive else (before, behind)
    return roles


def _name(words: Iterable[Word]) -> str | None:
    return next((word.stem for word in words if word.is_capitalised and word.is_content), None)
