"""Whether what a question ties together, such as a country and its minister, stands together in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.answering.analysis import ANYBODY, OFFICES, QuestionAnalysis, Term
from rag.answering.candidates import Candidate
from rag.answering.matching import Matcher
from rag.answering.people import is_lesser
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import ROLE_NOUNS, SAY_FORMS, SPEAKER_NOUNS
from rag.text.words import stem

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
            if token.place == place.tokens[0].place and any(
                word in TO_PLACES or word.startswith("visit") for word in before
            ):
                return True
    return False


_ARTICLE_REACH: Final = 3
"""Words from a preposition to the name of a place: "to the North Korean capital"."""
TO_PLACES: Final = frozenset(
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
