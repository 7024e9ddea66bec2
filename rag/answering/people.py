"""Whom a description means: "America's top diplomat" is whoever the articles call the U.S. Secretary of State."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from rag.answering.analysis import OFFICES, Term
from rag.answering.corpus import Corpus
from rag.answering.matching import Bag
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import GIVEN_NAMES, ROLE_NOUNS, SPEAKER_NOUNS, TITLES
from rag.schema import ScoredPassage

_TITLE_REACH: Final = 6
LESSER: Final = frozenset({"deputy", "vice", "under", "undersecretary", "assistant", "former", "acting"})
"""Words that make another office of one: a deputy minister is not the minister."""
_DESCRIPTION_WINDOW: Final = 18
"""Words around a name in which an article says who that is."""


def titles_of(names: Sequence[Term], passages: Sequence[ScoredPassage]) -> dict[str, list[list[Token]]]:
    """Return, by name, the offices that the passages put right before it, with their country.

    "South Korean Deputy Foreign Minister Chang Ho-jin" says who "South Korea's deputy foreign minister" is elsewhere.
    An office without a country names nobody, and is left out.
    """
    found: dict[str, dict[str, list[Token]]] = {}
    for scored in passages:
        for span in scored.passage.sentences:
            sentence = tokenize(span.of(scored.article.raw))
            words = [token.word for token in sentence]
            for name in names:
                asked = [token.word for token in name.tokens]
                for start in range(len(words) - len(asked) + 1):
                    if words[start : start + len(asked)] == asked:
                        title = _title_before(sentence, start)
                        if any(token.place for token in title) and any(
                            token.word in ROLE_NOUNS | OFFICES for token in title
                        ):
                            called = " ".join(token.place or token.word for token in title)
                            found.setdefault(name.text, {}).setdefault(called, title)
    return {name: list(titles.values()) for name, titles in found.items()}


def _title_before(sentence: Sequence[Token], start: int) -> list[Token]:
    """Return the title that stands before a name, or before the given name that leads up to it."""
    if start > 0 and sentence[start - 1].word in GIVEN_NAMES:
        start -= 1
    title: list[Token] = []
    for token in reversed(sentence[:start]):
        if token.place is None and token.word not in TITLES:
            break
        title.insert(0, token)
    return title


def is_description(tokens: Sequence[Token]) -> bool:
    """Say whether a phrase calls somebody by what they are rather than by name."""
    return any(token.word in ROLE_NOUNS | SPEAKER_NOUNS | OFFICES for token in tokens)


def description_of(phrase: str) -> tuple[Token, ...]:
    """Return the words of a description with its country first: "the top US diplomat" is the "US top diplomat"."""
    tokens = tokenize(phrase)
    ordered = sorted(tokens, key=lambda token: token.place is None)
    return tokenize(" ".join(token.span.of(phrase) for token in ordered))


def person_described(tokens: Sequence[Token], passages: Sequence[ScoredPassage], corpus: Corpus) -> str | None:
    """Return the person whom the passages describe in the words of a question, or None.

    "America's top diplomat" is Antony Blinken where a text has "Antony Blinken, the U.S. Secretary of State": every
    word of the description, or its synonym, stands near the name, and nearer than to any other name.
    """
    if not is_description(tokens) or any(_is_plural_role(token) for token in tokens):
        return None
    best: tuple[int, str] | None = None
    for scored in passages:
        for span in scored.passage.sentences:
            sentence = tokenize(span.of(scored.article.raw))
            for first, last, name in _people(sentence, span.of(scored.article.raw), corpus):
                distance = _distance(tokens, sentence, first, last)
                if distance is not None and (best is None or (distance, name) < best):
                    best = (distance, name)
    return best[1] if best else None


def _is_plural_role(token: Token) -> bool:
    """Say whether a word means several people: nobody is "the allied officials"."""
    single = token.word.removesuffix("s")
    return single != token.word and (single in ROLE_NOUNS or single in SPEAKER_NOUNS)


def _people(sentence: Sequence[Token], text: str, corpus: Corpus) -> list[tuple[int, int, str]]:
    """Return runs of two or more capitalised name words, with the positions of the first and the last."""
    found = []
    start = 0
    while start < len(sentence):
        end = start
        while (
            end < len(sentence)
            and (_is_personal(sentence[end], corpus) or (end > start and _ends_name(sentence[end])))
            and (end == start or _touch(sentence, end, text))
        ):
            end += 1
        if end - start >= 2:
            found.append((start, end - 1, text[sentence[start].span.start : sentence[end - 1].span.end]))
        start = max(end, start + 1)
    return found


def _is_personal(token: Token, corpus: Corpus) -> bool:
    return (
        token.is_capitalised
        and token.place is None
        and not token.is_stopword
        and token.word not in ROLE_NOUNS
        and not token.groups
        and corpus.is_name(token.word)
    ) or (
        token.place is None
        and token.word.isalpha()
        and not token.groups
        and corpus.is_name(token.word)
        and len(token.word) < 4
    )


def _ends_name(token: Token) -> bool:
    """Say whether a word may be the short end of a name: the "Un" of "Kim Jong Un" is no UN."""
    return token.is_capitalised and not (token.is_acronym or token.is_stopword) and len(token.word) < 4


def _touch(sentence: Sequence[Token], position: int, text: str) -> bool:
    return text[sentence[position - 1].span.end : sentence[position].span.start] in (" ", "-", ". ")


def _distance(description: Sequence[Token], sentence: Sequence[Token], first: int, last: int) -> int | None:
    """Return how far, in words and all told, the description's words stand from a name; None if one is missing."""
    after = takewhile(lambda token: token.word != "and", sentence[last + 1 : last + 1 + _TITLE_REACH])  # somebody else
    around = [*sentence[max(0, first - _TITLE_REACH) : first], *after]
    if is_lesser(around, description) or serves_elsewhere(_title_before(sentence, first), description):
        return None
    total = 0
    for token in description:
        bag_positions = [
            position
            for position, other in enumerate(sentence)
            if not first <= position <= last and stands_in(token, Bag.of((other,)))
        ]
        gaps = [first - p if p < first else p - last for p in bag_positions]
        if min(gaps, default=99) > _DESCRIPTION_WINDOW:
            return None
        total += min(gaps)
    return total


def is_lesser(found: Sequence[Token], description: Sequence[Token]) -> bool:
    """Say whether words about somebody speak of a deputy or the like and the description does not."""
    return bool({token.word for token in found} & LESSER - {token.word for token in description})


def serves_elsewhere(title: Sequence[Token], description: Sequence[Token]) -> bool:
    """Say whether a title has a country, and the description another: whose "Portuguese counterpart" is none."""
    served = {token.place for token in title if token.place}
    asked = {token.place for token in description if token.place}
    return bool(served and asked) and served.isdisjoint(asked)


def stands_in(token: Token, bag: Bag) -> bool:
    """Say whether a word of a description, its country or a synonym, is in a bag."""
    if token.place is not None:
        return token.place in bag.places
    return token.stem in bag.stems or bool(token.groups & bag.groups)
