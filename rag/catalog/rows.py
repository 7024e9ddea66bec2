"""Articles, passages, statements and names as rows of the catalog, and back.

Encoding happens in the processes that clean, so that the writing process only moves bytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import starmap
from typing import Any

import numpy as np

from rag.schema import (
    Article,
    Block,
    DecodingErrors,
    Metadata,
    NamedEntity,
    PartialDate,
    Passage,
    ProcessedArticle,
    Removal,
    SourceFile,
    Span,
    Statement,
)
from rag.text.folding import searchable
from rag.text.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRows:
    """An article with all that hangs on it, ready to be inserted."""

    id: str
    path: str
    sha256: str
    digest: bytes
    kind: str
    title: str | None
    published: str | None
    publisher: str | None
    url: str | None
    body: int
    listing: str
    raw: bytes
    layout: bytes
    metadata: str
    lines: bytes
    repeated: int
    signature: bytes
    passages: tuple[tuple[str, int, int, int, str, str | None, bytes, bytes], ...]
    """id, ordinal, start, end, text, heading, sentences, embedded."""
    statements: tuple[tuple[int, str, str, str, str, str, bytes, bytes], ...]
    """ordinal, key, speaker, mention, cue, speech, content, sentences."""
    entities: tuple[tuple[str, int, tuple[str, ...]], ...]
    """variants as JSON, mentions, folded forms."""


def encode(
    processed: ProcessedArticle,
    *,
    source: SourceFile,
    embedded: Sequence[bytes],
    lines: bytes,
    repeated: int,
    body: int,
    signature: bytes,
) -> ArticleRows:
    """Turn a processed article into rows.

    Args:
        processed: what was made of the source.
        source: where it came from.
        embedded: for each passage the hash of the text that is embedded.
        lines: hashes of the source's lines.
        repeated: stands for the set of its lines that counted as repeating when it was cleaned.
        body: hash of the body's set of shingles.
        signature: MinHash of the body.
    """
    article = processed.article
    return ArticleRows(
        id=article.id,
        path=article.path,
        sha256=article.sha256,
        digest=source_digest(source),
        kind=article.kind,
        title=article.title,
        published=str(article.published) if article.published else None,
        publisher=article.publisher,
        url=article.url,
        body=body,
        listing=searchable("\n".join(part for part in (article.path, article.title, article.publisher) if part)),
        raw=zlib.compress(article.raw.encode("utf-8", "surrogatepass"), 6),
        layout=zlib.compress(_layout(article).encode(), 6),
        metadata=encode_metadata(source.metadata),
        lines=lines,
        repeated=repeated,
        signature=signature,
        passages=tuple(
            (
                passage.id,
                passage.ordinal,
                passage.span.start,
                passage.span.end,
                passage.text,
                passage.heading,
                _pack(passage.sentences),
                digest,
            )
            for passage, digest in zip(processed.passages, embedded, strict=True)
        ),
        statements=tuple(
            (
                ordinal,
                name_key(statement.speaker),
                statement.speaker,
                statement.mention,
                statement.cue,
                statement.speech,
                _pack(statement.content),
                _pack(statement.sentences),
            )
            for ordinal, statement in enumerate(processed.statements)
        ),
        entities=tuple(
            (
                json.dumps([entity.name, *(form for form in entity.variants if form != entity.name)]),
                entity.mentions,
                tuple(sorted({key for form in (entity.name, *entity.variants) if (key := name_key(form))})),
            )
            for entity in processed.entities
        ),
    )


def source_digest(source: SourceFile) -> bytes:
    """Hash what an article is made from besides its path: the text and the metadata that came with it."""
    return blake2b(
        f"{source.sha256}\n{source.kind}\n{source.encoding}\n{source.errors}\n{encode_metadata(source.metadata)}".encode(
            "utf-8", "surrogatepass"
        ),
        digest_size=16,
    ).digest()


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    return " ".join(searchable(name).split())


def form_number(key: str) -> int:
    """Return a 63-bit number for a folded form; forms are joined on it."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def key_words(key: str) -> set[str]:
    """Return the words under which a folded name can be looked up, the parts of hyphenated ones included."""
    found = set(key.split()) | set(words(key))
    return found | {part for word in found if "-" in word for part in word.split("-") if part}


def encode_metadata(metadata: Metadata) -> str:
    """Write metadata as JSON, without what is not known."""
    values = {field.name: getattr(metadata, field.name) for field in fields(metadata)}
    if metadata.published is not None:
        values["published"] = str(metadata.published)
    return json.dumps({name: value for name, value in values.items() if value is not None}, sort_keys=True)


def decode_metadata(text: str) -> Metadata:
    """Read what `encode_metadata` wrote."""
    values = json.loads(text)
    if "published" in values:
        values["published"] = PartialDate.parse(values["published"])
    return Metadata(**values)


def decode_encoding(layout: bytes) -> tuple[str, DecodingErrors]:
    """Return the codec name kept in an article's layout, and what became of wrong bytes."""
    kept = json.loads(zlib.decompress(layout))
    return str(kept["encoding"]), "replace" if kept["errors"] == "replace" else "strict"


def decode_raw(raw: bytes) -> str:
    """Return an article's raw text."""
    return zlib.decompress(raw).decode("utf-8", "surrogatepass")


def decode_article(row: Sequence[Any]) -> Article:
    """Make an article of the columns `ARTICLE_COLUMNS`."""
    article_id, path, sha256, kind, title, published, publisher, url, raw, packed = row
    layout = json.loads(zlib.decompress(packed))
    return Article(
        id=article_id,
        path=path,
        raw=decode_raw(raw),
        sha256=sha256,
        encoding=layout["encoding"],
        kind=kind,
        kept=_spans(layout["kept"]),
        removed=tuple(Removal(Span(start, end), reason) for start, end, reason in layout["removed"]),
        blocks=tuple(Block(Span(start, end), kind) for start, end, kind in layout["blocks"]),
        title=title,
        title_from=layout["title_from"],
        published=PartialDate.parse(published) if published else None,
        published_from=layout["published_from"],
        publisher=publisher,
        author=layout["author"],
        language=layout["language"],
        url=url,
        errors=layout["errors"],
        is_uncleaned=layout["is_uncleaned"],
    )


ARTICLE_COLUMNS = (
    "articles.id, path, sha256, kind, title, published, publisher, url, texts.raw, texts.layout "
    "FROM articles JOIN texts ON texts.article = articles.num"
)


def decode_passage(row: Sequence[Any]) -> Passage:
    """Make a passage of the columns `PASSAGE_COLUMNS`."""
    passage_id, article_id, ordinal, start, end, text, heading, sentences = row
    return Passage(
        id=passage_id,
        article_id=article_id,
        ordinal=ordinal,
        span=Span(start, end),
        text=text,
        sentences=_unpack(sentences),
        heading=heading,
    )


PASSAGE_COLUMNS = (
    "passages.id, articles.id, ordinal, start, end, text, heading, sentences "
    "FROM passages JOIN articles ON articles.num = passages.article"
)


def decode_statement(row: Sequence[Any]) -> Statement:
    """Make a statement of the columns `STATEMENT_COLUMNS`."""
    article_id, speaker, mention, cue, speech, content, sentences = row
    return Statement(
        article_id=article_id,
        speaker=speaker,
        mention=mention,
        cue=cue,
        content=_unpack(content),
        sentences=_unpack(sentences),
        speech=speech,
    )


STATEMENT_COLUMNS = (
    "articles.id, speaker, mention, cue, speech, content, sentences "
    "FROM statements JOIN articles ON articles.num = statements.article"
)


def decode_entity(variants: str, mentions: int) -> NamedEntity:
    """Make a named entity of its columns."""
    forms = tuple(json.loads(variants))
    return NamedEntity(name=forms[0], variants=forms, mentions=mentions)


def _layout(article: Article) -> str:
    return json.dumps(
        {
            "encoding": article.encoding,
            "errors": article.errors,
            "is_uncleaned": article.is_uncleaned,
            "title_from": article.title_from,
            "kept": [(span.start, span.end) for span in article.kept],
            "removed": [(removal.span.start, removal.span.end, removal.reason) for removal in article.removed],
            "blocks": [(block.span.start, block.span.end, block.kind) for block in article.blocks],
            "published_from": article.published_from,
            "author": article.author,
            "language": article.language,
        },
        separators=(",", ":"),
    )


def _pack(spans: Iterable[Span]) -> bytes:
    return np.array([(span.start, span.end) for span in spans], dtype="<u4").tobytes()


def _unpack(packed: bytes) -> tuple[Span, ...]:
    return _spans(np.frombuffer(packed, dtype="<u4").reshape(-1, 2).tolist())


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(starmap(Span, pairs))
