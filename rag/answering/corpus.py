"""What answering asks of the index beyond passages: which words and names it holds, and who speaks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from rag.attribution.lexicon import FAMILY_FIRST, GIVEN_NAMES
from rag.catalog import Catalog
from rag.lexical import LexicalIndex
from rag.text.synonyms import synonym_groups
from rag.text.words import STOPWORDS, stem


class Corpus:
    """Facts about the words and names of one index, always of its last finished state."""

    def __init__(self, catalog: Catalog, lexical: LexicalIndex) -> None:
        """Ask the given stores."""
        self.catalog = catalog
        self._lexical = lexical
        self._names: tuple[int, frozenset[str]] = (-1, frozenset())

    def rarity(self, word: str) -> float:
        """Return how rare a folded word is: 1 where one passage holds it or none, 0 where all do."""
        total = self._lexical.num_docs()
        if total < 2:
            return 1.0
        frequency = max(self._lexical.doc_freq(word), 1)
        return math.log(total / min(frequency, total)) / math.log(total)

    def holds_word(self, word: str) -> bool:
        """Say whether some passage holds a word of this stem."""
        return self._lexical.doc_freq(word) > 0

    def holds_phrase(self, words: Sequence[str]) -> bool:
        """Say whether some passage holds the folded words one after another."""
        return bool(self._lexical.phrase(words, limit=1))

    def is_name(self, word: str) -> bool:
        """Say whether a folded word is part of a name that some article has."""
        return word not in STOPWORDS and word in self.name_words()

    def name_words(self) -> frozenset[str]:
        """Return the folded words that are a name by themselves or belong to a person's."""
        generation = self.catalog.generation()
        if self._names[0] != generation:
            self._names = (generation, frozenset(_name_words(self.catalog.all_entity_names())))
        return self._names[1]


def _name_words(names: Iterable[str]) -> Iterator[str]:
    """Yield the words that name somebody or something wherever they stand; "security" of "Security Council" does not."""
    for name in names:
        words = name.replace("-", " ").split()
        if len(words) == 1 or words[0] in GIVEN_NAMES or words[0] in FAMILY_FIRST:
            yield from (word for word in words if not synonym_groups([stem(word)])[0])
