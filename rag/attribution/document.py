"""An article as attribution reads it: tokenised sentences with their quotations, names and what is found in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.attribution import lexicon as lex
from rag.attribution.entities import Entities, Entity
from rag.attribution.quotations import find_quotations
from rag.attribution.recognition import Mention, is_headline, recognize
from rag.attribution.tokens import Sentence, tokenize
from rag.schema import Article, Span
from rag.text.places import DEMONYMS


@dataclass(slots=True, eq=False)
class Found:
    """A statement before it is written down."""

    speaker: str
    entity: Entity | None
    """None for a speaker without a name ("officials")."""
    mention: str
    cue: str
    cue_position: int
    """Index of the cue's first token in its sentence."""
    subject_first: int
    """Index of the speaker's first token."""
    reading: Reading
    content: list[Span]
    sentences: list[Span]
    quotations: list[int]
    """Numbers of the quotations that the content shares."""


@dataclass(slots=True, eq=False)
class Reading:
    """One sentence while it is read."""

    number: int
    span: Span
    paragraph: int
    tokens: Sentence
    quoted: list[bool]
    """For each token whether it stands inside a quotation."""
    mentions: list[Mention] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    """What each mention means."""
    found: list[Found] = field(default_factory=list)

    @property
    def opens_quoted(self) -> bool:
        """Whether the sentence begins inside a quotation."""
        return bool(self.quoted) and self.quoted[0]

    def entity_of(self, mention: Mention) -> Entity:
        """Return what a mention of this sentence means."""
        return self.entities[self.mentions.index(mention)]


class Document:
    """An article with its sentences read; names are linked sentence by sentence, in order, by `link`."""

    def __init__(self, article: Article, sentences: Sequence[Span]) -> None:
        self.article = article
        self.raw = article.raw
        self.entities = Entities()
        blocks = [block.span for block in article.blocks]
        starts = [span.start for span in blocks]
        self.quotations = find_quotations(self.raw, blocks)
        self._quote_starts = [quotation.span.start for quotation in self.quotations]
        self.readings: list[Reading] = []
        for number, span in enumerate(sentences):
            tokens = tokenize(span.of(self.raw), span.start)
            paragraph = bisect_right(starts, span.start) - 1
            self.readings.append(Reading(number, span, paragraph, tokens, self._quoted(tokens, span)))
        self._starts = [span.start for span in sentences]
        self._written = set().union(*(reading.tokens.words for reading in self.readings))
        self._recognize()

    def quotes_over(self, span: Span) -> range:
        """Return the numbers of the quotations that touch a span."""
        if not self.quotations:
            return range(0)
        first = bisect_left(self._quote_starts, span.start)
        while first > 0 and self.quotations[first - 1].span.end > span.start:
            first -= 1
        return range(first, bisect_left(self._quote_starts, span.end))

    def readings_over(self, span: Span) -> Iterator[Reading]:
        """Yield the sentences that touch a span, in order."""
        for number in range(max(bisect_right(self._starts, span.start) - 1, 0), len(self.readings)):
            reading = self.readings[number]
            if reading.span.start >= span.end:
                return
            if reading.span.overlaps(span):
                yield reading

    def after(self, reading: Reading) -> Reading | None:
        """Return the next sentence."""
        number = reading.number + 1
        return self.readings[number] if number < len(self.readings) else None

    def before(self, reading: Reading) -> Reading | None:
        """Return the sentence before."""
        return self.readings[reading.number - 1] if reading.number else None

    def link(self, reading: Reading) -> None:
        """Decide what the names of the next sentence mean."""
        reading.entities = [self.entities.link(mention, reading.number) for mention in reading.mentions]
        self._learn_offices(reading)
        self._learn_descriptions(reading)

    def _learn_offices(self, reading: Reading) -> None:
        """Note whom "Chilean President", without a name, will mean: the Chilean President named here."""
        lows = reading.tokens.lows
        for mention, entity in zip(reading.mentions, reading.entities, strict=True):
            words = [*lows[max(0, mention.lead - 1) : mention.lead], *mention.titles]
            for demonym, title in pairwise(words):
                if demonym in DEMONYMS and title in lex.ROLE_NOUNS:
                    self.entities.give_role(entity, f"{demonym} {title}")

    def _quoted(self, tokens: Sentence, span: Span) -> list[bool]:
        quoted = [False] * len(tokens)
        for number in self.quotes_over(span):
            quote = self.quotations[number].span
            if quote.start <= span.start and span.end <= quote.end:
                return [True] * len(tokens)
            for position in range(bisect_left(tokens.starts, quote.start), bisect_left(tokens.starts, quote.end)):
                quoted[position] = True
        return quoted

    def _recognize(self) -> None:
        known = self._inner_capitals()
        for reading in self.readings:
            reading.mentions = recognize(reading.tokens, self._written, known)
        for reading in self.readings:
            self.entities.add_full_names(reading.mentions)
        cited = {reading.span for reading in self.readings}
        extra = [b.span.of(self.raw) for b in self.article.blocks if b.kind == "heading" and b.span not in cited]
        for text in (self.article.title or "", *extra):
            if text:
                self.entities.add_full_names(recognize(tokenize(text, 0), self._written, known))

    def _inner_capitals(self) -> frozenset[str]:
        """Words capitalised inside a sentence, which are names at the beginning of one too."""
        known: set[str] = set()
        for reading in self.readings:
            words, lows = reading.tokens.words, reading.tokens.lows
            if is_headline(words):
                continue
            for position in reading.tokens.capitals:
                if position and words[position - 1][0].isalnum() and lows[position] not in self._written:
                    known.add(lows[position])
        return frozenset(known)

    def _learn_descriptions(self, reading: Reading) -> None:
        """Take roles and gender from appositions: "Cho Tae Yul, the Minister of Foreign Affairs"."""
        lows = reading.tokens.lows
        if "," not in lows:
            return
        for mention, entity in zip(reading.mentions, reading.entities, strict=True):
            position = mention.last + 1
            if entity.kind != "person":
                self._learn_kind_of_body(lows, mention, entity)
            if position + 1 >= len(lows) or lows[position] != "," or not entity.may_be_person:
                continue
            for place in range(position + 1, min(position + 7, len(lows))):
                low = lows[place]
                if low in (",", ".", "who", "and"):
                    break
                if low in lex.ROLE_NOUNS:
                    self.entities.give_role(entity, low)
                if entity.gender is None:
                    if low in lex.FEMALE_NOUNS:
                        entity.gender = "f"
                    elif low in lex.MALE_NOUNS:
                        entity.gender = "m"

    def _learn_kind_of_body(self, lows: Sequence[str], mention: Mention, entity: Entity) -> None:
        """Take what a body is from appositions: "the company, Nordhavn Shipping,", "Nordhavn, a firm in Bergen"."""
        lead = mention.lead
        if lead > 2 and lows[lead - 1] == "," and lows[lead - 2] in lex.BODY_NOUNS and lows[lead - 3] == "the":
            self.entities.give_head(entity, lows[lead - 2])
        after = mention.last + 1
        if lows[after : after + 1] == [","] and lows[after + 1 : after + 2] in (["a"], ["an"], ["the"]):
            for low in lows[after + 2 : after + 6]:
                if low in lex.BODY_NOUNS:
                    self.entities.give_head(entity, low)
                if not low.isalpha() or low in lex.BODY_NOUNS or low in lex.PREPOSITIONS:
                    break
