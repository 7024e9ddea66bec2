"""Who does what to whom: whether a statement has moved a name to another place of the same verb.

There is no parser here. A verb is a word that looks like one, and its places are the names before it, behind it, and
behind a preposition, in the same clause. Two names are the same when they share a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.grounding.facts import TITLES
from rag.grounding.polarity import MODALS, clause_numbers
from rag.grounding.reading import Sentence, Word, is_past_form
from rag.text.places import DEMONYMS, find_places
from rag.text.synonyms import synonym_groups
from rag.text.words import stem

_THIRD_PERSON: Final = re.compile(r"[^s]s$")
_ROLE_REACH: Final = 5
"""Words between a verb and the names it binds directly."""
_ROLE_REACH_BEHIND: Final = 10
"""Words between a verb and the names that a preposition binds to it."""
_ROLE_REACH_AGENT: Final = 14
"""Words between a passive verb and the name of who acts; titles stand between them."""
_PLACES: Final = frozenset("to from against for in".split())
_BE: Final = frozenset("is are was were be been being".split())
_PREPOSITIONS: Final = frozenset("of in at for with from to on by near against over between about".split())
_AGENT: Final = re.compile(r"[a-z]{3}(?:[eo]rs|ists|ials|ians|yers|ors?|ists?)$|^(?:police|army|court|government)$")
"""Who acts, without a name."""
_MUTUAL: Final = frozenset(
    stem(verb)
    for verb in "met meet meeting talk speak spoke discuss agree sign join differ marry clash border and summit".split()
)
"""What two do with each other."""


def role_differences(statement: Sentence, source: Sentence) -> list[str]:
    """Return the verbs that both have, and at which a name has moved to another place: "A accused B", "B accused A".

    Places are before the verb, behind it, and behind a preposition such as "to". Only a name that the source has at
    another place of the same verb counts, where the source has a different name at the statement's place. Where the
    source has another verb, the order of the two names has to do.
    """
    theirs = _roles(source)
    anywhere = [name for _, _, name in _names(source)]
    differing = []
    for verb, here in _roles(statement).items():
        if verb in theirs:
            there = theirs[verb]
            is_moved = any(
                place in there
                and not there[place] & name
                and any(other & name for other in (there.values() if place == "behind" else anywhere))
                for place, name in here.items()
            )
        else:
            is_moved = (
                here.keys() == {"before", "behind"}
                and verb not in source.stems
                and _come_in_order(source, here["behind"], here["before"])
            )
        if is_moved:
            differing.append(verb)
    origins = _origins(source)
    countries = {country for _, _, country in find_places([word.form for word in source.words])}
    differing += [
        noun
        for noun, country in _origins(statement).items()
        if origins.get(noun, country) != country and country in countries
    ]
    return differing


def _come_in_order(sentence: Sentence, first: frozenset[str], second: frozenset[str]) -> bool:
    """Say whether two names stand in the sentence in this order only, and nothing shows a passive."""
    places = [
        [place for place, word in enumerate(sentence.words) if word.is_capitalised and word.stem in name]
        for name in (first, second)
    ]
    if not all(places) or any(word.key == "by" for word in sentence.words):
        return False
    return max(places[0]) < min(places[1])


def _origins(sentence: Sentence) -> dict[str, str]:
    """Map each noun behind "Russian" or "Russia's" to that country."""
    words = sentence.words
    return {
        words[end].stem: country
        for start, end, country in find_places([word.form for word in words])
        if end < len(words)
        and words[end].is_content
        and not words[end].is_capitalised
        and (words[end - 1].form.lower().endswith(("'s", "’s")) or words[end - 1].key in DEMONYMS)
    }


def _roles(sentence: Sentence) -> dict[str, dict[str, frozenset[str]]]:
    """Map each verb-like stem to the names around it, by place. A passive with "by" is turned round."""
    roles: dict[str, dict[str, frozenset[str]]] = {}
    words = sentence.words
    names = _names(sentence)
    clauses = clause_numbers(sentence)
    for place, word in enumerate(words):
        if word.is_capitalised or word.stem in _MUTUAL or not _may_be_verb(sentence, place):
            continue
        found: dict[str, frozenset[str]] = {}
        for start, end, name in names:
            if clauses[start] != clauses[place]:
                continue
            if place - _ROLE_REACH <= end - 1 < place:
                if not (start and _lead(words, start) in _PREPOSITIONS):  # "Oxfam in Kenya said": Kenya said nothing
                    found["before"] = name
            elif place < start <= place + _ROLE_REACH_BEHIND:
                lead = _lead(words, start)
                if lead in _PLACES:
                    found.setdefault(lead, name)
                elif start <= place + _ROLE_REACH:
                    found.setdefault("behind", name)
        is_passive = is_past_form(word.key) and any(other.key in _BE for other in words[max(0, place - 3) : place])
        if any(other.key == "by" for other in words[place + 1 : place + 3]):
            agent = next((name for start, _, name in names if place < start <= place + _ROLE_REACH_AGENT), None)
            if agent is None:
                continue
            patient = found.get("before")
            found = {"before": agent} if patient is None else {"before": agent, "behind": patient}
        elif is_passive and "before" in found:
            found["behind"] = found.pop("before")
        if found:
            roles.setdefault(word.stem, found)
    return roles


def _lead(words: Sequence[Word], place: int) -> str:
    """Return the word before a name, an article between them apart."""
    return words[place - 2 if place > 1 and words[place - 1].key in ("the", "a", "an") else place - 1].key


def _may_be_verb(sentence: Sentence, place: int) -> bool:
    """Say whether a word looks like a verb: a past form, a base form behind "to", an -s form behind its subject."""
    words = sentence.words
    key = words[place].key
    if is_past_form(key):
        return words[place].is_content
    before = words[place - 1] if place else None
    if before is None or not words[place].is_content:
        return False
    if before.key == "to" or before.key in MODALS:
        return True
    return bool(_THIRD_PERSON.search(key)) and (before.is_capitalised or before.key in ("he", "she", "it", "who"))


def _names(sentence: Sentence) -> list[tuple[int, int, frozenset[str]]]:
    """Return the names and nouns of agents in a sentence, with their places, each as the set of its words.

    Two names are the same when they share a word; a country counts as one word, whatever it is called. Names that
    "and" joins are one, because they act together.
    """
    words = sentence.words
    countries = {
        place: country
        for start, end, country in find_places([word.form for word in words])
        for place in range(start, end)
        if words[place].is_capitalised
    }
    found: list[tuple[int, int, frozenset[str]]] = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        if word.form.lower().endswith(("'s", "’s")):  # "Russia's rocket": Russia does nothing
            continue
        if place in countries:
            if word.key in DEMONYMS and following and following.is_content and not following.is_capitalised:
                continue  # "a Russian rocket"
            name = frozenset({countries[place]})
        elif word.is_capitalised and word.is_content and not (place == 0 and synonym_groups([word.stem])[0]):
            name = frozenset() if word.key in TITLES else frozenset({word.stem})
        elif _AGENT.search(word.key) or _continues_name(sentence, place, found):
            name = frozenset({word.stem})
        else:
            continue
        if found and (
            (found[-1][1] == place and _touch(sentence, place))
            or (found[-1][1] == place - 1 and words[place - 1].key in ("and", "or"))
        ):
            start, _, before = found.pop()
            found.append((start, place + 1, before | name))
        else:
            found.append((place, place + 1, name))
    return [name for name in found if name[2]]


def _continues_name(sentence: Sentence, place: int, found: Sequence[tuple[int, int, frozenset[str]]]) -> bool:
    """Say whether a small letter goes on with a name, as in "Ho-jin"."""
    words = sentence.words
    return bool(found) and found[-1][1] == place and sentence.text[words[place - 1].span.end] == "-"


def _touch(sentence: Sentence, place: int) -> bool:
    gap = sentence.text[sentence.words[place - 1].span.end : sentence.words[place].span.start]
    return not gap.strip(" .-’'")
