"""Sentences of the retrieved passages, each with what surrounds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.answering.matching import Bag
from rag.answering.tokens import Token, tokenize
from rag.schema import Evidence, ScoredPassage, Span

_ANAPHORA: Final = re.compile(
    r"^[\"“'‘(]*"
    r"(?:he|she|they|it|his|her|their|its|this|these|that|those|both|the two|the pair|the former|the latter)\b",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(
    r"\b(?:the two|both|these two|either of the two) "
    r"(?:countries|nations|states|sides|capitals|neighbou?rs|allies|powers)\b",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(r"\?[\"”’')\]]*\s*$")
_DEFINITE: Final = re.compile(r"^[\"“'‘(]*(?:the|such|after that|in response|there)\b", re.IGNORECASE)
_THIS_WITHIN: Final = re.compile(
    r"\b(?:this|these|such) (?!(?:time|day|week|month|year|morning|evening|afternoon|century|season|spring|summer"
    r"|autumn|winter|weekend)\b)[a-z]+",
)
_EVENT_WITHIN: Final = re.compile(
    r"\bthe (?:meetings?|summit|talks|deal|agreement|pact|treaty|accord|visit|trip|call|conversation|attack|strike|vote"
    r"|decision|ruling|proposal|statement|allegations?|accusations?|charges?|incident)\b"
    r"(?! (?:of|between|with|on|by|to)\b)"
)
_ANAPHORIC_CREDIT: Final = 0.9
"""What a term in the sentence before is worth to one that begins with a pronoun."""
_DEFINITE_CREDIT: Final = 0.75
NEAR_CREDIT: Final = 0.55
_ANTECEDENT_SENTENCES: Final = 4
_ANTECEDENT_CHARS: Final = 1000
"""How far back a noun with "the" may have been introduced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence with what surrounds it."""

    evidence: Evidence
    tokens: tuple[Token, ...]
    bag: Bag
    before: Bag
    """Of the sentences it leans on."""
    earlier: tuple[tuple[Token, ...], ...]
    """The sentences it leans on, word by word."""
    frame: Bag
    """Of title, heading and the whole passage."""
    article: Bag
    """Of every retrieved passage of the article."""
    title: Bag
    lean: float
    """Credit of a term that stands only in `before`."""
    retrieval: float
    """Score of its passage, 0 to 1 within the question."""
    ordinal: int
    """Place in the article."""

    @property
    def is_opening(self) -> bool:
        """Whether its article begins with it."""
        passage = self.evidence.passage
        return passage.ordinal == 0 and self.evidence.span == passage.sentences[0]

    @property
    def needs_context(self) -> bool:
        """Whether it begins with a word that points back."""
        return self.lean >= _ANAPHORIC_CREDIT


def candidates(passages: Sequence[ScoredPassage]) -> list[Candidate]:
    """Return the sentences of passages, in the order of the passages, with their surroundings."""
    found = []
    best = max((scored.score for scored in passages), default=0.0) or 1.0
    frames = [_frame(scored) for scored in passages]
    by_article: dict[str, list[Bag]] = {}
    for scored, frame in zip(passages, frames, strict=True):
        by_article.setdefault(scored.article.id, []).append(frame)
    articles = {article: Bag.union(found) for article, found in by_article.items()}
    read = _read(passages)
    for scored, frame in zip(passages, frames, strict=True):
        passage = scored.passage
        title = _bag(scored.article.title or "")
        texts = [span.of(scored.article.raw) for span in passage.sentences]
        bags = [_bag(text) for text in texts]
        for position, (span, text) in enumerate(zip(passage.sentences, texts, strict=True)):
            if _QUESTION.search(text):
                continue  # quizzes and headlines ask what an answer must tell
            if _ANAPHORA.match(text):
                lean, reach = _ANAPHORIC_CREDIT, 2
            elif _DEFINITE.match(text) or _THIS_WITHIN.search(text) or _EVENT_WITHIN.search(text):
                lean, reach = _DEFINITE_CREDIT, 1
            else:
                lean, reach = NEAR_CREDIT, 1
            earlier = texts[max(0, position - reach) : position]
            if _PAIR.search(text):
                lean = _ANAPHORIC_CREDIT
                earlier = [*_naming_a_pair(span, read[scored.article.id]), *earlier]
            elif lean == _DEFINITE_CREDIT:
                earlier = _antecedent(text, span, read[scored.article.id]) or earlier
            found.append(
                Candidate(
                    evidence=Evidence(article=scored.article, passage=passage, span=span, also_in=scored.also_in),
                    tokens=tokenize(text),
                    bag=bags[position],
                    before=Bag.union([_bag(leant) for leant in earlier]),
                    earlier=tuple(tokenize(t) for t in earlier),
                    frame=frame,
                    article=articles[scored.article.id],
                    title=title,
                    lean=lean,
                    retrieval=max(scored.score, 0.0) / best,
                    ordinal=span.start,
                )
            )
    return found


def _read(passages: Sequence[ScoredPassage]) -> dict[str, list[tuple[Span, str]]]:
    """Collect the sentences of each article that are at hand, in order."""
    found: dict[str, list[tuple[Span, str]]] = {}
    for scored in passages:
        found.setdefault(scored.article.id, []).extend(
            (span, span.of(scored.article.raw)) for span in scored.passage.sentences
        )
    return {article: sorted(sentences) for article, sentences in found.items()}


def _antecedent(text: str, span: Span, sentences: Sequence[tuple[Span, str]]) -> list[str]:
    """Return the nearest earlier sentence that has the noun of "The meeting was chaired by ...", if it is near."""
    first, *following = tokenize(text)[:4]
    stems = {token.stem for token in following if not (token.is_stopword or token.is_capitalised)}
    if first.word not in ("the", "such"):
        return []
    near = [(s, t) for s, t in sentences if span.start - _ANTECEDENT_CHARS <= s.start < span.start]
    for _, earlier in reversed(near[-_ANTECEDENT_SENTENCES:]):
        if stems & _bag(earlier).stems:
            return [earlier]
    return []


def _naming_a_pair(span: Span, sentences: Sequence[tuple[Span, str]]) -> list[str]:
    """Return the nearest earlier sentence that names two countries or more, if it is near."""
    near = [(s, t) for s, t in sentences if span.start - _ANTECEDENT_CHARS <= s.start < span.start]
    for _, earlier in reversed(near[-_ANTECEDENT_SENTENCES:]):
        if len(_bag(earlier).places) > 1:
            return [earlier]
    return []


def _frame(scored: ScoredPassage) -> Bag:
    """Collect the words of a passage with its heading and title."""
    sentences = [span.of(scored.article.raw) for span in scored.passage.sentences]
    return Bag.union([_bag(text) for text in (scored.article.title or "", scored.passage.heading or "", *sentences)])


@lru_cache(maxsize=512)
def _bag(text: str) -> Bag:
    return Bag.of(tokenize(text))
