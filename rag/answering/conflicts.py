"""Finds articles that give another value for what a question asks than the answer does.

Two ways to be sure that two sentences speak of the same thing and disagree: each gives one amount, date or maker that
clearly belongs to what is asked (`amounts`, `days`, `makers`), or they use the same words but for one place
(`parallel`). All else is left alone: articles that seem to disagree and do not are worse than a disagreement that
goes unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from rag.answering.amounts import (
    UNREAL,
    Amount,
    asked_units,
    asked_words,
    may_answer,
    means,
    plain_amount,
    quantity_noun,
    read_amount,
)
from rag.answering.analysis import QuestionAnalysis
from rag.answering.days import Day, read_day
from rag.answering.makers import Maker, read_maker
from rag.answering.matching import Bag
from rag.answering.parallel import MOST_TOKENS, Difference, differences, is_hard, replaced_name, replaced_words
from rag.answering.selection import ScoredSentence
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import SAY_FORMS, TITLES
from rag.attribution.names import edit_distance
from rag.catalog import Catalog
from rag.schema import ConflictingFact, Copy, Evidence, Span
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers

MOST_READ: Final = 24
"""Sentences that answer, best first, of which the value is read."""
MOST_VALUES: Final = 5
MOST_SOURCES: Final = 3
"""Articles that are cited for one value."""
SCORE_SHARE: Final = 0.7
COVERAGE_SHARE: Final = 0.75
"""How near another sentence must come to the answering one to count against it."""
UNNAMED_SHARE: Final = 0.6
"""The same where it need not have the noun asked for: "killed 19" tells a "death toll"."""
MOST_DAYS_APART: Final = 92
"""Articles further apart tell of other events, where something is counted that happened."""
ALIKE_FROM: Final = 0.55
"""Share of common words from which two sentences are compared word by word."""
_MOST_COPIES: Final = 3
_NAMED_FROM: Final = 0.45


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
        or _ATTRIBUTE.search(question.text) is not None
    )


_ATTRIBUTE: Final = re.compile(
    r"^\W*(?:\w+ )?(?:what|which) (?:(?:is|was|are|were) the [\w -]+? (?P<owner>of|for|in|on) (?:the )?"
    r"|(?!(?:did|does|do|is|was|are|were|has|have|had|can|will|would|happened|if)\b)\w+(?: \w+){0,2} "
    r"(?:is|was|are|were|did|does|do|has|will)\b)",
    re.IGNORECASE,
)
"""Asks for one property of one thing: "what is the genre of ...", "which party did ... belong to"."""


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
        if sentence is first.sentence or not (is_answer(sentence) or _is_as_good(question, sentence, first.sentence)):
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
        if not _is_as_good(question, best.sentence, first.sentence) or not _is_of_same_time(
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
    if len(sentence.candidate.tokens) > MOST_TOKENS or not _is_of_what_is_asked(question, sentence):
        return None
    published = sentence.candidate.evidence.article.published
    value = read_amount(question, text, published=published) or read_day(question, text) or read_maker(question, text)
    return Reading(sentence, value, value.span.of(text)) if value is not None else None


def _is_of_what_is_asked(question: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether a sentence can speak of the thing asked about, and not of its sequel, its tenth season or its owner.

    Where a name goes on in capitals at every mention ("Marlow Bridge Trust") it is another's, and so is what belongs
    to its bearer ("Middleton's father died") unless that is asked.
    """
    text, tokens = sentence.candidate.evidence.text, sentence.candidate.tokens
    if not _serials(text) <= _serials(question.text):
        return False
    asked = {token.stem for token in tokenize(question.text)}
    for name in question.names:
        last = name.tokens[-1].stem
        mentions = [i for i, token in enumerate(tokens) if token.stem == last]
        if mentions and all(_goes_on(tokens, i, text, asked) for i in mentions):
            return False
        owners = [_OWNER.search(tokens[i].span.of(text)) for i in mentions]
        is_owner_asked = _OWNER.search(name.tokens[-1].span.of(question.text)) is not None
        if question.form == "when" and owners and all(owners) and not is_owner_asked:
            return False
    return True


def _goes_on(tokens: Sequence[Token], place: int, text: str, asked: set[str]) -> bool:
    for one, following in pairwise(tokens[place:]):
        between = text[one.span.end : following.span.start]
        if not is_hard(following) or between not in (" ", ": ", "-"):
            return False
        if following.stem not in asked:
            return True
    return False


def _serials(text: str) -> set[str]:
    return {match.group().lower() for match in _SERIAL.finditer(text)}


_OWNER: Final = re.compile(r"['’]s?$")
_SERIAL: Final = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|final|(?:season|series|episode|part"
    r"|volume|phase|round|stage|game|chapter|edition|version|book) (?:\d+|[IVX]+\b))",
    re.IGNORECASE,
)


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


def _is_as_good(question: QuestionAnalysis, sentence: ScoredSentence, best: ScoredSentence) -> bool:
    """Say whether a sentence speaks of all that the best one does, and of everything that the question names.

    A "population" or "toll" asked for need not be called so.
    """
    noun = quantity_noun(question.text)
    share = COVERAGE_SHARE if noun is None else UNNAMED_SHARE
    return (
        sentence.date_agrees
        and sentence.relations_hold
        and sentence.own_coverage >= share * best.own_coverage
        and _names_what_is_asked(question, sentence)
        and all(
            credit >= 0.5 * of_best or term.weight < 1 or term.tokens[0].word == noun
            for term, credit, of_best in zip(question.terms, sentence.credits, best.credits, strict=True)
        )
    )


def _names_what_is_asked(question: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    return all(
        credit >= _NAMED_FROM
        for term, credit in zip(question.terms, sentence.credits, strict=True)
        if term.kind in ("name", "place", "number")
    )


def _is_of_same_time(question: QuestionAnalysis, one: ScoredSentence, other: ScoredSentence) -> bool:
    """Say whether two articles are near enough in time to count the same thing; other values do not change."""
    if question.form not in ("how_many", "how_long", "how_old"):
        return True
    days = [sentence.candidate.evidence.article.published for sentence in (one, other)]
    full = [day.full for day in days if day is not None and day.full is not None]
    return len(full) < 2 or abs((full[0] - full[1]).days) <= MOST_DAYS_APART


# --- by the words that two sentences do not share ---------------------------------------------------------------


def _by_words(
    question: QuestionAnalysis, chosen: Sequence[ScoredSentence], ranked: Sequence[ScoredSentence], catalog: Catalog
) -> list[list[Reading]]:
    """Group the articles by what they have in the one place where their sentences differ."""
    for first in chosen:
        groups: list[list[Reading]] = []
        others = [
            s for s in ranked if _article(s) != _article(first) and _is_alike(s.candidate.bag, first.candidate.bag)
        ]
        for other in (*_in_copies(first, catalog), *others):
            if not (other.date_agrees and _names_what_is_asked(question, other)):
                continue
            if not _is_of_same_time(question, first, other):
                continue
            if _is_of_what_is_asked(question, first) and not _is_of_what_is_asked(question, other):
                continue
            found = _differing(question, first, other)
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


def _is_alike(one: Bag, other: Bag) -> bool:
    shortest = min(len(one.stems), len(other.stems))
    return shortest > 0 and len(one.stems & other.stems) >= ALIKE_FROM * shortest


def _differing(question: QuestionAnalysis, one: ScoredSentence, other: ScoredSentence) -> tuple[str, str] | None:
    """Return the two values in the one place where two sentences differ, if they are of the kind asked for."""
    texts = one.candidate.evidence.text, other.candidate.evidence.text
    if {m.group().lower() for m in UNREAL.finditer(texts[0])} != {m.group().lower() for m in UNREAL.finditer(texts[1])}:
        return None
    tokens = one.candidate.tokens, other.candidate.tokens
    if asked_units(question) is not None:
        return _differing_numbers(question, *texts)
    if question.form == "when":
        return _differing_dates(*texts)
    difference = replaced_name(*tokens)
    if difference is not None and not _is_name_asked_for(question, difference, *tokens):
        return None
    if difference is None and question.form not in ("who", "where", "role"):
        difference = replaced_words(*tokens)
        if difference is not None and not _stands_by_what_is_asked(question, difference, tokens[0]):
            return None
    if difference is None:
        return None
    spans = difference.spans(*tokens)
    return spans[0].of(texts[0]), spans[1].of(texts[1])


def _is_name_asked_for(
    question: QuestionAnalysis, difference: Difference, one: Sequence[Token], other: Sequence[Token]
) -> bool:
    """Say whether two names are of different bearers, and neither is a title, a day, or whom somebody spoke to."""
    names = [one[i] for i in difference.one], [other[j] for j in difference.other]
    stop = difference.one.stop
    before_name = stop < len(one) and one[stop].is_capitalised  # "Mr" for the "President" of "President Okoro"
    for name in names:
        words = {token.word.rstrip(".") for token in name if not token.is_stopword}
        if words <= _DAYS or (before_name and words <= TITLES.keys()):
            return False
    if any(a.word[:1] == b.word[:1] and _is_same_spelt(a.word, b.word) for a in names[0] for b in names[1]):
        return False
    before = one[difference.one.start - 1].word if difference.one.start else ""
    if question.form == "where":
        return before in _PLACE_PREPOSITIONS
    return before not in _SPOKEN_TO and before not in SAY_FORMS


def _is_same_spelt(one: str, other: str) -> bool:
    """Say whether two names are spellings of one: "Zelensky" and "Zelenskyy"."""
    most = min(len(one), len(other)) // 4
    return edit_distance(one, other, most) <= most


def _stands_by_what_is_asked(question: QuestionAnalysis, difference: Difference, tokens: Sequence[Token]) -> bool:
    """Say whether words stand right before or after what is asked for: "drama" in "drama film"."""
    match = _ATTRIBUTE.search(question.text)
    if match is None:
        return False
    place = difference.one
    beside = [tokens[i] for i in (place.start - 1, place.stop) if 0 <= i < len(tokens)]
    named = asked_words(question)
    asked = [word for word in named if word.span.start < match.end()]
    asked += [word for word in named if word.span.start >= match.end()][:1] if match["owner"] else []
    return any(means(token, word) for token in beside for word in asked)


_DAYS: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december today yesterday".split()
)
_PLACE_PREPOSITIONS: Final = frozenset("in at near to from outside inside of around toward towards across".split())
_SPOKEN_TO: Final = frozenset("told to with via".split())


def _differing_numbers(question: QuestionAnalysis, one: str, other: str) -> tuple[str, str] | None:
    found = _only_pair(one, other, find_numbers(one), find_numbers(other))
    if found is None:
        return None
    left, right = (plain_amount(text, span) for text, span in zip((one, other), found, strict=True))
    if not may_answer(question, one, found[0]) or not may_answer(question, other, found[1]):
        return None
    return (left.span.of(one), right.span.of(other)) if left.compare(right) == "differ" else None


def _differing_dates(one: str, other: str) -> tuple[str, str] | None:
    dates = find_dates(one), find_dates(other)
    found = _only_pair(one, other, *([(span, str(date)) for span, date in each] for each in dates))
    if found is None:
        return None
    left, right = (dict(each)[span] for each, span in zip(dates, found, strict=True))
    return None if left.agrees_with(right) else (found[0].of(one), found[1].of(other))


def _only_pair(
    one: str, other: str, of_one: Sequence[tuple[Span, str]], of_other: Sequence[tuple[Span, str]]
) -> tuple[Span, Span] | None:
    """Return the places of the two values that differ, if each has its like in the other text and all others agree."""
    if len(of_one) != len(of_other):
        return None
    tokens = tokenize(one), tokenize(other)
    differing = [(a, b) for a, b in zip(of_one, of_other, strict=True) if a[1] != b[1]]
    found = differences(*tokens) if len(differing) == 1 else None
    if not found:
        return None
    (left, _), (right, _) = differing[0]
    for difference in found:
        spans = difference.spans(*tokens)
        if left.overlaps(spans[0]) and right.overlaps(spans[1]):
            continue
        if any(map(is_hard, tokens[0][difference.one.start : difference.one.stop])) and any(
            map(is_hard, tokens[1][difference.other.start : difference.other.stop])
        ):
            return None  # another name: they speak of different things
    return left, right


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
