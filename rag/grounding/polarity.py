"""Whether a statement turns what its source says into the contrary, or into a fact what the source leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from rag.grounding.reading import Sentence, Word, is_past_form
from rag.text.words import stem

_NEGATING_VERBS: Final = frozenset(
    """refuse refuses refused refusing deny denies denied denying fail fails failed failing decline declines
    declined""".split()
)
_NEGATIONS: Final = _NEGATING_VERBS | frozenset(
    "not no never nobody nothing none neither nor without cannot unable hardly barely".split()
)
MODALS: Final = frozenset(
    """may might could would should can possible possibly potential potentially perhaps likely unlikely plan plans
    planned planning expect expects expected hope hopes hoped hoping want wants wanted consider considers considered
    considering threaten threatens threatened threatening intend intends intended propose proposes proposed if whether
    unless alleged allegedly reportedly rumored rumoured try tries tried trying attempt attempted attempts seek seeks
    sought aim aims aimed urge urged urges ask asked asks call calls demand demanded demands will shall ready
    preparing prepare prepares fear fears feared suspect suspects suspected accuse accused accuses""".split()
)
_SCOPE: Final = 5
"""Content words after a negation that it may govern."""
_EXCLUDING: Final = frozenset("only just alone solely".split())
_IN_FAVOUR: Final = frozenset(stem(word) for word in "favor favour".split())
CLAUSE_END: Final = re.compile(r"[,;:—–]")
_THIRD_PERSON: Final = re.compile(r"[^s]s$")
_FUTURE: Final = frozenset({"will", "shall"})
_CONDITIONS: Final = frozenset({"if", "unless", "whether"})


def clause_numbers(sentence: Sentence) -> list[int]:
    """Number the clause of each word, as far as punctuation shows it."""
    numbers: list[int] = []
    end = 0
    for word in sentence.words:
        last = numbers[-1] if numbers else 0
        numbers.append(last + bool(CLAUSE_END.search(sentence.text, end, word.span.start)))
        end = word.span.end
    return numbers


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
    verbs_there = {word.stem for sentence in there for word in sentence.words if word.key in _NEGATING_VERBS}
    for use in ours:
        if use.cue in verbs_there:  # both deny or refuse something, in whatever order
            continue
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
    cue: str | None
    """The stem of the last negation before it in its clause."""


def _uses(sentence: Sentence) -> Iterator[_Use]:
    content = sentence.content
    since = _SCOPE  # content words since the last negation of this clause
    end = place = 0
    cue: str | None = None
    for word in sentence.words:
        if CLAUSE_END.search(sentence.text, end, word.span.start):
            since = _SCOPE
        end = word.span.end
        if word.key in _NEGATIONS or word.key.endswith("n't"):
            since = 0
            cue = word.stem
            place += word.is_content
        elif word.is_content:
            yield _Use(word.stem, since < _SCOPE, since < 2, _neighbours(content, place), cue)
            since += 1
            place += 1


def contradictions(statement: Sentence, source: Sentence) -> list[tuple[str, str]]:
    """Return pairs of contraries: a word of the statement that the source lacks, and the source's word for it.

    Only where both stand beside the same word, so that the one takes the other's place.
    """
    here, there = statement.stems, source.stems
    ours, theirs = statement.content, source.content
    return (
        [
            (word.form, other.form)
            for place, word in enumerate(ours)
            if word.stem not in there
            for other_place, other in enumerate(theirs)
            if other.stem not in here
            and are_opposed(word.stem, other.stem)
            and _neighbours(ours, place) & _neighbours(theirs, other_place)
        ]
        + _sides(here, there)
        + _exclusions(statement, there)
    )


def _exclusions(statement: Sentence, there: frozenset[str]) -> list[tuple[str, str]]:
    """Return "only" before a name, where the source names it without excluding others."""
    if there & _EXCLUDING:
        return []
    return [
        (word.form, following.form)
        for word, following in pairwise(statement.words)
        if word.key in _EXCLUDING and following.is_capitalised
    ]


def _sides(here: frozenset[str], there: frozenset[str]) -> list[tuple[str, str]]:
    """Return the pair "against" and "in favour" where one text has the one and the other the other."""
    if ("against" in here) == ("against" in there):
        return []
    other = there if "against" in here else here
    return [("against", word) for word in sorted(_IN_FAVOUR & other)][:1]


def _neighbours(content: Sequence[Word], place: int) -> frozenset[str]:
    return frozenset(word.stem for word in (*content[max(0, place - 2) : place], *content[place + 1 : place + 3]))


def modality_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the words that the source has only as possible, planned or conditional and the statement as a fact.

    That is: verbs that the source has only behind "might", "plans to" and the like, while the statement has them in
    the past or present; and words that the source has only in an if-clause, while the statement has none.
    """
    keys = {word.key for word in statement.words}
    return [
        *([] if keys & MODALS else _done_instead_of_possible(statement, source)),
        *([] if keys & _CONDITIONS else _certain_instead_of_conditional(statement, source)),
    ]


def _done_instead_of_possible(statement: Sentence, source: Sentence) -> list[str]:
    done = {word.stem: word for word in statement.words if _is_finite(word.key)}
    modals = [(word.stem, _modal_before(source.words, place)) for place, word in enumerate(source.words)]
    certain = {stem for stem, modal in modals if modal is None}
    return [
        done[stem].form
        for stem, modal in modals
        if stem in done
        and stem not in certain
        and not (modal in _FUTURE and not is_past_form(done[stem].key))  # "begins on Monday" is "will begin"
    ]


def _certain_instead_of_conditional(statement: Sentence, source: Sentence) -> list[str]:
    conditional: dict[str, str] = {}
    certain: set[str] = set()
    in_condition = False
    end = 0
    for word in source.words:
        if CLAUSE_END.search(source.text, end, word.span.start):
            in_condition = False
        end = word.span.end
        in_condition = in_condition or word.key in _CONDITIONS
        if in_condition:
            conditional[word.stem] = word.key
        else:
            certain.add(word.stem)
    return [
        word.form
        for place, word in enumerate(statement.words)
        if word.stem in conditional
        and word.stem not in certain
        and word.key != conditional[word.stem]
        and (_modal_before(statement.words, place) is not None or is_past_form(word.key))
    ]


def _is_finite(key: str) -> bool:
    return is_past_form(key) or bool(_THIRD_PERSON.search(key))


def _modal_before(words: Sequence[Word], place: int) -> str | None:
    """Return the modal that a verb in its base form follows, with nothing but small words between them."""
    if _is_finite(words[place].key):
        return None
    for word in reversed(words[max(0, place - 4) : place]):
        if word.key in MODALS:
            return word.key
        if word.is_content and not word.key.endswith("ly"):
            return None
    return None
