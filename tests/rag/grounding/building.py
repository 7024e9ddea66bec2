"""Articles and evidence for tests of grounding."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.grounding import Verdict
from rag.passages import split_article
from rag.schema import Article, Block, Copy, Evidence, PartialDate, Span

_CASES = Path(__file__).with_name("cases.jsonl")


@dataclass(frozen=True)
class Case:
    """A statement with the sentences that it cites, and whether it may be shown."""

    id: str
    statement: str
    sentences: tuple[str, ...]
    cited: tuple[int, ...]
    title: str | None
    publisher: str | None
    published: PartialDate | None
    verdict: Verdict
    allow: bool

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        source = article("\n\n".join(self.sentences), self.id, self.published, self.title, self.publisher)
        return tuple(evidence(self.sentences[place], source) for place in self.cited)


def cases() -> list[Case]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in _CASES.read_text(encoding="utf-8").splitlines()]
    return [
        Case(
            id=row["id"],
            statement=row["statement"],
            sentences=tuple(row["sentences"]),
            cited=tuple(row["cited"]),
            title=row["title"],
            publisher=row["publisher"],
            published=PartialDate.parse(row["published"]) if row["published"] else None,
            verdict=row["verdict"],
            allow=row["allow"],
        )
        for row in rows
    ]


def article(
    raw: str,
    name: str = "a.txt",
    published: PartialDate | None = None,
    title: str | None = "Rising tensions",
    publisher: str | None = None,
) -> Article:
    """Return an article whose paragraphs stand between empty lines."""
    ends = [*(found.start() for found in re.finditer("\n\n", raw)), len(raw)]
    starts = [0, *(end + 2 for end in ends[:-1])]
    return Article(
        id=name,
        path=name,
        raw=raw,
        sha256=hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(raw)),),
        removed=(),
        blocks=tuple(Block(Span(*place), "paragraph") for place in zip(starts, ends, strict=True)),
        title=title,
        published=published,
        publisher=publisher,
    )


def evidence(sentence: str, source: Article, also_in: tuple[Copy, ...] = ()) -> Evidence:
    """Return the first place of a sentence in an article."""
    start = source.raw.index(sentence)
    span = Span(start, start + len(sentence))
    passages = split_article(source)
    passage = next((one for one in passages if one.span.contains(span)), passages[0])
    return Evidence(article=source, passage=passage, span=span, also_in=also_in)


def cited(sentences: Sequence[str], **options: Any) -> tuple[Evidence, ...]:
    """Return all sentences of an article that consists of them."""
    source = article(" ".join(sentences), **options)
    return tuple(evidence(sentence, source) for sentence in sentences)
