"""What becomes of one source: cleaned, split, searched for statements, analysed, and encoded for the stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.attribution import extract
from rag.catalog import ArticleRows, encode
from rag.cleaning import clean, line_keys
from rag.indexing.repetition import LineHashes, RepeatedLines, hash_lines
from rag.lexical import LexicalEntry, entries
from rag.passages import split_article
from rag.schema import Article, Passage, ProcessedArticle, SourceFile
from rag.text.shingles import minhash, shingles_of
from rag.text.words import words

CLEANER_VERSION = 2
"""Raise it when cleaning, splitting or attribution makes something else of the same source."""

EMBEDDED_TEXT_VERSION = 1
"""Raise it when `embedded_text` changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedArticle:
    """An article ready for the three stores, except for its vectors."""

    rows: ArticleRows
    entries: tuple[LexicalEntry, ...]
    texts: tuple[str, ...]
    """What to embed, one for each passage."""


def process(source: SourceFile, *, repeated: RepeatedLines, max_tokens: int) -> ProcessedArticle:
    """Make an article of a source, with its passages, statements and names."""
    article = clean(source, repeated_lines=repeated)
    passages = split_article(article, max_tokens=max_tokens)
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    statements, entities = extract(article, sentences)
    return ProcessedArticle(article=article, passages=passages, statements=statements, entities=entities)


def prepare(
    source: SourceFile, *, repeated: RepeatedLines, max_tokens: int, lines: LineHashes | None = None
) -> PreparedArticle:
    """Do all the work on a source that needs no store and no model; `lines` are its line hashes where known."""
    processed = process(source, repeated=repeated, max_tokens=max_tokens)
    article = processed.article
    texts = tuple(embedded_text(article, passage) for passage in processed.passages)
    if lines is None:
        lines = hash_lines(line_keys(source))
    passage_words = [words(passage.text) for passage in processed.passages]
    body = shingles_of(body_words(article, processed.passages, passage_words))
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
        entries=entries(article, processed.passages, passage_words),
        texts=texts,
    )


def body_words(article: Article, passages: Sequence[Passage], passage_words: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the words of the body, given those of its passages: mostly the same, and finding words takes long.

    A word holds no white space, so equal texts between white space have equal words. Where bullets are left out of
    passages or a passage ends inside a word, the texts differ; in capitals, "US" is another word.
    """
    text = article.text
    is_same = text.split() == list(chain.from_iterable(passage.text.split() for passage in passages))
    if is_same and not any(passage.text.isupper() for passage in passages):
        return list(chain.from_iterable(passage_words))
    return words(text)


def embedded_text(article: Article, passage: Passage) -> str:
    """Return what is embedded for a passage: the article's title and the passage's heading before its text."""
    heading = passage.heading
    if heading is not None and passage.text.startswith(heading):
        heading = None
    return "\n".join(part for part in (article.title, heading, passage.text) if part)


def text_digest(text: str) -> bytes:
    """Hash a text; equal hashes share a vector."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def body_number(body: NDArray[np.uint64]) -> int:
    """Return a 63-bit number that equal sets of shingles share; 0 for a body without words."""
    if not len(body):
        return 0
    return int.from_bytes(blake2b(body.astype("<u8").tobytes(), digest_size=8).digest(), "big") >> 1
