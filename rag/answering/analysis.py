"""What a question asks: its form, the terms an answer must hold, the dates it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from rag.answering.tokens import Token, tokenize
from rag.schema import PartialDate
from rag.text.dates import find_dates

Form = Literal["who", "when", "where", "how_many", "how_long", "why", "yes_no", "list", "what"]
"""The kind of answer: a person or body, a date, a place, a number, a duration, a reason, a fact."""

TermKind = Literal["name", "place", "number", "word"]

_FORMS: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = tuple(
    (form, re.compile(pattern, re.IGNORECASE))
    for form, pattern in (
        ("how_long", r"\bhow long\b|\bfor how (?:many|much) (?:years|months|weeks|days|hours|minutes|time)\b|\bduration\b"),
        (
            "how_many",
            r"\bhow (?:many|much|old|far|often|big|large|high|fast)\b|\bwhat (?:number|percentage|percent|share|amount|age"
            r"|price)\b|\b(?:number|percentage|amount) of\b",
        ),
        (
            "when",
            r"\bwhen\b|\b(?:what|which) (?:exact )?(?:date|day|year|month|week|weekday|time)\b"
            r"|\b(?:tell|give) me the (?:date|day|year|month)\b|\bdate of\b",
        ),
        (
            "where",
            r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|town|place|location|capital|venue|village|region|province|island)\b",
        ),
        ("who", r"\bwho(?:se|m)?\b|\b(?:what|which) (?:person|politician|official|leader|minister|president)\b|\bname the\b"),
        ("why", r"\bwhy\b|\bwhat (?:was|is|were|are) the (?:reason|cause|purpose|goal|aim)s?\b|\bfor what (?:reason|purpose)\b"
         r"|\bwhat (?:caused|led to|prompted)\b|\bhow come\b"),
        ("list", r"^\s*(?:list|summari[sz]e|tell me (?:everything|all)|give me (?:an overview|a summary))\b|^\s*what (?:happened|is known|do we know)\b"),
        (
            "yes_no",
            r"^\s*(?:and |but |so )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)n?(?:'t|’t)?\s",
        ),
    )
)

_FILLER: Final = frozenset(
    """happen occur take place tell know give mention accord article articles report reports reported reporting news
    describe kind type exactly please name list say says said saying talk speak spoke express explain state states
    stated statement statements comment comments remark remarks thing things something anything someone anyone
    many much often long far old ago time year years day date month week hour hours number amount percentage
    person people anybody somebody reason cause purpose goal detail details information story stories text source
    sources main did do does done have make think involve include provide show cover discuss summarize summarise
    summary overview everything exact currently according whole answer question anyone else role part
    hold held carry occurred
    """.split()
)
"""Words that shape a question and need not stand in its answer."""

_LIGHT_WEIGHT: Final = 0.35


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

    @property
    def names(self) -> tuple[Term, ...]:
        """The people, bodies and things named; countries are not among them."""
        return tuple(term for term in self.terms if term.kind == "name")


def analyse(text: str, *, is_name: Callable[[str], bool]) -> QuestionAnalysis:
    """Take a question apart.

    Args:
        text: the question, able to stand alone.
        is_name: says whether a folded word is part of a name that the index holds, so that names are
            seen in questions typed in lower case.
    """
    return QuestionAnalysis(
        text=text,
        form=_form(text),
        terms=tuple(_terms(text, is_name)),
        dates=tuple(date for _, date in find_dates(text)),
    )


def _form(text: str) -> Form:
    for form, pattern in _FORMS:
        if pattern.search(text):
            return form
    return "what"


_QUESTION_WORDS: Final = frozenset(
    "who whom whose what which when where why how is are was were do does did has have had can could will would "
    "should list name tell give according in on at the a an and for summarize summarise describe explain please".split()
)


def _terms(text: str, is_name: Callable[[str], bool]) -> list[Term]:
    in_dates = [span for span, _ in find_dates(text)]
    tokens = [
        token
        for token in tokenize(text)
        if not any(date.overlaps(token.span) for date in in_dates)
    ]
    # In a question typed all in lower case or all in capitals, only the index knows the names.
    has_case = any(token.is_capitalised for token in tokens[1:]) and not text.isupper()
    terms: list[Term] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = position + 1
        if token.place is not None and (token.is_capitalised or not token.is_stopword):
            while end < len(tokens) and tokens[end].place == token.place and _adjacent(tokens, end, text):
                end += 1
            terms.append(_term(tokens[position:end], "place", 1.0, text))
        elif _starts_name(tokens, position, has_case, is_name):
            while end < len(tokens) and _continues_name(tokens, end, has_case, is_name) and _adjacent(tokens, end, text):
                end += 1
            terms.append(_term(tokens[position:end], "name", 1.5, text))
        elif token.number is not None:
            terms.append(_term(tokens[position:end], "number", 1.0, text))
        elif not token.is_stopword and len(token.word) > 1:
            weight = _LIGHT_WEIGHT if token.word in _FILLER else 1.0
            terms.append(_term(tokens[position:end], "word", weight, text))
        position = end
    return terms


def _term(tokens: list[Token], kind: TermKind, weight: float, text: str) -> Term:
    return Term(tuple(tokens), kind, weight, text[tokens[0].span.start : tokens[-1].span.end])


def _adjacent(tokens: list[Token], position: int, text: str) -> bool:
    between = text[tokens[position - 1].span.end : tokens[position].span.start]
    return between.strip(" -.") == ""


def _starts_name(tokens: list[Token], position: int, has_case: bool, is_name: Callable[[str], bool]) -> bool:
    token = tokens[position]
    if token.word in _QUESTION_WORDS or token.is_stopword:
        return False
    if not has_case:
        return token.number is None and is_name(token.word)
    if not token.is_capitalised or token.word in _FILLER:
        return False
    return position > 0 or is_name(token.word)


def _continues_name(tokens: list[Token], position: int, has_case: bool, is_name: Callable[[str], bool]) -> bool:
    token = tokens[position]
    if token.place is not None or token.is_stopword:
        return False
    return token.is_capitalised or token.number is not None if has_case else is_name(token.word)
