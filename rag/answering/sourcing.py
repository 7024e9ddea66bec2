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
CITE_FROM: Final = 0.6  # the same share, in one sentence found here; below, the statement has no source


def sources_of(statement: str, cited: Sequence[Evidence], shown: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that a statement should be checked against.

    Only one sentence is ever found, never a pair: a small model mixes two true sentences into a false one ("The White
    House accused Russia" + "last year"), and citing both would hide that.

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
    of_cited = _share(wanted, cited)
    if of_cited < TRUST_FROM:
        best = max(shown, key=lambda sentence: _share(wanted, [sentence]), default=None)
        if best is not None and _share(wanted, [best]) >= max(CITE_FROM, of_cited):
            return (best,)
    return tuple(cited)


def _share(wanted: set[str], sentences: Iterable[Evidence]) -> float:
    held = set[str]().union(*(_stems(sentence.text) for sentence in sentences))
    return len(wanted & held) / len(wanted)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}
