"""Lines that repeat across a root: menus, notices and calls to subscribe, which no single file gives away.

A line repeats when it stands in many articles that are not copies of each other. Copies of a story share their
longest lines, so an article counts as much as the rarest of its longest lines says: a line of a story printed
twenty times counts once, a menu on twenty pages twenty times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

LineHashes = NDArray[np.uint64]
"""Hashes of an article's lines, the longest lines first."""

FEWEST_ARTICLES = 8
SMALLEST_SHARE = 0.005  # of the articles of a root
LONGEST = 3


class RepeatedLines:
    """A set of line keys, kept as hashes; what cleaning asks whether a line repeats."""

    def __init__(self, hashes: LineHashes) -> None:
        """Hold the given hashes."""
        self._hashes = np.unique(hashes)
        self._set = frozenset(self._hashes.tolist())

    def __contains__(self, key: object) -> bool:
        """Say whether a line repeats, given its key."""
        return isinstance(key, str) and bool(self._set) and _hash(key) in self._set

    def mark(self, lines: LineHashes) -> int:
        """Return a number for the set of these lines that repeat; 0 when none does."""
        found = np.intersect1d(lines, self._hashes)
        if not len(found):
            return 0
        return int.from_bytes(blake2b(found.astype("<u8").tobytes(), digest_size=8).digest(), "big") >> 1

    def tobytes(self) -> bytes:
        """Return the hashes as `RepeatedLines.of` takes them."""
        return self._hashes.astype("<u8").tobytes()

    @classmethod
    def of(cls, packed: bytes) -> RepeatedLines:
        """Read what `tobytes` wrote."""
        return cls(unpack(packed))


NO_LINES = RepeatedLines(np.empty(0, dtype=np.uint64))


def hash_lines(keys: Iterable[str]) -> LineHashes:
    """Hash line keys, the longest lines first."""
    ordered = sorted((key for key in keys if key), key=lambda key: (-len(key), key))
    return np.fromiter((_hash(key) for key in ordered), dtype="<u8", count=len(ordered))


def unpack(packed: bytes) -> LineHashes:
    """Read hashes back from bytes."""
    return np.frombuffer(packed, dtype="<u8")


def find_repeated(articles: Sequence[LineHashes]) -> RepeatedLines:
    """Return the lines that repeat among the articles of a root, whatever their order."""
    threshold = max(FEWEST_ARTICLES, SMALLEST_SHARE * len(articles))
    if len(articles) < threshold:
        return NO_LINES
    lengths = np.array([len(lines) for lines in articles])
    if not lengths.sum():
        return NO_LINES
    hashes, places, counts = np.unique(np.concatenate(list(articles)), return_inverse=True, return_counts=True)
    weights = np.ones(len(articles))
    start = 0
    for number, length in enumerate(lengths):
        if length:
            weights[number] = 1 / counts[places[start : start + min(LONGEST, length)]].min()
        start += length
    totals = np.bincount(places, weights=np.repeat(weights, lengths), minlength=len(hashes))
    return RepeatedLines(hashes[totals >= threshold - 1e-9])


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
