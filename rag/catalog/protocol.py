"""What the rest of newsqa asks of the catalog, the truth about an index.

`Catalog` is the reading side: thread-safe, never blocked by a writer, and always looking at the last committed
state. Names and speakers are looked up by their key, which is `rag.text.folding.searchable(name)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from rag.schema import Article, NamedEntity, PartialDate, Passage, SourceKind, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an index was built with. Two indexes may differ in nothing else and still not be mixed."""

    format: int
    """Layout of the stores; another number is never read."""
    embedder: str
    dimensions: int
    max_tokens: int
    """Longest passage, in tokens."""
    cleaner: int
    """Version of everything that turns a source into passages and statements."""
    embedded_text: int
    """Version of what is embedded for a passage."""
    vectors: Literal["folder", "server"]
    """Whether Chroma is embedded in the index folder or a server."""
    stores_text: bool
    """Whether Chroma holds the passages' text too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """An article as a list shows it."""

    id: str
    path: str
    title: str | None
    published: PartialDate | None
    publisher: str | None
    url: str | None
    kind: SourceKind
    sha256: str
    passages: int
    statements: int
    uploaded: bool
    """Added by hand rather than found under a root."""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Part of the list of articles, in order of path."""

    total: int
    items: tuple[ArticleSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMeta:
    """What filters, dates and duplicate handling need of an article, without its text."""

    path: str
    published: PartialDate | None
    title: str | None
    publisher: str | None
    group: str
    """Smallest id among its near-duplicates; its own id when there are none."""
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCount:
    """Somebody who speaks in the corpus. One key may cover spellings that differ in case and accents only."""

    name: str
    """Most frequent spelling."""
    key: str
    statements: int
    articles: int


@dataclass(frozen=True, slots=True)
class EntityMention:
    """A named entity of one article."""

    article_id: str
    entity: NamedEntity


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file as it was when it was last read."""

    path: Path
    size: int
    mtime_ns: int


class Catalog(Protocol):
    """Reads articles, passages, statements and names. Ids that are not there are left out of a result."""

    @property
    def index_id(self) -> str:
        """Identity of this index: made when it was created, new after a rebuild."""

    def manifest(self) -> Manifest:
        """Return what the index was built with."""

    def generation(self) -> int:
        """Return a number that grows when readers should look again; cheap enough for every question."""

    def size(self) -> tuple[int, int]:
        """Count articles and passages."""

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Return whole articles by id."""

    def article_summaries(self, *, query: str = "", offset: int = 0, limit: int = 50) -> ArticlePage:
        """List articles by path; `query` must occur in path, title or publisher, whatever the case and accents."""

    def file_of(self, article_id: str) -> IndexedFile | None:
        """Return the file an article was read from, or that holds its record; None for an uploaded one."""

    def article_dates(self) -> Mapping[str, ArticleMeta]:
        """Return every article's metadata by id; kept in memory until the generation moves."""

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return passages by id."""

    def owners(self, passage_ids: Iterable[str]) -> dict[str, str]:
        """Return the article id of passages, without reading their text."""

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return an article's passages in order."""

    def statements_of(self, article_ids: Iterable[str]) -> tuple[Statement, ...]:
        """Return the statements of articles, ordered by article id and place in the article."""

    def statements_by(self, keys: Iterable[str]) -> tuple[Statement, ...]:
        """Return the statements of speakers given by key, ordered by article id and place in the article."""

    def find_speakers(self, tokens: Iterable[str]) -> tuple[SpeakerCount, ...]:
        """Return speakers whose name holds every one of the folded words, most statements first."""

    def speakers(self) -> tuple[SpeakerCount, ...]:
        """Return all speakers, most statements first, then by key."""

    def find_entities(self, name: str) -> tuple[EntityMention, ...]:
        """Return entities one of whose forms is `name`, or holds it as a word; `name` is folded.

        Ordered by mentions (most first), then by article id.
        """

    def all_entity_names(self) -> Mapping[str, int]:
        """Return every folded form of every entity with its number of articles; kept until the generation moves."""
