"""Whether a sentence holds the kind of thing that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import Final

from rag.answering.analysis import QuestionAnalysis
from rag.answering.candidates import Candidate
from rag.answering.forms import (
    asks_for_countries,
    asks_for_holders,
    asks_for_money,
    asks_for_names,
    asks_for_share,
    asks_for_transport,
    asks_how_long_it_lasts,
    asks_how_much,
    asks_which,
    how_many_countries,
)
from rag.answering.kinds import (
    gives_reason,
    tells_age,
    tells_amount,
    tells_duration,
    tells_money,
    tells_place,
    tells_time,
    tells_transport,
)
from rag.answering.relations import TO_PLACES
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import BODY_NOUNS, ROLE_NOUNS, TITLES
from rag.text.dates import find_dates
from rag.text.places import DEMONYMS, capitals_in
from rag.text.words import stem

_CAUSE: Final = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|in order to|so that|to (?!the\b|a\b|be\b)\w+|over|after|following"
    r"|amid|as a result|in response|response to|therefore|caused|prompted|led to|aim|purpose|given|for)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:in|at|from|to|near|outside|inside|visit(?:ed|ing|s)?|toward|towards|around|throughout|across)\s+(?:the\s+)?"
    r"(?:[a-z’'-]+\s+){0,3}?(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)(?=[A-Z])"
)


_MOTION: Final = re.compile(
    r"\b(?:travel|go(?:es|ing)?\b|went|flew|fly|flight|trip|journey|visit|head|mov|return|c[ao]m|sen[dt]|arriv|drive|drove"
    r"|way to|tour|sail|march|walk|flee|fled|deport|extradit|relocat|transfer|welcom|deliver|bring|brought|tak|took)",
    re.IGNORECASE,
)


def answers_form(question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool]) -> bool:
    """Say whether a sentence holds the kind of thing that the question asks for."""
    text = sentence.evidence.text
    if asks_for_names(question.text):
        return has_new_name(question, sentence, is_name, people_only=not _names_a_thing(question.text))
    match question.form:
        case "when" if _ASKS_NEXT.search(question.text) and not _LIES_AHEAD.search(text):
            return False
        case "when" if question.wants_year:
            published = sentence.evidence.article.published
            return any(date.year for _, date in find_dates(text)) or bool(published and published.year)
        case "when":
            return tells_time(text)
        case "how_long":
            return tells_duration(text, lasting=asks_how_long_it_lasts(question.text))
        case "how_many" if asks_for_money(question.text):
            return tells_money(text)
        case "how_many":
            return _counts_what_is_asked(question, sentence)
        case "where" if (asked := _ASKS_CITY.search(question.text)) is not None:
            return _has_new_city(question, sentence, is_capital=asked["capital"] is not None)
        case "where":
            found = next(_places(text), None) is not None and has_new_name(question, sentence, is_name)
            return found or tells_place(text)
        case "how_old":
            return tells_age(text)
        case "role":
            return _has_role(question, sentence)
        case "who" if asks_for_countries(question.text):
            return _has_new_country(question, sentence)
        case "who":
            return has_new_name(question, sentence, is_name, people_only=asks_for_holders(question.text))
        case "why":
            return _gives_cause(question, text) or bool(_ARGUED.search(text)) or gives_reason(text)
        case "what" if asks_for_transport(question.text):
            return tells_transport(text)
        case "what" if asks_which(question.text):
            return has_new_name(question, sentence, is_name)
        case _:
            return True


def _gives_cause(question: QuestionAnalysis, text: str) -> bool:
    """Say whether a word of cause or purpose stands in a text; "called to protest" does not say why they protested."""
    asked = {token.stem for term in question.terms for token in term.tokens}
    return any(stem(match[0].split()[-1].lower()) not in asked for match in _CAUSE.finditer(text))


def _has_new_city(question: QuestionAnalysis, sentence: Candidate, *, is_capital: bool) -> bool:
    """Say whether a sentence names a capital that the question lacks, or goes to what is no country."""
    text = sentence.evidence.text
    if set(capitals_in(text)) - set(capitals_in(question.text)):
        return True
    places = {token.span.start for token in sentence.tokens if token.place is not None}
    asked = {token.stem for term in question.terms for token in term.tokens}
    starts = {token.span.start for token in sentence.tokens if token.stem not in asked} - places
    return not is_capital and not starts.isdisjoint(_places(text))


def _places(text: str) -> Iterator[int]:
    """Yield where a text has a name behind a preposition of place; "explained to Blinken" has none."""
    moves = _MOTION.search(text) is not None
    for match in _PLACE_BEFORE.finditer(text):
        if moves or match[0].split()[0].lower() != "to":
            yield match.end()


_ASKS_CITY: Final = re.compile(
    r"\b(?:in|to|from|at|near) (?:what|which) (?:\w+ )?(?:city|town)\b"
    r"|\b(?:what|which) (?:\w+ )?(?P<capital>capital)\b",
    re.IGNORECASE,
)
_ASKS_NEXT: Final = re.compile(r"\b(?:next|upcoming|forthcoming)\b(?! (?:day|week|month|year|morning))", re.IGNORECASE)
_LIES_AHEAD: Final = re.compile(
    r"\b(?:next|upcoming|forthcoming|future|will|shall|would|plans?|planned|planning|intends?|expect\w*|due|set|schedul\w+"
    r"|going|coming|ahead|invit\w+)\b|['’]ll\b",
    re.IGNORECASE,
)
_ARGUED: Final = re.compile(
    r"\b(?:violat\w+|breach\w*|goes against|contrary to|unacceptable|illegal|unlawful|threat\w* to)\b"
    r"|"
    r", (?:say|stat|argu|highlight|cit|claim|not|warn|emphasi[sz]|stress|insist|alleg|accus|fear|describ)ing\b",
    re.IGNORECASE,
)


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


def _names_a_thing(text: str) -> bool:
    """Say whether "the name of the treaty" is asked for, rather than somebody's."""
    match = _NAME_OF.search(text)
    noun = [] if match is None else list(takewhile(lambda token: not token.is_stopword, tokenize(match["noun"])))
    people = any(token.word in TITLES or token.word in DEMONYMS or token.stem in _PEOPLE for token in noun)
    return not people and any(token.number is None for token in noun)  # "the names of the two" are people's


_NAME_OF: Final = re.compile(
    r"\bnames? of (?:the |an? |this |that |these |those |its |his |her |their )?(?P<noun>[^?.,]+)", re.IGNORECASE
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_TALLY: Final = re.compile(r"\b(?:toll|tally|number of|count of|total of)\b", re.IGNORECASE)
_COUNTED_REACH: Final = 8
"""Words from a number to the noun that it counts: "forty of the old grey harbour ships"."""


def _counts_what_is_asked(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """A number counts when it stands by the noun that "how many" asks about, or anywhere if there is none."""
    if asks_how_much(question.text) and tells_amount(sentence.evidence.text):
        return True
    if asks_for_share(question.text):
        return False  # a count is no share
    tokens = sentence.tokens
    numbers = [i for i, token in enumerate(tokens) if token.number is not None or token.word in _VAGUE_NUMBERS]
    dates = [span for span, _ in find_dates(sentence.evidence.text)]
    numbers = [
        i
        for i in numbers
        if not any(date.overlaps(tokens[i].span) for date in dates) and not _YEAR.fullmatch(tokens[i].word)
    ]
    if not numbers:
        return False
    match = _UNIT_AFTER.search(question.text)
    if match is None:
        return True
    # "how many artillery shells did Russia ..." asks for shells: what follows the auxiliary is another matter.
    noun = dropwhile(lambda token: token.place is not None, tokenize(match["noun"]))
    head = list(takewhile(lambda token: not token.is_stopword and token.place is None, noun))
    if not head:  # "how much does it weigh"
        return not asks_how_much(question.text)
    stems = {token.stem for token in head}
    if stems & _PEOPLE:
        stems |= _PEOPLE
    groups = {group for token in head for group in token.groups}
    near = tokens if _TALLY.search(sentence.evidence.text) else None  # "the death toll of the flood rose to 19"
    return any(
        token.stem in stems or token.groups & groups
        for number in numbers
        for token in near or [*tokens[max(0, number - 2) : number], *_counted(tokens[number : number + _COUNTED_REACH])]
    )


def _counted(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield a number and what it may count: in "a 2-hour meeting with their ministers" no ministers."""
    return takewhile(lambda token: token.word not in _LEADING_AWAY, tokens)


_LEADING_AWAY: Final = frozenset("with without by for from against about during under after before".split())
"""Prepositions that a counted thing does not stand behind, unlike "of", "in" or "to"."""


_PEOPLE: Final = frozenset(
    stem(noun)
    for noun in "people person inhabitant resident villager civilian men women children soldier worker passenger "
    "student victim survivor protester migrant refugee employee patient dead death injured killed died wounded missing "
    "lives others fan voter citizen member population casualty fatality".split()
)
"""Nouns and participles that count people."""
_VAGUE_NUMBERS: Final = frozenset("several dozens hundreds thousands millions billions couple dozen many few".split())


def has_new_name(
    question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool], *, people_only: bool = False
) -> bool:
    """Say whether the sentence names somebody or something that the question does not."""
    asked = {token.stem for term in question.terms for token in term.tokens}
    named = {token.stem for term in question.names for token in term.tokens}
    return any(
        token.is_capitalised
        and not (people_only and token.is_acronym)
        and not (people_only and _belongs_to(named, sentence.tokens, index))
        and not (people_only and not _may_be_a_person(sentence.tokens, index, is_name))
        and (index > 0 or token.place is not None or is_name(token.word))
        and token.stem not in asked
        and not token.is_stopword
        and token.word not in TITLES
        and not (question.form == "who" and token.word in DEMONYMS)
        for index, token in enumerate(sentence.tokens)
    )


def _may_be_a_person(tokens: Sequence[Token], index: int, is_name: Callable[[str], bool]) -> bool:
    """Say whether a word is part of a name that the index knows, or follows a title: "Professor Ibe Ozur"."""
    token = tokens[index]
    if token.place or token.word in ROLE_NOUNS:
        return False
    run = list(takewhile(lambda other: other.is_capitalised, tokens[index:]))
    if any(other.word in BODY_NOUNS for other in run):
        return False  # "the Security Council"
    if len(run) == 1 and index > 0 and tokens[index - 1].word in TO_PLACES:
        return False  # "travelled to Vladivostok"
    return is_name(token.word) or any(before.word in TITLES for before in tokens[max(0, index - 1) : index])


def _has_new_country(question: QuestionAnalysis, sentence: Candidate) -> bool:
    if _most_listed(sentence) < how_many_countries(question.text):
        return False
    asked = {token.place for term in question.terms for token in term.tokens}
    words = [token.word for token in sentence.tokens]
    return any(
        token.place is not None
        and token.place not in asked
        and (token.word not in DEMONYMS or words[index + 1 : index + 2] in _STATE_BODIES)
        for index, token in enumerate(sentence.tokens)
    )


def _most_listed(sentence: Candidate) -> int:
    """Return the most countries that a sentence names one after another: three in "Chile, Peru and Bolivia"."""
    text, most, last = sentence.evidence.text, 0, 0
    listed: list[str] = []
    is_complete = False
    for token in sentence.tokens:
        if token.place is None:
            continue
        between, last = text[last : token.span.start], token.span.end
        if listed[-1:] == [token.place] and not between.strip():
            continue  # another word of the same name
        goes_on = not is_complete and _LISTING.fullmatch(between) is not None
        listed = listed if goes_on else []
        is_complete = goes_on and "and" in between.split()
        listed.append(token.place)
        most = max(most, len(set(listed)))
    return most


_LISTING: Final = re.compile(r"[\s,\-–/&]*(?:and\s+|along with\s+)?(?:the\s+)?", re.IGNORECASE)
_STATE_BODIES: Final = (["government"], ["authorities"], ["parliament"], ["cabinet"])
"""What acts for its country: where "the Kenyan government" did something, Kenya did."""


def _belongs_to(named: set[str], tokens: Sequence[Token], index: int) -> bool:
    """Say whether a word stands right by a name that the question has: the "Sergei" of a "Shoigu" asked about."""
    return any(token.stem in named for token in tokens[max(0, index - 1) : index + 2])
