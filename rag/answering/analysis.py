"""What a question asks: its form, the terms an answer must hold, the dates it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from rag.answering.forms import Form, asking_start, asks_for_year, form_of, is_asked_for
from rag.answering.kinds import tells_place
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import BODY_NOUNS, DETERMINERS, GIVEN_NAMES, ROLE_NOUNS, SAY_FORMS, THINK_FORMS, TITLES
from rag.attribution.names import edit_distance
from rag.schema import PartialDate, Span
from rag.text.dates import find_dates
from rag.text.words import STOPWORDS, stem

TermKind = Literal["name", "place", "places", "number", "word"]
"""Names, places and written figures must be in an answer or near it; words may be missing. "The three allies" are
`places`: as many countries, named or called so."""

_FILLER: Final = frozenset(
    stem(word)
    for word in """happen occur take place tell know give mention accord article report news describe kind type
    exactly please name list say talk speak express explain state statement comment remark thing something anything
    someone anyone many much often long far old ago time year day date month week hour number amount percentage
    person people anybody somebody reason cause purpose goal detail information story text source main do make think
    involve include provide show cover discuss summarize summarise summary overview everything exact currently whole
    answer question else role part hold carry pass stay stand behind case last away each both about get put call
    become job position title go went come came expect want sort way step respective else following back capital
    hear read word wording quote view opinion occasion means manner previous earlier elapse side worth represent
    together jointly besides regard concern topic subject circumstance condition shortly soon ought beforehand
    afterward meanwhile apart less least more most bilateral mutual instead already stay around begin""".split()
)
"""Stems of words that shape a question and need not stand in its answer."""

_NO_FILLER: Final = frozenset({"accord", "accords", "talks"})
"""Words that share their stem with a filler ("according") and are none."""
_FILLER_FORMS: Final = (
    "happen", "happened", "happening", "occurred", "according", "mentioned", "exactly", "reported",
)  # fmt: skip
_LIGHT_WEIGHT: Final = 0.35
_SMALL_NUMBER_WEIGHT: Final = 0.4
INTRODUCTION_SHARE: Final = 0.4
"""What the terms of sentences that only lead up to the question weigh beside its own."""
OFFICES: Final = frozenset(
    "leader president premier chancellor king queen ruler dictator chief boss head minister secretary diplomat "
    "strongman spokesman spokeswoman spokesperson envoy ambassador general commander mayor governor".split()
)
"""Words that, behind a country, describe somebody."""
ANYBODY: Final = frozenset(
    stem(noun) for noun in "official diplomat politician figure representative dignitary".split()
)
"""Whoever holds an office answers for these."""
_FEW: Final = frozenset({"2", "3", "4"})
_COUNTRIES: Final = frozenset(
    stem(noun) for noun in "country nation state government side capital ally neighbour neighbor power".split()
)
_ASKED_KINDS: Final = frozenset(
    stem(noun)
    for noun in "city town place country location capital venue village region site facility spot area port peninsula "
    "continent base newspaper paper magazine outlet medium broadcaster channel network station agency publication "
    "website body government".split()
)
"""Kinds of places, media and bodies: "in which city", "which newspaper"; the answer need not say the noun."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something the question names that its answer should hold."""

    tokens: tuple[Token, ...]
    kind: TermKind
    weight: float
    text: str
    """As the question has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnalysis:
    """A question, taken apart."""

    text: str
    form: Form
    terms: tuple[Term, ...]
    dates: tuple[PartialDate, ...]
    wants_year: bool = False
    """The question asks in which year."""
    relations: tuple[tuple[Term, Term], ...] = ()
    """A country or name with the noun it belongs to: "Russian delegation", "minister of Japan"."""
    required: Term | None = None
    """What kind of place is asked for ("in which hotel"): an answer must speak of one."""
    verb: Term | None = None
    """What the "who" of a question did."""
    destination: Term | None = None
    """Where somebody goes in "when did X visit Y": an answer must speak of Y as a place to be in or to go to."""
    subject: Term | None = None
    """Whom or what "how did Peru vote" is about: an answer must speak of it."""
    focus: Term | None = None
    """What "what is the salary of" asks for: an answer must speak of it."""

    def descriptions(self) -> Iterator[tuple[Term, ...]]:
        """Yield the runs of terms that describe somebody by country and office: "Seoul's foreign minister"."""
        for start, term in enumerate(self.terms):
            if term.kind != "place":
                continue
            run = [term]
            for following in self.terms[start + 1 : start + 4]:
                between = self.text[run[-1].tokens[-1].span.end : following.tokens[0].span.start]
                if following.kind != "word" or between.strip(" '’s"):
                    break
                run.append(following)
                if following.tokens[0].word in OFFICES:
                    yield tuple(run)

    @property
    def names(self) -> tuple[Term, ...]:
        """The people, bodies and things named; countries are not among them."""
        return tuple(term for term in self.terms if term.kind == "name")


def analyse(
    text: str, *, is_name: Callable[[str], bool], is_held: Callable[[str], bool] = lambda word: True
) -> QuestionAnalysis:
    """Take a question apart.

    Args:
        text: the question, able to stand alone.
        is_name: says whether a folded word is part of a name that the index holds, so that names are
            seen in questions typed in lower case.
        is_held: says whether the index holds a folded word; one that it does not hold may be misspelt.
    """
    text = _FRAME.sub("", _with_question_word(text))
    text = _IS_IT_TRUE.sub("did", text)
    form = form_of(text)
    terms = tuple(_terms(text, is_name, is_held))
    if form in ("where", "why") and (occasion := _OCCASION.search(text)):
        terms = tuple(_weighed(term, to=occasion.start()) for term in terms)
    if form == "role" and (
        not any(term.kind == "name" for term in terms)
        or terms[-1].tokens[-1].word in ROLE_NOUNS | OFFICES | {"counterpart"}
    ):
        form = "who"  # "who is the president of X" and "who is the X chief" ask for a name, "who is X" for an office
    return QuestionAnalysis(
        text=text,
        form=form,
        terms=terms,
        relations=tuple(_relations(terms, text)),
        required=_required(terms, text),
        verb=_verb_after_who(terms, text) if form == "who" else None,
        destination=_destination(terms, text),
        subject=_subject(terms, text),
        focus=_focus(terms, text) if form == "what" else None,
        dates=tuple(date for _, date in _dates(text)),
        wants_year=asks_for_year(text),
    )


_FRAME: Final = re.compile(
    r",?\s+\b(?:(?:in|according to) (?:this coverage|(?:the|these|this) (?:articles?|reports?|texts?|stor(?:y|ies)))"
    r"|right now|at the moment|at present|these days)\b(?!['’]s)",
    re.IGNORECASE,
)
"""Words that frame a question and ask for nothing."""
_IS_IT_TRUE: Final = re.compile(r"^\W*(?:is|was) it (?:true|correct|right|a fact) that\b", re.IGNORECASE)
_OF: Final = re.compile(r"\s+of\s+(?:the\s+)?", re.IGNORECASE)
_OWNS: Final = re.compile(r"['’]s\s+\w|s['’]\s+\w")
_POSSESSIVE: Final = re.compile(r"(?:['’]s?)?\s+", re.IGNORECASE)


def _relations(terms: Sequence[Term], text: str) -> Iterator[tuple[Term, Term]]:
    """Yield the places and names of a question with the noun they stand by."""
    for first, second in pairwise(terms):
        between = text[first.tokens[-1].span.end : second.tokens[0].span.start]
        if first.kind == "place" and second.kind == "word" and _POSSESSIVE.fullmatch(between) and not _is_verb(second):
            yield first, _head(second, terms, text)
        elif first.kind == "word" and second.kind in ("place", "name") and _OF.fullmatch(between):
            is_owner = _OWNS.match(text, second.tokens[-1].span.end - 2)  # "the head of Washington's team"
            if is_owner is None:
                yield second, first


def _head(term: Term, terms: Sequence[Term], text: str) -> Term:
    """Return the last word of the run of plain words that begins with `term`: "foreign minister" gives "minister"."""
    head = term
    for following in terms[list(terms).index(term) + 1 :]:
        between = text[head.tokens[-1].span.end : following.tokens[0].span.start]
        if following.kind != "word" or between != " " or _is_verb(following):
            break
        head = following
    return head


def _is_verb(term: Term) -> bool:
    """Guess from the ending; countries act as often as they own."""
    word = term.tokens[0].word
    return word in SAY_FORMS or word in THINK_FORMS or word.endswith(("ed", "ing"))


def _verb_after_who(terms: Sequence[Term], text: str) -> Term | None:
    """Return the word right behind "who", where it is no form of "to be" and carries meaning."""
    match = _WHO_DID.search(text)
    if match is None:
        return None
    following = [term for term in terms if term.tokens[0].span.start >= match.end()]
    if not following or following[0].kind != "word" or following[0].weight < 1:
        return None
    return following[0] if following[0].tokens[0].span.start == match.end() else None


def _required(terms: Sequence[Term], text: str) -> Term | None:
    """Return the noun of "in which hotel" or "at whose request", unless it is a word for places in general."""
    if any(token.stem in _ASKED_KINDS and is_asked_for(text, token.span.start) for token in tokenize(text)):
        return None
    match = _IN_WHICH.search(text)
    if match is None or (match["preposition"].lower() == "on" and not tells_place(f"at the {text[match.end() :]}")):
        return None  # "on what terms" asks for no place
    first = next((t for t in terms if t.tokens[0].span.start == match.end() and t.kind == "word"), None)
    noun = _head(first, terms, text) if first is not None else None  # "in which luxury hotel"
    return noun if noun is not None and noun.weight == 1 else None


def _destination(terms: Sequence[Term], text: str) -> Term | None:
    """Return the place that follows right behind a verb of going."""
    for term in terms:
        if term.kind == "place" and _GOES_TO.search(text[: term.tokens[0].span.start]):
            return term
    return None


_GOES_TO: Final = re.compile(
    r"\b(?:visit(?:s|ed|ing)?(?: to)?|(?:trip|journey|tour|go(?:es|ing)?|went|com(?:es?|ing)|came|travel\w*"
    r"|fl(?:y|ies|ying|ew)|return\w*) to"
    r"|(?:arriv|land)\w* in|enter\w*|reach\w*) (?:the )?$",
    re.IGNORECASE,
)


def _subject(terms: Sequence[Term], text: str) -> Term | None:
    """Return the name or country behind "did", "how did" or "where was"; behind "for how many years is" any noun."""
    match = _SUBJECT.search(text)
    if match is None:
        return None
    first = next((term for term in terms if term.tokens[0].span.start == match.end()), None)
    return first if first is not None and (match["lasting"] or first.kind in ("name", "place")) else None


_SUBJECT: Final = re.compile(
    r"(?:\b(?:(?P<lasting>for how many years)|how|where) |^\W*)(?:did|does|do|has|have|was|is|were|are) (?:the )?",
    re.IGNORECASE,
)


def _focus(terms: Sequence[Term], text: str) -> Term | None:
    """Return the noun that "what is the ... of" ends in, where it carries meaning."""
    match = _WHAT_IS.search(text)
    if match is None:
        return None
    return next(
        (t for t in terms if t.tokens[-1].span.end == match.end("noun") and t.kind == "word" and t.weight == 1), None
    )


_WHAT_IS: Final = re.compile(
    r"\bwhat(?:'s|’s| is| was| are| were) the (?:[\w-]+ ){0,2}?(?P<noun>[\w-]+)(?= (?:of|for)\b)", re.IGNORECASE
)
_IN_WHICH: Final = re.compile(r"\b(?P<preposition>in|at|on|from|to) (?:which|what|whose)\s+", re.IGNORECASE)
_WHO_DID: Final = re.compile(r"\bwho\s+", re.IGNORECASE)


def _with_question_word(text: str) -> str:
    """Mend a misspelt question word at the beginning: "wen did ..."."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if len(first) > 2 and first.isalpha() and first.lower() not in _QUESTION_WORDS | STOPWORDS:
        for word in ("when", "where", "which", "what", "why", "how", "who"):
            if edit_distance(first.lower(), word, 1) <= 1:
                return word + text.lstrip()[len(first) :]
    return text


_QUESTION_WORDS: Final = frozenset(
    "who whom whose what which when where why how is are was were do does did has have had can could will would "
    "should list name tell give according in on at the a an and for summarize summarise describe explain please".split()
)


def _dates(text: str) -> list[tuple[Span, PartialDate]]:
    """Return the dates of a question; "the 2023 summit" holds one too, which in an article may be any figure."""
    found = find_dates(text)
    bare = [Span(*match.span(match.lastgroup or 0)) for match in _BARE_YEAR.finditer(text)]
    found += [(span, PartialDate(int(span.of(text)))) for span in bare if not any(span.overlaps(s) for s, _ in found)]
    return found


_BARE_YEAR: Final = re.compile(
    r"(?:(?<=\bthe )|(?<=\bits )|(?<=['’]s ))(?P<year>(?:19|20)\d\d)(?= [A-Za-z])"
    r"|\b(?:his|her|their) (?P<own>(?:19|20)\d\d) (?:meeting|visit|trip|tour|talks|summit|speech|call|interview)\b",
    re.IGNORECASE,
)


def _terms(text: str, is_name: Callable[[str], bool], is_held: Callable[[str], bool]) -> list[Term]:
    in_dates = [span for span, _ in _dates(text)]
    tokens = [token for token in tokenize(text) if not any(date.overlaps(token.span) for date in in_dates)]
    # In a question typed all in lower case or all in capitals, only the index knows the names.
    has_case = any(token.is_capitalised for token in tokens[1:]) and not text.isupper()
    asked_from = asking_start(text)
    terms: list[Term] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = position + 1
        if token.stem in _ASKED_KINDS and is_asked_for(text, token.span.start):
            pass  # "in which city": the answer need not say "city"
        elif _is_honorific(tokens, position):
            pass
        elif token.place is not None and (token.is_capitalised or not token.is_stopword):
            while end < len(tokens) and tokens[end].place == token.place and _adjacent(tokens, end, text):
                end += 1
            terms.append(_term(tokens[position:end], "place", 1.0, text))
        elif _starts_name(tokens, position, has_case, is_name):
            while (
                end < len(tokens)
                and _continues_name(tokens, end, text, has_case, is_name)
                and _adjacent(tokens, end, text)
            ):
                end += 1
            terms.append(_term(tokens[position:end], "name", 1.5, text))
        elif token.number in _FEW and end < len(tokens) and _counts_countries(tokens, end, text):
            end += 1
            terms.append(_term(tokens[position:end], "places", 1.0, text))
        elif token.number is not None:
            if token.word.isalpha():  # "the two ministers": a way of speaking, not a figure to be found
                terms.append(_term(tokens[position:end], "word", _SMALL_NUMBER_WEIGHT, text))
            else:
                terms.append(_term(tokens[position:end], "number", 1.0, text))
        elif not token.is_stopword and len(token.word) > 1:
            is_filler = token.stem in _FILLER and token.word not in _NO_FILLER and not _backs(tokens, position)
            is_light = is_filler or _is_misspelt_filler(token, is_held) or _leans(token, text)
            weight = _LIGHT_WEIGHT if is_light else 1.0
            terms.append(_term(tokens[position:end], "word", weight, text))
        position = end
    return [_weighed(term, since=asked_from) for term in terms]


def _weighed(term: Term, *, since: int = 0, to: int | None = None) -> Term:
    """Return a term with less weight if it stands outside the part of the question that asks."""
    start = term.tokens[0].span.start
    asks = start >= since and (to is None or start < to)
    return term if asks else replace(term, weight=INTRODUCTION_SHARE * term.weight)


_OCCASION: Final = re.compile(r"(?<=\w) (?:when|while|at the time)\b", re.IGNORECASE)
"""What follows tells on which occasion: "where was A when B called?"."""


def _counts_countries(tokens: Sequence[Token], position: int, text: str) -> bool:
    """Say whether a number before a word counts countries: "three allies", "three-way"."""
    token = tokens[position]
    return token.stem in _COUNTRIES or (token.word == "way" and text[token.span.start - 1] == "-")


def _is_honorific(tokens: Sequence[Token], position: int) -> bool:
    """Say whether a word is the "Mr" of "Mr Wong", which an article may leave out."""
    return tokens[position].word in _HONORIFICS and position + 1 < len(tokens)


_HONORIFICS: Final = frozenset("mr mrs ms miss mx dr sir".split())


def _backs(tokens: Sequence[Token], position: int) -> bool:
    """Say whether "back" is a verb, with an object behind it: "did Oslo back the treaty?"."""
    following = tokens[position + 1 : position + 2]
    return tokens[position].word == "back" and any(t.word in DETERMINERS or t.is_capitalised for t in following)


def _leans(token: Token, text: str) -> bool:
    """Say whether a word says little by itself: "Oslo-related", "his Norwegian counterpart", "which official"."""
    is_asked = token.stem in ANYBODY and is_asked_for(text, token.span.start)
    return is_asked or bool(_LEANING.search(text[: token.span.end]))


_LEANING: Final = re.compile(
    r"\w-related$|\b(?:his|her|its|their) [\w ]+ counterpart$"
    r"|(?:\b(?:what|which)(?: \w+)?|['’]s?) (?:post|office|rank)$",
    re.IGNORECASE,
)


def _is_misspelt_filler(token: Token, is_held: Callable[[str], bool]) -> bool:
    word = token.word
    return len(word) > 5 and not is_held(word) and any(edit_distance(word, form, 1) <= 1 for form in _FILLER_FORMS)


def _term(tokens: list[Token], kind: TermKind, weight: float, text: str) -> Term:
    return Term(tuple(tokens), kind, weight, text[tokens[0].span.start : tokens[-1].span.end])


def _adjacent(tokens: list[Token], position: int, text: str) -> bool:
    between = text[tokens[position - 1].span.end : tokens[position].span.start]
    return between.strip(" -.") == ""


def _starts_name(tokens: list[Token], position: int, has_case: bool, is_name: Callable[[str], bool]) -> bool:
    token = tokens[position]
    if token.is_acronym and token.word in STOPWORDS:
        return position > 0 or is_name(token.word)
    if token.word in _QUESTION_WORDS or token.is_stopword or token.word in TITLES:
        return False
    if not has_case:
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        is_given = token.word in GIVEN_NAMES and following is not None and not following.is_stopword
        return token.number is None and (is_name(token.word) or (is_given and not token.groups))
    if not token.is_capitalised or (token.stem in _FILLER and not token.word.isupper()):
        return False
    return position > 0 or is_name(token.word)


_OWNED: Final = re.compile(r"['’]s?\s$")


def _continues_name(
    tokens: list[Token], position: int, text: str, has_case: bool, is_name: Callable[[str], bool]
) -> bool:
    token = tokens[position]
    if token.place is not None or token.is_stopword:
        return False
    if tokens[position - 1].word in BODY_NOUNS and _OWNED.search(text[: token.span.start]):
        return False  # "the State Department's Miller" are two names
    if token.span.start == tokens[position - 1].span.end + 1 and text[token.span.start - 1] == "-":
        return not token.is_capitalised  # "Ho-jin" is one name, "Putin-Kim" are two
    return token.is_capitalised or token.number is not None if has_case else is_name(token.word)
