"""How well a sentence, with the text around it, covers what a question names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rag.answering.analysis import Term
from rag.answering.tokens import Token
from rag.attribution.lexicon import GIVEN_NAMES
from rag.attribution.names import edit_distance
from rag.text.wordnet import senses
from rag.text.words import STOPWORDS

SYNONYM_CREDIT: Final = 0.85
"""What a thesaurus match is worth beside the word itself."""
SENSE_CREDIT: Final = 0.7
"""What a word is worth that shares a WordNet synset with the one asked for."""
KIND_CREDIT: Final = 0.6
"""What a word is worth of which the one asked for is a kind, or the other way round."""
SIMILAR_FROM: Final = 0.55
"""Cosine of two words' vectors from which one stands for the other. On `wordllama`: "died"/"death" 0.78,
"purchase"/"buy" 0.79, "military"/"troops" 0.46, "July"/"August" 0.65; unrelated pairs stay below 0.25."""
SIMILAR_CREDIT: Final = 0.6
TITLE_CREDIT: Final = 0.85
"""What somebody's whole title is worth to their name."""
DESCRIBED_SHARE: Final = 0.8
"""What the words that describe somebody are worth where the name does not stand: they may describe somebody else."""
MISSPELT_CREDIT: Final = 0.9
"""What a word one edit away (two, in words of eight letters) is worth to one that the index does not hold."""


WordSimilarity = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]
"""Cosine similarities between single words: one row for each of the first, one column for each of the second."""


PART_CREDIT: Final = 0.8
"""What Scotland is worth to the United Kingdom."""
_PARTS: Final[dict[str | None, frozenset[str]]] = {
    "United Kingdom": frozenset({"England", "Scotland", "Wales", "Northern Ireland"})
}
_NONE: Final = frozenset[str]()
_NO_NUMBERS: Final = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Bag:
    """The tokens of a piece of text, ready to be looked up."""

    words: frozenset[str]
    stems: frozenset[str]
    groups: frozenset[int]
    senses: frozenset[int]
    broader: frozenset[int]
    places: frozenset[str]
    numbers: frozenset[str]
    acronyms: frozenset[str]
    """Words in capitals, and initials of runs of capitalised words, folded: "nyt" for "New York Times"."""

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> Bag:
        """Collect tokens."""
        tokens = tuple(tokens)
        content = [token for token in tokens if not token.is_stopword]
        return cls(
            words=frozenset(token.word for token in tokens),
            stems=frozenset(token.stem for token in content),
            # One union of whole sets: member by member, this was a quarter of the time of an answer.
            groups=frozenset[int]().union(*[token.groups for token in content]),
            senses=frozenset[int]().union(*[token.senses.own for token in content]),
            broader=frozenset[int]().union(*[token.senses.broader for token in content]),
            places=frozenset(token.place for token in tokens if token.place),
            numbers=frozenset(token.number for token in tokens if token.number),
            acronyms=frozenset(_acronyms(tokens)) | {token.word for token in tokens if token.is_acronym},
        )

    @classmethod
    def of_one(cls, token: Token) -> Bag:
        """Collect a single token, as `of` would and several times faster."""
        is_content = not token.is_stopword
        return cls(
            words=frozenset((token.word,)),
            stems=frozenset((token.stem,)) if is_content else _NONE,
            groups=token.groups if is_content else _NO_NUMBERS,
            senses=token.senses.own if is_content else _NO_NUMBERS,
            broader=token.senses.broader if is_content else _NO_NUMBERS,
            places=frozenset((token.place,)) if token.place else _NONE,
            numbers=frozenset((token.number,)) if token.number else _NONE,
            acronyms=frozenset((token.word,)) if token.is_acronym else _NONE,
        )

    @classmethod
    def union(cls, bags: Sequence[Bag]) -> Bag:
        """Join bags, all at once: set by set, the growing ones would be copied each time."""
        if len(bags) == 1:
            return bags[0]
        return cls(
            words=_NONE.union(*[bag.words for bag in bags]),
            stems=_NONE.union(*[bag.stems for bag in bags]),
            groups=_NO_NUMBERS.union(*[bag.groups for bag in bags]),
            senses=_NO_NUMBERS.union(*[bag.senses for bag in bags]),
            broader=_NO_NUMBERS.union(*[bag.broader for bag in bags]),
            places=_NONE.union(*[bag.places for bag in bags]),
            numbers=_NONE.union(*[bag.numbers for bag in bags]),
            acronyms=_NONE.union(*[bag.acronyms for bag in bags]),
        )


def _acronyms(tokens: Sequence[Token]) -> Iterator[str]:
    run = ""
    for token in (*tokens, None):
        if token is not None and token.is_capitalised and not token.is_stopword:
            run += token.word[0]
        elif token is None or token.word not in ("of", "and", "for", "the", "on"):
            if len(run) > 1:
                yield run
            run = ""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compares one question's terms with many bags."""

    terms: tuple[Term, ...]
    weights: tuple[float, ...]
    """Importance of each term, above 0: its kind's weight times its rarity in the corpus."""
    is_name: Callable[[str], bool]
    """Whether a folded word is part of a name in the index."""
    corpus_size: float = 1.0
    """From 0 for a single passage to 1 for tens of thousands, see `Corpus.size`."""
    known_names: frozenset[str] = frozenset()
    """Names of the question that stand in the index in full."""
    people: tuple[tuple[frozenset[Term], Term], ...] = ()
    """Terms that together describe somebody ("Seoul's foreign minister"), with the name the articles give them."""
    titles: Mapping[str, Sequence[Sequence[Token]]] = field(default_factory=dict)
    """By name in the question: the offices that the articles put before it ("South Korean Deputy Foreign Minister")."""
    similar: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By stem of a question's word: stems of the evidence that may stand for it, with their credit."""

    def credits(self, bag: Bag) -> tuple[float, ...]:
        """Return for each term how far `bag` holds it, 0 to 1."""
        found = [self._credit(term, bag) for term in self.terms]
        for described, name in self.people:
            credit = _name_credit(name, bag, is_known=True)
            found = [
                max(DESCRIBED_SHARE * c, credit) if term in described else c
                for term, c in zip(self.terms, found, strict=True)
            ]
        return tuple(found)

    def coverage(self, credits: Sequence[float], factors: Sequence[float] | None = None) -> float:
        """Return the weighted share of the terms that is covered, 0 to 1; 0 for a question without terms.

        Args:
            credits: of each term.
            factors: of each term's weight.
        """
        weights = self.weights
        if factors is not None:
            weights = tuple(w * f for w, f in zip(weights, factors, strict=True))
        total = sum(weights)
        return sum(w * c for w, c in zip(weights, credits, strict=True)) / total if total else 0.0

    def positions(self, term: Term, tokens: Sequence[Token]) -> list[int]:
        """Return where a text's words answer for a term."""
        return [i for i, token in enumerate(tokens) if self._credit(term, Bag.of_one(token)) >= SYNONYM_CREDIT]

    def _credit(self, term: Term, bag: Bag) -> float:
        if term.kind == "place":
            place = term.tokens[0].place
            return 1.0 if place in bag.places else PART_CREDIT if _PARTS.get(place, _NONE) & bag.places else 0.0
        if term.kind == "places":
            called = all(token.stem in bag.stems or token.number in bag.numbers for token in term.tokens)
            return 1.0 if called or len(bag.places) >= int(term.tokens[0].number or 0) else 0.0
        if term.kind == "number":
            return 1.0 if term.tokens[0].number in bag.numbers else 0.0
        if term.kind == "name":
            credit = _name_credit(term, bag, is_known=term.text in self.known_names)
            titles = self.titles.get(term.text, ())
            is_called = any(all(_stands_in(token, bag) for token in title) for title in titles)
            return max(credit, TITLE_CREDIT) if is_called else credit
        token = term.tokens[0]
        if token.stem in bag.stems:
            return 1.0
        best = 0.0
        if token.groups & bag.groups:
            best = SYNONYM_CREDIT
        elif token.senses.own & bag.senses:
            best = SENSE_CREDIT
        elif token.senses.own & bag.broader or token.senses.broader & bag.senses:
            best = KIND_CREDIT
        for stem, credit in self.similar.get(token.stem, {}).items():
            if credit > best and stem in bag.stems:
                best = credit
        return best


def _stands_in(token: Token, bag: Bag) -> bool:
    """Say whether a bag has a word of a title; "the two leaders" are no "Norwegian leader"."""
    return token.place in bag.places if token.place is not None else token.word in bag.words


def _name_credit(term: Term, bag: Bag, *, is_known: bool) -> float:
    """A name is there when its last word is, or its first ("Cho") if the whole name stands somewhere in the index."""
    held = [token.stem in bag.stems or token.word in bag.words for token in term.tokens]
    if len(held) == 1:
        token = term.tokens[0]
        if token.is_acronym and token.word in STOPWORDS:
            return 1.0 if token.word in bag.acronyms else 0.0
        if held[0] or (len(token.word) > 2 and token.word in bag.acronyms):
            return 1.0
        return SYNONYM_CREDIT if token.groups & bag.groups else 0.0  # "the Pentagon" is a department of defense
    if all(held):
        return 1.0
    if len(held) > 2 and next(_acronyms(term.tokens), None) in bag.acronyms:
        return 0.9
    if (held[-1] and not is_everyday(term)) or (held[0] and len(held) > 2 and is_known):
        return 0.9
    # Titles and bodies are named in part: "the Mario movie", "the Screen Actors awards".
    share = sum(held) / len(held)
    if len(held) < 3 or share < 0.5 or is_known:
        return 0.0
    # Of "Ljubica River Toll Bridge" any other toll bridge over a river holds three words of four.
    telling = [is_held for token, is_held in zip(term.tokens, held, strict=True) if not senses(token.stem).own]
    return share if any(telling) or not telling else 0.0


def is_everyday(name: Term) -> bool:
    """Say whether a name ends in a common word and begins with no given name: "Garden Harvest", not "Sasha Baker".

    What belongs to somebody is no person: "Sarah's Corner Bakery".
    """
    is_person = name.tokens[0].word in GIVEN_NAMES and _OWNS.search(name.text) is None
    return not is_person and bool(senses(name.tokens[-1].stem).own)


_OWNS: Final = re.compile(r"\w['’]s? ")


def similar_words(
    terms: Sequence[Term],
    stems: Mapping[str, str],
    similarity: WordSimilarity | None,
    *,
    is_held: Callable[[str], bool],
) -> dict[str, dict[str, float]]:
    """Find, for each plain word of the question, the words of the evidence whose meaning is near.

    Args:
        terms: of the question.
        stems: every stem of the evidence, with one word that has it.
        similarity: the measure; without one, only misspellings are near.
        is_held: whether the index holds a folded word; one that it does not hold may be misspelt.
    """
    asked = [term.tokens[0] for term in terms if term.kind == "word"]
    candidates = sorted(stem for stem in stems if len(stem) > 2)
    if not asked or not candidates:
        return {}
    found: dict[str, dict[str, float]] = {token.stem: {} for token in asked}
    for token in asked:
        is_known = bool(token.groups or token.senses.own)  # "pact" is a word; it is no slip for "act"
        allowed = len(token.word) // 4 if token.word.isalpha() else 0
        if allowed and not is_known and not is_held(token.word):
            for stem in candidates:
                if edit_distance(token.word, stems[stem], min(allowed, 2)) <= min(allowed, 2):
                    found[token.stem][stem] = MISSPELT_CREDIT
    if similarity is not None:
        rows = similarity([token.word for token in asked], [stems[stem] for stem in candidates])
        for token, row in zip(asked, rows, strict=True):
            for stem, cosine in zip(candidates, row, strict=True):
                if cosine >= SIMILAR_FROM and stem != token.stem:
                    found[token.stem].setdefault(stem, SIMILAR_CREDIT)
    return found
