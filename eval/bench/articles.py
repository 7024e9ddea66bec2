"""From passages found to articles ranked, and from paths to the ids of the benchmark files."""

from __future__ import annotations

from collections.abc import Iterable

from rag.schema import ScoredPassage


def record_id(path: str) -> str:
    """Return the id of a record as its file has it: what stands after `#` in the path."""
    return path.partition("#")[2]


def ranked_records(found: Iterable[ScoredPassage]) -> list[str]:
    """Rank articles by their first passage; copies that the search collapsed follow the one it shows."""
    ids: dict[str, None] = {}
    for one in found:
        ids.setdefault(record_id(one.article.path))
        for copy in one.also_in:
            ids.setdefault(record_id(copy.path))
    return list(ids)
