"""Finds the shown sentences that a model's statement rests on, where the model named none or the wrong ones.

Small models write true sentences and forget their numbers, or copy a number from the example. A statement is judged
by grounding against the sentences it cites and against nothing else, so pointing it at the right ones adds no trust:
it only saves true statements from being dropped for their label. (Qwen2.5 1.5B left 5 of 6 true statements unmarked.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rag.schema import Evidence
from rag.text.synonyms import synonym_groups
from rag.text.words import content_words, stem

TRUST_FROM: Final = 0.7  # share of the statement's content words in what the model cites; from here its choice stands
PLAIN_FROM: Final = 0.85
"""Share of a statement's words other than names that its sources must hold.

Names are most of a news sentence, and a model that writes "The meeting between Russian President Vladimir Putin and
North Korean leader Kim Jong Un was described as highly productive" has covered 86 % of it before saying anything.
Of 18 statements composed by Qwen2.5 1.5B and SmolLM2 135M that passed everything else, this refuses the one invented
and two that add a word from another sentence ("an urgent call"); the others have 1.0.
"""
CITE_FROM: Final = 0.6  # the same share, in one sentence found here; below, the statement has no source


def sources_of(statement: str, cited: Sequence[Evidence], shown: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that a statement should be checked against.

    Only one sentence is ever found, never a pair: a small model mixes two true sentences into a false one ("The White
    House accused Russia" + "last year"), and citing both would hide that.

    Args:
        statement: plain text.
        cited: what the model named, in its order.
        shown: every sentence that the model was given.

    Returns:
        What the model named where that covers the statement well, else the best of what was shown, else what the
        model named; empty where there is nothing of either kind.
    """
    wanted = _stems(statement)
    if not wanted:
        return tuple(cited)
    of_cited = _share(wanted, cited)
    if of_cited < TRUST_FROM:
        best = max(shown, key=lambda sentence: _share(wanted, [sentence]), default=None)
        if best is not None and _share(wanted, [best]) >= max(CITE_FROM, of_cited):
            return (best,)
    return tuple(cited)


def says_plainly(statement: str, sources: Sequence[Evidence]) -> bool:
    """Say whether the sources hold enough of what a statement says about the names in it; synonyms count."""
    plain = " ".join(word for word in statement.split() if not word.lstrip("\"'“‘(")[:1].isupper())
    wanted = [stem(word) for word in content_words(plain)]
    held = [stem(word) for source in sources for word in content_words(source.text)]
    groups = frozenset[int]().union(*synonym_groups(held))
    found = sum(
        word in held or bool(alike & groups) for word, alike in zip(wanted, synonym_groups(wanted), strict=True)
    )
    return found >= PLAIN_FROM * len(wanted)


def _share(wanted: set[str], sentences: Iterable[Evidence]) -> float:
    held = set[str]().union(*(_stems(sentence.text) for sentence in sentences))
    return len(wanted & held) / len(wanted)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}
