"""Judges one statement against the sentences it cites.

Checks in order, the first that fails gives the reason: 1 something is cited, 2 web addresses, 3 quoted words,
4 names, 5 numbers, 6 dates, 7 negation, contraries, modality and roles, 8 coverage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.grounding import facts
from rag.grounding.coverage import Coverage, cover, word_weights
from rag.grounding.polarity import contradictions, modality_differences, negation_differences
from rag.grounding.reading import (
    Sentence,
    Word,
    base_form,
    find_phrase,
    is_past_form,
    phrase_keys,
    read_sentence,
    read_sentences,
)
from rag.grounding.roles import role_differences
from rag.schema import PartialDate
from rag.text.numbers import find_numbers
from rag.text.words import stem

Reason = Literal[
    "no_citation",
    "link_not_in_source",
    "quote_not_in_source",
    "name_not_in_source",
    "number_not_in_source",
    "date_not_in_source",
    "negation_differs",
    "contradicts_source",
    "modality_differs",
    "roles_differ",
    "facts_mixed",
    "low_coverage",
]

THRESHOLD: Final = 0.5
"""Score from which a statement counts as supported.

With all checks before it, on the development halves of summedits_news (balanced accuracy), wice and attributionbench
(macro-F1): 0.4 gives 0.681 / 0.739 / 0.706, 0.5 gives 0.663 / 0.743 / 0.723, 0.6 gives 0.636 / 0.743 / 0.724. A
logistic model over thirty features, similarities of wordllama among them, gains less than 0.02 and was left out.
"""

_BRACKETED: Final = re.compile(r"\[([^\]]+)\]")
_BRACKETED_WHOLE: Final = re.compile(r"\[[^\]]+\]")
_LIGHT: Final = frozenset(
    stem(base_form(word))
    for word in """said told added stated noted reported announced declared according called described explained
    mentioned claimed expressed included involving regarding following based used held made took given known named
    country side leader minister official people person article report statement issue matter move plan measure
    event situation time day year one two both several various other also new worth""".split()
)
"""Words that an answer may add when it retells: verbs of saying, and nouns that only stand for something."""


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on a statement."""

    score: float
    """0 to 1, higher is better; comparable between statements."""
    reason: Reason | None = None
    """Why it failed; None when it is supported."""
    detail: str | None = None
    """The words at which it failed."""

    @property
    def holds(self) -> bool:
        """Say whether the statement may be shown."""
        return self.reason is None


def check_statement(
    text: str,
    evidence: Sequence[str],
    *,
    aliases: Iterable[Sequence[str]] = (),
    context: Sequence[str] = (),
    published: PartialDate | None = None,
    threshold: float = THRESHOLD,
    strict: bool = False,
) -> Support:
    """Judge whether the cited sentences support a statement.

    Args:
        text: the statement, without citation markers.
        evidence: the cited sentences.
        aliases: groups of names that mean the same in the cited articles.
        context: sentences that names may come from, and nothing else: those that say whom a pronoun means.
        published: the date of the article; completes partial dates.
        threshold: score below which the reason is `low_coverage`.
        strict: ask, too, that the sources have every word that carries meaning, in some form; an answer would rather
            lose a statement than show a wrong one.
    """
    statement = read_sentences(text)
    groups = [tuple(group) for group in aliases]
    if any(_is_whole(text, source) for source in evidence) or _is_quoted_with_names(text, evidence, context, groups):
        return Support(1.0)
    sources = [sentence for source in evidence for sentence in read_sentences(source)]
    if not any(sentence.words for sentence in sources) or not any(sentence.words for sentence in statement):
        return Support(0.0, "no_citation")
    around = [sentence for part in context for sentence in read_sentences(part)]
    readable = [*sources, *(_names_alone(sentence) for sentence in around)]
    coverages = coverage_of(statement, readable)
    score = _score(coverages)
    failures: list[tuple[Reason, list[str]]] = [
        ("link_not_in_source", facts.missing_addresses(text, evidence)),
        ("quote_not_in_source", facts.missing_quotes(statement, sources)),
        ("name_not_in_source", facts.missing_names(statement, sources, aliases=groups, context=around)),
        ("number_not_in_source", facts.missing_numbers(statement, sources)),
        ("date_not_in_source", facts.missing_dates(statement, sources, published=published)),
    ]
    for sentence, found in zip(statement, coverages, strict=True):
        best = [sources[place] for place in found.sources if place < len(sources)]
        if best and not _is_verbatim(sentence, sources):
            failures.append(("negation_differs", negation_differences(sentence, best)))
            failures.append(("contradicts_source", [f"{a} / {b}" for a, b in contradictions(sentence, best[0])]))
            failures.append(("modality_differs", modality_differences(sentence, best[0])))
            failures.append(("roles_differ", role_differences(sentence, best[0])))
    for reason, details in failures:
        if details:
            return Support(score, reason, details[0])
    allowed = facts.allowed_names(statement, sources, aliases=groups)
    missing = [word for found in coverages for word in found.missing if word not in allowed]
    if score < threshold or (strict and _leaves_out(statement, missing)):
        return Support(score, "low_coverage", ", ".join(word.form for word in missing) or None)
    return Support(score)


def _leaves_out(statement: Sequence[Sentence], missing: Sequence[Word]) -> bool:
    """Say whether the sources lack a word that matters; numbers and names are checked by themselves."""
    telling = {
        word
        for word in missing
        if not find_numbers(word.key)
        and (not word.is_capitalised or word.key in facts.TITLES or is_past_form(word.key))
    }
    return any(
        word in telling and not _is_light(sentence, place)
        for sentence in statement
        for place, word in enumerate(sentence.words)
    )


def _is_light(sentence: Sentence, place: int) -> bool:
    """Say whether a word may be added in retelling, as in "said that", but not as in "announced measures"."""
    if sentence.words[place].stem not in _LIGHT:
        return False
    if not is_past_form(sentence.words[place].key) or place + 1 == len(sentence.words):
        return True
    following = sentence.words[place + 1]
    return not following.is_content or following.is_capitalised or bool(find_numbers(following.key))


def supporting_sentences(text: str, evidence: Sequence[str]) -> list[int]:
    """Return which of the evidence sentences say what the statement says, as far as its words show, in order."""
    sources = [(number, sentence) for number, source in enumerate(evidence) for sentence in read_sentences(source)]
    coverages = coverage_of(read_sentences(text), [sentence for _, sentence in sources])
    return sorted({sources[place][0] for found in coverages for place in found.sources})


def coverage_of(statement: Sequence[Sentence], sources: Sequence[Sentence]) -> list[Coverage]:
    """Return the coverage of each sentence of a statement."""
    weights = word_weights(sources)
    return [cover(sentence, sources, weights) for sentence in statement]


def _score(coverages: Sequence[Coverage]) -> float:
    return min((found.share for found in coverages if found.sources or found.missing), default=0.0)


def _names_alone(sentence: Sentence) -> Sentence:
    return read_sentence(" ".join(word.form for word in sentence.words if word.is_capitalised and word.is_content))


def _is_whole(text: str, source: str) -> bool:
    """Say whether the statement is the cited sentence itself."""
    return bool(text.strip()) and text.split() == source.split()


def _is_quoted_with_names(
    text: str, evidence: Sequence[str], context: Sequence[str], aliases: Sequence[Sequence[str]]
) -> bool:
    """Say whether the statement is a cited sentence in which known names in brackets replace a few words."""
    names = [phrase_keys(name) for name in _BRACKETED.findall(text)]
    if not names:
        return False
    outside = [re.escape(" ".join(part.split())) for part in _BRACKETED_WHOLE.split(text)]
    pattern = re.compile(r"\s?[\w’' -]{1,30}?\s?".join(outside))
    if not any(pattern.fullmatch(" ".join(source.split())) for source in evidence):
        return False
    around = [part for source in (*evidence, *context) for part in read_sentences(source)]
    known = [tuple(word.key for word in part.words) for part in around]
    known += [phrase_keys(form) for group in aliases for form in group]
    return all(any(find_phrase(name, keys) for keys in known) for name in names)


def _is_verbatim(sentence: Sentence, sources: Sequence[Sentence]) -> bool:
    keys = [word.key for word in sentence.words]
    return any(find_phrase(keys, [word.key for word in source.words]) for source in sources)
