"""Finds the shown sentences that a model's statement rests on, where the model named none or the wrong ones.

Small models write true sentences and forget their numbers, or copy a number from the example. A statement is judged
by grounding against the sentences it cites and against nothing else, so pointing it at the right ones adds no trust:
it only saves true statements from being dropped for their label. (Qwen2.5 1.5B left 5 of 6 true statements unmarked.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rag.schema import Evidence
from rag.text.words import content_words, stem

TRUST_FROM: Final = 0.7  # share of the statement's content words in what the model cites; from here its choice stands
CITE_FROM: Final = 0.6  # the same share, in sentences found here; below, the statement has no source
_ADDS: Final = 0.2  # a second sentence must hold this much more of the statement


def sources_of(statement: str, cited: Sequence[Evidence], shown: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that a statement should be checked against, at most two where the model gave none.

    Args:
        statement: plain text.
        cited: what the model named, in its order.
        shown: every sentence that the model was given.

    Returns:
        What the model named where that covers the statement well, else the best of what was shown, else what the
        model named; empty where there is nothing of either kind.
    """
    wanted = _stems(statement)
    if not wanted:
        return tuple(cited)
    if cited and _share(wanted, cited) >= TRUST_FROM:
        return tuple(cited)
    found: list[Evidence] = []
    held: set[str] = set()
    for _ in range(2):
        best = max(shown, key=lambda sentence: len((wanted - held) & _stems(sentence.text)), default=None)
        if best is None or len((wanted - held) & _stems(best.text)) < _ADDS * len(wanted):
            break
        found.append(best)
        held |= wanted & _stems(best.text)
    share = len(held) / len(wanted)
    if share >= CITE_FROM and share > (_share(wanted, cited) if cited else 0):
        return tuple(found)
    return tuple(cited)


def _share(wanted: set[str], sentences: Iterable[Evidence]) -> float:
    held = set[str]().union(*(_stems(sentence.text) for sentence in sentences))
    return len(wanted & held) / len(wanted)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}
