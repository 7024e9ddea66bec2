"""Whether a text is a page or has been taken out of one already, and which of its lines look like text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.cleaning.features import NAMES
from rag.cleaning.lines import Line

_BARE_LABELS, _BARE_FURNITURE = 3, 0.02  # lines, share of the lines: a text with more is a page
MENU_WORDS, _MENU_LINES = math.log1p(3.5) / 2, 12
_DISTRUST_LABELS, _DISTRUST_FURNITURE = 8, 0.1
_DISTRUST_SHORT_WORDS, _DISTRUST_SHORT = 4, 0.6  # words; share of the lines that have fewer
_DISTRUST_DROPPED = 0.3  # of the words
STAMP = re.compile(r"(?:\w+ )?(?:updated|published|posted|modified)\b", re.IGNORECASE)
_AT = {name: column for column, name in enumerate(NAMES)}


def is_bare(table: NDArray[np.float64]) -> bool:
    """Say whether the text has been taken out of its page already: all that stands in it is the article's.

    A page has menus: labels that are known, or, in a language of unknown labels, many lines of a word or two.
    """
    furniture = table[:, _AT["furniture"]] > 0
    if furniture.sum() > _BARE_LABELS and furniture.mean() >= _BARE_FURNITURE:
        return False
    short = (table[:, _AT["words"]] < MENU_WORDS) & (table[:, _AT["digits"]] == 0) & ~is_between(table)
    return _longest_run(short) < _MENU_LINES


def is_between(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lines from the first full sentence to the last."""
    marks = np.zeros(len(table), dtype=bool)
    full = np.flatnonzero(table[:, _AT["full"]] > 0)
    if len(full):
        marks[full[0] : full[-1] + 1] = True
    return marks


def is_text(lines: Sequence[Line], table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lines that do not look like a credit or, where they are no sentences, like other small print."""
    credits = any_of(table, "photo_credit", "sign_off")
    small = any_of(table, "caption", "byline", "author_note")
    small |= any_of(table, "symbols", "thread") & ~is_between(table)
    above = np.cumsum(table[:, _AT["full"]] > 0) == 0
    stamp = np.array([STAMP.match(line.text) is not None for line in lines])
    small |= (table[:, _AT["clock"]] > 0) & (above | stamp)
    credits |= _below_related(table)
    marks: NDArray[np.bool_] = ~(credits | (small & ~any_of(table, "full", "words_12")))
    return marks


def _below_related(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lines between a label like "Most read" and the next sentence."""
    marks = np.zeros(len(table), dtype=bool)
    is_open = False
    for row, (label, full) in enumerate(zip(table[:, _AT["label_related"]], table[:, _AT["full"]], strict=True)):
        is_open = (is_open or label > 0) and full == 0
        marks[row] = is_open
    return marks


def is_kicker(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the lines of a few words above the first sentence: they may name a section or a newspaper."""
    few: NDArray[np.bool_] = (table[:, _AT["words"]] < MENU_WORDS) & (table[:, _AT["ends_sentence"]] == 0)
    above = np.cumsum(table[:, _AT["full"]] > 0) == 0
    marks: NDArray[np.bool_] = few & above & (table[:, _AT["bullet"]] == 0)
    return marks


def is_distrusted(table: NDArray[np.float64], drops: NDArray[np.bool_], reasons: Sequence[str | None]) -> bool:
    """Say whether the model would take so much from a text with little furniture that it must be wrong about it.

    It has not seen lists, timelines and poems enough. On pages that it knows, it takes less.
    """
    furniture = table[:, _AT["furniture"]] > 0
    undecided = np.array([reason is None for reason in reasons])
    if furniture.mean() >= _DISTRUST_FURNITURE or furniture.sum() > _DISTRUST_LABELS or not undecided.any():
        return False
    words = np.expm1(table[:, _AT["words"]] * 2)
    if (words[undecided] < _DISTRUST_SHORT_WORDS).mean() >= _DISTRUST_SHORT:
        return False
    return bool(words[undecided & drops].sum() > _DISTRUST_DROPPED * words[undecided].sum())


def any_of(table: NDArray[np.float64], *names: str) -> NDArray[np.bool_]:
    """Mark the lines that have one of the features."""
    marks: NDArray[np.bool_] = (table[:, [_AT[name] for name in names]] > 0).sum(axis=1) > 0
    return marks


def _longest_run(marks: NDArray[np.bool_]) -> int:
    longest = run = 0
    for mark in marks.tolist():
        run = run + 1 if mark else 0
        longest = max(longest, run)
    return longest
