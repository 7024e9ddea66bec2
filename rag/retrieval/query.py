"""What a search looks for: the words of a question, and which of them belong together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from rag.text.words import STOPWORDS, words


@dataclass(frozen=True, slots=True)
class QueryWords:
    """Folded words with their weights, and pairs that follow one another in the question."""

    terms: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]


def query_words(query: str, *, pair_weight: float) -> QueryWords:
    """Read a question or keywords.

    Stop words count only where there is nothing else ("The Who"). Words between which only stop words stand are
    neighbours: "Secretary of State" pairs "secretary" with "state".
    """
    found = words(query)
    content = [word for word in found if word not in STOPWORDS] or found
    pairs = [(first, second) for first, second in itertools.pairwise(content) if first != second]
    return QueryWords(dict.fromkeys(content, 1.0), dict.fromkeys(pairs, pair_weight))
