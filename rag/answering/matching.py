"""How well a sentence, with the text around it, covers what a question names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from rag.answering.analysis import Term
from rag.answering.tokens import Token

SYNONYM_CREDIT: Final = 0.85
"""What a thesaurus match is worth beside the word itself."""
SIMILAR_FROM: Final = 0.55
"""Cosine of two words' vectors from which one stands for the other. On `wordllama`: "died"/"death" 0.78,
"purchase"/"buy" 0.79, "military"/"troops" 0.46, "July"/"August" 0.65; unrelated pairs stay below 0.25."""
SIMILAR_CREDIT: Final = 0.6


class WordSimilarity(Protocol):
    """Cosine similarities between single words."""

    def __call__(self, words: Sequence[str], others: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one row a word, one column an other."""


@dataclass(frozen=True, slots=True)
class Bag:
    """The tokens of a piece of text, ready to be looked up."""

    words: frozenset[str]
    stems: frozenset[str]
    groups: frozenset[int]
    places: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> Bag:
        """Collect tokens."""
        tokens = tuple(tokens)
        content = [token for token in tokens if not token.is_stopword]
        return cls(
            words=frozenset(token.word for token in tokens),
            stems=frozenset(token.stem for token in content),
            groups=frozenset(group for token in content for group in token.groups),
            places=frozenset(token.place for token in tokens if token.place),
            numbers=frozenset(token.number for token in tokens if token.number),
        )

    def __or__(self, other: Bag) -> Bag:
        return Bag(
            self.words | other.words,
            self.stems | other.stems,
            self.groups | other.groups,
            self.places | other.places,
            self.numbers | other.numbers,
        )


EMPTY: Final = Bag(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compares one question's terms with many bags."""

    terms: tuple[Term, ...]
    weights: tuple[float, ...]
    """Importance of each term, above 0: its kind's weight times its rarity in the corpus."""
    similar: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By stem of a question's word: stems of the evidence that may stand for it, with their credit."""

    def credits(self, bag: Bag) -> tuple[float, ...]:
        """Return for each term how far `bag` holds it, 0 to 1."""
        return tuple(self._credit(term, bag) for term in self.terms)

    def coverage(self, credits: Sequence[float]) -> float:
        """Return the weighted share of the terms that is covered, 0 to 1; 0 for a question without terms."""
        total = sum(self.weights)
        return sum(w * c for w, c in zip(self.weights, credits, strict=True)) / total if total else 0.0

    def _credit(self, term: Term, bag: Bag) -> float:
        if term.kind == "place":
            return 1.0 if term.tokens[0].place in bag.places else 0.0
        if term.kind == "number":
            return 1.0 if term.tokens[0].number in bag.numbers else 0.0
        if term.kind == "name":
            return _name_credit(term, bag)
        token = term.tokens[0]
        if token.stem in bag.stems:
            return 1.0
        best = SYNONYM_CREDIT if token.groups & bag.groups else 0.0
        for stem, credit in self.similar.get(token.stem, {}).items():
            if credit > best and stem in bag.stems:
                best = credit
        return best


def _name_credit(term: Term, bag: Bag) -> float:
    """A name is there when its last word is, or its first where that is how the text calls the person."""
    held = [token.stem in bag.stems or token.word in bag.words for token in term.tokens]
    if len(held) == 1:
        return 1.0 if held[0] else 0.0
    if all(held):
        return 1.0
    return 0.9 if held[-1] or (held[0] and len(held) > 2) else 0.0


def similar_words(
    terms: Sequence[Term], stems: Mapping[str, str], similarity: WordSimilarity | None
) -> dict[str, dict[str, float]]:
    """Find, for each plain word of the question, the words of the evidence whose meaning is near.

    Args:
        terms: of the question.
        stems: every stem of the evidence, with one word that has it.
        similarity: the measure; without one, nothing is near.
    """
    asked = [term.tokens[0] for term in terms if term.kind == "word"]
    if similarity is None or not asked or not stems:
        return {}
    candidates = sorted(stem for stem in stems if len(stem) > 2)
    rows = similarity([token.word for token in asked], [stems[stem] for stem in candidates])
    return {
        token.stem: {
            stem: SIMILAR_CREDIT
            for stem, cosine in zip(candidates, row, strict=True)
            if cosine >= SIMILAR_FROM and stem != token.stem
        }
        for token, row in zip(asked, rows, strict=True)
    }
