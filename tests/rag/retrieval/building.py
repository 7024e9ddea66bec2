"""A small index in memory, with every part real but the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.catalog import ArticleMeta
from rag.catalog.memory import MemoryCatalog
from rag.config import RetrievalSettings, Settings
from rag.indexing import wanted_manifest
from rag.indexing.processing import embedded_text
from rag.lexical.analysis import entries
from rag.lexical.memory import MemoryLexical
from rag.models.doubles import HashingEmbedder
from rag.retrieval import Retriever
from rag.schema import Article, NamedEntity, PartialDate, Passage, ProcessedArticle, Span
from rag.vectors import VectorEntry
from rag.vectors.memory import MemoryVectors

TODAY = date(2024, 6, 26)


@dataclass(frozen=True)
class Story:
    """An article of one passage a text; stories of the same `group` are near-duplicates."""

    id: str
    texts: tuple[str, ...]
    title: str | None = None
    published: str | None = None
    group: str | None = None
    entities: tuple[NamedEntity, ...] = ()

    def processed(self) -> ProcessedArticle:
        raw = "\n\n".join(self.texts)
        passages, start = [], 0
        for number, text in enumerate(self.texts):
            span = Span(start, start + len(text))
            start = span.end + 2
            passages.append(
                Passage(
                    id=f"{self.id}-{number}",
                    article_id=self.id,
                    ordinal=number,
                    span=span,
                    text=text,
                    sentences=(span,),
                )
            )
        article = Article(
            id=self.id,
            path=f"news/{self.id}.txt",
            raw=raw,
            sha256=self.id,
            encoding="utf-8",
            kind="text",
            kept=(Span(0, len(raw)),),
            removed=(),
            blocks=(),
            title=self.title,
            published=PartialDate.parse(self.published) if self.published else None,
        )
        return ProcessedArticle(article=article, passages=tuple(passages), statements=(), entities=self.entities)


class GroupedCatalog(MemoryCatalog):
    """A catalog in which some articles are near-duplicates of others."""

    def __init__(self, stories: Sequence[Story], dimensions: int) -> None:
        manifest = wanted_manifest(Settings(), HashingEmbedder(dimensions))
        super().__init__([story.processed() for story in stories], manifest=manifest)
        groups = {story.id: story.group or story.id for story in stories}
        self._metas = {one: replace(meta, group=groups[one]) for one, meta in super().article_dates().items()}

    def article_dates(self) -> Mapping[str, ArticleMeta]:
        return self._metas


def retriever(*stories: Story, settings: RetrievalSettings | None = None) -> Retriever:
    embedder, lexical, vectors = HashingEmbedder(256), MemoryLexical(), MemoryVectors()
    for story in stories:
        item = story.processed()
        lexical.write(entries(item.article, item.passages))
        embedded = embedder.embed_documents([embedded_text(item.article, passage) for passage in item.passages])
        vectors.upsert(
            [
                VectorEntry(
                    passage_id=passage.id,
                    article_id=story.id,
                    path=item.article.path,
                    start=passage.span.start,
                    end=passage.span.end,
                    date=story.published,
                    vector=vector,
                )
                for passage, vector in zip(item.passages, embedded, strict=True)
            ]
        )
    return Retriever(
        catalog=GroupedCatalog(stories, 256),
        lexical=lexical,
        vectors=vectors,
        embedder=embedder,
        settings=settings or RetrievalSettings(),
        today=lambda: TODAY,
    )
