"""What every search needs of all articles at once, worked out once for a state of the catalog."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.catalog import ArticleMeta
from rag.retrieval.dates import days_of, nearness
from rag.schema import Copy, PartialDate

Metas = Mapping[str, ArticleMeta]
Nearness = NDArray[np.float64]
"""In time, from 0 to 1, of every dated article; `ArticleTable.places` says which is where."""


class ArticleTable:
    """The articles of one state of the catalog, in arrays."""

    def __init__(self, metas: Metas) -> None:
        """Prepare the articles; the mapping must not change afterwards."""
        self._metas = metas
        self._ids: list[str] = []
        """Of the articles whose year is known, in the order of the arrays."""
        self._yearless: dict[str, PartialDate] = {}
        first: list[int] = []
        last: list[int] = []
        for article_id, meta in metas.items():
            if meta.published is None:
                continue
            if meta.published.year is None:
                self._yearless[article_id] = meta.published
            else:
                earliest, latest = days_of(meta.published, meta.published.year)
                self._ids.append(article_id)
                first.append(earliest.toordinal())
                last.append(latest.toordinal())
        self._first: NDArray[np.int64] = np.asarray(first, dtype=np.int64)
        self._last: NDArray[np.int64] = np.asarray(last, dtype=np.int64)

    @cached_property
    def mean_passages(self) -> float:
        """Mean length of an article, in passages; 1 where there is none."""
        return sum(meta.passages for meta in self._metas.values()) / max(len(self._metas), 1) or 1.0

    def newest(self, allowed: Container[str] | None = None) -> date | None:
        """Return the last day that one of the allowed articles is known to have appeared on."""
        days = [
            int(day)
            for article_id, day, is_day in zip(self._ids, self._last, self._first == self._last, strict=True)
            if is_day and (allowed is None or article_id in allowed)
        ]
        return date.fromordinal(max(days)) if days else None

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each dated article stands in what `nearness` returns."""
        return {article_id: place for place, article_id in enumerate([*self._ids, *self._yearless])}

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        """Rank of each dated article by id."""
        order = np.empty(len(self.places), dtype=np.int64)
        order[np.argsort(np.asarray(list(self.places), dtype=np.str_), kind="stable")] = np.arange(len(self.places))
        return order

    def nearness(self, since: date | None, until: date | None, *, before_days: float, after_days: float) -> Nearness:
        """Return how near every dated article is to a stretch of days; see `rag.retrieval.dates.nearness`."""
        distances = np.zeros(len(self._ids))
        if until is not None:
            distances = np.maximum(distances, (self._first - until.toordinal()) / after_days)
        if since is not None:
            distances = np.maximum(distances, (since.toordinal() - self._last) / before_days)
        yearless = [
            nearness(published, since, until, before_days=before_days, after_days=after_days)
            for published in self._yearless.values()
        ]
        return np.concatenate([np.exp(-distances), np.asarray(yearless, dtype=np.float64)])

    def near_of(self, near: Nearness | None, article_ids: Iterable[str]) -> dict[str, float]:
        """Look up the nearness of some articles; those without a date are left out."""
        if near is None:
            return {}
        return {one: float(near[place]) for one in article_ids if (place := self.places.get(one)) is not None}

    def nearest(self, near: Nearness, *, above: float) -> list[str]:
        """Return the articles whose nearness is above a value, nearest first, ties by id."""
        ids = list(self.places)
        some = np.flatnonzero(near > above)
        return [ids[place] for place in some[np.lexsort((self._order[some], -near[some]))].tolist()]

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        """Members of every group of near-duplicates that has more than one."""
        members: dict[str, list[str]] = {}
        for article_id, meta in self._metas.items():
            members.setdefault(meta.group, []).append(article_id)
        return {group: sorted(ids, key=lambda one: self._metas[one].path) for group, ids in members.items() if ids[1:]}

    def copies(self, article_id: str) -> tuple[Copy, ...]:
        """Return an article's near-duplicates, in order of path."""
        meta = self._metas.get(article_id)
        others = self._groups.get(meta.group, ()) if meta is not None else ()
        return tuple(Copy(self._metas[one].path, one) for one in others if one != article_id)


_recent: list[tuple[Metas, ArticleTable]] = []
_KEPT: Final = 2


def table_of(metas: Metas) -> ArticleTable:
    """Return the table of a mapping; that of the mappings used last is remembered, by identity."""
    for held, table in tuple(_recent):
        if held is metas:
            return table
    made = ArticleTable(metas)
    _recent[:] = [(metas, made), *_recent[: _KEPT - 1]]
    return made
