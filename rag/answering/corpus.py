"""What answering asks of the index beyond passages: which words and names it holds, and who speaks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rag.attribution.lexicon import FAMILY_FIRST, GIVEN_NAMES
from rag.attribution.names import closest_name
from rag.catalog import Catalog
from rag.lexical import LexicalIndex
from rag.text.synonyms import synonym_groups
from rag.text.words import STOPWORDS, stem, words

_LENGTH_DIFFERENCE: Final = 2
_LARGE: Final = 20_000
_NAMING_SHARE: Final = 0.08
"""Articles in which a word is a name for each passage that holds it, from which it is one wherever it stands. In an
index of 6,264 articles: "apple" 0.19, "bush" 0.72, "swift" 0.21, but "court" 0.03, "week" 0.02, "group" 0.01."""


class Corpus:
    """Facts about the words and names of one index, always of its last finished state."""

    def __init__(self, catalog: Catalog, lexical: LexicalIndex) -> None:
        """Ask the given stores."""
        self.catalog = catalog
        self._lexical = lexical
        self._names: tuple[int, Counter[str], dict[str, bool]] = (-1, Counter(), {})

    def rarity(self, word: str) -> float:
        """Return how rare a folded word is: 1 where one passage holds it or none, 0 where all do."""
        total = self._lexical.num_docs()
        if total < 2:
            return 1.0
        frequency = max(self._lexical.doc_freq(word), 1)
        return math.log(total / min(frequency, total)) / math.log(total)

    def size(self) -> float:
        """Return the size of the index on a logarithmic scale: 0 for a single passage, 1 from `_LARGE` passages."""
        return min(1.0, math.log(max(self._lexical.num_docs(), 1)) / math.log(_LARGE))

    def holds_word(self, word: str) -> bool:
        """Say whether some passage holds a word of this stem."""
        # Frequencies still count what was deleted since the last merge; a search does not.
        return self._lexical.doc_freq(word) > 0 and bool(self._lexical.search({word: 1.0}, limit=1))

    def holds_phrase(self, text: str) -> bool:
        """Say whether some passage holds the words of a text one after another; a possessive ending does not count."""
        found = [word.removesuffix("'s").removesuffix("'") for word in words(text)]
        return bool(self._lexical.phrase(found, limit=1))

    def is_name(self, word: str) -> bool:
        """Say whether a folded word names somebody or something wherever it stands.

        It is a name by itself, or belongs to a person's; "security" of "Security Council" is none. Nor is a word that
        stands in far more passages than it is a name in: among thousands of articles, some thing is called "Group".
        """
        names, naming = self._name_words()
        if word not in names or word in STOPWORDS:
            return False
        if (known := naming.get(word)) is None:
            known = not synonym_groups([stem(word)])[0]
            known = known and names[word] >= _NAMING_SHARE * self._lexical.doc_freq(word)
            naming[word] = known
        return known

    def closest_name(self, words: Sequence[str]) -> str | None:
        """Return the name in the index of which the folded words are probably a misspelling, or None."""
        names, _ = self._name_words()
        for word in sorted(words, key=len, reverse=True):
            near = [w for w in names if w[:1] == word[:1] and abs(len(w) - len(word)) <= _LENGTH_DIFFERENCE]
            if (likely := closest_name(word, sorted(near))) is None or likely == word:
                continue
            for mention in self.catalog.find_entities(likely):
                name = mention.entity.name
                if closest_name(" ".join(words), [name]) is not None:
                    return name
        return None

    def _name_words(self) -> tuple[Counter[str], dict[str, bool]]:
        """Return the words of names with the number of articles, summed over forms, and what is known of them."""
        generation = self.catalog.generation()
        if self._names[0] != generation:
            found: Counter[str] = Counter()
            for name, articles in self.catalog.all_entity_names().items():
                for word in (words := name.replace("-", " ").split()):
                    if len(words) == 1 or words[0] in GIVEN_NAMES or words[0] in FAMILY_FIRST:
                        found[word] += articles
            self._names = (generation, found, {})
        return self._names[1:]
