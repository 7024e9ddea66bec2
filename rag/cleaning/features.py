"""What a line looks like and where it stands, as numbers that mean the same on any site: one row for each line.

Three groups: the line alone (`shapes`); its place in the file and the neighbourhood; the same of the lines next to
it. `NAMES` says what each column is, in order; `weights.json` refers to them by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.cleaning.lines import Line
from rag.cleaning.quizzes import quiz_rows
from rag.cleaning.shapes import REASONS, SHAPE, shape

Column: TypeAlias = NDArray[np.float64]

GAP_COST = 12.0
"""Words of running text that one line of something else weighs against, when looking for the article's core."""

_ONE_HOT = (*(f"label_{reason}" for reason in REASONS), *(f"phrase_{reason}" for reason in REASONS))
_PLACE = (
    "furniture", "topical", "furniture_4", "furniture_10", "thread_8", "short_6", "clock_4", "bullets_4", "caption_4",
    "name_4", "density_4", "density_12", "list_like", "related_section", "comments_section", "thread_opened", "teaser",
    "full_topical", "full_off_topic", "full_inside", "words_topical", "short_inside", "caps_inside", "caption_full",
    "isolated", "offer_off_topic", "related_off_topic", "title_echo", "dup_near", "dup_far", "dup_credit",
    "credit_below", "gallery_above", "author_note_late", "standfirst", "lead", "full_before", "full_left",
    "share_before", "share_after", "run_lines", "run_words", "inside_core", "before_core", "after_core", "core_words",
    "far_from_full_before", "far_from_full_after", "position", "lines", "comments_before", "related_before",
    "furniture_before", "since_furniture", "since_comments", "date_before", "first_line", "quiz",
)  # fmt: skip
_AROUND = (
    "words", "words_12", "ends_sentence", "full", "function", "capitals", "clock", "bullet", "furniture", "topical",
    "byline", "repeated", "caption", "author_note", "label_related", "name_like",
)  # fmt: skip
_STEPS = (-3, -2, -1, 1, 2, 3)
_ALONE = tuple(name for name in SHAPE if name not in {"label", "phrase"})
NAMES = (*_ALONE, *_ONE_HOT, *_PLACE, *(f"{name}{step:+d}" for step in _STEPS for name in _AROUND), "always")
"""Every column, in order. `name+1` is `name` of the next line, `name-1` of the one before."""

_AT = {name: column for column, name in enumerate(NAMES)}
_AROUND_AT = [_AT[name] for name in _AROUND]
_ALONE_AT = [SHAPE.index(name) for name in _ALONE]
_STEM = re.compile(r"\b\w{4,6}")
_FAR = 50  # lines
_ON_TOPIC = 0.3  # share of a sentence's longer words that the article has too; its own sentences have 0.6 in the mean


def features(lines: Sequence[Line], repeated_lines: Container[str]) -> NDArray[np.float64]:
    """Return one row of numbers, all between about -1 and 3, for each line; columns as in `NAMES`."""
    table = np.zeros((len(lines), len(NAMES)))
    if not lines:
        return table
    quiz = quiz_rows(lines)
    counts = Counter(line.key for row, line in enumerate(lines) if row not in quiz)
    _describe(table, lines, counts, repeated_lines)
    if quiz:
        asked = sorted(quiz)
        table[asked, _AT[_ONE_HOT[0]] : _AT[_ONE_HOT[-1]] + 1] = 0.0  # "Facebook" and "21" are answers here
        table[asked, _AT["repeated"]] = 0.0
        table[asked, _AT["full"]] = table[asked, _AT["quiz"]] = 1.0
    for name, column in _place(table, lines).items():
        table[:, _AT[name]] = column
    for number, step in enumerate(_STEPS):
        if abs(step) < len(lines):
            first = len(_ALONE) + len(_ONE_HOT) + len(_PLACE) + number * len(_AROUND)
            target = table[:, first : first + len(_AROUND)]
            if step > 0:
                target[:-step] = table[step:, _AROUND_AT]
            else:
                target[-step:] = table[:step, _AROUND_AT]
    table[:, -1] = 1.0
    return table


def furniture_reasons(table: NDArray[np.float64]) -> list[str | None]:
    """Return for each row of features which label, else which phrase, the line is."""
    marks = table[:, _AT[_ONE_HOT[0]] : _AT[_ONE_HOT[-1]] + 1]
    first = marks.argmax(axis=1).tolist()
    return [
        REASONS[at % len(REASONS)] if is_one else None
        for at, is_one in zip(first, (marks.max(axis=1) > 0).tolist(), strict=True)
    ]


def _describe(
    table: NDArray[np.float64], lines: Sequence[Line], counts: Mapping[str, int], repeated_lines: Container[str]
) -> None:
    """Fill in the columns about the lines alone."""
    shapes = [
        shape(line, repeated=counts[line.key] > 1, repeated_in_corpus=line.key in repeated_lines) for line in lines
    ]
    described = np.array(shapes, dtype=np.float64)
    table[:, : len(_ALONE)] = described[:, _ALONE_AT]
    for name in ("label", "phrase"):
        numbers = described[:, SHAPE.index(name)].astype(np.int64)
        rows = np.flatnonzero(numbers)
        table[rows, _AT[f"{name}_{REASONS[0]}"] + numbers[rows] - 1] = 1.0


def _place(table: NDArray[np.float64], lines: Sequence[Line]) -> Mapping[str, Column]:
    def column(name: str) -> Column:
        return table[:, _AT[name]]

    size = len(lines)
    rows = np.arange(size)
    full, caption = column("full"), column("caption")
    words = np.expm1(column("words") * 2)
    full_words = np.minimum(words, 150) * full
    furniture = table[:, _AT[_ONE_HOT[0]] : _AT[_ONE_HOT[-1]] + 1].max(axis=1)
    comments = np.maximum(column("label_comments"), column("phrase_comments"))
    related = column("label_related")  # "Read more: Storm closes harbour" says all it has to say, and the text goes on
    thread = np.maximum(column("thread"), comments)
    short = (words < 8).astype(float)
    start, end = _core(full_words, full)
    inside = ((rows >= start) & (rows < end)).astype(float)
    topical = _topical(lines, inside * full)
    total = max(full_words.sum(), 1.0)
    before = np.cumsum(full_words)
    run_lines, run_words = _runs(full, full_words)
    fulls_before = np.cumsum(full) - full
    next_short = np.append((words[1:] < 8).astype(float), 0.0)
    dup_near = _repeated_near(lines, column("repeated"))
    credit = caption * (words < 14) * (1 - full)
    gallery = column("gallery")
    since_related = _nearness(rows - _last(related, rows))
    since_comments = _nearness(rows - _last(comments, rows))
    width = np.log1p(words)
    alike = (np.abs(np.diff(width, prepend=width[0])) < 0.35) * (1 - full)
    near_2 = _densities(2, alike)
    near_4 = _densities(4, furniture, column("clock"), column("bullet"), caption, column("name_like"), full,
        credit + gallery)  # fmt: skip
    counts = np.log1p(np.cumsum(np.stack([comments, related, furniture]), axis=1))
    return {
        "furniture": furniture,
        "topical": topical,
        "furniture_4": near_4[0],
        "furniture_10": _densities(10, furniture)[0],
        "thread_8": _densities(8, thread)[0],
        "short_6": _densities(6, short)[0],
        "clock_4": near_4[1],
        "bullets_4": near_4[2],
        "caption_4": near_4[3],
        "name_4": near_4[4],
        "density_4": near_4[5],
        "density_12": _densities(12, full)[0],
        "list_like": near_2[0],
        "related_section": (1 - since_related) * short,
        "comments_section": (1 - since_comments) * full,
        "thread_opened": _thread_opened(column("thread"), comments, full),
        "teaser": _teasers(full, related, topical) * (rows >= end) * (fulls_before >= 3),
        "full_topical": full * topical,
        "full_off_topic": full * (topical < 0.2),
        "full_inside": full * inside,
        "words_topical": np.minimum(width, 4) / 2 * topical,
        "short_inside": short * inside,
        "caps_inside": column("shouted") * inside,
        "caption_full": caption * full,
        "isolated": full * (run_lines <= 1),
        "offer_off_topic": column("offer") * (1 - topical),
        "related_off_topic": (1 - since_related) * (1 - topical) * full,
        "title_echo": (1 - full) * topical * (rows < start),
        "dup_near": dup_near,
        "dup_far": column("repeated") * (1 - dup_near),
        "dup_credit": dup_near * (near_4[6] > 0),
        "credit_below": np.append(credit[1:], 0.0),
        "gallery_above": np.concatenate(([0.0], gallery[:-1])),
        "author_note_late": column("author_note") * (1 - before / total),
        "standfirst": full * (fulls_before == 0) * next_short,
        "lead": full * (fulls_before == 0) * (1 - next_short),
        "full_before": np.minimum(np.log1p(fulls_before) / 2, 2),
        "full_left": np.minimum(np.log1p(full.sum() - fulls_before - full) / 2, 2),
        "share_before": (before - full_words) / total,
        "share_after": 1 - before / total,
        "run_lines": np.log1p(run_lines) / 2,
        "run_words": np.log1p(run_words) / 4,
        "inside_core": inside,
        "before_core": _nearness(start - rows),
        "after_core": _nearness(rows - end + 1),
        "core_words": np.full(size, np.log1p(full_words[start:end].sum()) / 6),
        "far_from_full_before": _nearness(rows - _last(full, rows)),
        "far_from_full_after": _nearness(_last(full[::-1], rows)[::-1] * -1 + size - 1 - rows),
        "position": rows / size,
        "lines": np.full(size, np.log1p(size) / 5),
        "comments_before": counts[0] / 2,
        "related_before": counts[1] / 2,
        "furniture_before": counts[2] / 4,
        "since_furniture": _nearness(rows - _last(furniture, rows)),
        "since_comments": since_comments,
        "date_before": _nearness(rows - _last(column("clock"), rows)),
        "first_line": (rows == 0).astype(float),
    }


def _core(full_words: Column, full: Column) -> tuple[int, int]:
    """Return the run of lines with most running text, where each line that is none costs some words."""
    best, best_at, total, start = 0.0, (0, 0), 0.0, 0
    for row, gain in enumerate((full_words - GAP_COST * (1 - full)).tolist()):
        if total <= 0:
            total, start = 0.0, row
        total += gain
        if total > best:
            best, best_at = total, (start, row + 1)
    return best_at


def _topical(lines: Sequence[Line], core: Column) -> Column:
    """Return for each line which share of its longer words the core of the article has too (beside this line)."""
    vocabularies = [set(_STEM.findall(line.key)) for line in lines]
    marks = core.tolist()
    shared: set[str] = set()
    repeated: set[str] = set()
    for words, mark in zip(vocabularies, marks, strict=True):
        if mark:
            repeated |= shared & words
            shared |= words
    return np.array(
        [
            len(words & (repeated if mark else shared)) / len(words) if words else 0.0
            for words, mark in zip(vocabularies, marks, strict=True)
        ]
    )


def _repeated_near(lines: Sequence[Line], repeated: Column) -> Column:
    """Mark the lines that stand again within three lines."""
    marks = np.zeros(len(lines))
    last: dict[str, int] = {}
    for row in np.flatnonzero(repeated).tolist():
        key = lines[row].key
        if key in last and row - last[key] <= 3:
            marks[row] = marks[last[key]] = 1.0
        last[key] = row
    return marks


def _teasers(full: Column, related: Column, topical: Column) -> Column:
    """Mark what stands below a "related" label up to the next sentence on the topic: titles, summaries of others."""
    marks = np.zeros(len(full))
    open_since = False
    for row, (is_full, is_related) in enumerate(zip(full.tolist(), related.tolist(), strict=True)):
        if is_related:
            open_since = True
        elif is_full and topical[row] >= _ON_TOPIC:
            open_since = False
        elif open_since:
            marks[row] = 1.0
    return marks


def _thread_opened(thread: Column, comments: Column, full: Column) -> Column:
    """Mark what follows a comments label below some text, if the marks of a discussion follow it."""
    opened = np.zeros(len(full))
    written = np.cumsum(full)
    for row in np.flatnonzero(comments).tolist():
        if written[row] >= 3 and thread[row + 1 : row + 16].sum() >= 2:
            opened[row:] = 1.0
            break
    return opened


def _runs(full: Column, full_words: Column) -> tuple[Column, Column]:
    """Return for each line how many lines, and words, the unbroken run of full lines has that it stands in."""
    group = np.cumsum(np.diff(full, prepend=0.0) != 0)
    return np.bincount(group, weights=full)[group], np.bincount(group, weights=full_words)[group]


def _densities(reach: int, *marks: Column) -> NDArray[np.float64]:
    """Return the share of marked lines among those at most `reach` lines away; one row for each of `marks`."""
    size = len(marks[0])
    sums = np.zeros((len(marks), size + 1))
    np.cumsum(np.stack(marks), axis=1, out=sums[:, 1:])
    rows = np.arange(size)
    low, high = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, size)
    shares: NDArray[np.float64] = (sums[:, high] - sums[:, low]) / (2 * reach + 1)
    return shares


def _nearness(distance: NDArray[np.int64]) -> Column:
    """Map a distance in lines to 0 (at it, or past it) .. about 1 (50 lines and more)."""
    scaled: Column = np.log1p(np.minimum(np.maximum(distance, 0), _FAR)) / 4
    return scaled


def _last(marks: Column, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row the last marked row above it."""
    seen = np.maximum.accumulate(np.where(marks > 0, rows, -99))
    return np.concatenate(([-99], seen[:-1]))
