"""Finds the shown sentence that a statement rests on where a model forgot to cite one.

The statement is then proven against that sentence and against nothing else, so pointing it there adds no trust: it
only saves true statements from being dropped for a missing number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rag.schema import Evidence
from rag.text.words import content_words, stem

CITE_FROM: Final = 0.6
"""Share of a statement's content words that one sentence must hold; below, the statement has no source."""


def source_of(statement: str, shown: Iterable[Evidence]) -> Evidence | None:
    """Return the sentence that holds most of a statement's content words, or None where none holds enough.

    Only one sentence is ever found, never a pair: a small model mixes two true sentences into a false one ("The White
    House accused Russia" + "last year"), and citing both would hide that.
    """
    wanted = _stems(statement)
    if not wanted:
        return None
    best = max(shown, key=lambda sentence: len(wanted & _stems(sentence.text)), default=None)
    return best if best is not None and len(wanted & _stems(best.text)) >= CITE_FROM * len(wanted) else None


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}
