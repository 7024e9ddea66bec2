"""The parts of a question that a follow-up may replace: whom it is about, what about, when, and how it asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from rag.attribution import lexicon as lex
from rag.attribution.recognition import Kind, recognize
from rag.attribution.tokens import tokenize
from rag.schema import Span
from rag.text.dates import find_dates
from rag.text.folding import fold
from rag.text.places import place_aliases
from rag.text.words import stem

IsName = Callable[[str], bool]
"""Says whether a folded word is part of a name that the index holds."""

ADVERBIAL = ("when", "where", "why", "how", "since when", "how long", "how often")
_WH = r"what|when|where|why|how|which|who|whom|whose"
_AUX = r"did|does|do|has|have|had|is|was|were|are|will|would|can|could|should|might"
_OPENING = re.compile(rf"^\s*(?:(?P<wh>{_WH})\b(?P<middle>(?:\s+\w+){{0,4}}?)\s+)?(?P<aux>{_AUX})(?:n['’]t)?\s+", re.I)
_SAID_WHAT = re.compile(r"\bwhat\s+(?P<subject>\S.*?)\s+(?P<verb>[a-z]+)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\s+(?P<about>about|on|regarding|concerning|over)\s+(?P<topic>\S.*?)\s*[?.!]*\s*$", re.IGNORECASE)
_DETERMINED = re.compile(r"\b(?:the|a|an|this|these|those)\s+(?P<words>[\w'’.-]+(?:\s+[\w'’.-]+)*)", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:in\s+(?:the\s+)?)?(?:(?:last|this|next|past)\s+(?:week|weekend|month|year|summer|autumn|winter|spring|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)|yesterday|today|tonight|recently|lately|in\s+(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_PLAIN_VERBS = frozenset(
    """want do meet visit sign go come happen take make give send sell buy use plan agree react respond mean launch test
    fire win lose die start begin end stop travel arrive leave return attend hold build develop supply deliver provide
    help receive get become vote resign attack kill strike open close cause lead change need affect involve include
    look work play run fall rise cost break keep face join reach rule pass ban approve lift impose violate""".split()
)
_TAIL_STARTS = lex.PREPOSITIONS | lex.SUBORDINATORS | frozenset({"to"})
_NOT_PEOPLE = lex.DETERMINERS - frozenset({"his", "her", "their", "my", "our", "your"})


def is_verb(word: str) -> bool:
    """Say whether a lower-case word is a common verb or looks like a past form."""
    return (word.endswith("ed") and len(word) > 4) or stem(word) in _verb_stems()


@cache
def _verb_stems() -> frozenset[str]:
    return frozenset(stem(verb) for verb in _PLAIN_VERBS)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a question or an answer."""

    span: Span
    text: str
    kind: Kind

    @property
    def may_be_person(self) -> bool:
        """Whether "he" or "she" could mean the bearer."""
        if self.kind == "person":
            return True
        if self.kind != "unknown" or self.text.split()[0].lower() in _NOT_PEOPLE:
            return False
        return not self.text.isupper()


def names_in(text: str, is_name: IsName | None = None) -> list[Name]:
    """Return the names of a text in order; with `is_name` also those that are typed in lower case."""
    sentence = tokenize(text, 0)
    mentions = [(sentence.cover(m.first, m.last), m.kind) for m in recognize(sentence, {})]
    found = [Name(span, span.of(text), kind) for span, kind in mentions]
    position = 0
    while position < len(sentence):
        end = position
        while end < len(sentence) and _is_lower_name(sentence.words[end], is_name):
            end += 1
        if end > position:
            span = Span(sentence.starts[position], sentence.ends[end - 1])
            if not any(span.overlaps(name.span) for name in found):
                kind: Kind = "place" if place_aliases(span.of(text)) else "unknown"
                found.append(Name(span, span.of(text), kind))
        position = max(end, position + 1)
    return sorted(found, key=lambda name: name.span)


def _is_lower_name(word: str, is_name: IsName | None) -> bool:
    if is_name is None or not word[0].isalpha() or word in _TAIL_STARTS | lex.DETERMINERS | lex.AUXILIARIES:
        return False
    return word == word.lower() and word not in lex.SAY_FORMS and word not in _PLAIN_VERBS and is_name(fold(word))


@dataclass(frozen=True)
class QuestionParts:
    """A question that stands alone, and where its parts lie in it."""

    text: str
    is_name: IsName | None = None

    @cached_property
    def names(self) -> list[Name]:
        """Every name, in order."""
        return names_in(self.text, self.is_name)

    @cached_property
    def opening(self) -> re.Match[str] | None:
        """Question word and auxiliary at the beginning: groups `wh`, `middle`, `aux`."""
        return _OPENING.match(self.text)

    @property
    def wh(self) -> str | None:
        """The question word, in lower case."""
        if self.opening is not None and self.opening["wh"]:
            return self.opening["wh"].lower()
        first = re.match(rf"\s*({_WH})\b", self.text, re.IGNORECASE)
        return first[1].lower() if first else None

    @cached_property
    def subject(self) -> Span | None:
        """Whom or what the question is about: "Blinken" in "What did Blinken say about sanctions?"."""
        if self.opening is not None:
            span = self._subject_from(self.opening.end(), copula=self.opening["aux"].lower() in lex.BE)
            return span if span is None or not _is_pronoun(span.of(self.text)) else None
        said = _SAID_WHAT.search(self.text)  # "tell me what Blinken said"
        if said and said["verb"].lower() in lex.SAY_FORMS and not _is_pronoun(said["subject"]):
            return Span(*said.span("subject"))
        return None

    def _subject_from(self, start: int, *, copula: bool) -> Span | None:
        sentence = tokenize(self.text[start:], start)
        if not len(sentence):
            return None
        named = next((n for n in self.names if n.span.start <= _after_article(self.text, start) < n.span.end), None)
        if named is not None:
            end = named.span.end
            for word, word_end in zip(sentence.words, sentence.ends, strict=True):
                if word_end > end and not (word.lower() in lex.PARTICLES or word[0].isupper()):
                    break
                end = max(end, word_end)  # "Ursula von der Leyen"
            return Span(start, end)
        for position in range(1, len(sentence)):
            word = sentence.lows[position]
            ends = word in lex.SAY_FORMS or word in lex.THINK_FORMS or word in _PLAIN_VERBS
            if copula:
                ends = word in _TAIL_STARTS or word.endswith("ed") or word == "?"
            if ends or not word[0].isalnum():
                return Span(start, sentence.ends[position - 1])
        return Span(start, sentence.ends[-1]) if copula else None

    @property
    def about(self) -> re.Match[str] | None:
        """What follows "about" at the end: groups `about` and `topic`."""
        found = _ABOUT.search(self.text)
        if found and self.asks_for_speech:
            return found
        return found if found and found["about"].lower() == "about" else None

    @property
    def asks_for_speech(self) -> bool:
        """Whether it asks what somebody said, thinks or wants."""
        return any(word in lex.SPEECH_FORMS or word in lex.THINK_FORMS for word in tokenize(self.text, 0).lows)

    @property
    def subject_name(self) -> Name | None:
        """The name within the subject."""
        subject = self.subject
        return next((name for name in self.names if subject and subject.overlaps(name.span)), None)

    @property
    def subject_text(self) -> str | None:
        """The subject as typed, in lower case where the question is."""
        return self.subject.of(self.text) if self.subject is not None else None

    @property
    def thing(self) -> str | None:
        """What "it" or "that" would mean after this question: its topic, another name, or the thing it asks about."""
        if self.about is not None and not _is_pronoun(self.about["topic"]):
            return self.about["topic"]
        described = self._described()
        subject = self.subject
        others = [name for name in self.names if subject is None or not subject.overlaps(name.span)]
        if described is not None:
            return described
        if others:
            return with_article(self.text, others[-1].span)
        name = self.subject_name
        return subject.of(self.text) if subject and not (name and name.kind == "person") else None

    def _described(self) -> str | None:
        for found in _DETERMINED.finditer(self.text):
            words = found["words"].split()
            kept: list[str] = []
            for word in words:
                low = word.lower().strip("?.!,'’")
                if kept and (
                    low in lex.AUXILIARIES or low in lex.SAY_FORMS or low in _PLAIN_VERBS or low.endswith("ed")
                ):
                    break
                if kept and low in _TAIL_STARTS - {"of", "between", "with", "in", "on", "for"}:
                    break
                kept.append(word)
            phrase = " ".join(kept).rstrip("?.!,")
            if phrase and not any(phrase.startswith(name.text) for name in self.names):
                return f"the {phrase}"
        return None

    @property
    def time(self) -> Span | None:
        """The words that say when, with the preposition before a date."""
        return time_in(self.text)


def time_in(text: str) -> Span | None:
    """Return where a text says when."""
    if found := _TIME.search(text):
        return Span(*found.span())
    for span, _ in find_dates(text):
        before = re.search(r"\b(?:in|on|since|before|after|during|by)\s+$", text[: span.start], re.IGNORECASE)
        return Span(before.start() if before else span.start, span.end)
    return None


def with_article(text: str, span: Span) -> str:
    """Return the words of the span, with a "the" that stands before it."""
    before = re.search(r"\b(the\s+)$", text[: span.start], re.IGNORECASE)
    return text[before.start() if before else span.start : span.end]


def _after_article(text: str, start: int) -> int:
    article = re.compile(r"(?:the|mr\.?|mrs\.?|ms\.?)\s+", re.IGNORECASE).match(text, start)
    return article.end() if article else start


def _is_pronoun(text: str) -> bool:
    low = text.strip().lower()
    return low in lex.SUBJECT_PRONOUNS | lex.OBJECT_PRONOUNS | lex.OTHER_PRONOUNS or low in {"that", "this", "there"}
