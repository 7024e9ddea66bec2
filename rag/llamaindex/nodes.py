"""Our passages and citations as LlamaIndex nodes.

A node's `start_char_idx` and `end_char_idx` point into the source, as `rag.schema` defines offsets; `start` and `end`
in its metadata say the same, because vector stores keep metadata and not every store keeps the two fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from rag.schema import Article, Citation, Passage, Span

Value = str | int
"""Metadata of a node is flat, as most vector stores demand; what is not known is left out."""

_FOR_READERS = ("title", "published", "publisher", "heading")
"""Metadata that a language or embedding model gets to see beside the text; the rest is for programs."""


def passage_node(article: Article, passage: Passage) -> TextNode:
    """Make the node of a passage; its id is the passage's own, its source node the article."""
    metadata = article_metadata(article) | _place(passage.span)
    if passage.heading is not None:
        metadata["heading"] = passage.heading
    return _node(passage.id, passage.text, passage.span, article.id, metadata)


def citation_node(citation: Citation) -> TextNode:
    """Make a node that holds exactly what an answer quotes."""
    known: dict[str, Value | None] = {
        "path": citation.path,
        "article_id": citation.article_id,
        "sha256": citation.sha256,
        "encoding": citation.encoding,
        "number": citation.number,
        "line_start": citation.line_start,
        "line_end": citation.line_end,
        "title": citation.title,
        "published": str(citation.published) if citation.published else None,
    }
    metadata = {name: value for name, value in known.items() if value is not None} | _place(citation.raw)
    key = f"{citation.article_id}:{citation.raw.start}:{citation.raw.end}"
    identity = hashlib.sha256(key.encode()).hexdigest()[:32]
    return _node(identity, citation.quote, citation.raw, citation.article_id, metadata)


def article_metadata(article: Article) -> dict[str, Value]:
    """Return what is known of an article, ready to be node metadata."""
    known: dict[str, Value | None] = {
        "path": article.path,
        "article_id": article.id,
        "sha256": article.sha256,
        "encoding": article.encoding,
        "title": article.title,
        "published": str(article.published) if article.published else None,
        "publisher": article.publisher,
        "author": article.author,
        "url": article.url,
        "language": article.language,
    }
    return {name: value for name, value in known.items() if value is not None}


def hidden_metadata(metadata: Iterable[str]) -> list[str]:
    """Return which metadata no model needs to see."""
    return [name for name in metadata if name not in _FOR_READERS]


def _place(span: Span) -> dict[str, Value]:
    return {"start": span.start, "end": span.end}


def _node(identity: str, text: str, span: Span, article_id: str, metadata: dict[str, Value]) -> TextNode:
    hidden = hidden_metadata(metadata)
    return TextNode(
        id_=identity,
        text=text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article_id)},
    )
