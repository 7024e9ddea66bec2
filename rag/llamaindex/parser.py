"""Cuts documents into our passages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, Document, MetadataMode, NodeRelationship, TextNode
from pydantic import Field

from rag.cleaning import clean
from rag.llamaindex.nodes import hidden_metadata, passage_node
from rag.passages import MAX_TOKENS, split_article
from rag.schema import Metadata, PartialDate, SourceFile, SourceKind


class NewsqaNodeParser(NodeParser):
    """Takes the article out of each document and cuts it into passages of whole sentences.

    A node's `start_char_idx` and `end_char_idx` are exact also where the same words stand in the document twice:
    LlamaIndex's own parsers look for a node's text afterwards and can find the wrong place. Node ids are made from
    content, so the same document gives the same ids. Any document will do; those of `NewsqaReader` say where they
    come from.
    """

    max_tokens: int = Field(default=MAX_TOKENS, ge=40, description="longest passage, in cl100k_base tokens")

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this component."""
        return "NewsqaNodeParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        parsed: list[BaseNode] = []
        for document in nodes:
            article = clean(_source(document))
            for passage in split_article(article, max_tokens=self.max_tokens):
                node = passage_node(article, passage)
                node.relationships[NodeRelationship.SOURCE] = document.as_related_node_info()
                parsed.append(node)
        return parsed

    def _postprocess_parsed_nodes(self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]) -> list[BaseNode]:
        """Keep LlamaIndex's links between neighbours and its inherited metadata, but our offsets."""
        places = [(node.start_char_idx, node.end_char_idx) for node in nodes if isinstance(node, TextNode)]
        nodes = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, (start, end) in zip(nodes, places, strict=True):
            assert isinstance(node, TextNode)
            node.start_char_idx, node.end_char_idx = start, end
            hidden = hidden_metadata(node.metadata)
            node.excluded_embed_metadata_keys = node.excluded_llm_metadata_keys = hidden
        return nodes


def _source(document: BaseNode) -> SourceFile:
    """Read a document back into the source it was made of, or make the best of one by another reader."""
    metadata: Mapping[str, Any] = document.metadata
    raw = document.get_content(metadata_mode=MetadataMode.NONE)
    kind: SourceKind = metadata.get("kind", "text")
    if kind not in get_args(SourceKind):
        kind = "text"
    return SourceFile(
        path=str(metadata.get("path") or metadata.get("file_path") or metadata.get("file_name") or document.node_id),
        raw=raw,
        sha256=str(metadata.get("sha256") or hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()),
        encoding=str(metadata.get("encoding") or "utf-8"),
        kind=kind,
        metadata=Metadata(
            title=_text(metadata, "title"),
            published=_date(metadata.get("published")),
            publisher=_text(metadata, "publisher"),
            author=_text(metadata, "author"),
            url=_text(metadata, "url"),
            language=_text(metadata, "language"),
        ),
    )


def _text(metadata: Mapping[str, Any], key: str) -> str | None:
    value = metadata.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _date(value: object) -> PartialDate | None:
    try:
        return PartialDate.parse(str(value)) if value else None
    except ValueError:
        return None
