"""Whether a sentence fits a question: the time it speaks of, the kind of thing it holds, what it ties together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import dropwhile, takewhile
from typing import Final

from rag.answering.analysis import ANYBODY, OFFICES, QuestionAnalysis, Term
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
from rag.answering.matching import Matcher
from rag.answering.people import is_lesser
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import BODY_NOUNS, ROLE_NOUNS, SAY_FORMS, SPEAKER_NOUNS, TITLES
from rag.schema import PartialDate
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
_RELATION_WINDOW: Final = 6
"""Words between two that belong together, such as a minister and a country named after."""
_RELATION_REACH: Final = 12
"""The same where the country comes first: "Norway has stopped its imports of cod, said Fisheries Minister ..."."""
_BODIES: Final = frozenset({"delegation", "delegations", "mission", "counterpart", "counterparts", "negotiators"})
_COMMON_OFFICES: Final = frozenset({"minister", "secretary", "deputy", "director", "officer"})
"""Offices of which a country has many; they answer only for themselves."""


def _holds_other_place(tokens: Sequence[Token], i: int, j: int) -> bool:
    """Say whether another country stands between two words."""
    places = {token.place for token in tokens[min(i, j) : max(i, j) + 1]} - {None}
    return len(places) > 1


def _bearers(noun: Term, tokens: Sequence[Token], matcher: Matcher) -> list[int]:
    """Return where a text has the noun that belongs to a country, or an office or body that answers for it."""
    if noun.tokens[-1].stem in ANYBODY:
        return _offices(tokens)
    return [
        j
        for j in matcher.positions(noun, tokens)
        if tokens[j].stem == noun.tokens[-1].stem
        or tokens[j].word in (ROLE_NOUNS | _BODIES) - _COMMON_OFFICES
        or (tokens[j].word in _COMMON_OFFICES and tokens[j].groups & noun.tokens[-1].groups)
    ]


def relations_hold(question: QuestionAnalysis, sentence: Candidate, matcher: Matcher) -> bool:
    """Say whether a "who" question's verb is there, and each country or name with the noun it belongs to."""
    if question.destination is not None and not _is_gone_to(question.destination, sentence):
        return False
    if question.form != "who":
        return question.required is None or bool(matcher.positions(question.required, sentence.tokens))
    asked = tokenize(question.text)
    for first, second in question.relations:
        if second.tokens[-1].word not in ROLE_NOUNS | SPEAKER_NOUNS | _BODIES:
            continue
        if not any(
            -_RELATION_WINDOW <= j - i <= _RELATION_REACH and not _holds_other_place(tokens, i, j)
            for tokens in (sentence.tokens, *sentence.earlier)
            for i in matcher.positions(first, tokens)
            for j in _bearers(second, tokens, matcher)
            if second.tokens[-1].stem in ANYBODY or not is_lesser(tokens[max(0, j - 2) : j], asked)
        ):
            return False
    if question.required is not None and not matcher.positions(question.required, sentence.tokens):
        return False
    if question.verb is None:
        return True
    (asked_verb,) = question.verb.tokens
    if asked_verb.stem in _URGING_VERBS and any(token.word in SAY_FORMS for token in sentence.tokens):
        return True  # who reminded somebody of their duty may have "called on" them to do it
    # Who heads a body is its head or chief; who led the talks need not be a leader.
    return any(
        (asked_verb.stem in _OFFICE_VERBS and asked_verb.word.endswith("s"))
        or sentence.tokens[i].word.removesuffix("s") not in ROLE_NOUNS | OFFICES
        for i in matcher.positions(question.verb, sentence.tokens)
    )


def _is_gone_to(place: Term, sentence: Candidate) -> bool:
    """Say whether a sentence, or one that it points back to, has a country as a place: "in Seoul", "visited Seoul"."""
    for tokens in (sentence.tokens, *sentence.earlier):
        for i, token in enumerate(tokens):
            before = [other.word for other in tokens[max(0, i - _ARTICLE_REACH) : i]]
            if token.place == place.tokens[0].place and any(word in _TO or word.startswith("visit") for word in before):
                return True
    return False


_ARTICLE_REACH: Final = 3
"""Words from a preposition to the name of a place: "to the North Korean capital"."""
_TO: Final = frozenset(
    "to in into at near toward towards inside across around through via entered reached left".split()
)
_OFFICE_VERBS: Final = frozenset(
    stem(verb) for verb in "head lead chair run direct command govern rule manage preside captain coach".split()
)


_URGING_VERBS: Final = frozenset(
    stem(verb) for verb in "remind urge warn order advise tell instruct caution ask beg implore exhort call".split()
)


def _offices(tokens: Sequence[Token]) -> list[int]:
    return [i for i, token in enumerate(tokens) if token.word in ROLE_NOUNS or token.stem in ANYBODY]


def agrees_in_time(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence can be about the dates that the question names.

    A date in the sentence decides; without one the article's own date does, and a date not known agrees with all.
    """
    if not question.dates:
        return True
    evidence = sentence.evidence
    published = evidence.article.published
    written = [_with_year(date, published) for _, date in find_dates(evidence.text)]
    return any(
        _agrees(asked, written, published) or _tells_year(asked, evidence.text, published) for asked in question.dates
    )


def _tells_year(asked: PartialDate, text: str, published: PartialDate | None = None) -> bool:
    """Say whether a text has the year asked for in any form: "the 2021 regatta", "next year" in an article of 2020."""
    if asked.year is None or asked.month is not None:
        return False
    if str(asked.year) in _FIGURE.findall(text):
        return True
    if published is None or published.year is None:
        return False
    return any(published.year + _YEARS_ON[match[1].lower()] == asked.year for match in _RELATIVE_YEAR.finditer(text))


_FIGURE: Final = re.compile(r"(?<![\w$€£.,])\d+(?![\w%]|[.,]\d)")
_RELATIVE_YEAR: Final = re.compile(r"\b(last|next) year\b", re.IGNORECASE)
_YEARS_ON: Final = {"last": -1, "next": 1}


def _with_year(written: PartialDate, published: PartialDate | None) -> PartialDate:
    """Complete "June 19" by the year of the article: news speaks of days near its own."""
    if written.year is not None or written.month is None or published is None or published.year is None:
        return written
    if published.month is not None and written.month > published.month + _MONTHS_AHEAD:
        return PartialDate(published.year - 1, written.month, written.day)
    return PartialDate(published.year, written.month, written.day)


_MONTHS_AHEAD: Final = 6
"""A month that lies further ahead of the article than this belongs to the year before."""


def writes_date(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether one of the question's dates stands in the sentence."""
    text = sentence.evidence.text
    dates = [date for _, date in find_dates(text)]
    return any(_tells_year(asked, text) or any(_same_time(asked, date) for date in dates) for asked in question.dates)


def writes_day(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a day that the question names stands in the sentence."""
    return any(date.day is not None for date in question.dates) and writes_date(question, sentence)


def agrees_with(asked: PartialDate, sentence: Candidate) -> bool:
    """Say whether a sentence writes a date, or a day of it."""
    return any(_same_time(asked, date) for _, date in find_dates(sentence.evidence.text))


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
    if asked.day is not None and published is not None and _tells_next_day(asked, published):
        return True
    if asked.month is not None and any(date.month is not None for date in written):
        return False
    if published is None or (published.year is None and asked.month is None):
        return True
    return _same_time(asked, published)


def _tells_next_day(asked: PartialDate, published: PartialDate) -> bool:
    """Say whether an article came out the day after the one asked for, of which it then tells."""
    if published.full is None:
        return False
    before = published.full - timedelta(days=1)
    return asked.agrees_with(PartialDate(before.year, before.month, before.day))


def _same_time(asked: PartialDate, found: PartialDate) -> bool:
    """A date in the text answers for the asked one when no known part differs and it says as much of the day."""
    if asked.day is not None and found.day is None:
        return False
    if asked.month is not None and found.month is None:
        return False
    if asked.month is None and found.year is None:
        return False
    return asked.agrees_with(found)


def tells_of_a_plan(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence speaks of what is planned, where the question asks what happened."""
    return bool(_ASKS_PAST.search(question.text)) and bool(_PLAN.search(sentence.evidence.text))


_ASKS_PAST: Final = re.compile(
    r"^(?!.*\b(?:plan|expect|intend|schedul|suppos|due|going to|will|would|could|might))"
    r".*\b(?:did|was|were|had|took|held|met)\b",
    re.IGNORECASE,
)
_PLAN: Final = re.compile(
    r"\b(?:plans?|intends?|(?:is|are) (?:expected|due|set|scheduled|likely|planning)) to\b", re.IGNORECASE
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
            moves = _MOTION.search(text) is not None  # else "explained to Blinken" names no place
            found = any(moves or match[0].split()[0].lower() != "to" for match in _PLACE_BEFORE.finditer(text))
            return (found and has_new_name(question, sentence, is_name)) or tells_place(text)
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
    return not is_capital and any(match.end() in starts for match in _PLACE_BEFORE.finditer(text))


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
    if len(run) == 1 and index > 0 and tokens[index - 1].word in _TO:
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
