"""Overlap of word sequences, for finding articles that are copies of each other."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.text.memo import Memo
from rag.text.words import words

Shingles = NDArray[np.uint64]
"""Hashes of word sequences, ascending, each once."""

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
PERMUTATIONS: Final = 64
_CHUNK: Final = 4096  # shingles hashed at a time


def shingles(text: str, n: int = 5) -> Shingles:
    """Return the hashes of all sequences of `n` words; of a shorter text, the hash of all its words.

    The hashes are the same on every machine and in every run.
    """
    return shingles_of(words(text), n)


def shingles_of(tokens: Sequence[str], n: int = 5) -> Shingles:
    """Return the shingles of a text, given its words."""
    if not tokens:
        return np.empty(0, dtype=np.uint64)
    n = min(n, len(tokens))
    hashes = np.fromiter(map(_hashes.__getitem__, tokens), dtype=np.uint64, count=len(tokens))
    size = len(tokens) - n + 1
    mixed = np.zeros(size, dtype=np.uint64)
    for offset in range(n):  # arithmetic modulo 2**64 is intended
        mixed = (mixed ^ hashes[offset : offset + size]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    mixed.sort()
    once: Shingles = mixed[np.append(True, mixed[1:] != mixed[:-1])]  # as `np.unique`, in a third of the time
    return once


def jaccard(left: Shingles, right: Shingles) -> float:
    """Return the share of shingles that both have among those that either has, 0 to 1; two empty sets share nothing."""
    if not len(left) or not len(right):
        return 0.0
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared)


def minhash(found: Shingles) -> NDArray[np.uint64]:
    """Return the MinHash signature, shape (64,): the share of equal places estimates the Jaccard similarity."""
    if not len(found):
        return np.zeros(PERMUTATIONS, dtype=np.uint64)
    factors, offsets = _permutations()
    signature = np.full(PERMUTATIONS, np.iinfo(np.uint64).max)
    for start in range(0, len(found), _CHUNK):  # bounds memory for texts of megabytes
        mixed = found[start : start + _CHUNK, None] * factors + offsets
        np.minimum(signature, (mixed ^ (mixed >> np.uint64(32))).min(axis=0), out=signature)
    return signature


def band_keys(signature: NDArray[np.uint64], bands: int = 16) -> list[Hashable]:
    """Cut a signature into `bands` keys; texts that share a key are candidates for being copies.

    With 16 bands of 4, a pair of Jaccard similarity 0.8 shares a key with probability 0.9998, one of 0.3 with 0.12.
    """
    rows = len(signature) // bands
    return [(band, signature[band * rows : (band + 1) * rows].tobytes()) for band in range(bands)]


def _word_hash(word: str) -> int:
    data = word.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) << 32 | zlib.crc32(data, 0x5BD1E995)


_hashes: Final = Memo(_word_hash, size=200_000)


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    random = np.random.Generator(np.random.PCG64(20240621))
    factors = random.integers(1, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return factors, random.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)
