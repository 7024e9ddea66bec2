"""What the tests of the ingest share: a small corpus, an index of it, and what that index holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.config import Settings
from rag.indexing import IngestReport, OpenIndex, ingest, wanted_manifest
from rag.models.doubles import HashingEmbedder

NAMES = ("Cho Tae Yul", "Ann Lee", "José Pérez", "Mary Okafor", "Karl Lindqvist")


def story(number: int, *, words: str = "grain") -> str:
    """Return an article of three paragraphs that no other number shares."""
    name = NAMES[number % len(NAMES)]
    return (
        f"Harbour report number {number}\n\n"
        f"{name} said on Monday that the {words} shipment {number} would reach berth {number * 7} before the storm, "
        f"after a delay of {number + 2} hours at the northern lock.\n\n"
        f"Officials of district {number * 13} added that they expected {number * 101} tonnes in the coming week and "
        f"that the crane on pier {number * 3} had been repaired by a team of {number + 4} engineers.\n\n"
        f"The company declined to comment on vessel {number * 17}, which left the port late on Sunday evening.\n"
    )


@dataclass(slots=True)
class Bench:
    """A folder, an index beside it, and an embedder that counts what it embeds."""

    folder: Path
    settings: Settings = field(default_factory=lambda: Settings(workers=1))
    embedder: HashingEmbedder = field(default_factory=lambda: HashingEmbedder(64))

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.corpus / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        # A time of its own for each state of a file, well in the past: tests are faster than a clock's ticks.
        Bench._clock += 1
        os.utime(file, (Bench._clock, Bench._clock))
        return file

    _clock = 1_700_000_000

    def ingest(self, *paths: Path, rebuild: bool = False) -> IngestReport:
        return ingest(self.index, self.settings, self.embedder, paths, rebuild=rebuild)

    def open(self) -> OpenIndex:
        return OpenIndex(self.index, wanted=wanted_manifest(self.settings, self.embedder), chroma_url=None)

    def contents(self) -> Contents:
        opened = self.open()
        try:
            summaries = opened.catalog.article_summaries(limit=100_000).items
            meta = opened.catalog.article_dates()
            passages = {passage.id: passage for item in summaries for passage in opened.catalog.passages_of(item.id)}
            vectors = opened.vectors.get(sorted(passages))
            return Contents(
                articles={item.path: item.id for item in summaries},
                groups={item.path: meta[item.id].group for item in summaries},
                passages=frozenset(passages),
                lexical=frozenset(opened.lexical.ids()),
                vectors=frozenset(opened.vectors.ids()),
                # Chroma normalises what it indexes, so a vector that was reused may differ in its last bit
                vector_values={one: tuple(vector.round(4).tolist()) for one, vector in vectors.items()},
                speakers=tuple((speaker.key, speaker.statements) for speaker in opened.catalog.speakers()),
                names=dict(opened.catalog.all_entity_names()),
            )
        finally:
            opened.close()

    def check(self) -> Contents:
        """Return the contents after seeing that the three stores hold the same passages."""
        contents = self.contents()
        assert contents.lexical == contents.passages
        assert contents.vectors == contents.passages
        return contents


@dataclass(frozen=True, slots=True)
class Contents:
    """All that two indexes of the same articles have in common."""

    articles: dict[str, str]
    groups: dict[str, str]
    passages: frozenset[str]
    lexical: frozenset[str]
    vectors: frozenset[str]
    vector_values: dict[str, tuple[float, ...]]
    speakers: Sequence[tuple[str, int]]
    names: dict[str, int]

    @property
    def paths(self) -> list[str]:
        return sorted(self.articles)
