"""Opening the index that an evaluation asks: a temporary one, or one to build and reuse."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eval.cases import Case, digest_of_corpus
from eval.scoring import ReadSource
from rag.config import Settings
from rag.engine import Engine
from rag.schema import Citation

_PAGE = 200


@contextmanager
def opened_index(settings: Settings, sources: Sequence[Path], *, folder: Path | None = None) -> Iterator[Engine]:
    """Open an index that holds `sources`, and close it.

    Args:
        settings: as the engine takes them; their index folder is replaced.
        sources: files and folders to index; none asks an index that is there.
        folder: where the index is or shall be; None makes one that is deleted afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="newsqa-eval-") as temporary:
        index = folder or Path(temporary) / "index"
        with Engine.open(settings.model_copy(update={"index": index})) as engine:
            if sources:
                engine.index(list(sources))
            yield engine


def gold_sources(engine: Engine, cases: Sequence[Case]) -> dict[str, str]:
    """Return the raw text of every file that the cases name and the index holds, by path."""
    wanted = {gold.file for case in cases for gold in (*case.evidence, *case.also_right)}
    texts = {}
    for path in sorted(wanted):
        for summary in engine.articles(query=path, limit=_PAGE).items:
            if summary.path == path and (article := engine.article(summary.id)):
                texts[path] = article.raw
    return texts


def corpus_digest(engine: Engine) -> str:
    """Return a short hash of what is indexed."""
    hashes: dict[str, str] = {}
    while True:
        page = engine.articles(offset=len(hashes), limit=_PAGE)
        hashes.update((summary.path, summary.sha256) for summary in page.items)
        if not page.items or len(hashes) >= page.total:
            return digest_of_corpus(hashes)


def source_reader(engine: Engine) -> ReadSource:
    """Read what a citation points into from the bytes of its file; a record or an upload, from the catalog."""

    def read(citation: Citation) -> str:
        article = engine.article(citation.article_id)
        if article is None:
            raise ValueError(f"no article {citation.article_id}")
        file = engine.file_of(citation.article_id) if article.kind in ("text", "markdown") else None
        return article.raw if file is None else file.read_bytes().decode(citation.encoding, citation.errors)

    return read
