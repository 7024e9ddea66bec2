"""SourceFile to Article: what stays, what goes, and why.

Stages: 1 lines, 2 metadata lines and furniture, 3 body or not, 4 headings, 5 spans.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from hashlib import sha256
from itertools import pairwise

from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line, split_lines
from rag.cleaning.metadata import Found, find_metadata
from rag.schema import Article, Block, BlockKind, Removal, SourceFile, Span

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
_OPENING = frozenset({"related", "comments"})


def clean(source: SourceFile, *, repeated_lines: Container[str] = frozenset()) -> Article:
    """Separate the article from the page it was scraped with.

    Args:
        source: decoded text.
        repeated_lines: keys (see `line_keys`) of lines that stand in many files of the corpus.

    Returns:
        The article; `kept` and the spans of `removed` together partition `source.raw`.
    """
    lines = split_lines(source.raw, paragraphs=source.kind == "markdown")
    reasons = _judge(lines, repeated_lines)
    found = find_metadata(source, lines, reasons)
    return _assemble(source, lines, reasons, found)


def line_keys(source: SourceFile) -> set[str]:
    """Return the normalised lines of a file, for counting in how many files of a corpus each stands."""
    return {line.key for line in split_lines(source.raw, paragraphs=source.kind == "markdown")}


def _judge(lines: Sequence[Line], repeated_lines: Container[str]) -> list[str | None]:
    """Return for each line why it goes, or None where it stays."""
    reasons: list[str | None] = []
    seen: dict[str, int] = {}
    for line in lines:
        reason = label_reason(line.key) or phrase_reason(line.key)
        if reason is None and line.bullet and line.key.strip("-* ") == "":
            reason = "list_marker"
        if reason is None and line.key in repeated_lines:
            reason = "repeated_in_corpus"
        reasons.append(reason)
        seen[line.key] = seen.get(line.key, 0) + 1
    full = [_is_full(line) and reason is None for line, reason in zip(lines, reasons, strict=True)]
    opener: str | None = None
    for index, line in enumerate(lines):
        if reasons[index] in _OPENING:
            opener = reasons[index]
        elif full[index]:
            opener = None
        elif reasons[index] is None:
            if opener is not None:
                reasons[index] = opener
            elif seen[line.key] > 1:
                reasons[index] = "repeated_in_file"
            elif not _heads(lines, full, reasons, index):
                reasons[index] = "not_prose"
    return reasons


def _is_full(line: Line) -> bool:
    words = line.text.count(" ") + 1
    if line.text.endswith(("?", "!")) and words < 20:
        return False
    return (
        ((words >= 4 or len(line.text) > 60) and bool(_SENTENCE_END.search(line.text[-4:])))
        or words >= 24
        or (words >= 3 and line.text.endswith("."))
    )


def _heads(lines: Sequence[Line], full: Sequence[bool], reasons: Sequence[str | None], index: int) -> bool:
    if lines[index].bullet or len(lines[index].text) > 140:
        return False
    below = index + 1
    while below < len(lines) and reasons[below] == "advertisement":
        below += 1
    return below < len(lines) and full[below]


def _assemble(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None], found: Found) -> Article:
    pieces: list[tuple[Span, str | None]] = []
    blocks: list[Block] = []
    for index, (line, reason) in enumerate(zip(lines, reasons, strict=True)):
        if index in found.cut and reason is None:
            cut, why = found.cut[index]
            pieces.append((cut, why))
            rest = Span(cut.end, line.span.end)
            pieces.append((rest, None))
            blocks.append(Block(rest, "paragraph"))
            continue
        reason = found.reasons.get(index, reason)
        pieces.append((line.span, reason))
        if reason is None:
            kind: BlockKind = "list_item" if line.bullet else "paragraph"
            if not line.bullet and not _is_full(line):
                kind = "heading"
            blocks.append(Block(line.content, kind))
    kept, removed = _partition(source.raw, pieces)
    return Article(
        id=sha256(f"{source.path}\0{source.sha256}".encode()).hexdigest()[:24],
        path=source.path,
        raw=source.raw,
        sha256=source.sha256,
        encoding=source.encoding,
        kind=source.kind,
        kept=kept,
        removed=removed,
        blocks=tuple(blocks),
        title=found.title,
        published=found.published,
        published_from=found.published_from,
        publisher=found.publisher,
        author=found.author,
        language=found.language,
        url=source.metadata.url,
    )


def _partition(raw: str, pieces: Sequence[tuple[Span, str | None]]) -> tuple[tuple[Span, ...], tuple[Removal, ...]]:
    """Spread the pieces over all of `raw`: white space between two pieces that stay stays, any other goes with its
    removed neighbour; pieces that touch and share a reason are one.
    """
    if not pieces:
        return (), (Removal(Span(0, len(raw)), "empty"),) if raw else ()
    spread: list[tuple[int, int, str | None]] = []
    for span, reason in pieces:
        start = span.start
        if not spread:
            start = 0
        elif spread[-1][1] < start:
            last_start, last_end, last_reason = spread[-1]
            if last_reason is not None and reason is None:
                spread[-1] = (last_start, start, last_reason)
            else:
                start = last_end
        if spread and spread[-1][2] == reason:
            spread[-1] = (spread[-1][0], span.end, reason)
        else:
            spread.append((start, span.end, reason))
    spread[-1] = (spread[-1][0], len(raw), spread[-1][2])
    assert all(left[1] == right[0] for left, right in pairwise(spread))
    kept = tuple(Span(start, end) for start, end, reason in spread if reason is None)
    removed = tuple(Removal(Span(start, end), reason) for start, end, reason in spread if reason is not None)
    return kept, removed
