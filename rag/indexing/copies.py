"""Finds near-duplicate articles: syndicated copies that differ in a few words, a title or a byline.

Bodies are compared as sets of word 5-grams. MinHash signatures propose pairs, the exact Jaccard similarity decides.
Groups follow from the set of articles alone, never from the order in which they came: bodies are taken by number of
alike bodies and then by hash, and one joins a group only if it is alike to every body in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.catalog import CatalogWriter
from rag.text.shingles import jaccard, shingles

THRESHOLD = 0.8
LIKELY = 0.6  # estimated similarity worth an exact look: 64 hashes estimate 0.8 with a deviation of 0.05
BANDS = 16  # of 4 hashes: two bodies of similarity 0.8 share a band with probability 0.9998
CHUNK = 200  # articles whose text is held at a time


def update_copies(catalog: CatalogWriter) -> int:
    """Compare what is new with everything, set the group of every article, and return how many are copies.

    Opens its own transaction, and none when nothing changes.
    """
    rows = catalog.bodies()
    articles: dict[int, list[str]] = defaultdict(list)
    signatures: dict[int, bytes] = {}
    fresh: set[int] = set()
    for body, article_id, compared, signature in rows:
        articles[body].append(article_id)
        signatures[body] = signature
        if not compared:
            fresh.add(body)
    signatures.pop(0, None)  # bodies without words are alike in nothing
    pairs: list[tuple[int, int]] = []
    if fresh:
        pairs = _alike(catalog, signatures, articles, fresh)
    known = [(a, b) for a, b in catalog.copy_pairs() if a in articles and b in articles]
    wanted = _groups(articles, [*known, *pairs])
    current = catalog.copies_of()
    moved = [(group, article_id) for article_id, group in sorted(wanted.items()) if current[article_id] != group]
    if fresh or moved:
        with catalog.transaction():
            catalog.put_copy_pairs(pairs)
            catalog.put_copies_of(moved)
    return sum(article_id != group for article_id, group in wanted.items())


def _alike(
    catalog: CatalogWriter, signatures: dict[int, bytes], articles: dict[int, list[str]], fresh: set[int]
) -> list[tuple[int, int]]:
    """Return the pairs of bodies, smaller number first, that are alike and of which one is fresh."""
    bodies = sorted(signatures)
    if len(bodies) < 2:
        return []
    matrix = np.frombuffer(b"".join(signatures[body] for body in bodies), dtype=np.uint64).reshape(len(bodies), -1)
    is_fresh = np.array([body in fresh for body in bodies])
    candidates = set(_candidates(matrix, is_fresh))
    found = []
    texts = _Shingles(catalog, {body: articles[body][0] for body in bodies})
    for left, right in sorted(candidates):
        if np.mean(matrix[left] == matrix[right]) < LIKELY:
            continue
        if jaccard(texts.of(bodies[left]), texts.of(bodies[right])) >= THRESHOLD:
            found.append((bodies[left], bodies[right]))
    return found


def _candidates(matrix: NDArray[np.uint64], is_fresh: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    width = matrix.shape[1] // BANDS
    for band in range(BANDS):
        part = np.ascontiguousarray(matrix[:, band * width : (band + 1) * width])
        keys = part.view(np.dtype((np.void, part.dtype.itemsize * width))).ravel()
        _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        shared = np.flatnonzero(counts[places] > 1)
        buckets: dict[int, list[int]] = defaultdict(list)
        for row in shared.tolist():
            buckets[int(places[row])].append(row)
        for members in buckets.values():
            for position, left in enumerate(members):
                for right in members[position + 1 :]:
                    if is_fresh[left] or is_fresh[right]:
                        yield left, right


class _Shingles:
    """Shingles of bodies, read from the catalog when they are asked for; the last few hundred are kept."""

    def __init__(self, catalog: CatalogWriter, articles: dict[int, str]) -> None:
        self._catalog = catalog
        self._articles = articles
        self._held: dict[int, NDArray[np.uint64]] = {}

    def of(self, body: int) -> NDArray[np.uint64]:
        """Return the shingles of a body."""
        if body not in self._held:
            if len(self._held) >= CHUNK:
                self._held.pop(next(iter(self._held)))
            article_id = self._articles[body]
            self._held[body] = shingles(self._catalog.texts([article_id])[0][article_id].text)
        return self._held[body]


def _groups(articles: dict[int, list[str]], pairs: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Return for each article the smallest id of its group."""
    alike: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        alike[a].add(b)
        alike[b].add(a)
    group_of: dict[int, list[int]] = {}
    for body in sorted(alike, key=lambda body: (-len(alike[body]), body)):
        if body in group_of:
            continue
        group = [body]
        for other in sorted(alike[body], key=lambda other: (-len(alike[other]), other)):
            if other not in group_of and all(other in alike[member] for member in group):
                group.append(other)
        for member in group:
            group_of[member] = group
    wanted: dict[str, str] = {}
    for body, ids in articles.items():
        if body == 0:
            wanted.update((article_id, article_id) for article_id in ids)
            continue
        members = _members(articles, group_of.get(body, [body]))
        wanted.update((article_id, members[0]) for article_id in ids)
    return wanted


def _members(articles: dict[int, list[str]], bodies: Sequence[int]) -> list[str]:
    return sorted(article_id for body in bodies for article_id in articles[body])
