"""Does a text hold the expected short answer? Compared as words, as the makers of the sets did."""

from __future__ import annotations

import re

from rag.text.folding import searchable

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(("a", "an", "the"))


def answer_words(text: str) -> str:
    """Return the words of a text, folded, without articles, each between spaces."""
    words = [word for word in _WORD.findall(searchable(text)) if word not in _ARTICLES]
    return f" {' '.join(words)} " if words else ""


def holds_answer(text: str, answer: str) -> bool:
    """Say whether the words of `answer` stand in `text`, together and in order; an empty answer stands nowhere."""
    wanted = answer_words(answer)
    return bool(wanted) and wanted in answer_words(text)
