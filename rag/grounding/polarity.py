"""Whether a statement turns what its source says into the contrary, or into a fact what the source leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from rag.grounding.facts import TITLES
from rag.grounding.reading import Sentence, Word, is_past_form
from rag.text.places import find_places
from rag.text.synonyms import synonym_groups
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
"""Words between a verb and the names it binds directly."""
_ROLE_REACH_BEHIND: Final = 10
"""Words between a verb and the names that a preposition binds to it."""
_ROLE_REACH_AGENT: Final = 14
"""Words between a passive verb and the name of who acts; titles stand between them."""
_PLACES: Final = frozenset("to from against for".split())
_IS_VERB: Final = re.compile(r"[a-z]{2}(?:[^s]s|ed|ing)$")
_MUTUAL: Final = frozenset(
    stem(verb)
    for verb in "met meet meeting talk speak spoke discuss agree sign join differ marry clash border and summit".split()
)
"""What two do with each other."""
_EXCLUDING: Final = frozenset("only just alone solely".split())
_IN_FAVOUR: Final = frozenset(stem(word) for word in "favor favour".split())
_CLAUSE_END: Final = re.compile(r"[,;:—–]")
_THIRD_PERSON: Final = re.compile(r"[^s]s$")
_CONDITIONS: Final = frozenset({"if", "unless", "whether"})


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
        *([] if keys & _MODALS else _done_instead_of_possible(statement, source)),
        *([] if keys & _CONDITIONS else _certain_instead_of_conditional(statement, source)),
    ]


def _done_instead_of_possible(statement: Sentence, source: Sentence) -> list[str]:
    done = {word.stem: word.form for word in statement.words if _is_finite(word.key)}
    certain = {word.stem for place, word in enumerate(source.words) if not _is_behind_modal(source.words, place)}
    return [
        done[word.stem]
        for place, word in enumerate(source.words)
        if word.stem in done and word.stem not in certain and _is_behind_modal(source.words, place)
    ]


def _certain_instead_of_conditional(statement: Sentence, source: Sentence) -> list[str]:
    conditional: dict[str, str] = {}
    certain: set[str] = set()
    in_condition = False
    end = 0
    for word in source.words:
        if _CLAUSE_END.search(source.text, end, word.span.start):
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
        and (_is_behind_modal(statement.words, place) or is_past_form(word.key))
    ]


def _is_finite(key: str) -> bool:
    return is_past_form(key) or bool(_THIRD_PERSON.search(key))


def _is_behind_modal(words: Sequence[Word], place: int) -> bool:
    """Say whether a verb in its base form follows a modal, with nothing but small words between them."""
    if _is_finite(words[place].key):
        return False
    for word in reversed(words[max(0, place - 4) : place]):
        if word.key in _MODALS:
            return True
        if word.is_content and not word.key.endswith("ly"):
            return False
    return False


def role_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the verbs that both have, and at which a name has moved to another place: "A accused B", "B accused A".

    Places are before the verb, behind it, and behind a preposition such as "to". Only a name that the source has at
    another place of the same verb counts, where the source has a different name at the statement's place. Where the
    source has another verb, the order of the two names has to do.
    """
    theirs = _roles(source)
    differing = []
    for verb, here in _roles(statement).items():
        if verb in theirs:
            there = theirs[verb]
            is_moved = any(there.get(place, name) != name and name in there.values() for place, name in here.items())
        else:
            is_moved = (
                here.keys() == {"before", "behind"}
                and verb not in source.stems
                and _come_in_order(source, here["behind"], here["before"])
            )
        if is_moved:
            differing.append(verb)
    return differing


def _come_in_order(sentence: Sentence, first: str, second: str) -> bool:
    """Say whether two names stand in the sentence in this order only, and nothing shows a passive."""
    places = {name: [start for start, _, other in _names(sentence) if other == name] for name in (first, second)}
    if not places[first] or not places[second] or any(word.key == "by" for word in sentence.words):
        return False
    return max(places[first]) < min(places[second])


def _roles(sentence: Sentence) -> dict[str, dict[str, str]]:
    """Map each verb-like stem to the names around it, by place. A passive with "by" is turned round."""
    roles: dict[str, dict[str, str]] = {}
    words = sentence.words
    names = _names(sentence)
    clauses = _clauses(sentence)
    for place, word in enumerate(words):
        if word.is_capitalised or word.stem in _MUTUAL or not (is_past_form(word.key) or _IS_VERB.search(word.key)):
            continue
        found: dict[str, str] = {}
        for start, end, name in names:
            if clauses[start] != clauses[place]:
                continue
            if place - _ROLE_REACH <= end - 1 < place:
                found["before"] = name
            elif place < start <= place + _ROLE_REACH_BEHIND:
                lead = words[start - 2 if words[start - 1].key in ("the", "a", "an") else start - 1].key
                if lead in _PLACES:
                    found.setdefault(lead, name)
                elif start <= place + _ROLE_REACH:
                    found.setdefault("behind", name)
        if any(other.key == "by" for other in words[place + 1 : place + 3]):
            agent = next((name for start, _, name in names if place < start <= place + _ROLE_REACH_AGENT), None)
            if agent is None:
                continue
            patient = found.get("before")
            found = {"before": agent} if patient is None else {"before": agent, "behind": patient}
        if len(found) > 1:
            roles.setdefault(word.stem, found)
    return roles


def _clauses(sentence: Sentence) -> list[int]:
    """Number the clause of each word, as far as punctuation shows it."""
    numbers: list[int] = []
    end = 0
    for word in sentence.words:
        last = numbers[-1] if numbers else 0
        numbers.append(last + bool(_CLAUSE_END.search(sentence.text, end, word.span.start)))
        end = word.span.end
    return numbers


def _names(sentence: Sentence) -> list[tuple[int, int, str]]:
    """Return the names of a sentence with their places, each as one key; countries under one key by any name."""
    words = sentence.words
    found: list[tuple[int, int, str]] = []
    countries: dict[int, tuple[int, str]] = {}
    for start, end, country in find_places([word.form for word in words]):
        capital = next((place for place in range(start, end) if words[place].is_capitalised), None)
        if capital is not None:
            countries[capital] = (end, country)
    place = 0
    while place < len(words):
        if place in countries:
            end, country = countries[place]
            found.append((place, end, country))
            place = end
            continue
        word = words[place]
        if word.is_capitalised and word.is_content and not (place == 0 and synonym_groups([word.stem])[0]):
            end = place + 1
            while end < len(words) and words[end].is_capitalised and end not in countries and _touch(sentence, end):
                end += 1
            if not all(other.key in TITLES for other in words[place:end]):
                found.append((place, end, words[end - 1].stem))  # the last part names a person ("Sasha Baker", "Baker")
            place = end
        else:
            place += 1
    return found


def _touch(sentence: Sentence, place: int) -> bool:
    gap = sentence.text[sentence.words[place - 1].span.end : sentence.words[place].span.start]
    return gap.strip(".-’'s") == "" and len(gap) < 3
