"""Compares names: is "Blinken" Antony Blinken, is "Kim Jong-un" Kim Jong Un, which known name is "Blinkin" close to.

It works on names alone, without an article; `entities` decides what a name means inside one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rag.attribution.lexicon import (
    FAMILY_FIRST,
    GIVEN_NAMES,
    ORGANISATION_HEADS,
    PARTICLES,
    SPEAKER_NOUNS,
    SUFFIXES,
    TITLES,
)
from rag.attribution.tokens import tokenize
from rag.schema import Span
from rag.text.folding import searchable
from rag.text.places import place_aliases
from rag.text.words import STOPWORDS

_PUNCTUATION = re.compile(r"[^\w\s'&-]|_")
_POSSESSIVE = re.compile(r"'s?$")
_LINKS = frozenset("of for to at from".split())
_LEADING = frozenset("the a an".split())
_OF_BODIES = frozenset(
    "foreign defense defence finance interior supreme parliamentary presidential democratic republican conservative "
    "libertarian progressive independent labour tory".split()
)
"""Titles that also part one body from another: the Foreign Minister, but the Foreign Ministry."""

# Short forms and spellings of given names; between two bars stand one person's choices.
_NICKNAMES = """
robert rob bob bobby robbie bert | william will bill billy willie liam | richard rick rich dick ricky | james
jim jimmy jamie | john johnny jack jon | jonathan jon john | michael mike mick mickey | joseph joe joey |
thomas tom tommy | charles charlie chuck | edward ed eddie ted ned | theodore ted teddy | donald don donnie |
ronald ron ronnie | daniel dan danny | david dave | steven stephen steve | anthony antony tony | andrew andy
drew | matthew matt | christopher chris | nicholas nick | gregory greg | jeffrey jeff geoffrey geoff | kenneth
ken kenny | lawrence larry laurence | leonard len lenny | patrick pat | peter pete | philip phillip phil |
raymond ray | samuel sam sammy | timothy tim | walter walt | benjamin ben benny | alexander alex sasha |
albert al bert | alfred al fred | frederick fred freddie | gerald gerry jerry | harold harry hal | henry harry
hank | joshua josh | zachary zach zack | nathaniel nathan nate | vincent vince | francis frank | franklin
frank | elizabeth liz beth betsy lizzie eliza | katherine catherine kate kathy cathy katie | margaret maggie
meg peggy | deborah debbie deb | susan sue | patricia pat patty trish | barbara barb | jennifer jen jenny |
rebecca becky | victoria vicky tori | christine chris christina tina | cynthia cindy | judith judy | kimberly
kim | pamela pam | sandra sandy | suzanne sue | teresa theresa terry | valerie val | abigail abby | amanda
mandy | jacqueline jackie | madeleine madeline maddy | vladimir volodymyr | sergei sergey | dmitry dmitri |
aleksandr alexander oleksandr | mikhail michael mykhailo | muhammad mohammed mohammad mohamed | benjamin
binyamin | yuri yury | aleksei alexei alexey
"""


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(_NICKNAMES.split("|")):
        for name in group.split():
            groups.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in groups.items()}


@lru_cache(maxsize=65536)
def key_words(name: str) -> tuple[str, ...]:
    """Return the words of `name_key`."""
    text = _PUNCTUATION.sub(" ", searchable(name).replace(".", ". "))
    words = [_POSSESSIVE.sub("", word) for word in text.replace("-", " ").split()]
    words = [word for word in words if word]
    while len(words) > 1 and (words[0] in _LEADING or words[0] in TITLES or words[0] + "." in TITLES):
        if words[0] in _OF_BODIES and head_of_body(words) is not None:
            break  # the Foreign Ministry is not just any ministry
        # "Secretary of State Antony Blinken": what follows the title's "of" is told from the name by a given name.
        if words[1] in _LINKS - {"of"}:
            break  # "spokesman for Cho" is not Cho
        if words[1] == "of":
            start = next((n for n in range(3, len(words)) if words[n] in GIVEN_NAMES or words[n] in FAMILY_FIRST), None)
            if start is None:
                break
            words = words[start:]
        else:
            words = words[1:]
    return tuple(words)


def head_of_body(words: Sequence[str]) -> str | None:
    """Return the word that makes lower-case words the name of a body: "ministry" of "ministry of health"."""
    for position, word in enumerate(words):
        last = position + 1 == len(words)
        if word in ORGANISATION_HEADS and (last or words[position + 1] in ("of", "for")):
            return word
    return None


def name_key(name: str) -> str:
    """Return the name folded, without titles, honorifics, hyphens and possessive: the same for equal spellings.

    "President Vladimir Putin's" and "vladimir putin" have the key "vladimir putin"; "Kim Jong-un" and "Kim Jong Un"
    have "kim jong un". A title without a name ("the President") keeps its last word.
    """
    return " ".join(key_words(name))


def same_person(a: str, b: str) -> bool:
    """Say whether two names can be the same person, institution or place.

    A single word matches a longer name whose family name or given name it is, so "Blinken" and "Antony" both match
    "Antony Blinken". Two longer names need the same family name and given names that agree (equal, an initial, or a
    usual short form). Countries match by any of their names, and a capital matches its country.
    """
    left, right = key_words(a), key_words(b)
    if not left or not right:
        return False
    if left == right or "".join(left) == "".join(right):
        return True
    place = place_aliases(a)
    if place is not None and place == place_aliases(b):
        return True
    if len(left) > len(right):
        left, right = right, left
    return _same_words(left, right)


def _same_words(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    if len(short) > 1 and (short[-1] in SUFFIXES) != (long[-1] in SUFFIXES):
        # "James B. Comey Jr." is James Comey; a son called after his father has no initial: "Donald Trump Jr."
        full = short if short[-1] in SUFFIXES else long
        if not any(len(word) == 1 for word in full):
            return False
    short, long = sorted((_without_suffix(short), _without_suffix(long)), key=len)
    if len(short) == 1:
        word = short[0]
        if len(long) == 1:
            return word == long[0]
        if _looks_like_person(long):
            return word == long[-1] or (word == long[0] and len(word) > 1)
        return False
    if set(short) == set(long):
        return True
    if _LINKS & (set(long) - set(short)):
        return False  # "Berg" and "supporters of Berg"
    if short[-1] == long[-1] and _given_agree(short, long):
        return True
    if long[0] in FAMILY_FIRST and short[0] == long[0] and long[0] not in GIVEN_NAMES:
        return "".join(short) == "".join(long)
    # "State Department" and "U.S. State Department"
    owner = long[: -len(short)]
    return len(short) >= 2 and long[-len(short) :] == short and place_aliases(" ".join(owner)) is not None


def _without_suffix(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[:-1] if len(words) > 1 and words[-1] in SUFFIXES else words


def _looks_like_person(words: tuple[str, ...]) -> bool:
    if words[-1] in SPEAKER_NOUNS:
        return False  # "Clinton aides"
    return len(words) <= 5 and not any(word in _NOT_PERSONAL for word in words) and place_aliases(words[0]) is None


_NOT_PERSONAL = frozenset(
    "of for the and & department ministry committee council court university party house senate office bank group "
    "news times post journal press association institute center centre foundation agency bureau company corp inc "
    "campaign commission board union service forces army administration government united national".split()
)


def _given_agree(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    first, other = short[0], long[0]
    if first == other:
        return _middle_agree(short[1:-1], long[1:-1])
    if len(long) > 2 and len(short) == 2 and first in long[1:-1] and long[-1] not in SUFFIXES:
        return True  # known by the middle name, or by its initial
    if len(first) == 1 or len(other) == 1:
        # An initial that stands first may be dropped or spelled out: "J. Edgar Hoover", "Edgar Hoover".
        return first[0] == other[0]
    return bool(_nicknames().get(first, frozenset()) & _nicknames().get(other, frozenset()))


def _middle_agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if not left or not right:
        return True
    return all(a[0] == b[0] for a, b in zip(left, right, strict=False))


def find_names(text: str, known: Iterable[str] = ()) -> list[Span]:
    """Find the names in a text such as a question, in order.

    Capitalised names are recognised by themselves. Names among `known` are found in any case, by their whole form or
    by a family name of at least three letters that is no common word; "what did blinken say" needs them.
    """
    from rag.attribution.recognition import recognize

    sentence = tokenize(text, 0)
    found = [sentence.cover(m.first, m.last) for m in recognize(sentence, {})]
    folded = searchable(text)
    if len(folded) != len(text):
        return found
    wanted: set[tuple[str, ...]] = set()
    for name in known:
        words = key_words(name)
        if not words:
            continue
        wanted.add(words)
        if len(words) > 1 and len(words[-1]) > 2 and words[-1] not in STOPWORDS:
            wanted.add(words[-1:])
        if len(words) > 1 and words[0] in FAMILY_FIRST:
            wanted.add(words[:1])
    if wanted:
        longest = max(map(len, wanted))
        spans = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[^\W_]+(?:'(?!s\b)[^\W_]+)*", folded)]
        position = 0
        while position < len(spans):
            for size in range(min(longest, len(spans) - position), 0, -1):
                if tuple(w for _, _, w in spans[position : position + size]) in wanted:
                    span = Span(spans[position][0], spans[position + size - 1][1])
                    if not any(span.overlaps(other) for other in found):
                        found.append(span)
                    position += size - 1
                    break
            position += 1
    return sorted(found)


def closest_name(name: str, known: Sequence[str], *, max_distance: int | None = None) -> str | None:
    """Return the known name that `name` is probably a misspelling of, or None.

    Names are compared by their keys, whole and by family name. One edit is allowed for every four letters
    (at least five letters for one), a swap of neighbours counting as one; an exact match is returned too. The first of
    `known` wins a tie, so pass the most frequent first.
    """
    key = name_key(name).replace(" ", "")
    if not key:
        return None
    best: tuple[int, str] | None = None
    for candidate in known:
        words = key_words(candidate)
        forms = {"".join(words)}
        if len(words) > 1 and " " not in name_key(name):
            forms |= {words[-1], words[0]} - PARTICLES
        for form in sorted(forms):
            allowed = max_distance if max_distance is not None else (len(key) // 4 if len(key) >= 5 else 0)
            if abs(len(form) - len(key)) > allowed:
                continue
            distance = edit_distance(key, form, allowed)
            if distance <= allowed and (best is None or distance < best[0]):
                best = (distance, candidate)
        if best is not None and best[0] == 0:
            break
    return best[1] if best else None


def edit_distance(a: str, b: str, limit: int) -> int:
    """Return the edits (insert, delete, replace, swap neighbours) from `a` to `b`, or `limit + 1` when more."""
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
