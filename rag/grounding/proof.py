"""Decides what a statement's sources prove without asking a model: proven, open, or contradicted by a hard fact.

Two checks, in this order:
1. a veto: each name, number, date and quotation stands in the cited sentences, the sentences around them, or the
   article's title, publisher or date;
2. proof by words: the statement is a whole cited sentence in other forms of its words.
What passes the first and not the second is open: only a reader can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from rag.attribution.lexicon import GIVEN_NAMES, SAY_FORMS
from rag.attribution.naming import reported_in
from rag.grounding.facts import days_meant, missing_dates, missing_names, missing_numbers, missing_quotes, name_runs
from rag.grounding.presenting import presentable
from rag.grounding.reading import Sentence, find_phrase, phrase_keys, read_sentence, read_sentences
from rag.passages import split_article
from rag.schema import Article, Evidence, Span, Statement
from rag.text.language import FUNCTION_WORDS
from rag.text.lexicon import CONDITIONS, HEDGES, NEGATIONS, PLANS, QUANTIFIERS
from rag.text.numbers import find_numbers
from rag.text.places import find_places
from rag.text.synonyms import synonym_groups
from rag.text.wordnet import senses
from rag.text.words import words

Aliases = Callable[[Article, str], Iterable[Sequence[str]]]
"""Gives, for a name or a word of one, the groups of names that mean the same in an article."""

Reason = Literal["quote_not_in_source", "name_not_in_source", "number_not_in_source", "date_not_in_source"]
Verdict = Literal["proven", "open", "rejected"]

_MOST_ALIASES: Final = 8
"""Names of one statement that are looked up."""
_MOST_INTRODUCTIONS: Final = 2
_MOST_NAMING: Final = 2
"""Sentences that one statement cites for nothing but a name."""
_ABBREVIATION: Final = re.compile(r"\b([A-Z][a-z]{2,5})\.")
"""A name cut short, such as "Calif."."""
_BRACKETED: Final = re.compile(r"\[([^\]\d][^\]]*)\]")
_BRACKETED_WHOLE: Final = re.compile(r"\[[^\]]+\]")
_UNSPACED: Final = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
"""Chinese, Japanese and Korean, which have no such words to count."""
_UNCOMPARED: Final = frozenset("a an the that has have had having do does did".split())
_BEING: Final = frozenset("is are was were be been being am".split())
_ATTRIBUTING: Final = frozenset("according quoted citing cited quoting".split())
_LEAD: Final = re.compile(r"^\W*(?:yes|no)\b[,.:;!—–-]*\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a statement without a model."""

    verdict: Verdict
    reason: Reason | None = None
    """Why it is rejected."""
    context: tuple[str, ...] = ()
    """Sentences that introduce a name of the statement, for whoever reads it beside what it cites."""


@dataclass(slots=True)
class Prover:
    """Judges statements, reading each article's sentences once."""

    aliases: Aliases = lambda article, name: ()
    """Asked only for names that the cited sentences and their neighbours do not have."""
    said: Callable[[Article], Sequence[Statement]] = lambda article: ()
    """The reported speech of an article."""
    _sentences: dict[str, tuple[Span, ...]] = field(default_factory=dict)

    def judge(self, text: str, evidence: Sequence[Evidence], *, question: str = "") -> Finding:
        """Judge a statement, fit to be shown, against the sentences that it cites.

        A number, a date, a country or a people of the question may be repeated without standing in them; the statement
        is then open.
        """
        cited = [presentable(item.text) for item in evidence]
        if is_quotation(text, cited):
            return Finding("proven")
        text = _LEAD.sub("", text)
        around = [part for item in evidence for part in self.around(item)]
        articles = list({item.article.id: item.article for item in evidence}.values())
        headings = [presentable(part) for article in articles for part in _heading(article)]
        headings += [presentable(item.passage.heading) for item in evidence if item.passage.heading]
        headings += [item.list_number for item in evidence]
        published = [article.published for article in articles]
        sources = [*cited, *around, *headings]
        foreign = is_other_language(text, " ".join(item.passage.text for item in evidence))
        statement = read_sentences(text)
        if missing_quotes(text, sources):
            return Finding("rejected", "quote_not_in_source")
        meant = [day for article in articles for day in days_meant(sources, article.published)]
        asked = words(question)
        numbers = missing_numbers(statement, sources, dates=meant, loosely=foreign)
        if not _are_asked(numbers, asked):
            return Finding("rejected", "number_not_in_source")
        dates = missing_dates(statement, sources, meant, next(iter(published), None))
        if not foreign and not _are_asked(dates, asked):
            return Finding("rejected", "date_not_in_source")
        names, context = self._missing_names(statement, evidence, sources)
        if not foreign and not _are_asked([name for name in names if not find_places([name])], ()):
            return Finding("rejected", "name_not_in_source")
        if not foreign and not _are_asked(names, asked):
            return Finding("rejected", "name_not_in_source")
        if (
            not foreign
            and not (names or numbers or dates)
            and all(any(is_retold(sentence.text, source) for source in cited) for sentence in statement)
        ):
            return Finding("proven")
        return Finding("open", context=context)

    def naming(self, text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return the sentences that say whom a statement names where what it cites has only "he" or nobody.

        They stand in the passage of a cited sentence, the nearest first, before it rather than behind it.
        """
        titles = [presentable(item.article.title) for item in evidence if item.article.title]
        held = [
            part for item in (*titles, *(presentable(one.text) for one in evidence)) for part in read_sentences(item)
        ]
        found: list[Evidence] = []
        for name in missing_names(read_sentences(text), held):
            wanted = phrase_keys(name)
            if any(find_phrase(wanted, phrase_keys(one.text)) for one in found):
                continue
            beside = (one for item in evidence for one in _beside(item) if find_phrase(wanted, phrase_keys(one.text)))
            found += [one for one in [next(beside, None)] if one is not None]
        return found[:_MOST_NAMING]

    def around(self, item: Evidence) -> list[str]:
        """Return the sentences right before and after one, as shown; at the edge of an article fewer."""
        spans = self._sentences_of(item.article)
        place = spans.index(item.span) if item.span in spans else -1
        if place < 0:
            return []
        near = [spans[other] for other in (place - 1, place + 1) if 0 <= other < len(spans)]
        return [presentable(span.of(item.article.raw)) for span in near]

    def _sentences_of(self, article: Article) -> tuple[Span, ...]:
        if article.id not in self._sentences:
            found = [span for passage in split_article(article) for span in passage.sentences]
            self._sentences[article.id] = tuple(found)
        return self._sentences[article.id]

    def _missing_names(
        self, statement: Sequence[Sentence], evidence: Sequence[Evidence], sources: Sequence[str]
    ) -> tuple[list[str], tuple[str, ...]]:
        """Return the names that nothing gives, and the sentences farther off that introduce one.

        A name is given, too, by the passage of a cited sentence, to which its pronouns point; by another form of the
        name in the article; and by the sentence that introduces somebody in full: "Antony Blinken, the Secretary".
        """
        read = [part for text in sources for part in read_sentences(text)]
        short = [found.lower() for text in sources for found in _ABBREVIATION.findall(text)]
        missing = [name for name in missing_names(statement, read) if not name.lower().startswith(tuple(short))]
        if not missing:
            return [], ()
        speakers = [said.speaker for item in evidence if (said := reported_in(item, self.said(item.article)))]
        passages = [presentable(item.passage.text) for item in evidence]
        context = [part for text in (*speakers, *passages) for part in read_sentences(text)]
        missing = missing_names(statement, read, context=context)
        articles = {item.article.id: item.article for item in evidence}.values()
        if missing:
            groups = [
                g for article in articles for name in missing[:_MOST_ALIASES] for g in self.aliases(article, name)
            ]
            missing = missing_names(statement, read, context=context, aliases=groups) if groups else missing
        introductions: list[str] = []
        for article in articles if missing else ():
            introductions += self._introductions(
                statement, article, {word.stem for part in read for word in part.words}
            )
        if introductions:
            context += [part for text in introductions for part in read_sentences(text)]
            missing = missing_names(statement, read, context=context)
        return missing, tuple(introductions)

    def _introductions(self, statement: Sequence[Sentence], article: Article, there: set[str]) -> list[str]:
        """Return sentences of an article that hold a whole name of which the sources have a part."""
        wanted = [
            {word.stem for word in run}
            for sentence in statement
            for run in name_runs(sentence)
            if any(word.stem in there for word in run) and any(word.stem not in there for word in run)
        ]
        found = []
        for span in self._sentences_of(article) if wanted else ():
            text = presentable(span.of(article.raw))
            held = {word.stem for part in read_sentences(text) for word in part.words}
            if any(name <= held for name in wanted):
                found.append(text)
        return found[:_MOST_INTRODUCTIONS]


def _are_asked(written: Iterable[str], question: Sequence[str]) -> bool:
    """Say whether every word of what was not found stands in the question."""
    return all(word in question for text in written for word in words(text))


def _beside(item: Evidence) -> list[Evidence]:
    """Return the other sentences of a passage: those before, the nearest first, then those behind."""
    before = [span for span in item.passage.sentences if span < item.span][::-1]
    behind = [span for span in item.passage.sentences if span > item.span]
    return [
        Evidence(article=item.article, passage=item.passage, span=span, also_in=item.also_in)
        for span in (*before, *behind)
    ]


def is_quotation(text: str, cited: Sequence[str]) -> bool:
    """Say whether a statement is a cited sentence itself, in which a name in brackets may stand for a pronoun."""
    plain = " ".join(text.split())
    if any(plain == " ".join(source.split()) for source in cited):
        return bool(plain)
    names = [phrase_keys(name) for name in _BRACKETED.findall(text)]
    if not names:
        return False
    outside = [re.escape(" ".join(part.split())) for part in _BRACKETED_WHOLE.split(text)]
    pattern = re.compile(r"\s?[\w’' -]{1,30}?\s?".join(outside))
    if not any(pattern.fullmatch(" ".join(source.split())) for source in cited):
        return False
    known = [tuple(word.key for word in part.words) for source in cited for part in read_sentences(source)]
    return all(any(find_phrase(name, keys) for keys in known) for name in names)


def is_other_language(text: str, source: str) -> bool:
    """Say whether a statement is in another language than its source, as far as its commonest words show."""
    theirs = max(counts := _function_words(source), key=lambda language: counts[language])
    ours = _function_words(text)
    return ours[theirs] < max(ours.values()) or bool(_UNSPACED.search(text)) != bool(_UNSPACED.search(source))


def _function_words(text: str) -> dict[str, int]:
    found = re.findall(r"\w+", text.lower())
    return {language: sum(map(known.__contains__, found)) for language, known in FUNCTION_WORDS.items()}


@lru_cache(maxsize=4096)
def is_retold(text: str, source: str) -> bool:
    """Say whether a statement is a whole sentence in other forms of its words.

    The same words stand in the same order, as synonyms or in another tense or number; only articles, "that" and the
    auxiliaries of a tense may differ, and a full name may be shortened. Nothing else may be left out or put in, and
    negations, plans, conditions, hedges, quantifiers and verbs of saying agree.
    """
    ours, theirs = read_sentence(text), read_sentence(source)
    if not ours.content or _markers(ours) != _markers(theirs) or _asks(text) != _asks(source):
        return False
    return _same_units(_units(ours), _units(theirs))


def _asks(text: str) -> bool:
    return text.rstrip(" \"'”’)").endswith("?")


def _markers(sentence: Sentence) -> frozenset[str]:
    """Return the words of a sentence that limit what it claims; all verbs of saying count as one."""
    found = set()
    for word in sentence.words:
        if word.key.endswith("n't") or word.key in NEGATIONS:
            found.add("not")
        if word.key in SAY_FORMS or word.key in _ATTRIBUTING:
            found.add("said")
        if word.key in PLANS or word.key in CONDITIONS or word.key in HEDGES or word.key in QUANTIFIERS:
            found.add(word.key if word.key in QUANTIFIERS or word.key in CONDITIONS else word.stem)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or a number of several words, as it is compared."""

    value: str
    """The stem of a word, the value of a number."""
    in_name: bool
    may_go: bool
    """A given name, or a part of a name that no dictionary has: "New" of "New York" may not go."""


def _units(sentence: Sentence) -> list[_Unit]:
    numbers = find_numbers(sentence.text)
    units: list[_Unit] = []
    for place, word in enumerate(sentence.words):
        following = sentence.words[place + 1].key if place + 1 < len(sentence.words) else ""
        value = next((_signed(value, sentence.text, span) for span, value in numbers if span.overlaps(word.span)), None)
        if value is not None:
            if not units or units[-1].value != value:
                units.append(_Unit(value, False, False))
        elif word.key.endswith("n't"):
            units.append(_Unit("not", False, False))
        elif word.key not in _UNCOMPARED and not (word.key in _BEING and following.endswith("ing")):
            is_name = word.is_capitalised and word.is_content
            may_go = is_name and (word.key in GIVEN_NAMES or not senses(word.stem).own)
            units.append(_Unit(word.stem if word.is_content else word.key, is_name, may_go))
    return units


def _signed(value: str, text: str, span: Span) -> str:
    """Return a number with the currency or minus sign that stands right before it."""
    before = text[max(0, span.start - 1) : span.start]
    return value + before if before and before in "$€£¥-−" else value


def _same_units(ours: Sequence[_Unit], theirs: Sequence[_Unit]) -> bool:
    """Say whether two sequences are the same but for given names that ours leaves out before the name it keeps."""
    place = 0
    in_kept_name = left_out = False
    for unit in theirs:
        if place < len(ours) and _same(ours[place].value, unit.value) and (unit.in_name or not left_out):
            place += 1
            in_kept_name, left_out = unit.in_name, False
        elif unit.may_go and not in_kept_name:
            left_out = True
        else:
            return False
    return place == len(ours) and not left_out


@lru_cache(maxsize=16384)
def _same(one: str, other: str) -> bool:
    return one == other or bool(synonym_groups([one])[0] & synonym_groups([other])[0])


def _heading(article: Article) -> list[str]:
    return [part for part in (article.title, article.publisher, article.author) if part]
