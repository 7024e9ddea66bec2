"""Finds articles that give another value for what a question asks than the answer does.

Two ways to be sure that two sentences speak of the same thing and disagree: each gives one amount, date or maker that
clearly belongs to what is asked (`amounts`, `days`, `makers`), or they use the same words but for one place
(`parallel`, `substitutes`). All else is left alone: articles that seem to disagree and do not are worse than a
disagreement that goes unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answering.amounts import Amount, asked_units, quantity_noun, read_amount
from rag.answering.analysis import QuestionAnalysis
from rag.answering.days import Day, read_day
from rag.answering.makers import Maker, read_maker
from rag.answering.matching import Bag
from rag.answering.parallel import MOST_TOKENS
from rag.answering.same_thing import (
    UNNAMED_SHARE,
    is_as_good,
    is_of_same_time,
    is_of_what_is_asked,
    names_what_is_asked,
)
from rag.answering.selection import ScoredSentence
from rag.answering.substitutes import asks_for_property, differing, is_alike
from rag.answering.tokens import tokenize
from rag.catalog import Catalog
from rag.schema import ConflictingFact, Copy, Evidence

MOST_READ: Final = 24
"""Sentences that answer, best first, of which the value is read."""
MOST_VALUES: Final = 5
MOST_SOURCES: Final = 3
"""Articles that are cited for one value."""
SCORE_SHARE: Final = 0.7
_MOST_COPIES: Final = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with the value that it gives."""

    sentence: ScoredSentence
    value: Amount | Day | Maker | None
    text: str
    """The value as the sentence has it."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What articles disagree on, and the sentences that show it, in order of date."""

    fact: ConflictingFact
    sentences: tuple[ScoredSentence, ...]
    """One for each value."""


def find_disagreement(
    question: QuestionAnalysis,
    chosen: Sequence[ScoredSentence],
    ranked: Sequence[ScoredSentence],
    *,
    is_answer: Callable[[ScoredSentence], bool],
    catalog: Catalog,
) -> Disagreement | None:
    """Return what speaks against the chosen sentences, or None.

    Args:
        question: what is asked.
        chosen: the sentences that answer, best first.
        ranked: every sentence, best first.
        is_answer: says whether a sentence answers.
        catalog: holds the near-duplicates of the articles.
    """
    if not _has_definite_answer(question):
        return None
    groups, read = _by_value(question, chosen, ranked, is_answer)
    if len(groups) < 2:
        unread = [sentence for sentence in ranked if _article(sentence) not in read]
        groups = _by_words(question, [s for s in chosen if _article(s) not in read], unread, catalog)
    return _shown(question, groups) if len(groups) > 1 else None


def with_disagreement(chosen: Sequence[ScoredSentence], found: Disagreement, *, limit: int) -> list[ScoredSentence]:
    """Return the sentences of an answer that shows every value, in order of date, and then what else was chosen."""
    shown = {(s.candidate.evidence.article.id, s.candidate.ordinal) for s in found.sentences}
    rest = [s for s in chosen if (s.candidate.evidence.article.id, s.candidate.ordinal) not in shown]
    return [*found.sentences, *rest][:limit]


def _has_definite_answer(question: QuestionAnalysis) -> bool:
    return (
        asked_units(question) is not None
        or question.form in ("when", "where", "who", "role")
        or asks_for_property(question)
    )


# --- by what each sentence gives --------------------------------------------------------------------------------


def _by_value(
    question: QuestionAnalysis,
    chosen: Sequence[ScoredSentence],
    ranked: Sequence[ScoredSentence],
    is_answer: Callable[[ScoredSentence], bool],
) -> tuple[list[list[Reading]], set[str]]:
    """Group the articles by the amount or date that their sentences give; one group where nothing disagrees.

    Returns:
        The groups, that of the chosen sentence first; and the other articles of which a value was read.
    """
    first = next((reading for reading in (_read(question, s) for s in chosen) if reading is not None), None)
    if first is None:
        return [], set()
    by_article: dict[str, list[Reading]] = {_article(first.sentence): [first]}
    read = 0
    share = SCORE_SHARE if quantity_noun(question.text) is None else UNNAMED_SHARE
    for sentence in ranked:
        if read == MOST_READ or sentence.score < share * first.sentence.score:
            break
        if sentence is first.sentence or not (is_answer(sentence) or is_as_good(question, sentence, first.sentence)):
            continue
        read += 1
        if (reading := _read(question, sentence)) is not None:
            by_article.setdefault(_article(sentence), []).append(reading)
    own, *others = by_article.values()
    groups = [[first]]
    for readings in others:
        best = readings[0]
        if any(_compare(one, other) != "differ" for one in own for other in readings):
            if any(_compare(first, other) == "agree" for other in readings):
                groups[0].append(next(other for other in readings if _compare(first, other) == "agree"))
            continue
        if not is_as_good(question, best.sentence, first.sentence) or not is_of_same_time(
            question, best.sentence, first.sentence
        ):
            continue
        group = next((g for g in groups[1:] if _compare(g[0], best) == "agree"), None)
        if group is not None:
            group.append(best)
        elif all(_compare(g[0], best) == "differ" for g in groups):
            groups.append([best])
    return groups, set(by_article) - {_article(first.sentence)}


def _read(question: QuestionAnalysis, sentence: ScoredSentence) -> Reading | None:
    text = sentence.candidate.evidence.text
    if len(sentence.candidate.tokens) > MOST_TOKENS or not is_of_what_is_asked(question, sentence):
        return None
    published = sentence.candidate.evidence.article.published
    value = read_amount(question, text, published=published) or read_day(question, text) or read_maker(question, text)
    return Reading(sentence, value, value.span.of(text)) if value is not None else None


def _compare(one: Reading, other: Reading) -> str:
    if isinstance(one.value, Amount) and isinstance(other.value, Amount):
        return one.value.compare(other.value)
    if isinstance(one.value, Day) and isinstance(other.value, Day):
        return one.value.compare(other.value)
    if isinstance(one.value, Maker) and isinstance(other.value, Maker):
        return "unlike" if _knows(one, other.value) or _knows(other, one.value) else one.value.compare(other.value)
    return "unlike"


def _knows(reading: Reading, maker: Maker) -> bool:
    """Say whether an article, as far as it was found, names a maker elsewhere than its sentence: both had a part."""
    words = reading.sentence.candidate.article.words
    own = reading.value.words if isinstance(reading.value, Maker) else frozenset()
    return maker.words <= words and not maker.words & own


# --- by the words that two sentences do not share ---------------------------------------------------------------


def _by_words(
    question: QuestionAnalysis, chosen: Sequence[ScoredSentence], ranked: Sequence[ScoredSentence], catalog: Catalog
) -> list[list[Reading]]:
    """Group the articles by what they have in the one place where their sentences differ."""
    for first in chosen:
        groups: list[list[Reading]] = []
        others = [
            s for s in ranked if _article(s) != _article(first) and is_alike(s.candidate.bag, first.candidate.bag)
        ]
        for other in (*_in_copies(first, catalog), *others):
            if not (other.date_agrees and names_what_is_asked(question, other)):
                continue
            if not is_of_same_time(question, first, other):
                continue
            if is_of_what_is_asked(question, first) and not is_of_what_is_asked(question, other):
                continue
            found = differing(question, first, other)
            if found is None:
                continue
            one, value = found
            groups = groups or [[Reading(first, None, one)]]
            if groups[0][0].text != one or any(_article(r.sentence) == _article(other) for g in groups for r in g):
                continue
            group = next((g for g in groups[1:] if g[0].text.lower() == value.lower()), None)
            if group is not None:
                group.append(Reading(other, None, value))
            else:
                groups.append([Reading(other, None, value)])
        if len(groups) > 1:
            return groups
    return []


def _in_copies(first: ScoredSentence, catalog: Catalog) -> Iterator[ScoredSentence]:
    """Yield the same sentence of near-duplicates that have it in other words: a copy may have been corrected."""
    evidence = first.candidate.evidence
    for copy in evidence.also_in[:_MOST_COPIES]:
        article = catalog.articles([copy.article_id]).get(copy.article_id)
        if article is None or evidence.text in article.raw:
            continue
        best: tuple[int, Evidence] | None = None
        for passage in catalog.passages_of(copy.article_id):
            for span in passage.sentences:
                found = Evidence(article=article, passage=passage, span=span)
                shared = len(Bag.of(tokenize(found.text)).stems & first.candidate.bag.stems)
                if best is None or shared > best[0]:
                    best = shared, found
        if best is not None:
            tokens = tokenize(best[1].text)
            candidate = replace(first.candidate, evidence=best[1], tokens=tokens, bag=Bag.of(tokens))
            yield replace(first, candidate=candidate)


# --- how it is shown --------------------------------------------------------------------------------------------


def _article(sentence: ScoredSentence) -> str:
    return sentence.candidate.evidence.article.id


def _shown(question: QuestionAnalysis, groups: Sequence[Sequence[Reading]]) -> Disagreement:
    kept = [_without_opponents(group, groups) for group in groups[:MOST_VALUES]]
    kept.sort(key=lambda group: _day(group[0]))
    values = tuple(
        (group[0].text, tuple(reading.sentence.candidate.evidence for reading in group[:MOST_SOURCES]))
        for group in kept
    )
    return Disagreement(ConflictingFact(fact=fact_of(question.text), values=values), tuple(g[0].sentence for g in kept))


def _without_opponents(group: Sequence[Reading], groups: Sequence[Sequence[Reading]]) -> list[Reading]:
    """Drop from each sentence the copies that have another value: they do not say the same."""
    opponents = {_article(reading.sentence) for other in groups if other is not group for reading in other}
    found = []
    for reading in group:
        evidence = reading.sentence.candidate.evidence
        copies: tuple[Copy, ...] = tuple(copy for copy in evidence.also_in if copy.article_id not in opponents)
        candidate = replace(reading.sentence.candidate, evidence=replace(evidence, also_in=copies))
        found.append(replace(reading, sentence=replace(reading.sentence, candidate=candidate)))
    return sorted(found, key=_day)


def _day(reading: Reading) -> tuple[int, int, int]:
    """Return what orders articles by date; those without a date come last."""
    published = reading.sentence.candidate.evidence.article.published
    if published is None or published.year is None:
        return 9999, 13, 32
    return published.year, published.month or 13, published.day or 32


def fact_of(question: str) -> str:
    """Word what a question asks so that it follows "sources differ on": "when the bridge was opened"."""
    text = " ".join(question.split()).rstrip(" ?!.")
    if noun := _WHAT_IS.fullmatch(text):
        return noun["thing"]
    if _OWN_ORDER.match(text):
        return text[:1].lower() + text[1:]
    if turned := _TURNED.fullmatch(text):
        return f"{turned['wh'].lower()} {turned['subject']} {turned['be'].lower()} {turned['rest']}"
    return f"the answer to “{text}?”"


_WHAT_IS: Final = re.compile(r"what (?:is|was|are|were) (?P<thing>the .+)", re.IGNORECASE)
_OWN_ORDER: Final = re.compile(
    r"(?:who|how many(?: [\w'’-]+){1,3}?) (?!(?:did|does|do|is|was|are|were|has|have|had|will|would|can|could)\b)\w+ "
    r"|how many(?: [\w'’-]+){1,3}? (?:was|were|have been|has been|had been|are|is) \w+(?:ed|en|t)\b",
    re.IGNORECASE,
)
"""Questions whose words already stand as in a statement: "how many people died", "who won the race"."""
_TURNED: Final = re.compile(
    r"(?P<wh>when|where) (?P<be>is|was|are|were) (?P<subject>\S+(?: \S+)*?) "
    r"(?P<rest>(?:\w+ed|born|built|held|made|found|sent|shot|sold|set|hit|lost|won|written|begun|known|taken|seen"
    r"|fought|caught|bought|brought|taught|left|hung|dug|laid|paid|cut|led|drawn|stolen|broken|chosen)\b.*)",
    re.IGNORECASE,
)
