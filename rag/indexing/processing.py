"""What becomes of sources: cleaned, split, searched for statements, analysed, and encoded for the stores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.attribution import extract
from rag.catalog import ArticleRows, encode
from rag.cleaning import clean, line_keys
from rag.indexing.concerns import Concern, concerns_of
from rag.indexing.repetition import LineHashes, RepeatedLines, hash_lines
from rag.lexical import LexicalEntry, entries
from rag.passages import split_article
from rag.schema import Article, Passage, ProcessedArticle, SourceFile
from rag.text.shingles import minhash, shingles_of
from rag.text.words import words

CLEANER_VERSION = 4
"""Raise it when cleaning, splitting, attribution or stemming makes something else of the same source."""

EMBEDDED_TEXT_VERSION = 1
"""Raise it when `embedded_text` changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedArticle:
    """An article ready for the three stores, except for its vectors."""

    rows: ArticleRows
    entries: tuple[LexicalEntry, ...]
    texts: tuple[str, ...]
    """What to embed, one for each passage."""
    concerns: tuple[Concern, ...] = ()


def process(sources: Iterable[SourceFile], *, repeated: RepeatedLines, max_tokens: int) -> list[ProcessedArticle]:
    """Make an article of each source, with its passages, statements and names.

    Each step is done for all of them before the next: what it looks up stays in the processor's caches, and 32 articles
    of news are prepared in 7.0 ms each instead of 7.8.
    """
    articles = [clean(source, repeated_lines=repeated) for source in sources]
    passages = [split_article(article, max_tokens=max_tokens) for article in articles]
    sentences = [list(chain.from_iterable(passage.sentences for passage in parts)) for parts in passages]
    return [
        ProcessedArticle(article=article, passages=parts, statements=statements, entities=entities)
        for article, parts, (statements, entities) in zip(
            articles, passages, map(extract, articles, sentences), strict=True
        )
    ]


def prepare(
    sources: Sequence[SourceFile],
    *,
    repeated: RepeatedLines,
    max_tokens: int,
    lines: Sequence[LineHashes] | None = None,
) -> list[PreparedArticle]:
    """Do all the work on sources that needs no store and no model; `lines` are their line hashes where known."""
    if lines is None:
        lines = [hash_lines(line_keys(source)) for source in sources]
    processed = process(sources, repeated=repeated, max_tokens=max_tokens)
    return [
        _encoded(one, source, hashes, repeated) for one, source, hashes in zip(processed, sources, lines, strict=True)
    ]


def _encoded(
    processed: ProcessedArticle, source: SourceFile, lines: LineHashes, repeated: RepeatedLines
) -> PreparedArticle:
    article, passages = processed.article, processed.passages
    texts = tuple(embedded_text(article, passage) for passage in passages)
    passage_words = [words(passage.text) for passage in passages]
    body = shingles_of(body_words(article, passages, passage_words))
    return PreparedArticle(
        rows=encode(
            processed,
            source=source,
            embedded=[text_digest(text) for text in texts],
            lines=lines.tobytes(),
            repeated=repeated.mark(lines),
            body=body_number(body),
            signature=minhash(body).tobytes(),
        ),
        entries=entries(article, passages, passage_words),
        texts=texts,
        concerns=concerns_of(article, citable=any(passage.sentences for passage in passages)),
    )


def body_words(article: Article, passages: Sequence[Passage], passage_words: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the words of the body, given those of its passages: mostly the same, and finding words takes long.

    A word holds no white space, so a body that is its passages with white space between them has their words. Where
    bullets are left out of passages or a passage ends inside a word, it is not; in capitals, "US" is another word.
    """
    if _is_joined(article.text, passages) and not any(passage.text.isupper() for passage in passages):
        return list(chain.from_iterable(passage_words))
    return words(article.text)


def _is_joined(text: str, passages: Sequence[Passage]) -> bool:
    """Say whether a text is the passages with white space around each."""
    end = 0
    for passage in passages:
        start = text.find(passage.text, end)
        if start < 0 or (start and not text[end:start].isspace()):
            return False
        end = start + len(passage.text)
    return not text[end:].strip()


def embedded_text(article: Article, passage: Passage) -> str:
    """Return what is embedded for a passage: the article's title and the passage's heading before its text."""
    heading = passage.heading
    if heading is not None and passage.text.startswith(heading):
        heading = None
    return "\n".join(part for part in (article.own_title, heading, passage.text) if part)


def text_digest(text: str) -> bytes:
    """Hash a text; equal hashes share a vector."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def body_number(body: NDArray[np.uint64]) -> int:
    """Return a 63-bit number that equal sets of shingles share; 0 for a body without words."""
    if not len(body):
        return 0
    return int.from_bytes(blake2b(body.astype("<u8").tobytes(), digest_size=8).digest(), "big") >> 1
