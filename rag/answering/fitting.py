"""Whether a sentence fits a question: the time it speaks of, the kind of thing it holds, what it ties together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import dropwhile, takewhile
from typing import Final

from rag.answering.analysis import QuestionAnalysis
from rag.answering.candidates import Candidate
from rag.answering.forms import asks_for_names
from rag.answering.matching import Matcher
from rag.answering.people import is_lesser
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import ROLE_NOUNS, SPEAKER_NOUNS
from rag.schema import PartialDate
from rag.text.dates import find_dates

_TIME_WORDS: Final = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|last (?:week|month|year|night|spring"
    r"|summer|autumn|fall|winter)|this (?:week|month|year|morning)|next (?:week|month|year)|(?:19|20)\d\d|noon|midnight"
    r"|\d{1,2}(?::\d\d)? ?[ap]\.?m)\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|a"
    r"|an|several|half)[\s-]+(?:and a half[\s-]+)?(?:second|minute|hour|day|week|month|year|decade|centur)",
    re.IGNORECASE,
)
_CAUSE: Final = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|in order to|so that|to (?!the\b|a\b|be\b)\w+|over|after|following"
    r"|amid|as a result|in response|response to|therefore|caused|prompted|led to|aim|purpose|given|for)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:in|at|from|to|near|outside|inside|visit(?:ed|ing|s)?|toward|towards|around|throughout|across)\s+(?:the\s+)?"
    r"(?:[a-z’'-]+\s+){0,3}?(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)(?=[A-Z])"
)


_RELATION_WINDOW: Final = 6
"""Words between two that belong together, such as a country and its minister."""


_FAR: Final = 99
_BODIES: Final = frozenset({"delegation", "delegations", "mission", "counterpart", "counterparts", "negotiators"})
_COMMON_OFFICES: Final = frozenset({"minister", "secretary", "deputy", "director", "officer"})
"""Offices of which a country has many; they answer only for themselves."""


def _holds_other_place(tokens: Sequence[Token], i: int, j: int) -> bool:
    """Say whether another country stands between two words."""
    places = {token.place for token in tokens[min(i, j) : max(i, j) + 1]} - {None}
    return len(places) > 1


def relations_hold(question: QuestionAnalysis, sentence: Candidate, matcher: Matcher) -> bool:
    """Say whether a "who" question's verb is there, and each country or name with the noun it belongs to."""
    if question.form != "who":
        return question.required is None or bool(matcher.positions(question.required, sentence.tokens))
    asked = tokenize(question.text)
    for first, second in question.relations:
        if second.tokens[-1].word not in ROLE_NOUNS | SPEAKER_NOUNS | _BODIES:
            continue
        nearest = [
            abs(i - j) if not _holds_other_place(tokens, i, j) else _FAR
            for tokens in (sentence.tokens, *sentence.earlier)
            for i in matcher.positions(first, tokens)
            for j in matcher.positions(second, tokens)
            if tokens[j].stem == second.tokens[-1].stem or tokens[j].word in ROLE_NOUNS - _COMMON_OFFICES
            if not is_lesser(tokens[max(0, j - 2) : j], asked)
        ]
        if min(nearest, default=_FAR) > _RELATION_WINDOW:
            return False
    if question.required is not None and not matcher.positions(question.required, sentence.tokens):
        return False
    return question.verb is None or any(
        sentence.tokens[i].word.removesuffix("s") not in ROLE_NOUNS
        for i in matcher.positions(question.verb, sentence.tokens)
    )


def agrees_in_time(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence can be about the dates that the question names.

    A date in the sentence decides; without one the article's own date does, and a date not known agrees with all.
    """
    if not question.dates:
        return True
    evidence = sentence.evidence
    written = [date for _, date in find_dates(evidence.text)]
    published = evidence.article.published
    return any(_agrees(asked, written, published) for asked in question.dates)


def writes_date(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether one of the question's dates stands in the sentence."""
    return any(_same_time(asked, date) for _, date in find_dates(sentence.evidence.text) for asked in question.dates)


def is_dated(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether the sentence or its article is known to be of one of the question's dates."""
    published = sentence.evidence.article.published
    return writes_date(question, sentence) or (
        published is not None and any(_same_time(asked, published) for asked in question.dates)
    )


def _agrees(asked: PartialDate, written: Sequence[PartialDate], published: PartialDate | None) -> bool:
    if any(_same_time(asked, date) for date in written):
        return True
    if asked.day is not None and (written or published is None):
        return False
    if asked.month is not None and any(date.month is not None for date in written):
        return False
    return published is None or _same_time(asked, published)


def _same_time(asked: PartialDate, found: PartialDate) -> bool:
    """A date in the text answers for the asked one when no known part differs and it says as much of the day."""
    if asked.day is not None and found.day is None:
        return False
    if asked.month is not None and found.month is None:
        return False
    return asked.agrees_with(found)


def answers_form(question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool]) -> bool:
    """Say whether a sentence holds the kind of thing that the question asks for."""
    text = sentence.evidence.text
    if asks_for_names(question.text):
        return has_new_name(question, sentence, is_name, people_only=True)
    match question.form:
        case "when" if question.wants_year:
            published = sentence.evidence.article.published
            return any(date.year for _, date in find_dates(text)) or bool(published and published.year)
        case "when":
            return bool(find_dates(text) or _TIME_WORDS.search(text))
        case "how_long":
            return bool(_DURATION.search(text))
        case "how_many":
            return _counts_what_is_asked(question, sentence)
        case "where":
            return bool(_PLACE_BEFORE.search(text)) and has_new_name(question, sentence, is_name)
        case "how_old":
            return bool(_AGE.search(text))
        case "role":
            return _has_role(question, sentence)
        case "who":
            return has_new_name(question, sentence, is_name)
        case "why":
            return bool(_CAUSE.search(text))
        case _:
            return True


_AGE: Final = re.compile(r"\b\d{1,3}[- ]years?[- ]old\b|\baged? (?:of )?\d|, \d{1,2},|\bborn\b", re.IGNORECASE)
_ROLE_REACH: Final = 8
"""Words between a name and what its bearer is."""


def _has_role(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a title or job stands near the name that the question asks about."""
    names = {token.stem for term in question.names for token in term.tokens}
    named = [i for i, token in enumerate(sentence.tokens) if token.stem in names]
    if not names:
        return True
    return any(
        token.word in ROLE_NOUNS for i in named for token in sentence.tokens[max(0, i - _ROLE_REACH) : i + _ROLE_REACH]
    )


_UNIT_AFTER: Final = re.compile(
    r"\bhow (?:many|much)\s+(?:more |other |different |of the )?(?P<noun>[\w’'-]+(?:\s+[\w’'-]+){0,3})", re.IGNORECASE
)


def _counts_what_is_asked(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """A number counts when it stands by the noun that "how many" asks about, or anywhere if there is none."""
    tokens = sentence.tokens
    numbers = [i for i, token in enumerate(tokens) if token.number is not None or token.word in _VAGUE_NUMBERS]
    dates = [span for span, _ in find_dates(sentence.evidence.text)]
    numbers = [i for i in numbers if not any(date.overlaps(tokens[i].span) for date in dates)]
    if not numbers:
        return False
    match = _UNIT_AFTER.search(question.text)
    if match is None:
        return True
    # "how many artillery shells did Russia ..." asks for shells: what follows the auxiliary is another matter.
    noun = dropwhile(lambda token: token.place is not None, tokenize(match["noun"]))
    head = list(takewhile(lambda token: not token.is_stopword and token.place is None, noun))
    if not head:  # "how much did it cost"
        return True
    stems = {token.stem for token in head}
    groups = {group for token in head for group in token.groups}
    return not head or any(
        token.stem in stems or token.groups & groups
        for number in numbers
        for token in tokens[max(0, number - 2) : number + 6]
    )


_VAGUE_NUMBERS: Final = frozenset("several dozens hundreds thousands millions billions couple dozen many few".split())


def has_new_name(
    question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool], *, people_only: bool = False
) -> bool:
    """Say whether the sentence names somebody or something that the question does not."""
    asked = {token.stem for term in question.terms for token in term.tokens}
    return any(
        token.is_capitalised
        and not (people_only and _belongs_to(asked, sentence.tokens, index))
        and not (people_only and (token.place or token.word in ROLE_NOUNS or not is_name(token.word)))
        and (index > 0 or token.place is not None or is_name(token.word))
        and token.stem not in asked
        and not token.is_stopword
        for index, token in enumerate(sentence.tokens)
    )


def _belongs_to(asked: set[str], tokens: Sequence[Token], index: int) -> bool:
    """Say whether a word stands right by one that the question has: the "Sergei" of a "Shoigu" asked about."""
    return any(token.stem in asked for token in tokens[max(0, index - 1) : index + 2])
