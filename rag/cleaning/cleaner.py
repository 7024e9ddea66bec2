"""SourceFile to Article: what stays, what goes, and why.

Stages: 1 lines, 2 body or not (`judging`), 3 metadata lines (`metadata`), 4 blocks and spans.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from hashlib import sha256
from itertools import pairwise

from rag.cleaning.judging import judge
from rag.cleaning.lines import Line, split_lines
from rag.cleaning.markdown import is_heading, read_markdown
from rag.cleaning.metadata import Found, find_metadata
from rag.cleaning.model import LineModel, line_model
from rag.schema import Article, Block, BlockKind, Removal, SourceFile, Span

_HEADING_WORDS = 20  # longer lines are sentences that lack their full stop
_SAID = re.compile(r"\b(?:said|says|told|added|asked)\b")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")


def clean(
    source: SourceFile, *, repeated_lines: Container[str] = frozenset(), model: LineModel | None = None
) -> Article:
    """Separate the article from the page it was scraped with.

    Args:
        source: decoded text.
        repeated_lines: keys (see `line_keys`) of lines that stand in many files of the corpus.
        model: another line model than the one in the package, for training.

    Returns:
        The article; `kept` and the spans of `removed` together partition `source.raw`.
    """
    # 1
    lines, known = _lines(source)
    # 2
    unknown = [line for line, reason in zip(lines, known, strict=True) if reason is None]
    judged = iter(
        judge(
            unknown,
            repeated_lines=frozenset(line.key for line in unknown if line.key in repeated_lines),
            model=model or line_model(),
            extracted=source.kind == "html",
        )
    )
    reasons = [next(judged) if reason is None else reason for reason in known]
    # 3
    found = find_metadata(source, lines, reasons)
    # 4
    return _assemble(source, lines, reasons, found)


def line_keys(source: SourceFile) -> set[str]:
    """Return the normalised lines of a file, for counting in how many files of a corpus each stands."""
    return {line.key for line in _lines(source)[0]}


def _lines(source: SourceFile) -> tuple[list[Line], list[str | None]]:
    """Return the lines, and the reasons that their markup alone gives."""
    lines = split_lines(source.raw, paragraphs=source.kind == "markdown")
    if source.kind != "markdown":
        return lines, [None] * len(lines)
    marked = list(read_markdown(source.raw, lines))
    return [line for line, _ in marked], [reason for _, reason in marked]


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
            blocks.append(Block(line.content, _kind(source, line)))
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


def _kind(source: SourceFile, line: Line) -> BlockKind:
    if line.bullet:
        return "list_item"
    if source.kind == "markdown" and is_heading(source.raw, line):
        return "heading"
    if line.text[0] in "\"'“‘«„" and _SAID.search(line.text):
        return "paragraph"
    words = line.text.count(" ") + 1
    if words >= _HEADING_WORDS or _SENTENCE_END.search(line.text[-4:]) or line.text.endswith(":"):
        # a short question above a paragraph is a heading; nobody could cite it anyway
        return "heading" if line.text.endswith("?") and words < _HEADING_WORDS else "paragraph"
    return "heading"


def _partition(raw: str, pieces: Sequence[tuple[Span, str | None]]) -> tuple[tuple[Span, ...], tuple[Removal, ...]]:
    """Spread the pieces over all of `raw`.

    White space goes with the piece before it, so that kept pieces stay apart when they are joined; what stands before
    the first piece goes with that. Touching pieces of one reason become one.
    """
    if not pieces:
        return (), (Removal(Span(0, len(raw)), "empty"),) if raw else ()
    starts = [0, *(span.start for span, _ in pieces[1:]), len(raw)]
    spread: list[tuple[int, int, str | None]] = []
    for (start, end), (_, reason) in zip(pairwise(starts), pieces, strict=True):
        if spread and spread[-1][2] == reason:
            spread[-1] = (spread[-1][0], end, reason)
        else:
            spread.append((start, end, reason))
    kept = tuple(Span(start, end) for start, end, reason in spread if reason is None)
    removed = tuple(Removal(Span(start, end), reason) for start, end, reason in spread if reason is not None)
    return kept, removed
