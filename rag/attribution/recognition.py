"""Finds capitalised names in a sentence, without a model: runs of capitals, less titles and sentence beginnings."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.attribution import lexicon as lex
from rag.attribution.tokens import Sentence
from rag.text.places import DEMONYMS, place_aliases

Kind = Literal["person", "organisation", "place", "unknown"]

_AFTER_NAME = lex.AUXILIARIES | frozenset({"'s", ",", "and", "also", "who", ":", "'"})
_DOINGS = lex.SAY_FORMS.keys() | lex.THINK_FORMS.keys() | lex.LIGHT_VERBS | {"declined", "refused", "responded"}
_BEFORE_MONTHS = frozenset("in since until till last next early late mid this during through each every".split())
_DATE_WORDS = lex.DAYS | lex.MONTHS - {"may", "march"}


@dataclass(slots=True)
class Mention:
    """One place where a sentence names somebody or something."""

    first: int
    """Index of the first token of the name, titles not counted."""
    last: int
    """Index of its last token, inclusive."""
    name: str
    kind: Kind
    titles: tuple[str, ...]
    """Lower-case words before it that describe the bearer ("russian", "president")."""
    lead: int
    """Index of the first token with titles."""


def recognize(sentence: Sentence, written: Container[str], known: frozenset[str] = frozenset()) -> list[Mention]:
    """Return the names of a sentence, in order.

    Args:
        written: the words of the article as written; one that is there in lower case too is no name at the beginning of
            a sentence. Empty for a text that stands alone, such as a question.
        known: words the article capitalises inside its sentences; these are names at the beginning of one too.
    """
    words, lows = sentence.words, sentence.lows
    # Without an article around it, a title-case text may be a question that is mostly names.
    headline = is_headline(words) and (bool(known) or "".join(words).isupper())
    mentions: list[Mention] = []
    seen = 0  # tokens before this one are judged
    for position in sentence.capitals:
        if position < seen:
            continue
        word, low = words[position], lows[position]
        opens = _opens(words, seen, position)
        seen = position + 1
        if opens and _is_no_name(word, low, position, sentence, written, known):
            continue
        if _is_month(lows, words, position) or word == "I" or (headline and low not in known) or _is_party(word):
            continue
        last = _run_end(sentence, position, headline, known)
        seen = last + 1
        mention = _mention(sentence, position, last, opens=opens)
        if mention is not None and not _is_adjective(sentence, mention):
            mentions.append(_with_owner(sentence, mention, mentions))
    return mentions


def _opens(words: Sequence[str], seen: int, position: int) -> bool:
    """Say whether the word at `position` begins a sentence or a quotation; names end before `seen`."""
    for before in range(position - 1, seen - 1, -1):
        if words[before] in _OPENERS:
            return True
        if words[before][0].isalnum():
            return False
    return seen == 0


def is_headline(words: Sequence[str]) -> bool:
    """Say whether a sentence is in title case or in capitals, so that a capital says nothing about names."""
    for word in words:
        if word not in lex.NEVER_FIRST and word[0].islower():
            return False  # most sentences say so within a few words
    letters = [word for word in words if word[0].isalpha()]
    if len(letters) >= 3 and all(word.isupper() for word in letters):
        return True
    small = sum(word[0].islower() for word in letters)
    return len(letters) - small >= 5 and len(letters) > 2 * small


def _is_adjective(sentence: Sentence, mention: Mention) -> bool:
    """Say whether a name is only an adjective of nationality: "Russian" in "Russian forces"."""
    after = mention.last + 1
    if "-" in mention.name and after < len(sentence) and sentence.words[after][0].islower():
        return all(place_aliases(part) is not None for part in mention.name.split("-"))  # "South Korea-U.S. alliance"
    if mention.kind != "place" or mention.name.endswith("s") or after >= len(sentence):
        return False
    return (
        mention.name.lower() in DEMONYMS
        and sentence.words[after][0].islower()
        and sentence.lows[after] not in lex.SAY_FORMS
    )


def _with_owner(sentence: Sentence, mention: Mention, before: list[Mention]) -> Mention:
    """Join "South Korea's" to "Ministry of Foreign Affairs", which is nothing without it."""
    owner = before[-1] if before else None
    if mention.kind != "organisation" or owner is None or owner.kind != "place" or owner.last != mention.first - 2:
        return mention
    if sentence.words[mention.first - 1] != "'s":
        return mention
    before.pop()
    name = f"{owner.name}'s {mention.name}"
    return Mention(owner.first, mention.last, name, "organisation", (), owner.lead)


_ROLE_WORDS = lex.TITLES.keys() | {"of", "the", "and", "for"}
_PARTY = re.compile(r"[RDI]-[A-Z]")
"""Party and state of a member of Congress: "R-S.C."."""
_OFFICES = frozenset(
    "ceo cfo coo gm president chairman chairwoman director minister secretary spokesman spokeswoman spokesperson "
    "governor senator ambassador commissioner".split()
)
_OPENERS = frozenset({".", "?", "!", '"', "“", "''", "``", ":", "«", "„", "•", "—", "…"})


def _is_month(lows: Sequence[str], words: Sequence[str], position: int) -> bool:
    """Say whether a word is a day or month: "in May", but neither "Theresa May" nor "Minister Jan Falk"."""
    low, before = lows[position], lows[position - 1] if position else ""
    if low not in _DATE_WORDS:
        return low in lex.MONTHS and before in _BEFORE_MONTHS
    following = words[position + 1] if position + 1 < len(words) else ""
    return not (low in lex.GIVEN_NAMES and before in lex.TITLES and following[:1].isupper())


def _is_party(word: str) -> bool:
    return word[1:2] == "-" and _PARTY.match(word) is not None


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _is_no_name(
    word: str, low: str, position: int, sentence: Sentence, written: Container[str], known: frozenset[str]
) -> bool:
    """Judge a capitalised word that begins a sentence."""
    if low.split("'")[0] in lex.NEVER_FIRST and not _is_acronym(word):
        return True  # "You'd" too
    if low in known or low in lex.TITLES or _is_acronym(word) or "." in word:
        return False
    if place_aliases(word) is not None:
        return False
    following = sentence.words[position + 1] if position + 1 < len(sentence) else ""
    if low in lex.GIVEN_NAMES and following[:1].isupper():
        return False
    if low in written or low in lex.SPEAKER_NOUNS:
        return True
    if following[:1].isupper():
        # "Earlier Obama" against "Zeynep Tufekci": an adverb or a participle is no name.
        return (low.endswith(("ly", "ing")) or low in lex.SAY_FORMS) and low not in lex.GIVEN_NAMES
    if low.endswith(("ly", "ing", "ings", "tion", "tions", "ness", "ers")) or low in lex.SAY_FORMS:
        return True
    # A single unknown word is taken for a name only where it does or owns something.
    return following not in _AFTER_NAME and following not in _DOINGS


def _run_end(sentence: Sentence, first: int, headline: bool, known: frozenset[str]) -> int:
    words, lows = sentence.words, sentence.lows
    size = len(words)
    last = first
    position = first + 1
    linked = False
    while position < size and position - first < 14:
        word = words[position]
        if word[0].isupper() and lows[position] not in _DATE_WORDS and word != "I":
            if headline and lows[position] not in known:
                break
            last = position
            position += 1
            continue
        following = position + 1
        while lows[following - 1] in lex.PARTICLES and following < size and lows[following] in lex.PARTICLES:
            following += 1  # "van der"
        if lows[position] in lex.PARTICLES and following < size and words[following][0].isupper():
            last = following
            position = following + 1
            continue
        following = position + 1
        if lows[position] in ("of", "for", "and", "&") and following < size:
            if words[following] == "the" and lows[position] == "of":
                following += 1
            joins = linked or lows[last] in lex.LINKING_HEADS if word in ("of", "for") else linked or word == "&"
            if joins and following < size and words[following][0].isupper() and lows[following] not in lex.GIVEN_NAMES:
                linked = lows[position] in ("of", "for")
                last = following
                position = following + 1
                continue
        break
    return last


def _mention(sentence: Sentence, first: int, last: int, *, opens: bool) -> Mention | None:
    words, lows = sentence.words, sentence.lows
    lead = first
    while opens and first < last and lows[first] in lex.NEVER_FIRST and not _is_acronym(words[first]):
        if lows[first] in lex.GIVEN_NAMES:
            break
        first += 1  # "But Clinton"
        lead = first
    if last - first >= 2 and all(_is_acronym(word) for word in words[first : last + 1]):
        return None  # SHOUTING IN THE MIDDLE OF A SENTENCE
    while last > first and lows[last] in _OFFICES:
        last -= 1  # "SpaceX CEO": the office is a noun
    is_organisation = _names_organisation(lows, first, last)
    if is_organisation and lows[first] in lex.ROLE_NOUNS and lows[first + 1 : first + 2] == ["of"]:
        return None  # "Minister of Foreign Affairs"
    if first < last and lows[first] == "the" and place_aliases(" ".join(words[first : last + 1])) is None:
        first += 1
    if not is_organisation:
        first = _name_start(lows, first, last)
    elif first < last and lows[first] in ("former", "then"):
        first += 1
    if first > last:
        return None
    if not is_organisation and _ROLE_WORDS.issuperset(lows[first : last + 1]):
        return None  # "Prime Minister": a role and no name
    titles = tuple(low.rstrip(".") for low in lows[lead:first] if low[0].isalnum())
    if not is_organisation and lead == first and lead > 0 and lows[lead - 1] in lex.PARTICLES and lows[lead - 1] != "y":
        # "de Blasio", "van der Bellen" where the particle has no capital
        while lead > 0 and lows[lead - 1] in lex.PARTICLES and words[lead - 1][0].islower():
            lead -= 1
        first = lead
    before = lead - 1
    if not is_organisation:
        # "White House spokesman John Kirby", "former Secretary of State": lower-case roles before the name.
        while before >= 0 and lows[before] in lex.TITLES and words[before][0].islower():
            titles = (lows[before].rstrip("."), *titles)
            lead = before
            before -= 1
    name = " ".join(words[first : last + 1])
    kind = _kind(name, lows[first : last + 1], is_organisation, titles)
    return Mention(first, last, name, kind, titles, lead)


def _names_organisation(lows: list[str], first: int, last: int) -> bool:
    if lex.ORGANISATION_HEADS.isdisjoint(lows[first : last + 1]) or lows[first] in ("mr.", "mrs.", "ms."):
        return False
    for position in range(first, last):
        if (
            lows[position] in lex.TITLES
            and lows[position + 1] in lex.GIVEN_NAMES
            and lows[position] not in lex.GIVEN_NAMES
        ):
            return False  # "Board of Commissioners President Erica Crawley"
    return any(
        lows[n] in lex.ORGANISATION_HEADS and (n == last or lows[n + 1] in ("of", "for"))
        for n in range(first, last + 1)
    )


def _name_start(lows: list[str], first: int, last: int) -> int:
    """Skip titles before a person's name: "South Korean Deputy Foreign Minister Chang Ho-jin"."""
    start = first
    for position in range(first, last):
        if lows[position] in lex.TITLES and lows[position] not in lex.GIVEN_NAMES:
            start = position + 1
    if lows[start] in ("of", "for"):
        # "Secretary of State Antony Blinken": the name begins at the first given or family-first name after "of".
        for position in range(start + 2, last):
            if lows[position] in lex.GIVEN_NAMES or lows[position] in lex.FAMILY_FIRST:
                return position
        return last + 1 if last - start < 3 else last - 1
    while start < last and lows[start] in DEMONYMS and place_aliases(" ".join(lows[start : last + 1])) is None:
        start += 1
    return start


def _kind(name: str, lows: Sequence[str], is_organisation: bool, titles: tuple[str, ...]) -> Kind:
    if is_organisation:
        return "organisation"
    if place_aliases(name) is not None:
        return "place"
    if titles or (len(lows) > 1 and (lows[0] in lex.GIVEN_NAMES or lows[0] in lex.FAMILY_FIRST)):
        return "person"
    return "unknown"
