"""What differs between two sentences that otherwise use the same words.

"The choir first sang in 1931 and has 40 members" and "The choir first sang in 1938 and has 40 members" differ in one
place. Where everything else is the same, that place is the fact on which they disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from rag.answering.tokens import Token
from rag.schema import Span

MOST_TOKENS: Final = 80
"""A longer sentence is a list or a table."""
_MATCHED: Final = 5
"""Words that must be the same."""
_MATCHED_CONTENT: Final = 3
_MATCHED_SHARE: Final = 0.7
"""Of the shorter sentence."""
_LONGEST: Final = 6
"""Words of a difference."""
_AROUND: Final = 4
"""Words beside a difference in which nothing else may be named by one sentence alone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of one sentence in the place of others, as ranges of tokens."""

    one: range
    other: range

    def spans(self, one: Sequence[Token], other: Sequence[Token]) -> tuple[Span, Span]:
        """Return the places of both in their sentences."""
        return _span(one, self.one), _span(other, self.other)


def _span(tokens: Sequence[Token], place: range) -> Span:
    return Span(tokens[place[0]].span.start, tokens[place[-1]].span.end)


def differences(one: Sequence[Token], other: Sequence[Token]) -> list[Difference] | None:
    """Return where one sentence has other words than the other; None where they are not alike.

    What only one of them has is left out, unless it names or counts something right beside a difference: then they
    speak of different things and are not alike.
    """
    if max(len(one), len(other)) > MOST_TOKENS:
        return None
    matcher = SequenceMatcher(None, [t.word for t in one], [t.word for t in other], autojunk=False)
    blocks = matcher.get_matching_blocks()
    matched = sum(block.size for block in blocks)
    content = sum(not one[i].is_stopword for block in blocks for i in range(block.a, block.a + block.size))
    if matched < _MATCHED or content < _MATCHED_CONTENT or matched < _MATCHED_SHARE * min(len(one), len(other)):
        return None
    found, extra = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":
            found.append(Difference(range(i1, i2), range(j1, j2)))
        elif tag in ("delete", "insert"):
            tokens, start = (one[i1:i2], i1) if tag == "delete" else (other[j1:j2], j1)
            if any(is_hard(token) for token in tokens):
                extra.append((tag, start, start + len(tokens)))
    for difference in found:
        for tag, start, end in extra:
            place = difference.one if tag == "delete" else difference.other
            if start - _AROUND < place.stop and place.start < end + _AROUND:
                return None
    return found


def is_hard(token: Token) -> bool:
    """Say whether a word names or counts something."""
    return token.number is not None or (token.is_capitalised and not token.is_stopword)


def replaced_name(one: Sequence[Token], other: Sequence[Token]) -> Difference | None:
    """Return the one name in the place of which the other sentence has another; None unless the rest is alike."""
    return _only_difference(one, other, [d for d in differences(one, other) or () if _replaces_name(d, one, other)])


def replaced_words(one: Sequence[Token], other: Sequence[Token]) -> Difference | None:
    """Return the few words in the place of which the other sentence has others; None unless the rest is the same."""
    found = differences(one, other) or ()
    telling = [
        d
        for d in found
        if not any(token.is_stopword for token in (*(one[i] for i in d.one), *(other[j] for j in d.other)))
    ]
    return _only_difference(one, other, telling) if len(found) == len(telling) else None


def _only_difference(one: Sequence[Token], other: Sequence[Token], wanted: Sequence[Difference]) -> Difference | None:
    """Return the first difference if it is the only one, wherever it repeats, and nothing else is named or counted."""
    if not wanted or any(max(len(d.one), len(d.other)) > _LONGEST for d in wanted):
        return None
    # The last of the shortest: a title that was printed before the sentence often has the name, too.
    shortest = min(reversed(wanted), key=lambda d: len(d.one))
    words = _words(shortest, one, other)
    for difference in differences(one, other) or ():
        hard = any(is_hard(one[i]) for i in difference.one) or any(is_hard(other[j]) for j in difference.other)
        if (hard or difference in wanted) and not _holds(_words(difference, one, other), words):
            return None
    return shortest


def _replaces_name(difference: Difference, one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Say whether a difference is one name for another, sharing no word."""
    names = [one[i] for i in difference.one], [other[j] for j in difference.other]
    if not all(all(token.is_capitalised or token.is_stopword for token in name) for name in names):
        return False
    if not all(any(is_hard(token) and token.number is None for token in name) for name in names):
        return False
    places = [{token.place for token in name} - {None} for name in names]
    return not places[0] & places[1]


def _words(
    difference: Difference, one: Sequence[Token], other: Sequence[Token]
) -> tuple[frozenset[str], frozenset[str]]:
    return (
        frozenset(one[i].stem for i in difference.one if not one[i].is_stopword),
        frozenset(other[j].stem for j in difference.other if not other[j].is_stopword),
    )


def _holds(all_words: tuple[frozenset[str], frozenset[str]], words: tuple[frozenset[str], frozenset[str]]) -> bool:
    return words[0] <= all_words[0] and words[1] <= all_words[1]
