"""SourceFile to Article: what stays, what goes, and why.

Stages: 1 lines, 2 body or not (`judging`), 3 metadata lines (`metadata`), 4 blocks and spans, less what is no text
inside a line (`inline`). Where that leaves nothing
to cite, the text stays but for what is outright no article.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

from rag.cleaning.inline import find_inline, has_tags
from rag.cleaning.judging import judge, outright
from rag.cleaning.lines import Line, is_row, split_lines
from rag.cleaning.markdown import is_heading, read_markdown
from rag.cleaning.metadata import Found, find_metadata
from rag.cleaning.model import LineModel, line_model
from rag.cleaning.titles import stand_in
from rag.schema import Article, Block, BlockKind, Removal, SourceFile, Span
from rag.sources.front_matter import front_matter_end

_HEADING_WORDS = 20  # longer lines are sentences that lack their full stop
_FEWEST_WORDS = 3  # of a line that can be cited where no line has a full stop
_LIST_LINES = 3  # short lines one after another: they head nothing
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
    article = _assemble(source, lines, reasons, found)
    if _is_citable(article):
        return article
    given = iter(outright(unknown))
    found.reasons, found.cuts = {}, {}
    whole = _assemble(source, lines, [next(given) if reason is None else reason for reason in known], found)
    blocks = tuple(
        replace(block, kind="paragraph") if len(block.span.of(source.raw).split()) >= _FEWEST_WORDS else block
        for block in whole.blocks
    )
    whole = replace(whole, blocks=blocks, is_uncleaned=True)
    return whole if _is_citable(whole) else article


def _is_citable(article: Article) -> bool:
    return any(block.kind != "heading" for block in article.blocks)


def line_keys(source: SourceFile) -> set[str]:
    """Return the normalised lines of a file, for counting in how many files of a corpus each stands."""
    return {line.key for line in _lines(source)[0]}


def _lines(source: SourceFile) -> tuple[list[Line], list[str | None]]:
    """Return the lines, and the reasons that their markup alone gives."""
    front = front_matter_end(source.raw) if source.kind in {"markdown", "text"} else 0
    lines = split_lines(source.raw, paragraphs=source.kind == "markdown", body=front)
    front_matter = [line for line in lines if line.span.start < front]
    lines = lines[len(front_matter) :]
    marked = list(read_markdown(source.raw, lines)) if source.kind == "markdown" else [(line, None) for line in lines]
    return (
        [*front_matter, *(line for line, _ in marked)],
        [*("front_matter" for _ in front_matter), *(reason for _, reason in marked)],
    )


def _assemble(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None], found: Found) -> Article:
    pieces: list[tuple[Span, str | None]] = []
    blocks: list[Block] = []
    is_markup = source.kind in {"text", "markdown"} and has_tags(lines)
    for index, (line, reason) in enumerate(zip(lines, reasons, strict=True)):
        reason = found.reasons.get(index, reason)
        if reason is not None:
            pieces.append((line.span, reason))
            continue
        cuts = [*found.cuts.get(index, ()), *find_inline(source.raw, line, is_markup=is_markup)]
        for span, why in _parts(source.raw, line, cuts):
            pieces.append((span, why))
            if why is None:
                is_whole = span == line.span
                blocks.append(Block(line.content, _kind(source, line)) if is_whole else Block(span, "paragraph"))
    blocks = _listed(source.raw, blocks)
    kept, removed = _partition(source.raw, pieces)
    title, title_from = found.title, found.title_from
    if title is None and (first := next((block for block in blocks if block.kind != "heading"), None)):
        title, title_from = stand_in(first.span.of(source.raw)), "first sentence"
    return Article(
        id=sha256(f"{source.path}\0{source.sha256}".encode()).hexdigest()[:24],
        path=source.path,
        raw=source.raw,
        sha256=source.sha256,
        encoding=source.encoding,
        errors=source.errors,
        kind=source.kind,
        kept=kept,
        removed=removed,
        blocks=tuple(blocks),
        title=title,
        title_from=title_from,
        published=found.published,
        published_from=found.published_from,
        publisher=found.publisher,
        author=found.author,
        language=found.language,
        url=source.metadata.url,
    )


def _parts(raw: str, line: Line, cuts: Sequence[tuple[Span, str]]) -> Iterator[tuple[Span, str | None]]:
    """Yield the parts of a line that stay and those that are cut out of it, without the white space between them."""
    start = line.span.start
    for cut, reason in sorted(cuts):
        if cut.start < start:
            continue
        if kept := _trimmed(raw, Span(start, cut.start)):
            yield kept, None
        yield cut, reason
        start = cut.end
    if start == line.span.start:
        yield line.span, None
    elif kept := _trimmed(raw, Span(start, line.span.end)):
        yield kept, None


def _trimmed(raw: str, span: Span) -> Span | None:
    text = span.of(raw)
    start = span.start + len(text) - len(text.lstrip())
    end = span.start + len(text.rstrip())
    return Span(start, end) if start < end else None


def _kind(source: SourceFile, line: Line) -> BlockKind:
    if line.bullet or is_row(line.text):
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


def _listed(raw: str, blocks: Sequence[Block]) -> list[Block]:
    """Make list items of short lines that follow each other below the first paragraph, as names and scores do."""
    listed = list(blocks)
    start = next((at for at, block in enumerate(blocks) if block.kind != "heading"), len(blocks))
    while start < len(blocks):
        end = start
        while end < len(blocks) and blocks[end].kind == "heading" and any(map(str.isalnum, blocks[end].span.of(raw))):
            end += 1
        if end - start >= _LIST_LINES:
            listed[start:end] = [replace(block, kind="list_item") for block in blocks[start:end]]
        start = max(end, start + 1)
    return listed


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
