"""Questions with their options: short lines that belong to the article, though each alone looks like a menu entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rag.cleaning.furniture import phrase_reason
from rag.cleaning.lines import Line

_QUESTION = re.compile(r"\?[\"'”’»)]*(?: [^.?!]{1,60})?\Z")
"""Also with the first option behind it, as extractors write that."""
_QUESTION_WORDS = 6
_OPTION_WORDS = 12
_FEWEST_OPTIONS, _MOST_OPTIONS = 2, 6
_FEWEST_QUESTIONS = 3
_ALIKE = 0.6
"""Share of the questions that have as many options as most have."""
_DISTINCT = 0.6
"""Share of the options that differ: of teasers, the lines below the headline are the same few sections."""
_STAMP = re.compile(
    r"\b(?:ago|read|comments?|views?|updated|published)\b|\b\d{1,2}:\d\d\b|\d,? (?:19|20)\d\d\b", re.IGNORECASE
)


def quiz_rows(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines of quizzes: three questions or more, one after another, with about as many options each."""
    asked = [row for row, line in enumerate(lines) if "?" in line.text and _is_question(line)]
    rows: set[int] = set()
    start = 0
    for end in range(1, len(asked) + 1):
        if end == len(asked) or not _are_options(lines[asked[end - 1] + 1 : asked[end]]):
            rows.update(_quiz(lines, asked[start:end]))
            start = end
    return frozenset(rows)


def _is_question(line: Line) -> bool:
    return (
        line.text.count(" ") + 1 >= _QUESTION_WORDS
        and _QUESTION.search(line.text) is not None
        and phrase_reason(line.key) is None
    )


def _are_options(lines: Sequence[Line]) -> bool:
    return _FEWEST_OPTIONS <= len(lines) <= _MOST_OPTIONS and all(map(_is_option, lines))


def _is_option(line: Line) -> bool:
    return (
        line.text.count(" ") + 1 < _OPTION_WORDS
        and not line.text.endswith("?")
        and _STAMP.search(line.text) is None
        and phrase_reason(line.key) is None
    )


def _quiz(lines: Sequence[Line], asked: Sequence[int]) -> Sequence[int]:
    """Return the lines of a run of questions with options between them; none where it is no quiz."""
    counts = Counter(after - row - 1 for row, after in pairwise(asked))
    if len(asked) < _FEWEST_QUESTIONS:
        return ()
    size, having = counts.most_common(1)[0]
    options = {lines[row].key for row in range(asked[0], asked[-1]) if row not in asked}
    if having < _ALIKE * counts.total() or len(options) < _DISTINCT * (asked[-1] - asked[0] - len(asked) + 1):
        return ()
    last = asked[-1] + 1
    ending = lines[last : last + size]
    return range(asked[0], last + (size if len(ending) == size and all(map(_is_option, ending)) else 0))
