"""Articles for the tests of attribution: paragraphs in, article and sentences out."""

from __future__ import annotations

from rag.attribution import extract
from rag.schema import Article, Block, NamedEntity, Span, Statement
from rag.text.sentences import split_sentences

Spoken = tuple[str, str]
"""Speaker, and everything said, pieces joined by " / "."""


def article_of(text: str, *, title: str | None = None) -> tuple[Article, tuple[Span, ...]]:
    """Make an article of paragraphs that are parted by empty lines, with its sentences."""
    blocks: list[Block] = []
    sentences: list[Span] = []
    start = 0
    for paragraph in text.split("\n\n"):
        span = Span(start, start + len(paragraph))
        start = span.end + 2
        if paragraph.strip():
            blocks.append(Block(span, "paragraph"))
            sentences += [Span(span.start + s.start, span.start + s.end) for s in split_sentences(paragraph)]
    article = Article(
        id="a",
        path="a.txt",
        raw=text,
        sha256="0" * 64,
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(text)),),
        removed=(),
        blocks=tuple(blocks),
        title=title,
    )
    return article, tuple(sentences)


def statements_of(text: str) -> tuple[Statement, ...]:
    return extract(*article_of(text))[0]


def entities_of(text: str, *, title: str | None = None) -> tuple[NamedEntity, ...]:
    return extract(*article_of(text, title=title))[1]


def spoken_in(text: str) -> list[Spoken]:
    """Return who said what, in order of text."""
    return [(s.speaker, " / ".join(span.of(text) for span in s.content)) for s in statements_of(text)]
