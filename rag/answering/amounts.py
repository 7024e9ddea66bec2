"""The one amount that a sentence gives for what a question asks, and whether two amounts agree.

A sentence that gives several, or none that clearly belongs to what is asked, gives nothing here: what is read is set
against other articles, and a wrong reading would make honest sources look like liars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from rag.answering.analysis import QuestionAnalysis
from rag.answering.tokens import Token, tokenize
from rag.schema import PartialDate, Span
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers
from rag.text.words import stem

Verdict = Literal["agree", "differ", "unlike"]
"""`unlike`: the two cannot be set against each other, such as miles and euros."""

_ABOUT: Final = re.compile(
    r"(?:\b(?:about|around|nearly|almost|roughly|approximately|approx\.?|some|close to|estimated|just (?:over|under)"
    r"|an estimated|circa|ca?\.)|~)\s*[$€£¥]?$",
    re.IGNORECASE,
)
_AT_LEAST: Final = re.compile(
    r"\b(?:more than|over|at least|upwards? of|exceed(?:s|ed|ing)|above|no (?:fewer|less) than|a minimum of"
    r"|greater than)\s+[$€£¥]?$",
    re.IGNORECASE,
)
_AT_MOST: Final = re.compile(
    r"\b(?:up to|as many as|as much as|fewer than|less than|at most|no more than|below|under|a maximum of)\s+[$€£¥]?$",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"\s*(?:-|–|—|to|and)\s*[$€£¥]?")
_PART_BEFORE: Final = re.compile(
    r"\b(?:another|other|additional|further|including|includes?|included|among (?:them|whom|these|those)"
    r"|of (?:whom|which)|from|compared (?:with|to)|versus|vs\.?|minus|plus|per|every|each|than the|page|chapter|no\."
    r"|number|aged?|top|day|phase|class|grade|article|section|route|highway|flight|room|week)"
    r"\s+(?:about |around |some )?[$€£¥]?$",
    re.IGNORECASE,
)
"""What stands before a number that counts a part, a rate or nothing at all."""
_PART_AFTER: Final = re.compile(
    r"[\s-]*(?:more\b|others?\b|additional\b|further\b|of (?:the|them|whom|which|those|these)\b|(?:[\w-]+ ){0,3}?"
    r"(?:an?|per|each|every) (?:hour|day|night|week|month|year|person|head|capita|square|mile|km)\b|(?:[\w-]+ ){0,2}?"
    r"(?:daily|weekly|monthly|annually|yearly|apiece|each)\b|(?:th|st|nd|rd)\b|[\s-]years?[\s-]old)",
    re.IGNORECASE,
)
UNREAL: Final = re.compile(
    r"\b(?:would|could|might|may|[Ii]f|[Uu]nless|expected|projected|predict\w*|forecast\w*|feared|plan(?:s|ned)? to"
    r"|hop\w+ to|goal|target|rumou?r\w*|[Nn]ot|[Nn]ever|denied|denies|false\w*|no longer|[Ff]ormer\w*|[Pp]revious\w*"
    r"|[Oo]riginal\w*|[Ii]nitial\w*|ask(?:s|ed|ing)? for|asked|seek(?:s|ing)?|sought|demand\w*|propos\w*|request\w*"
    r"|want(?:s|ed)?|offer\w*|threat\w*)\b|n['’]t\b"
)
"""What is not told as having come about, or no longer holds, is set against nothing."""
_CURRENCY_BEFORE: Final = re.compile(r"(?P<sign>[$€£¥₩₹₽])\s*$")
_UNITS: Final = {
    word: unit
    for unit, words in {
        "$": "dollar dollars usd cents",
        "€": "euro euros eur",
        "£": "pound pounds sterling",
        "¥": "yen yuan",
        "₽": "rouble roubles ruble rubles",
        "%": "percent pct points",
        "km": "km kilometer kilometers kilometre kilometres",
        "mi": "mi mile miles",
        "m": "m meter meters metre metres",
        "cm": "cm centimeter centimeters centimetre centimetres",
        "ft": "ft foot feet",
        "in": "inch inches",
        "yd": "yard yards",
        "kg": "kg kilogram kilograms kilo kilos",
        "t": "ton tons tonne tonnes",
        "lb": "lb lbs",
        "s": "second seconds",
        "min": "minute minutes",
        "h": "hour hours",
        "d": "day days",
        "w": "week weeks",
        "mo": "month months",
        "y": "year years",
        "dec": "decade decades",
        "ac": "acre acres",
        "ha": "hectare hectares",
        "sq": "square sq km² km2 m²",
        "mph": "mph",
        "km/h": "kph kmh",
        "deg": "degree degrees celsius fahrenheit",
        "mw": "megawatt megawatts mw",
        "gw": "gigawatt gigawatts gw",
        "bbl": "barrel barrels",
    }.items()
    for word in words.split()
}
_LENGTHS: Final = frozenset({"km", "mi", "m", "cm", "ft", "in", "yd"})
_TIMES: Final = frozenset({"s", "min", "h", "d", "w", "mo", "y", "dec"})
_MONEY: Final = frozenset("$ € £ ¥ ₽ ₩ ₹".split())
_QUANTITIES: Final = {
    noun: units
    for nouns, units in (
        ("length width height depth distance elevation altitude range", _LENGTHS),
        ("cost price budget value fine salary income debt profit revenue fee loan grant", _MONEY),
        ("share rate percentage percent proportion turnout inflation unemployment", frozenset({"%"})),
        ("area size", frozenset({"sq", "ac", "ha"})),
        ("weight mass", frozenset({"kg", "t", "lb"})),
        ("duration", _TIMES),
        ("speed", frozenset({"mph", "km/h"})),
        ("temperature", frozenset({"deg"})),
        ("population toll capacity number magnitude casualties fatalities attendance circulation", frozenset({""})),
    )
    for noun in nouns.split()
}
"""Nouns that ask for an amount by themselves ("what is the population of ..."), and in which units it comes."""
_QUANTITY: Final = re.compile(
    r"\b(?:what|which) (?:is|was|are|were|has been|will be) (?:the |its |their )?(?:\w+ ){0,3}?"
    rf"(?P<noun>{'|'.join(_QUANTITIES)})\b",
    re.IGNORECASE,
)
_HOW: Final = re.compile(r"\bhow (?P<how>many|much|long|far|high|big|large|old|tall|deep|fast)\b", re.IGNORECASE)
_HOW_UNITS: Final = {
    "far": _LENGTHS,
    "high": _LENGTHS,
    "tall": _LENGTHS,
    "deep": _LENGTHS,
    "fast": frozenset({"mph", "km/h"}),
    "old": frozenset({"y"}),
}
_PEOPLE: Final = frozenset(stem(word) for word in "people person inhabitant resident man woman".split()) - {
    stem("man"),
    stem("woman"),
}
_OF_THE_DEAD: Final = frozenset({"toll", "casualties", "fatalities"})
_OF_PEOPLE: Final = _OF_THE_DEAD | {"population"}
_CLAUSE_END: Final = frozenset(";:()[]{}—–")
_NEXT_CLAUSE: Final = re.compile(r", (?:and|but|while|as|with|which|who|where|when|after|before)\b")
_NOUN_REACH: Final = 4
_NEAR: Final = 7
"""Words between an amount and what it is of."""
CLEARLY_NEARER: Final = 2
COMMA_COST: Final = 2
_ROUGHLY: Final = Decimal("0.05")
_ABOUT_AS_MUCH: Final = Decimal("0.1")
_BEYOND: Final = Decimal("1.25")
"""How far a round "more than 10,000" reaches."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, or with nothing where it counts what the question asks for."""

    span: Span
    """Of the number with what qualifies it: "at least 12"."""
    low: Decimal
    high: Decimal
    unit: str
    is_about: bool
    is_at_least: bool
    is_at_most: bool
    years: frozenset[int] = frozenset()
    """Years that the sentence names: what it tells holds for them."""
    dates: tuple[PartialDate, ...] = ()
    told: int | None = None
    """The year of the article: a sentence that names none speaks of this."""

    def compare(self, other: Amount) -> Verdict:
        """Say whether both can be true."""
        if self.unit != other.unit or not (self._is_of_year(other) and other._is_of_year(self)):
            return "unlike"
        if self.dates and other.dates and not any(a.agrees_with(b) for a in self.dates for b in other.dates):
            return "unlike"
        if self.low <= other.high and other.low <= self.high:
            return "agree"
        less, more = (self, other) if self.high < other.low else (other, self)
        gap, size = more.low - less.high, max(abs(more.low), Decimal(1))
        if gap <= (_ABOUT_AS_MUCH if less.is_about or more.is_about else _ROUGHLY) * size and (
            less._is_round() or more._is_round() or less.unit
        ):
            return "agree"
        if (less.is_at_least and less._is_round()) or (more.is_at_most and more._is_round()):
            return "agree" if more.low <= _BEYOND * less.high else "differ"
        return "differ"

    def _is_of_year(self, other: Amount) -> bool:
        """Say whether the years that this one names fit the other."""
        meant = other.years or ({other.told} if other.told is not None else set())
        return not self.years or not meant or bool(self.years & meant)

    def _is_round(self) -> bool:
        """Say whether the number may stand for others near it: "5,000" for 4,987, but "12" only for itself."""
        return self.is_about or (self.high >= 100 and self.high % 100 == 0) or self.high % 1 != 0


def asked_units(question: QuestionAnalysis) -> frozenset[str] | None:
    """Return the units in which an amount would answer, where the question asks for an amount; else None.

    The empty unit is a count; no unit at all means that any will do.
    """
    if noun := quantity_noun(question.text):
        return _QUANTITIES[noun]
    if question.form not in ("how_many", "how_long", "how_old"):
        return None
    match = _HOW.search(question.text)
    how = match["how"].lower() if match else ""
    if question.form == "how_long":
        return _TIMES
    return _HOW_UNITS.get(how, frozenset() if how != "many" else frozenset({""}))


def quantity_noun(text: str) -> str | None:
    """Return the noun by which a question asks for an amount: "population" of "what is the population of ..."."""
    match = _QUANTITY.search(text)
    return match["noun"].lower() if match else None


def read_amount(question: QuestionAnalysis, text: str, *, published: PartialDate | None = None) -> Amount | None:
    """Return the amount that a sentence gives for what is asked; None where it gives none, or not clearly one.

    Args:
        question: what is asked.
        text: the sentence.
        published: the article's date; its year completes the sentence's days.
    """
    units = asked_units(question)
    if units is None or (UNREAL.search(text) and not UNREAL.search(question.text)):
        return None
    tokens = tokenize(text)
    dates = find_dates(text)
    sought = _sought(question)
    told = published.year if published is not None else None
    found: list[tuple[int, Amount]] = []
    bare_years = {
        int(value) for span, value in find_numbers(text) if _is_year(span, value, text) and not _overlaps(span, dates)
    }
    for first, last, low, high in _ranges(text):
        span = Span(first.start, last.end)
        if _overlaps(span, dates) or _is_year(first, low, text):
            continue
        before, after = text[: span.start], text[span.end :]
        if _PART_BEFORE.search(before) or _PART_AFTER.match(after):
            continue
        unit = _unit(before, after, high)
        if units and unit not in units:
            continue
        if any(term.kind == "number" and term.tokens[0].number == low for term in question.terms):
            continue
        distance = _distance(sought, span, tokens, text)
        if distance is None:
            continue
        amount = _amount(text, span, _plain(low), _plain(high), unit)
        years = frozenset(date.year for _, date in dates if date.year) | bare_years
        days = tuple(
            PartialDate(date.year or told, date.month, date.day) for _, date in dates if date.month is not None
        )
        found.append((distance, replace(amount, years=years, dates=days, told=told)))
    return _clearly_nearest(found)


def may_answer(question: QuestionAnalysis, text: str, span: Span) -> bool:
    """Say whether the number at a place is in a unit that the question asks for, and counts nothing else by name."""
    units = asked_units(question)
    found = plain_amount(text, span)
    if units is None or (units and found.unit not in units):
        return False
    if _PART_BEFORE.search(text[: span.start]) or _PART_AFTER.match(text[span.end :]):
        return False
    if found.unit:
        return True
    return not _counts_others(_sought(question), tokenize(text), text, span)


def plain_amount(text: str, span: Span) -> Amount:
    """Read the number at a place, whatever it is of."""
    value = next(value for found, value in find_numbers(text) if found == span)
    return _amount(text, span, _plain(value), _plain(value), _unit(text[: span.start], text[span.end :], value))


def _amount(text: str, span: Span, low: Decimal, high: Decimal, unit: str) -> Amount:
    before = text[: span.start]
    signs = [pattern.search(before) for pattern in (_ABOUT, _AT_LEAST, _AT_MOST)]
    about, at_least, at_most = (match is not None for match in signs)
    start = min((match.start() for match in signs if match), default=span.start)
    if unit in _MONEY and (sign := _CURRENCY_BEFORE.search(before)):
        start = min(start, sign.start())
    return Amount(Span(start, span.end), low, high, unit, is_about=about, is_at_least=at_least, is_at_most=at_most)


def _clearly_nearest(found: Sequence[tuple[int, Amount]]) -> Amount | None:
    ordered = sorted(found, key=lambda pair: (pair[0], pair[1].span.start))
    if not ordered:
        return None
    distance, best = ordered[0]
    rivals = [amount for far, amount in ordered[1:] if far < distance + CLEARLY_NEARER]
    return best if all(best.compare(rival) == "agree" for rival in rivals) else None


def _ranges(text: str) -> Iterator[tuple[Span, Span, str, str]]:
    """Yield the numbers of a text, "10 to 12" as one."""
    numbers = [(span, value) for span, value in find_numbers(text) if ":" not in value]
    position = 0
    while position < len(numbers):
        span, value = numbers[position]
        if position + 1 < len(numbers):
            following, upper = numbers[position + 1]
            between = text[span.end : following.start]
            is_and = "and" in between and not re.search(r"\bbetween\s+[$€£¥]?$", text[: span.start], re.IGNORECASE)
            if _RANGE.fullmatch(between) and not is_and and _plain(value) < _plain(upper):
                yield span, following, value, upper
                position += 2
                continue
        yield span, span, value, value
        position += 1


def _plain(value: str) -> Decimal:
    return Decimal(value.rstrip("%").split(":")[0])


def _is_year(span: Span, value: str, text: str) -> bool:
    return bool(re.fullmatch(r"(?:1[6-9]|20)\d\d", value)) and span.of(text) == value


def _overlaps(span: Span, dates: Sequence[tuple[Span, PartialDate]]) -> bool:
    return any(date.overlaps(span) for date, _ in dates)


def _unit(before: str, after: str, value: str) -> str:
    if value.endswith("%"):
        return "%"
    if sign := _CURRENCY_BEFORE.search(before):
        return sign["sign"]
    words = re.match(r"[\s-]*(?P<first>[\w²]+)(?:[\s-]+(?P<second>[\w²]+))?", after)
    if words is None:
        return ""
    return _UNITS.get(words["first"].lower(), "")


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a question counts or measures."""

    deeds: tuple[Token, ...]
    """Words for what was done: "died"."""
    nouns: tuple[Token, ...]
    """What is counted: "cases"; or what is measured: "length"."""
    modifiers: frozenset[str]
    """Stems of the question's other plain words, which may stand before a noun: "confirmed"."""
    counts_people: bool

    def is_deed(self, token: Token) -> bool:
        """Say whether a word tells what an amount must stand by."""
        return any(means(token, word) for word in self.deeds or self.nouns)

    def is_noun(self, token: Token) -> bool:
        """Say whether a word names what is counted."""
        return (self.counts_people and token.stem in _PEOPLE) or any(means(token, word) for word in self.nouns)


def _sought(question: QuestionAnalysis) -> _Sought:
    """Find what a question counts; what follows a preposition ("in the flood") only tells which one is meant."""
    words = asked_words(question)
    stems = {token.stem for token in tokenize(question.text)}
    counts_people = bool(stems & _PEOPLE) or quantity_noun(question.text) in _OF_PEOPLE
    deeds: list[Token] = []
    if quantity := _QUANTITY.search(question.text):
        nouns = [word for word in words if quantity.start() <= word.span.start < quantity.end()]
        if quantity["noun"].lower() in _OF_THE_DEAD:
            deeds, nouns = nouns, []
    elif match := _HOW.search(question.text):
        before = _PREPOSITION.search(question.text, match.end())
        stop = before.start() if before else len(question.text)
        inside = [word for word in words if match.end() <= word.span.start < stop]
        auxiliary = _AUXILIARY.search(question.text, match.end())
        if auxiliary is None:
            deeds, nouns = inside[-1:], inside[-2:-1]
        else:
            nouns = [word for word in inside if word.span.start < auxiliary.start()][-1:]
            deeds = [word for word in inside if word.span.start > auxiliary.start()]
            deeds = deeds if auxiliary["be"] else deeds[-1:]
    else:
        nouns = words
    if counts_people:
        nouns = [word for word in nouns if word.stem not in _PEOPLE]
    modifiers = frozenset(word.stem for word in words) - {word.stem for word in (*deeds, *nouns)}
    return _Sought(tuple(deeds), tuple(nouns), modifiers, counts_people)


_PREPOSITION: Final = re.compile(
    r"\b(?:in|at|on|during|by|from|since|for|to|when|after|before|with|under|over|across|near|inside|of|because)\b",
    re.IGNORECASE,
)
_AUXILIARY: Final = re.compile(
    r"\b(?:(?P<be>is|was|are|were|(?:has|have|had|will|would) (?:so far |now |already )?(?:been|be))"
    r"|did|does|do|has|have|had|will|would|can|could)\b",
    re.IGNORECASE,
)


def asked_words(question: QuestionAnalysis) -> list[Token]:
    """Return the plain words of a question: what is counted, and what it did."""
    return [token for term in question.terms if term.kind == "word" for token in term.tokens]


def _distance(sought: _Sought, span: Span, tokens: Sequence[Token], text: str) -> int | None:
    """Return how many words lie between an amount and what the question asks about; None where that is too many.

    What is counted must be what is asked for: "12 people", or "killed 12", but not "12 children".
    """
    place = next((i for i, token in enumerate(tokens) if token.span.start >= span.start), len(tokens))
    end = next((i for i in range(place, len(tokens)) if tokens[i].span.start >= span.end), len(tokens))
    wanted = {i for i, token in enumerate(tokens) if sought.is_deed(token)}
    if not sought.deeds:
        wanted |= {i for i in range(end, min(end + 3, len(tokens))) if sought.is_noun(tokens[i])}
    best: int | None = None
    for i in wanted:
        between = text[span.end : tokens[i].span.start] if i >= end else text[tokens[i].span.end : span.start]
        if _CLAUSE_END & set(between) or _NEXT_CLAUSE.search(between):
            continue
        far = (i - end if i >= end else place - i - 1) + COMMA_COST * between.count(",")
        if best is None or far < best:
            best = far
    return best if best is not None and best <= _NEAR and not _counts_others(sought, tokens, text, span) else None


def _counts_others(sought: _Sought, tokens: Sequence[Token], text: str, span: Span) -> bool:
    """Say whether the words right behind an amount name something else than what is asked for."""
    following = [token for token in tokens if token.span.start >= span.end]
    previous = span.end
    for token in following[:_NOUN_REACH]:
        gap = text[previous : token.span.start]
        if sought.is_deed(token) or sought.is_noun(token) or token.is_stopword or gap.strip(" -%²"):
            return False
        if not (
            token.word in _UNITS
            or token.place
            or token.is_capitalised
            or token.stem in sought.modifiers
            or token.word.endswith(("ed", "ly", "ing"))
        ):
            return True
        previous = token.span.end
    return False


def means(token: Token, word: Token) -> bool:
    """Say whether a word of a sentence is one of the question's, or may stand for it."""
    return token.stem == word.stem or bool(token.groups & word.groups)
