"""Whether a statement turns what its source says into the contrary, or into a fact what the source leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from rag.grounding.reading import Sentence
from rag.text.words import stem

_NEGATIONS: Final = frozenset(
    """not no never nobody nothing none neither nor without cannot unable nowhere hardly barely scarcely lack lacks
    lacked lacking refuse refuses refused refusing deny denies denied denying fail fails failed failing decline declines
    declined avoid avoided prevent prevented prevents rule ruled""".split()
)
_NOT_CONTRACTED: Final = re.compile(r"n't$")
_MODALS: Final = frozenset(
    """may might could would should can possible possibly potential potentially perhaps likely unlikely plan plans
    planned planning expect expects expected hope hopes hoped hoping want wants wanted consider considers considered
    considering threaten threatens threatened threatening intend intends intended propose proposes proposed if whether
    unless alleged allegedly reportedly rumored rumoured try tries tried trying attempt attempted attempts seek seeks
    sought aim aims aimed urge urged urges ask asked asks call calls demand demanded demands will shall ready
    preparing prepare prepares fear fears feared suspect suspects suspected accuse accused accuses""".split()
)
_SCOPE: Final = 4
"""Content words after a negation or modal that it is taken to govern."""
_MODAL_SCOPE: Final = 3


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


def _governed(sentence: Sentence, cues: frozenset[str], scope: int) -> dict[str, bool]:
    """Map the stem of each content word to whether a cue stands shortly before it in the same clause."""
    governed: dict[str, bool] = {}
    left = 0
    end = 0
    for word in sentence.words:
        if re.search(r"[,;:—–]", sentence.text[end : word.span.start]):
            left = 0
        end = word.span.end
        if word.key in cues or (cues is _NEGATIONS and _NOT_CONTRACTED.search(word.key)):
            left = scope + 1
        elif word.is_content:
            left = max(0, left - 1)
            governed[word.stem] = left > 0 or governed.get(word.stem, False)
    return governed


def negation_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the words that one of the two sentences negates and the other does not.

    A word counts as negated when a negation stands within four content words before it in its clause; only a word
    directly behind the negation is asked of the other sentence, so that "not A but B" does no harm to B.
    """
    differing = []
    for here, there in ((statement, source), (source, statement)):
        governed_there = _governed(there, _NEGATIONS, _SCOPE + 2)
        governed_here = _governed(here, _NEGATIONS, _SCOPE + 2)
        for word in _directly_negated(here):
            if word in governed_there and not governed_there[word] and governed_here.get(word):
                differing.append(word)
    return differing


def _directly_negated(sentence: Sentence) -> Iterator[str]:
    wanted = 0
    for word in sentence.words:
        if word.key in _NEGATIONS or _NOT_CONTRACTED.search(word.key):
            wanted = 2
        elif wanted and word.is_content:
            yield word.stem
            wanted -= 1


def contradictions(statement: Sentence, source: Sentence) -> list[tuple[str, str]]:
    """Return pairs of contraries: a word of the statement that the source lacks, and the source's word for it."""
    here, there = statement.stems, source.stems
    return [
        (word.form, other.form)
        for word in statement.content
        if word.stem not in there
        for other in source.content
        if other.stem not in here and are_opposed(word.stem, other.stem)
    ]


def modality_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the words that the source only plans, supposes or demands and the statement states as a fact."""
    if any(word.key in _MODALS for word in statement.words):
        return []
    possible = _governed(source, _MODALS, _MODAL_SCOPE)
    certain = _governed(statement, _MODALS, _MODAL_SCOPE)
    return [word for word, is_possible in possible.items() if is_possible and word in certain and _is_verb_like(word)]


def _is_verb_like(word: str) -> bool:
    return word.isalpha()
