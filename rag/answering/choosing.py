"""Chooses which of the scored sentences answer: the shortest sufficient set, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answering.analysis import INTRODUCTION_SHARE, QuestionAnalysis
from rag.answering.forms import asks_for_holders, asks_for_names
from rag.answering.kinds import gives_reason
from rag.answering.selection import ScoredSentence
from rag.answering.timing import agrees_with, is_dated, writes_date, writes_day
from rag.attribution.lexicon import ROLE_NOUNS
from rag.text.places import DEMONYMS

ANSWER_FROM: Final = 0.46
COVERAGE_FROM: Final = 0.6
"""Score and coverage from which a sentence with every name of the question answers; on the golden set's dev part."""
OUTSTANDING_COVERAGE_FROM: Final = 0.5
OUTSTANDING_BY: Final = 0.08
"""A sentence that covers so much answers if its score is so far above any other."""
SURE_FROM: Final = 0.77
"""Score from which a sentence of a large index answers by itself. On 143 answerable and 57 unanswerable questions of
RealTimeQA with at most four sentences: 0.68 answered right, 0.74 refused; with dates 0.76 and 0.81."""
LARGE_FROM: Final = 0.75
"""`Corpus.size` (about 1,700 passages) from which the rank of a passage is evidence enough for that."""
NEAR_SHARE: Final = 0.85
NEAR_SENTENCES: Final = 4
"""What a further sentence of a large index must score beside the best, and up to how many sentences there are then. On
RealTimeQA the answer is cited for 0.07 more of the questions so, at 3.1 sentences for 2.5 (without dates 3.4, 2.7)."""
WORDS_COVERAGE_FROM: Final = 0.45
DATED_WORDS_COVERAGE_FROM: Final = 0.4
"""Where a sentence writes the very day that the question names, its words may say less."""
DATED_SHARE_FROM: Final = 0.85
"""Sentences known to be of the time asked for go alone before all others if the best scores this share of theirs, in a
large index always; of 4,489 questions about samples and other articles that changes the answers to 3, all rightly."""
OWN_COVERAGE_FROM: Final = 0.4
OWN_COVERAGE_WITH_VERB_FROM: Final = 0.25
OWN_WORD_FROM: Final = 0.7
OWN_WORD_DATED_FROM: Final = 0.6
"""One of the question's plain words must stand in the sentence itself: names alone make no fact. A word of a sentence
that leads up to the question does as well: "A ring stood around the moon. What is it an omen of?"."""
SUBJECT_FROM: Final = 0.6
"""Credit of whom "how did A vote" or "where was A" is about: more than a name elsewhere in the passage has. Of 4,489
questions about samples and other articles it changes the answers to 16, 14 rightly."""
BELONGING_FROM: Final = 0.5
"""What belongs to somebody in a yes-or-no question must be credited this much, in the sentence or around it."""
REASON_SHARE_FROM: Final = 0.8
"""A sentence that words a reason goes before others if it covers this share of what they do."""
OWN_SHARE_FROM: Final = 0.7
PERSON_SHARE_FROM: Final = 0.76
"""A sentence must cover this share of what the best covering sentence does; more where "who" asks for a person's name,
which refuses 4 of 1,150 unanswerable questions about samples and other articles more, and none of 3,339 answerable."""
_REQUIRED: Final = {"name": 0.45, "place": 0.45, "places": 0.0, "number": 0.45, "word": 0.0}
"""What each term of the question must be credited: a name or place may stand in the title or the sentence before, a
figure must stand in the sentence itself or in one that it points back to."""

EXTRA_SHARE_FROM: Final = 0.75
"""A further sentence must itself cover this share of what the best does."""
CLEAR_FROM: Final = 0.9
"""Score from which the best sentence is taken to answer by itself."""
CLEAR_SHARE: Final = 0.93
"""Beside a clear answer, others are shown only if they score nearly as well."""

_FACTS: Final = frozenset({"when", "where", "how_many", "how_old", "how_long", "why", "role", "yes_no"})
"""Forms that have one answer: a further sentence must speak of all that the best one does."""
_FIGURES: Final = frozenset({"how_many", "how_long", "how_old"})
_NEEDS_TYPE: Final = frozenset({"when", "how_many", "how_long", "how_old", "role", "who", "where", "why"})


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many sentences a kind of question deserves, and how near to the best each must score."""

    sentences: int
    share_of_best: float


_EXTENTS: Final = {
    "who": _Extent(4, 0.86),
    "when": _Extent(3, 0.92),
    "where": _Extent(3, 0.92),
    "how_many": _Extent(2, 0.9),
    "how_long": _Extent(2, 0.9),
    "role": _Extent(2, 0.9),
    "how_old": _Extent(1, 1.0),
    "yes_no": _Extent(3, 0.88),
    "why": _Extent(3, 0.92),
    "what": _Extent(4, 0.89),
    "list": _Extent(8, 0.7),
}


def choose(
    analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence], *, limit: int, is_large: bool = False
) -> list[ScoredSentence]:
    """Return the shortest sufficient set of sentences, best first; empty when none answers.

    Args:
        analysis: of the question.
        ranked: best first.
        limit: most sentences.
        is_large: whether the index is large, see `LARGE_FROM`.
    """
    extent = _EXTENTS[analysis.form]
    answers = [sentence for sentence in ranked if is_answer(analysis, sentence, is_large=is_large)]
    if not answers:
        answers = _outstanding(analysis, ranked)
    for_person = analysis.text.lower().startswith("who ") and asks_for_holders(analysis.text)
    if analysis.form in _FACTS or asks_for_holders(analysis.text):
        # A sentence that covers far more but lacks what is asked for shows that the rest miss the point.
        covering = [s.own_coverage for s in ranked if s.date_agrees and (s.relations_hold or for_person)]
        least = (PERSON_SHARE_FROM if for_person else OWN_SHARE_FROM) * max(covering, default=0.0)
        answers = [s for s in answers if s.own_coverage >= least or (is_large and s.score >= SURE_FROM)]
    if analysis.form == "why":
        covered = max((s.own_coverage for s in answers), default=0.0)
        reasons = [s for s in answers if gives_reason(s.candidate.evidence.text)]
        answers = [s for s in reasons if s.own_coverage >= REASON_SHARE_FROM * covered] or answers
    dated = [s for s in answers if analysis.dates and is_dated(analysis, s.candidate)]
    if dated and (is_large or dated[0].score >= DATED_SHARE_FROM * answers[0].score):
        answers = dated
    share = extent.share_of_best
    if answers and answers[0].score >= CLEAR_FROM and analysis.form != "list" and not is_large:
        share = max(share, CLEAR_SHARE)
    chosen: list[ScoredSentence] = []
    for sentence in answers:
        if chosen and sentence.score < share * answers[0].score:
            break
        if chosen and analysis.form in _FACTS and not _covers_as_much(sentence, chosen[0]):
            continue
        if chosen and not is_large and sentence.own_coverage < EXTRA_SHARE_FROM * chosen[0].own_coverage:
            continue
        if any(_repeats(analysis, sentence, other) for other in chosen):
            continue
        chosen.append(sentence)
        if len(chosen) == min(extent.sentences, limit):
            break
    chosen = _with_every_date(analysis, chosen, answers)[:limit]
    if is_large and chosen:
        chosen += _nearly_as_good(analysis, ranked, chosen, limit=limit)
    return chosen


def _with_every_date(
    analysis: QuestionAnalysis, chosen: list[ScoredSentence], answers: Sequence[ScoredSentence]
) -> list[ScoredSentence]:
    """Add the best answer for each date of "the summits of May and October" that no chosen sentence writes."""
    found = list(chosen)
    for asked in analysis.dates if len(analysis.dates) > 1 else ():
        if found and not any(agrees_with(asked, s.candidate) for s in found):
            found += [s for s in answers if agrees_with(asked, s.candidate)][:1]
    return found


def _nearly_as_good(
    analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence], chosen: Sequence[ScoredSentence], *, limit: int
) -> list[ScoredSentence]:
    """Return further sentences of a large index that score nearly as well as the best, though they prove less.

    Among thousands of articles the best sentence is the right one every other time, and who asks is better served by
    a few that speak of it than by a wrong one alone.
    """
    found: list[ScoredSentence] = []
    for sentence in ranked:
        if sentence.score < NEAR_SHARE * chosen[0].score or len(chosen) + len(found) >= min(NEAR_SENTENCES, limit):
            break
        if not sentence.date_agrees or (analysis.form in _NEEDS_TYPE and not sentence.has_type):
            continue
        if sentence not in chosen and not any(_repeats(analysis, sentence, other) for other in (*chosen, *found)):
            found.append(sentence)
    return found


def with_continuations(
    chosen: Sequence[ScoredSentence],
    ranked: Sequence[ScoredSentence],
    *,
    goes_on: Callable[[ScoredSentence], bool],
    limit: int,
) -> list[ScoredSentence]:
    """Follow each sentence by the next one of its passage where that goes on with it.

    Args:
        goes_on: says of the next one whether it does.
        limit: most sentences.
    """
    by_passage: dict[str, list[ScoredSentence]] = {}
    for sentence in ranked:
        by_passage.setdefault(sentence.candidate.evidence.passage.id, []).append(sentence)
    found: list[ScoredSentence] = []
    for sentence in chosen:
        evidence = sentence.candidate.evidence
        following = [s for s in by_passage[evidence.passage.id] if s.candidate.ordinal > sentence.candidate.ordinal]
        nearest = min(following, key=lambda s: s.candidate.ordinal, default=None)
        found.append(sentence)
        if nearest is not None and nearest not in chosen and goes_on(nearest):
            found.append(nearest)
    return found[:limit]


def _outstanding(analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the best sentence where it covers a little less than it should but no other comes near it."""
    best = ranked[0] if ranked else None
    if best is None or not is_answer(analysis, best, coverage_from=OUTSTANDING_COVERAGE_FROM):
        return []
    second = max((s.score for s in ranked[1:] if not _repeats(analysis, s, best)), default=0.0)
    return [best] if best.score - second >= OUTSTANDING_BY else []


def is_answer(
    analysis: QuestionAnalysis,
    sentence: ScoredSentence,
    *,
    is_large: bool = False,
    coverage_from: float = COVERAGE_FROM,
) -> bool:
    """Say whether a sentence answers: enough is covered, every name is there, and so is what kind of thing is asked."""
    if not (analysis.terms or analysis.dates) or not sentence.date_agrees:
        return False
    if (analysis.form in _NEEDS_TYPE or asks_for_names(analysis.text)) and not sentence.has_type:
        return False
    if analysis.form == "why" and is_negated(analysis.text) != denies(analysis, sentence):
        return False
    if any(not credit for term, credit in zip(analysis.terms, sentence.credits, strict=True) if term is analysis.focus):
        return False
    if not is_large and not _speaks_of_subject(analysis, sentence):
        return False
    if analysis.form == "who" and not _holds_office(analysis, sentence):
        return False
    if analysis.form == "yes_no" and not _speaks_of_what_belongs(analysis, sentence):
        return False
    own_words = [
        credit
        for term, credit in zip(analysis.terms, sentence.own_credits, strict=True)
        if term.kind == "word" and term.weight in (1, INTRODUCTION_SHARE) and term.tokens[0].number is None
    ]
    if analysis.form == "where" and _is_told_by_day(analysis, sentence):
        return True
    is_dated_so = bool(analysis.dates) and writes_date(analysis, sentence.candidate)
    if own_words and max(own_words) < (OWN_WORD_DATED_FROM if is_dated_so else OWN_WORD_FROM):
        return False
    if is_large and sentence.score >= SURE_FROM and sentence.words_coverage >= WORDS_COVERAGE_FROM:
        return True
    return _covers_enough(analysis, sentence, coverage_from) and all(
        credit >= _REQUIRED[term.kind] for term, credit in zip(analysis.terms, sentence.credits, strict=True)
    )


def _speaks_of_subject(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether a sentence, or what it points back to, speaks of whom "how did A vote" is about."""
    return all(
        credit >= SUBJECT_FROM
        for term, credit in zip(analysis.terms, sentence.credits, strict=True)
        if term is analysis.subject
    )


def _holds_office(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether the office that "who is the president of" asks for stands in the sentence itself."""
    match = _WHO_IS.search(analysis.text)
    if match is None:
        return True
    offices = [
        credit
        for term, credit in zip(analysis.terms, sentence.own_credits, strict=True)
        if term.kind == "word" and term.tokens[-1].word in ROLE_NOUNS and term.tokens[0].span.start >= match.end()
    ]
    return not offices or max(offices) >= OWN_WORD_FROM


def _is_told_by_day(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether a sentence writes the day asked for and names everybody: they were in one place that day."""
    named = [
        credit
        for term, credit in zip(analysis.terms, sentence.own_credits, strict=True)
        if term.kind in ("name", "place")
    ]
    return len(named) > 1 and min(named) >= OWN_WORD_FROM and writes_day(analysis, sentence.candidate)


def _speaks_of_what_belongs(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether the troops of "are Norwegian troops going to" are spoken of, and not Norway alone."""
    nouns = {
        noun
        for owner, noun in analysis.relations
        if owner.kind == "place" and (owner.text.lower() in DEMONYMS or _OWNING.search(owner.text))
    }
    return all(
        credit >= BELONGING_FROM
        for term, credit in zip(analysis.terms, sentence.credits, strict=True)
        if term in nouns and term.weight == 1
    )


_OWNING: Final = re.compile(r"['’]s?$")
_WHO_IS: Final = re.compile(r"\bwho (?:is|was|are|were) (?=the\b|[\w.]+['’]s?\b)", re.IGNORECASE)


def _covers_enough(analysis: QuestionAnalysis, sentence: ScoredSentence, coverage_from: float) -> bool:
    if not sentence.relations_hold:
        return False
    if analysis.dates and all(term.weight < 1 for term in analysis.terms) and writes_date(analysis, sentence.candidate):
        return True  # "what happened on September 4?" asks for nothing but the date
    # Where the verb that "who" asks with stands in the sentence, the rest may be said around it.
    own_from = OWN_COVERAGE_FROM if analysis.verb is None else OWN_COVERAGE_WITH_VERB_FROM
    return (
        sentence.score >= ANSWER_FROM
        and sentence.coverage >= coverage_from
        and sentence.own_coverage >= own_from
        and sentence.words_coverage
        >= (DATED_WORDS_COVERAGE_FROM if writes_day(analysis, sentence.candidate) else WORDS_COVERAGE_FROM)
    )


def denies(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether a sentence denies something that the question speaks of, rather than something else."""
    tokens = sentence.candidate.tokens
    asked = {token.stem for term in analysis.terms for token in term.tokens}
    groups = {group for term in analysis.terms for token in term.tokens for group in token.groups}
    for match in _NEGATION.finditer(sentence.candidate.evidence.text):
        following = [token for token in tokens if token.span.start >= match.end()][:_DENIED_REACH]
        if any(token.stem in asked or token.groups & groups for token in following):
            return True
    return False


_DENIED_REACH: Final = 4
"""Words behind a negation among which the denied one stands: "did not immediately close"."""


def is_negated(text: str) -> bool:
    """Say whether a text denies something."""
    return bool(_NEGATION.search(text))


_NEGATION: Final = re.compile(
    r"\b(?:not|never|no longer|without|refus\w+|declin\w+|exempt\w*|exclud\w+)\b|n['’]t\b", re.IGNORECASE
)


def _covers_as_much(sentence: ScoredSentence, best: ScoredSentence) -> bool:
    """Say whether a further sentence speaks of everything that the best one does."""
    return all(credit >= 0.5 * best_credit for credit, best_credit in zip(sentence.credits, best.credits, strict=True))


def _repeats(analysis: QuestionAnalysis, sentence: ScoredSentence, other: ScoredSentence) -> bool:
    """Say whether two sentences share so many words that the second adds nothing; a figure that is asked for adds."""
    if analysis.form in _FIGURES and sentence.candidate.bag.numbers - other.candidate.bag.numbers:
        return False
    a, b = sentence.candidate.bag.stems, other.candidate.bag.stems
    return bool(a and b) and len(a & b) / min(len(a), len(b)) > _REPEATS_FROM


_REPEATS_FROM: Final = 0.75
