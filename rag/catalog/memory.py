"""A catalog in memory, made of processed articles. For tests and small experiments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rag.catalog.protocol import (
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    EntityMention,
    IndexedFile,
    Manifest,
    SpeakerCount,
)
from rag.catalog.rows import key_words, name_key
from rag.schema import Article, Passage, ProcessedArticle, Statement


class MemoryCatalog:
    """A `Catalog` of articles that count as uploaded and never change."""

    def __init__(self, processed: Iterable[ProcessedArticle], *, manifest: Manifest, index_id: str = "memory") -> None:
        """Hold the articles."""
        self._items = {item.article.id: item for item in sorted(processed, key=lambda item: item.article.id)}
        self._manifest = manifest
        self._index_id = index_id

    @property
    def index_id(self) -> str:
        """See `Catalog.index_id`."""
        return self._index_id

    def manifest(self) -> Manifest:
        """See `Catalog.manifest`."""
        return self._manifest

    def generation(self) -> int:
        """See `Catalog.generation`."""
        return 1

    def size(self) -> tuple[int, int]:
        """See `Catalog.size`."""
        return len(self._items), sum(len(item.passages) for item in self._items.values())

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """See `Catalog.articles`."""
        return {one: self._items[one].article for one in sorted(set(ids)) if one in self._items}

    def article_summaries(self, *, query: str = "", offset: int = 0, limit: int = 50) -> ArticlePage:
        """See `Catalog.article_summaries`."""
        found = []
        for item in self._items.values():
            article = item.article
            shown = "\n".join(part for part in (article.path, article.title, article.publisher) if part)
            if name_key(query) in name_key(shown):
                found.append(_summary(item))
        found.sort(key=lambda summary: summary.path)
        return ArticlePage(len(found), tuple(found[max(offset, 0) :][: max(limit, 0)]))

    def file_of(self, article_id: str) -> IndexedFile | None:
        """See `Catalog.file_of`."""
        return None

    def article_dates(self) -> Mapping[str, ArticleMeta]:
        """See `Catalog.article_dates`."""
        return {
            one: ArticleMeta(
                path=item.article.path,
                published=item.article.published,
                title=item.article.title,
                publisher=item.article.publisher,
                group=one,
                passages=len(item.passages),
            )
            for one, item in self._items.items()
        }

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """See `Catalog.passages`."""
        wanted = set(ids)
        found = [passage for item in self._items.values() for passage in item.passages if passage.id in wanted]
        return {passage.id: passage for passage in sorted(found, key=lambda passage: passage.id)}

    def owners(self, passage_ids: Iterable[str]) -> dict[str, str]:
        """See `Catalog.owners`."""
        return {one: passage.article_id for one, passage in self.passages(passage_ids).items()}

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """See `Catalog.passages_of`."""
        return self._items[article_id].passages if article_id in self._items else ()

    def statements_of(self, article_ids: Iterable[str]) -> tuple[Statement, ...]:
        """See `Catalog.statements_of`."""
        wanted = set(article_ids)
        return tuple(said for one, item in self._items.items() if one in wanted for said in item.statements)

    def statements_by(self, keys: Iterable[str]) -> tuple[Statement, ...]:
        """See `Catalog.statements_by`."""
        wanted = set(keys)
        return tuple(said for said in self.statements_of(self._items) if name_key(said.speaker) in wanted)

    def find_speakers(self, tokens: Iterable[str]) -> tuple[SpeakerCount, ...]:
        """See `Catalog.find_speakers`."""
        wanted = set(tokens)
        return tuple(one for one in self.speakers() if wanted and wanted <= key_words(one.key))

    def speakers(self) -> tuple[SpeakerCount, ...]:
        """See `Catalog.speakers`."""
        said: dict[str, list[Statement]] = {}
        for statement in self.statements_of(self._items):
            said.setdefault(name_key(statement.speaker), []).append(statement)
        found = []
        for key, statements in said.items():
            names = Counter(statement.speaker for statement in statements)
            found.append(
                SpeakerCount(
                    name=min(names, key=lambda name: (-names[name], name)),
                    key=key,
                    statements=len(statements),
                    articles=len({statement.article_id for statement in statements}),
                )
            )
        return tuple(sorted(found, key=lambda speaker: (-speaker.statements, speaker.key)))

    def find_entities(self, name: str) -> tuple[EntityMention, ...]:
        """See `Catalog.find_entities`."""
        key = name_key(name)
        wanted = set(key.split())
        found = [
            EntityMention(one, entity)
            for one, item in self._items.items()
            for entity in item.entities
            if key
            and any(
                name_key(form) == key or wanted <= key_words(name_key(form)) for form in (entity.name, *entity.variants)
            )
        ]
        return tuple(sorted(found, key=lambda one: (-one.entity.mentions, one.article_id, one.entity.name)))

    def all_entity_names(self) -> Mapping[str, int]:
        """See `Catalog.all_entity_names`."""
        counts: Counter[str] = Counter()
        for item in self._items.values():
            counts.update({name_key(form) for entity in item.entities for form in (entity.name, *entity.variants)})
        return {key: counts[key] for key in sorted(counts) if key}


def _summary(item: ProcessedArticle) -> ArticleSummary:
    article = item.article
    return ArticleSummary(
        id=article.id,
        path=article.path,
        title=article.title,
        published=article.published,
        publisher=article.publisher,
        url=article.url,
        kind=article.kind,
        sha256=article.sha256,
        passages=len(item.passages),
        statements=len(item.statements),
        uploaded=True,
    )
