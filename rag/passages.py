"""Cuts articles into passages: consecutive whole sentences of one section, token-bounded, with exact offsets."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rag.schema import Article, Block, Passage, Span
from rag.text.sentences import split_sentences
from rag.text.tokens import count_tokens

MAX_TOKENS: Final = 220
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut further: a sentence, a heading, or a piece of either that was too long."""

    span: Span
    is_heading: bool


def split_article(article: Article, *, max_tokens: int = MAX_TOKENS) -> tuple[Passage, ...]:
    """Cut the body of an article into passages, in order.

    Every character of a block that is no white space lies in exactly one passage, and no removed character in any.
    A passage has at most `max_tokens` tokens; a sentence longer than that is cut at white space or, where a single
    word is longer, inside it. A heading without text under it becomes a passage without sentences.
    """
    passages: list[Passage] = []
    for heading, blocks in _stretches(article):
        for units in _packed(article.raw, _units(article.raw, blocks, max_tokens), max_tokens):
            span = Span(units[0].span.start, units[-1].span.end)
            passages.append(
                Passage(
                    id=_passage_id(article.id, span),
                    article_id=article.id,
                    ordinal=len(passages),
                    span=span,
                    text=span.of(article.raw),
                    sentences=tuple(unit.span for unit in units if not unit.is_heading),
                    heading=heading,
                )
            )
    return tuple(passages)


def _passage_id(article_id: str, span: Span) -> str:
    return hashlib.sha256(f"{article_id}:{span.start}:{span.end}".encode()).hexdigest()[:32]


def _stretches(article: Article) -> Iterator[tuple[str | None, list[Block]]]:
    """Yield runs of blocks with nothing removed between them, each under one heading, which may be in an earlier run.

    Of headings that follow each other the last one counts, and all belong to the run they open.
    """
    cuts = [removal.span.start for removal in article.removed]
    heading: str | None = None
    run: list[Block] = []
    for block in article.blocks:
        if run:
            last = run[-1]
            begins_section = block.kind == "heading" and last.kind != "heading"
            is_cut_off = bisect_left(cuts, last.span.end) < bisect_left(cuts, block.span.start)
            if begins_section or is_cut_off:
                yield heading, run
                run = []
        if block.kind == "heading":
            heading = " ".join(block.span.of(article.raw).split())
        run.append(block)
    if run:
        yield heading, run


def _units(raw: str, blocks: Iterable[Block], max_tokens: int) -> Iterator[_Unit]:
    for block in blocks:
        text = block.span.of(raw)
        is_heading = block.kind == "heading"
        whole = [Span(0, len(text))] if is_heading else split_sentences(text)
        for span in whole:
            for piece in _pieces(text, span, max_tokens):
                yield _Unit(Span(block.span.start + piece.start, block.span.start + piece.end), is_heading)


def _pieces(text: str, span: Span, max_tokens: int) -> Iterator[Span]:
    """Yield `span` whole or, if it has more than `max_tokens` tokens, cut at white space."""
    piece = span.of(text)
    # A token has at least one byte, so short sentences need no counting; counting is half of the work here.
    if len(piece.encode("utf-8", "surrogatepass")) <= max_tokens or count_tokens(piece) <= max_tokens:
        yield span
        return
    start = end = span.start
    tokens = 0
    for word in _WORD.finditer(text, span.start, span.end):
        added = count_tokens(text[end : word.end()])
        if end > start and tokens + added > max_tokens:
            yield Span(start, end)
            start, tokens = word.start(), 0
            added = count_tokens(word.group())
        if tokens + added > max_tokens:
            *full, rest = _cut_word(text, Span(*word.span()), max_tokens)
            yield from full
            start, added = rest.start, count_tokens(rest.of(text))
        end = word.end()
        tokens += added
    yield Span(start, end)


def _cut_word(text: str, span: Span, max_tokens: int) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        size = min(span.end - start, max_tokens * 4)
        while size > 1 and (tokens := count_tokens(text[start : start + size])) > max_tokens:
            size = max(1, size * max_tokens // tokens)
        yield Span(start, start + size)
        start += size


def _packed(raw: str, units: Iterable[_Unit], max_tokens: int) -> Iterator[list[_Unit]]:
    """Yield the units in groups as long as `max_tokens` allows."""
    group: list[_Unit] = []
    tokens = 0
    for unit in units:
        if group:
            gap = group[-1].span.end
            if gap < unit.span.start:
                # Cutting before white space never lowers the count, so the sum is an upper bound.
                longer = tokens + count_tokens(raw[gap : unit.span.end])
            else:
                longer = count_tokens(raw[group[0].span.start : unit.span.end])
            if longer <= max_tokens:
                group.append(unit)
                tokens = longer
                continue
            yield group
        group = [unit]
        tokens = count_tokens(unit.span.of(raw))
    if group:
        yield group
