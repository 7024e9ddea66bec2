"""Which lines are article body, and for each other line the reason: rules that are sure first, then the line model.

The rules held on every page they were tried on (`docs/cleaning.md` has the counts); what they leave open the model
decides from the shape of the line and of what stands around it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.cleaning.bareness import MENU_WORDS, STAMP, any_of, is_bare, is_between, is_distrusted, is_kicker, is_text
from rag.cleaning.dates import is_date_line
from rag.cleaning.features import NAMES, Column, features, furniture_reasons
from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line
from rag.cleaning.model import LineModel

CHUNK = 4000
"""Lines judged together; a page has fewer, and a log file of a million lines must fit into memory."""
_AT = {name: column for column, name in enumerate(NAMES)}
_LONG_KEY = 30  # shorter lines repeat by accident ("Photo: AP", "Asked why.")
_REFRAIN = 3  # copies of a line in a text without boilerplate
_SECTIONS = frozenset({"related", "comments"})
_LONGEST_HEADING = 140
_CAPTION_WORDS = math.log1p(45) / 2  # more is a paragraph with a credit in it
_MOST_DATES = 4  # lines; more are the rows of a list
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,64}|@\w{2,30}")
_MARKS = re.compile(r"[^\w\s.'’]+")
_FEWEST_MARKS = 2
_TIME = re.compile(r"\d{1,2}[:.h]\d\d ?(?:[ap]\.?m\.?)?(?: ?[A-Z]{2,4})?", re.IGNORECASE)
_CAPTION = re.compile(r"(?:image|photo|media|video|picture) (?:caption|source|credit)\b(?!.{300})", re.IGNORECASE)
_TO_READER = re.compile(r"\b(?:you|your|we|our|us)\b")
_SHORTEST_LIST = 3  # lines
_FIGURE = re.compile(r"\d[\d.,:]*")
_FIGURES_OF_ROW = 2
_STANDFIRST_LINES = 2
_SENTENCE_WORDS = math.log1p(4) / 2  # as `shapes` scales the number of words
_SHORT_WORDS = math.log1p(8) / 2
_UNLIKELY = 0.12
_AMID = 0.1  # probability from which a short line amid the article stays; held out by site, two thirds are body
_LONGEST_ITEM = 120
_HEADED_ARTICLE = 2  # headings inside the article from which on the line above its first paragraph counts as one too
_REPEATED_SHARE = 0.4  # of the kept words: more is a syndicated copy, not boilerplate


def judge(
    lines: Sequence[Line], *, repeated_lines: Container[str], model: LineModel, extracted: bool = False
) -> list[str | None]:
    """Return for each line the reason why it goes, or None where it stays.

    Args:
        lines: of one file.
        repeated_lines: keys of lines that stand in many files of the corpus.
        model: judges what no rule decides.
        extracted: the text comes from an HTML extractor that has judged already; only outright furniture goes.
    """
    if extracted:
        return outright(lines)
    reasons: list[str | None] = []
    for start in range(0, len(lines), CHUNK):
        reasons.extend(_judge(lines[start : start + CHUNK], repeated_lines, model))
    return reasons


def outright(lines: Sequence[Line]) -> list[str | None]:
    """Return for each line the reason that it gives itself, whatever stands around it."""
    return [_marker(line) or label_reason(line.key) or phrase_reason(line.key, size=len(line.text)) for line in lines]


def _marker(line: Line) -> str | None:
    if line.bullet and not any(map(str.isalnum, line.text)):
        return "list_marker"
    return "byline" if "@" in line.text and _ADDRESS.fullmatch(line.text) else None


def _judge(lines: Sequence[Line], repeated_lines: Container[str], model: LineModel) -> list[str | None]:
    table = features(lines, repeated_lines)
    bare = is_bare(table)
    reasons = _by_rule(lines, table, bare=bare)
    likely = model.probabilities(table)
    late_author = (table[:, _AT["author_note"]] > 0) & (table[:, _AT["share_after"]] < 0.2)
    likely[late_author] *= 0.2
    # A short line printed twice at once above the article is the text and the caption of a picture, or a title.
    above = (table[:, _AT["full"]] == 0) & (table[:, _AT["before_core"]] > 0)
    likely[(table[:, _AT["dup_near"]] > 0) & above] = 0.0
    likely[table[:, _AT["quiz"]] > 0] = 1.0
    wanted = np.full(len(lines), model.threshold)
    if bare:
        wanted[is_text(lines, table) & ~is_kicker(table)] = 0.0
        wanted[[_TIME.fullmatch(line.text) is not None for line in lines]] = 0.0
    elif is_distrusted(table, likely < wanted, reasons):
        wanted[is_text(lines, table)] = 0.0
    stays = [reason is None and enough for reason, enough in zip(reasons, (likely >= wanted).tolist(), strict=True)]
    _keep_one_copy(lines, likely, reasons, stays, model.threshold)
    _keep_inside(table, likely, reasons, stays)
    if not any(stays):
        # A text too short to have a shape ("Two men were held, police said.") is better kept than lost.
        stays = [reason is None and table[row, _AT["full"]] > 0 for row, reason in enumerate(reasons)]
    _keep_leads(table, likely, reasons, stays)
    _keep_lists(lines, reasons, stays)
    _keep_headings(lines, table, reasons, stays)
    _drop_trailing(lines, table, stays, bare=bare)
    _drop_repeated(lines, table, reasons, stays)
    return _named(lines, table, reasons, stays)


def _by_rule(lines: Sequence[Line], table: NDArray[np.float64], *, bare: bool) -> list[str | None]:
    reasons: list[str | None] = []
    seen: set[str] = set()
    sure = {
        "related": table[:, _AT["teaser"]] > 0,
        "caption": ((table[:, _AT["dup_credit"]] > 0) | (table[:, _AT["photo_credit"]] > 0))
        & (table[:, _AT["dateline"]] == 0)
        & (table[:, _AT["words"]] < _CAPTION_WORDS)
        | np.array([_CAPTION.match(line.text) is not None for line in lines]),
        "date": np.array([STAMP.match(line.text) is not None and is_date_line(line.text) for line in lines]),
        "byline": (table[:, _AT["sign_off"]] > 0) & (table[:, _AT["share_after"]] < 0.25),
        "link_list": (table[:, _AT["separators"]] > 0)
        & (table[:, _AT["ends_sentence"]] == 0)
        & (table[:, _AT["words_60"]] == 0),
    }
    standfirst = _standfirst(table)
    dates = [
        row
        for row in np.flatnonzero(~is_between(table) & (table[:, _AT["clock"]] > 0)).tolist()
        if is_date_line(lines[row].text)
    ]
    outside = frozenset(dates if len(dates) <= _MOST_DATES else ())
    marked = {name: rows.tolist() for name, rows in sure.items()}
    copies = Counter(line.key for line in lines) if bare else Counter[str]()
    discussed = (table[:, _AT["thread_opened"]] > 0).tolist()
    quiz = (table[:, _AT["quiz"]] > 0).tolist()
    for row, (line, reason) in enumerate(zip(lines, furniture_reasons(table), strict=True)):
        if discussed[row] or quiz[row]:
            reasons.append("comments" if discussed[row] else None)
            continue
        if reason is None and standfirst[row]:
            reason = "standfirst"
        elif reason is None and row in outside:
            reason = "date"
        reason = _marker(line) or reason or next((name for name, rows in marked.items() if rows[row]), None)
        if len(line.key) > _LONG_KEY and not (bare and copies[line.key] >= _REFRAIN):
            if reason is None and line.key in seen:
                reason = "repeated_in_file"
            seen.add(line.key)
        reasons.append(reason)
    return reasons


def _standfirst(table: NDArray[np.float64]) -> list[bool]:
    """Mark a sentence or two that a byline divides from the article: the editor's summary of it."""
    full = table[:, _AT["full"]] > 0
    marks = np.zeros(len(full), dtype=bool)
    bylines = np.flatnonzero((table[:, _AT["byline"]] > 0) & ~full)
    if len(bylines):
        above = np.flatnonzero(full[: bylines[0]])
        if 0 < len(above) <= _STANDFIRST_LINES and full[bylines[0] :].any() and bylines[0] - above[-1] <= 3:
            marks[above] = True
    return marks.tolist()


def _keep_one_copy(
    lines: Sequence[Line], likely: Column, reasons: list[str | None], stays: list[bool], threshold: float
) -> None:
    """Keep a later copy of a line where the first does not stay: a summary, or a menu that repeats a headline."""
    copies = [row for row, reason in enumerate(reasons) if reason == "repeated_in_file" and likely[row] >= threshold]
    if copies:
        kept = {line.key for line, stay in zip(lines, stays, strict=True) if stay}
        for row in copies:
            if lines[row].key not in kept:
                reasons[row], stays[row] = None, True
                kept.add(lines[row].key)


def _keep_inside(table: NDArray[np.float64], likely: Column, reasons: Sequence[str | None], stays: list[bool]) -> None:
    """Keep a short line amid the article unless it looks bad: names of a list, figures of a table."""
    short = (table[:, _AT["inside_core"]] > 0) & (table[:, _AT["words"]] < _SHORT_WORDS) & (likely >= _AMID)
    excluded = table[:, [_AT[name] for name in ("caption", "thread", "clock", "byline", "author_note")]].any(axis=1)
    for row in np.flatnonzero(short & ~excluded).tolist():
        if reasons[row] is None:
            stays[row] = True


def _keep_leads(table: NDArray[np.float64], likely: Column, reasons: Sequence[str | None], stays: list[bool]) -> None:
    """Keep a sentence right above the first kept paragraph, and one between two kept lines, unless it looks bad."""
    sentence = ((table[:, _AT["ends_sentence"]] > 0) & (table[:, _AT["words"]] >= _SENTENCE_WORDS)).tolist()
    full = table[:, _AT["full"]] > 0
    for row in range(len(stays) - 2, -1, -1):
        if stays[row] or reasons[row] is not None or not stays[row + 1] or not sentence[row]:
            continue
        is_first = not any(stays[:row])
        if (is_first and (full[row] or not row)) or (row and stays[row - 1] and likely[row] >= _UNLIKELY):
            stays[row] = True


def _drop_trailing(lines: Sequence[Line], table: NDArray[np.float64], stays: list[bool], *, bare: bool) -> None:
    """Let the article end with a sentence, a list or figures: a heading heads nothing there."""
    loose = ((table[:, _AT["ends_sentence"]] == 0) & (table[:, _AT["words_12"]] == 0)).tolist()
    dated = (table[:, _AT["clock"]] > 0).tolist()
    kept = [row for row, stay in enumerate(stays) if stay]
    if bare and len(kept) > _SHORTEST_LIST and all(loose[row] for row in kept[-_SHORTEST_LIST:]):
        return
    while len(kept) > 1 and loose[kept[-1]] and not lines[kept[-1]].bullet:
        text = lines[kept[-1]].text
        figures = len(_FIGURE.findall(text))
        if figures >= _FIGURES_OF_ROW and not dated[kept[-1]]:
            break  # the last row of a table
        if _MARKS.findall(text) == _MARKS.findall(lines[kept[-2]].text) != []:
            break  # the last of a list
        if bare and (figures or table[kept[-1], _AT["words"]] > MENU_WORDS):
            break
        stays[kept.pop()] = False


def _keep_lists(lines: Sequence[Line], reasons: Sequence[str | None], stays: list[bool]) -> None:
    """Keep the lines next to a kept one that have the same marks: "June 23 - Camden, NJ", "Spain (Group F): 11th"."""
    known: dict[int, list[str]] = {}

    def marks(row: int) -> list[str]:
        if row not in known:
            text = lines[row].text
            known[row] = _MARKS.findall(text) if len(text) < _LONGEST_ITEM else []
        return known[row]

    rows = range(len(lines))
    for near, order in ((-1, rows), (1, reversed(rows))):
        for row in order:
            other = row + near
            if stays[row] or reasons[row] is not None or not 0 <= other < len(lines) or not stays[other]:
                continue
            if len(marks(row)) >= _FEWEST_MARKS and marks(row) == marks(other):
                stays[row] = True


def _keep_headings(
    lines: Sequence[Line], table: NDArray[np.float64], reasons: list[str | None], stays: list[bool]
) -> None:
    """Keep the short line above a kept paragraph where it divides the article, as such lines do in it elsewhere."""
    full = table[:, _AT["full"]] > 0
    excluded = (
        table[
            :, [_AT[name] for name in ("caption", "thread", "clock", "byline", "symbols", "author_note", "name_like")]
        ].any(axis=1)
        | (table[:, _AT["repeated"]] > 0)
    ).tolist()
    first = next((row for row, stay in enumerate(stays) if stay and full[row]), len(lines))
    headings = 0
    for row in range(len(lines) - 1, -1, -1):
        line = lines[row]
        if stays[row]:
            headings += row > first and not full[row] and not line.bullet and _heads(lines, reasons, stays, full, row)
            continue
        if reasons[row] is not None or excluded[row] or line.bullet or len(line.text) > _LONGEST_HEADING:
            continue
        if line.text.endswith((".", ",", ";")) or " " not in line.text:
            continue
        if not _heads(lines, reasons, stays, full, row):
            continue
        if row > first and any(stays[max(0, row - 6) : row]):
            stays[row] = True
            headings += 1
        elif row < first and headings >= _HEADED_ARTICLE and any(map(_could_be_title, lines[max(0, row - 6) : row])):
            stays[row] = True


def _could_be_title(line: Line) -> bool:
    return not line.bullet and line.text.count(" ") >= 3


def _heads(
    lines: Sequence[Line], reasons: Sequence[str | None], stays: Sequence[bool], full: NDArray[np.bool_], row: int
) -> bool:
    """Say whether a kept paragraph or list follows the line at once, advertisement marks aside."""
    below = row + 1
    while below < len(lines) and reasons[below] == "advertisement":
        below += 1
    return below < len(lines) and stays[below] and (bool(full[below]) or lines[below].bullet)


def _named(
    lines: Sequence[Line], table: NDArray[np.float64], reasons: list[str | None], stays: Sequence[bool]
) -> list[str | None]:
    """Give each line that the model dropped a reason a reader can check."""
    kept = [row for row, stay in enumerate(stays) if stay]
    first, last = (kept[0], kept[-1]) if kept else (len(lines), -1)
    section: str | None = None
    for row, (line, stay) in enumerate(zip(lines, stays, strict=True)):
        values = table[row]
        if stay:
            section = None
        elif reasons[row] is None:
            if section is not None:
                reasons[row] = section
            elif values[_AT["author_note"]] > 0 or values[_AT["byline"]] > 0:
                reasons[row] = "byline"
            elif values[_AT["caption"]] > 0:
                reasons[row] = "caption"
            elif values[_AT["repeated"]] > 0:
                reasons[row] = "repeated_in_file"
            elif line.bullet or values[_AT["list_like"]] > 0.5:
                reasons[row] = "link_list"
            else:
                reasons[row] = "before_article" if row < first else "after_article" if row > last else "not_prose"
        elif reasons[row] in _SECTIONS and values[_AT["phrase_related"]] == 0:
            section = reasons[row]
        elif reasons[row] == "copyright":
            section = None
    return reasons


def _drop_repeated(
    lines: Sequence[Line], table: NDArray[np.float64], reasons: list[str | None], stays: list[bool]
) -> None:
    """Remove what stands in many files and looks like boilerplate: a running story repeats its facts, too.

    Nothing goes where so much of the text repeats that the whole article must be a copy.
    """
    repeated = [row for row in np.flatnonzero(table[:, _AT["repeated_corpus"]] > 0).tolist() if stays[row]]
    if not repeated:
        return
    words = sum(line.text.count(" ") + 1 for line, stay in zip(lines, stays, strict=True) if stay)
    if sum(lines[row].text.count(" ") + 1 for row in repeated) > _REPEATED_SHARE * words:
        return
    notes = any_of(table, "author_note", "sign_off", "photo_credit")
    speech = any_of(table, "said", "quote")
    inside = (table[:, _AT["inside_core"]] > 0) & (table[:, _AT["words"]] >= _SENTENCE_WORDS)
    story = speech | (table[:, _AT["full"]] > 0) | (inside & (table[:, _AT["offer"]] == 0))
    for row in repeated:
        speaks_to_reader = not speech[row] and _TO_READER.search(lines[row].key) is not None
        if notes[row] or speaks_to_reader or not story[row]:
            reasons[row], stays[row] = "repeated_in_corpus", False
