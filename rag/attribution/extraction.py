"""Article -> statements: who is reported to have said what.

In order: (1) tokenise the sentences and find quotations; (2) recognise names and join those of one bearer; (3) read
the sentences in order, find reporting verbs and "according to" with their subjects, resolving pronouns on the way;
(4) give quotations that have no verb of their own to whoever is speaking; (5) write down statements.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.attribution import lexicon as lex
from rag.attribution.clauses import Clauses, Subject
from rag.attribution.entities import Entities, Entity
from rag.attribution.quotations import find_quotations
from rag.attribution.recognition import Mention, is_headline, recognize
from rag.attribution.tokens import Sentence, tokenize
from rag.schema import Article, NamedEntity, Span, Speech, Statement

_LOWER_WORD = re.compile(r"(?<![\w'’-])[a-z]+(?![\w-])")
_THAT = frozenset("that how why whether what if where when who".split())
_QUOTE_MARKS = frozenset({'"', "“", "”", "''", "``", "«", "»"})
_DASHES = frozenset({"—", "–", "--", "-", "―"})
_NO_FACT = frozenset("should could might can must may cannot couldn't can't shouldn't".split())
_TIMES = frozenset(
    "week month year morning night afternoon evening weekend day hours minutes spring summer fall winter".split()
)
_BEFORE_TIMES = frozenset("on last this next early late earlier later in the that one".split()) | lex.DAYS
_CONNECTIVES = frozenset("regarding considering hearing meaning seeing finding".split())
"""Participles that are mostly prepositions or deeds."""
_STOPS = frozenset({".", "?", "!", "…"})
_PLAIN_CUES = lex.INVERTING | {"tells", "told", "according to", ":"}


@dataclass(slots=True)
class Reading:
    """One sentence while it is read."""

    number: int
    span: Span
    paragraph: int
    tokens: Sentence
    quoted: list[bool]
    mentions: list[Mention] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    clauses: Clauses | None = None


@dataclass(slots=True)
class Found:
    """A statement before it is written down."""

    speaker: str
    entity: Entity | None
    mention: str
    cue: str
    cue_position: int
    subject_first: int
    reading: Reading
    content: list[Span]
    sentences: list[Span]
    quotations: list[int] = field(default_factory=list)


def extract(article: Article, sentences: Sequence[Span]) -> tuple[tuple[Statement, ...], tuple[NamedEntity, ...]]:
    """Find the reported speech of an article, and everybody it names.

    Args:
        article: cleaned; names are also taken from its headings and title.
        sentences: raw spans of all sentences that can be cited, in order.

    Returns:
        The statements in order of text (one for each speaker where several speak together), and the named entities,
        most mentioned first. A statement whose speaker is a pronoun that cannot be resolved is left out.
    """
    return _Reader(article, sentences).run()


class _Reader:
    def __init__(self, article: Article, sentences: Sequence[Span]) -> None:
        self.article = article
        self.raw = article.raw
        self.entities = Entities()
        self.found: list[Found] = []
        blocks = [block.span for block in article.blocks]
        starts = [span.start for span in blocks]
        self.quotations = find_quotations(self.raw, blocks)
        self.quote_starts = [q.span.start for q in self.quotations]
        self.readings: list[Reading] = []
        for number, span in enumerate(sentences):
            tokens = tokenize(span.of(self.raw), span.start)
            paragraph = bisect_right(starts, span.start) - 1
            self.readings.append(Reading(number, span, paragraph, tokens, self._quoted(tokens, span)))
        self.lower = Counter(_LOWER_WORD.findall(article.text))

    def run(self) -> tuple[tuple[Statement, ...], tuple[NamedEntity, ...]]:
        self._recognize()
        for reading in self.readings:
            self._link(reading)
            self._read(reading)
        self._spread_quotations()
        return tuple(self._statements()), self.entities.named()

    # --- (1) and (2) ---------------------------------------------------------------------------------------------

    def _quotes_over(self, span: Span) -> range:
        first = bisect_left(self.quote_starts, span.start)
        while first > 0 and self.quotations[first - 1].span.end > span.start:
            first -= 1
        return range(first, bisect_left(self.quote_starts, span.end))

    def _quoted(self, tokens: Sentence, span: Span) -> list[bool]:
        quoted = [False] * len(tokens)
        for number in self._quotes_over(span):
            quote = self.quotations[number].span
            for position in range(bisect_left(tokens.starts, quote.start), bisect_left(tokens.starts, quote.end)):
                quoted[position] = True
        return quoted

    def _recognize(self) -> None:
        known = self._inner_capitals()
        for reading in self.readings:
            reading.mentions = recognize(reading.tokens, self.lower, known)
        for reading in self.readings:
            self.entities.add_full_names(reading.mentions)
        cited = {reading.span for reading in self.readings}
        extra = [b.span.of(self.raw) for b in self.article.blocks if b.kind == "heading" and b.span not in cited]
        for text in (self.article.title or "", *extra):
            if text:
                self.entities.add_full_names(recognize(tokenize(text, 0), self.lower, known))

    def _inner_capitals(self) -> frozenset[str]:
        """Words capitalised inside a sentence, which are names at the beginning of one too."""
        known: set[str] = set()
        for reading in self.readings:
            words, lows = reading.tokens.words, reading.tokens.lows
            if is_headline(words):
                continue
            previous = "."
            for word, low in zip(words, lows, strict=True):
                if word[0].isupper() and previous[0].isalnum() and low not in self.lower:
                    known.add(low)
                previous = word
        return frozenset(known)

    def _link(self, reading: Reading) -> None:
        reading.entities = [self.entities.link(mention, reading.number) for mention in reading.mentions]
        reading.clauses = Clauses(reading.tokens, reading.mentions, reading.quoted)
        self._learn_descriptions(reading)

    def _learn_descriptions(self, reading: Reading) -> None:
        """Take roles and gender from appositions: "Cho Tae Yul, the Minister of Foreign Affairs"."""
        lows = reading.tokens.lows
        for mention, entity in zip(reading.mentions, reading.entities, strict=True):
            position = mention.last + 1
            if not entity.may_be_person or position + 1 >= len(lows) or lows[position] != ",":
                continue
            for place in range(position + 1, min(position + 7, len(lows))):
                low = lows[place]
                if low in (",", ".", "who", "and"):
                    break
                if low in lex.ROLE_NOUNS:
                    entity.roles.add(low)
                if entity.gender is None:
                    if low in lex.FEMALE_NOUNS:
                        entity.gender = "f"
                    elif low in lex.MALE_NOUNS:
                        entity.gender = "m"

    # --- (3) ------------------------------------------------------------------------------------------------------

    def _read(self, reading: Reading) -> None:
        lows = reading.tokens.lows
        size = len(lows)
        for position in range(size):
            low = lows[position]
            if reading.quoted[position]:
                continue
            if low in lex.SAY_FORMS or low in lex.THINK_FORMS:
                self._read_verb(reading, position)
            elif low == "according" and position + 1 < size and lows[position + 1] == "to":
                self._read_according(reading, position)
            elif low in ("put", "puts") and position + 1 < size and lows[position + 1] == "it":
                self._emit(reading, self._subjects(reading, position), position, position + 2)
            elif low in ("declined", "refused", "declines", "refuses", "declining", "refusing"):
                if position + 2 < size and lows[position + 1] == "to" and lows[position + 2] in lex.SAY_FORMS:
                    self._emit(reading, self._subjects(reading, position), position, position + 1)
            elif low == "words" and position > 2 and lows[position - 1] == "'s":
                self._read_words(reading, position)
            elif low in lex.LIGHT_VERBS:
                if position + 1 < size and (
                    lows[position + 1] in lex.LIGHT_VERBS or lows[position + 1] in lex.SAY_FORMS
                ):
                    continue  # "has issued"
                if any(lows[n] in lex.LIGHT_NOUNS for n in range(position + 1, min(position + 5, size))):
                    self._emit(reading, self._subjects(reading, position), position, position + 1)
            elif low in lex.SPEECH_NOUNS:
                self._read_noun(reading, position)
            elif (
                low in lex.ATTITUDE_ADJECTIVES and position + 1 < size and lows[position + 1] in ("that", "about", "of")
            ):
                before = position - 1
                while before >= 0 and (lows[before] in lex.ADVERBS or lows[before].endswith("ly")):
                    before -= 1
                if before >= 0 and lows[before] in lex.BE and lows[before] not in ("be", "being"):
                    self._emit(reading, self._subjects(reading, before), before, position + 1)
        self._read_label(reading)

    def _read_label(self, reading: Reading) -> None:
        """Read "Graham: We lose elections" at a sentence's beginning."""
        lows = reading.tokens.lows
        for mention in reading.mentions[:2]:
            after = mention.last + 1
            if after >= len(lows) or mention.kind == "place":
                continue
            subject = Subject(mention.lead, mention.last, mention=mention)
            if lows[after] != ":" or after + 1 >= len(lows):
                continue
            if (mention.lead <= 4 and after + 4 < len(lows)) or reading.quoted[after + 1]:
                if not any(f.reading is reading for f in self.found):
                    self._emit(reading, [subject], after, after + 1)
                return
        self._read_signature(reading)

    def _read_signature(self, reading: Reading) -> None:
        """Read a quotation signed with a dash: '"..." - Veronica Cruz, 18'."""
        lows = reading.tokens.lows
        for mention in reading.mentions[-3:]:
            dash = mention.lead - 1
            if dash < 0 or lows[dash] not in _DASHES or reading.quoted[mention.first] or len(lows) - mention.last > 14:
                continue
            after = mention.last + 1
            if dash > 2 and lows[after : after + 2] == ["(", "@"]:
                self._emit(reading, [Subject(mention.first, mention.last, mention=mention)], dash, len(lows))
                return
            if dash == 0:
                previous = self.readings[reading.number - 1] if reading.number else None
                if previous is None or not previous.quoted or not previous.quoted[-1]:
                    continue
                content, sentences = [previous.span], [previous.span, reading.span]
                quotes = list(self._quotes_over(previous.span))[-1:]
            elif reading.quoted[dash - 1]:
                content = [Span(reading.tokens.starts[0], reading.tokens.ends[dash - 1])]
                sentences = [reading.span]
                quotes = list(self._quotes_over(reading.span))[-1:]
            else:
                continue
            entity = reading.entities[reading.mentions.index(mention)]
            self.found.append(
                Found(
                    speaker=entity.name,
                    entity=entity,
                    mention=mention.name,
                    cue=lows[dash],
                    cue_position=dash,
                    subject_first=mention.lead,
                    reading=reading,
                    content=content,
                    sentences=sentences,
                    quotations=quotes,
                )
            )
            return

    def _read_verb(self, reading: Reading, position: int) -> None:
        lows = reading.tokens.lows
        low = lows[position]
        thinking = low not in lex.SAY_FORMS
        verb, particles = (lex.THINK_FORMS if thinking else lex.SAY_FORMS)[low]
        after = position + 1
        following = lows[after] if after < len(lows) else "."
        if "" not in particles:
            if following not in particles:
                return
            after += 1
        elif following in particles:
            after += 1
        elif following in lex.DAYS and after + 1 < len(lows) and lows[after + 1] in particles:
            after += 2  # "called Wednesday for"
        if low != verb and not low.endswith(("ing", "s")) and self._is_passive(reading, position):
            subjects = self._agent(reading, position)
            if subjects:
                last = subjects[-1].last + 1
                self._emit(reading, subjects, position, last if last > after else after)
            return
        subjects = self._subjects(reading, position, bare=low == verb)
        inverted = False
        if not subjects and self._may_invert(reading, position, low):
            subjects = reading.clauses.after(position + 1) if reading.clauses else []
            inverted = bool(subjects)
        if not subjects:
            return
        if not inverted and not self._has_complement(reading, position, after, verb, thinking, subjects):
            return
        unreal = thinking or (low == verb and not self._has_clause(reading, after))
        if unreal and self._is_inside_speech(reading, subjects):
            return
        self._emit(reading, subjects, position, subjects[-1].last + 1 if inverted else after, inverted=inverted)

    def _is_inside_speech(self, reading: Reading, subjects: Sequence[Subject]) -> bool:
        """Say whether somebody else is reported to say this: "Miller said the US would continue ..."."""
        start = reading.tokens.starts[subjects[0].first]
        return any(
            f.reading is reading
            and f.cue != "according to"
            and f.subject_first < subjects[0].first
            and any(c.start <= start < c.end for c in f.content)
            for f in self.found
        )

    def _has_clause(self, reading: Reading, after: int) -> bool:
        lows = reading.tokens.lows
        window = range(after, min(after + 9, len(lows)))
        return any(reading.quoted[n] or lows[n] == "that" for n in window)

    def _has_complement(
        self, reading: Reading, cue: int, after: int, verb: str, thinking: bool, subjects: list[Subject]
    ) -> bool:
        lows = reading.tokens.lows
        window = range(after, min(after + 9, len(lows)))
        if any(reading.quoted[n] for n in window):
            return True
        if any(lows[n] == "that" for n in window):
            return True
        if after < len(lows) and (lows[after] in _THAT or lows[after] == ":"):
            return True
        if after < len(lows) and lows[after] == "to" and verb not in lex.NEED_CLAUSE:
            return True
        left = subjects[0].first - 1
        if any(reading.quoted[n] for n in range(max(0, left - 6), left + 1)):
            return True
        if (
            left > 2
            and lows[left] == ","
            and (after >= len(lows) or lows[after] in _STOPS or lows[after] in (",", ";"))
        ):
            return True
        if verb in lex.NEED_CLAUSE and after == cue + 1:
            return False
        if thinking:
            return after < len(lows) and lows[after] not in lex.PREPOSITIONS and lows[after][0].isalnum()
        return True

    def _may_invert(self, reading: Reading, position: int, low: str) -> bool:
        """Say whether a subject may follow: after a quotation behind any verb of saying, after a comma few."""
        lows = reading.tokens.lows
        left = position - 1
        if left >= 0 and reading.quoted[left]:
            return low in lex.SAY_FORMS and not low.endswith("ing")
        if low not in lex.INVERTING:
            return False
        while left >= 0 and (lows[left] in lex.ADVERBS or lows[left].endswith("ly")):
            left -= 1
        return (
            left < 0
            or reading.quoted[left]
            or lows[left] in (",", "?", "!", "—", "–", "--")
            or lows[left] in _QUOTE_MARKS
        )

    def _subjects(self, reading: Reading, position: int, *, bare: bool = False) -> list[Subject]:
        """Find who does the verb at `position`."""
        clauses = reading.clauses
        assert clauses is not None
        lows = reading.tokens.lows
        left = position - 1
        helped = False
        while left >= 0 and not reading.quoted[left]:
            low = lows[left]
            if low in lex.AUXILIARIES or low in lex.NEGATIONS:
                if low in ("'s", "’s") and clauses.at[left - 1] is not None and left > 0 and position - left == 1:
                    return []  # "Clinton's claims"
                helped = True
            elif low in lex.DAYS or low in _TIMES:
                while left > 0 and lows[left - 1] in _BEFORE_TIMES:
                    left -= 1
            elif not (low in lex.ADVERBS or (low.endswith("ly") and clauses.at[left] is None)):
                break
            left -= 1
        if left < 0 or reading.quoted[left]:
            return []
        low = lows[left]
        form = lows[position]
        if low == "to":
            return self._clause_subjects(reading, left) if self._may_be_infinitive(reading, left) else []
        if form in _CONNECTIVES or any(lows[n] in _NO_FACT for n in range(left + 1, position)):
            return []
        if low in ("and", "but", "then", "or") or (low == "," and form.endswith("ing")):
            subjects = self._clause_subjects(reading, left) or (clauses.before(left) if low == "," else [])
            return [] if bare and not helped and subjects and not _is_plural(subjects) else subjects
        if low in ("by", "in", "while", "before", "after", "when") and form.endswith("ing"):
            return self._clause_subjects(reading, left)
        subjects = clauses.before(left)
        if bare and not helped and subjects and not _is_plural(subjects):
            return []  # "Clinton claim", "Trump attack": nouns
        if subjects and subjects[0].first > 0 and lows[subjects[0].first - 1] in ("had", "should", "were"):
            return []  # "had Clinton congratulated him"
        return subjects

    def _may_be_infinitive(self, reading: Reading, to: int) -> bool:
        """Say whether "to argue" is something done: after "went on", or with a quotation or "that" behind it."""
        lows = reading.tokens.lows
        if any(lows[n] in lex.INFINITIVE_AFTER for n in range(max(0, to - 3), to)):
            return True
        window = range(to + 2, min(to + 8, len(lows)))
        return any(reading.quoted[n] or lows[n] == "that" for n in window)

    def _clause_subjects(self, reading: Reading, position: int) -> list[Subject]:
        """Return the subjects of the clause that a participle, infinitive or second verb at `position` belongs to."""
        assert reading.clauses is not None
        earlier = [f for f in self.found if f.reading is reading and f.cue_position < position]
        if earlier:
            last = earlier[-1]
            if reading.tokens.lows[position] in ("and", "but", "or"):
                inner = reading.clauses.inner_subject(max(last.cue_position, last.subject_first), position)
                if inner:
                    return inner
            group = [f for f in earlier if f.cue_position == last.cue_position]
            return [Subject(f.subject_first, f.subject_first, noun=f"={f.speaker}", text=f.mention) for f in group]
        return reading.clauses.main_subject(position)

    def _is_passive(self, reading: Reading, position: int) -> bool:
        lows = reading.tokens.lows
        if lows[position].endswith("ing"):
            return False
        left = position - 1
        while left >= 0 and (lows[left] in lex.ADVERBS or lows[left].endswith("ly") or lows[left] in lex.NEGATIONS):
            left -= 1
        if left >= 0 and lows[left] in lex.BE and lows[left] != "'s":
            return True
        return position + 1 < len(lows) and lows[position + 1] == "by" and lows[position] not in ("said", "says")

    def _agent(self, reading: Reading, position: int) -> list[Subject]:
        """Return who acts in a passive: "was announced by Cho"; "was quoted as saying" keeps its subject."""
        assert reading.clauses is not None
        lows = reading.tokens.lows
        size = len(lows)
        if lows[position] == "quoted" and position + 2 < size and lows[position + 1] == "as":
            return self._subjects(reading, position)
        for place in range(position + 1, min(position + 4, size - 1)):
            if lows[place] == "by":
                return reading.clauses.after(place + 1)
        return []

    def _read_according(self, reading: Reading, position: int) -> None:
        assert reading.clauses is not None
        subjects = reading.clauses.after(position + 2)
        if subjects:
            self._emit(reading, subjects, position, subjects[-1].last + 1, cue="according to", according=True)

    def _read_noun(self, reading: Reading, position: int) -> None:
        """Read "Cho's claim that ..."."""
        assert reading.clauses is not None
        lows = reading.tokens.lows
        if position + 1 >= len(lows) or lows[position + 1] not in ("that", "to", ":"):
            return
        if lows[position + 1] == "to" and not self._names_a_deed(reading, position):
            return
        left = position - 1
        while left >= 0 and lows[left] != "'s" and position - left < 4 and lows[left][0].isalpha():
            if lows[left] in lex.PREPOSITIONS or lows[left] in lex.AUXILIARIES:
                return
            if lows[left] in ("his", "her", "their"):
                pronoun = {"his": "he", "her": "she", "their": "they"}[lows[left]]
                self._emit(reading, [Subject(left, left, pronoun=pronoun)], position, position + 1)
                return
            left -= 1
        if left < 1 or lows[left] != "'s":
            return
        mention = reading.clauses.at[left - 1]
        if mention is not None:
            self._emit(reading, [Subject(mention.lead, mention.last, mention=mention)], position, position + 1)

    def _read_words(self, reading: Reading, position: int) -> None:
        """Read "in Xi's words, ..."."""
        assert reading.clauses is not None
        mention = reading.clauses.at[position - 2]
        if mention is not None and reading.tokens.lows[mention.lead - 1 : mention.lead] == ["in"]:
            self._emit(reading, [Subject(mention.lead, mention.last, mention=mention)], position, position + 1)

    def _names_a_deed(self, reading: Reading, position: int) -> bool:
        """Tell "his promise to leave" from "his threat to Europe"."""
        lows, words = reading.tokens.lows, reading.tokens.words
        if lows[position] not in ("plan", "promise", "pledge", "vow", "proposal", "call", "offer", "request", "demand"):
            return False
        after = position + 2
        return after < len(lows) and words[after][0].islower() and lows[after] not in lex.DETERMINERS

    # --- speakers ---------------------------------------------------------------------------------------------------

    def _emit(
        self,
        reading: Reading,
        subjects: Sequence[Subject],
        cue_position: int,
        after: int,
        *,
        cue: str | None = None,
        inverted: bool = False,
        according: bool = False,
    ) -> None:
        """Note a statement for each subject that can be told."""
        if not subjects:
            return
        content = self._content(reading, subjects, cue_position, after, inverted or according)
        if not content:
            return
        for subject in subjects:
            for name, entity in self._who(reading, subject):
                tokens = reading.tokens
                text = subject.text or self.raw[tokens.starts[subject.first] : tokens.ends[subject.last]]
                self.found.append(
                    Found(
                        speaker=name,
                        entity=entity,
                        mention=text,
                        cue=cue or tokens.lows[cue_position],
                        cue_position=cue_position,
                        subject_first=subject.first,
                        reading=reading,
                        content=content,
                        sentences=[reading.span],
                        quotations=[
                            n
                            for n in self._quotes_over(reading.span)
                            if any(self.quotations[n].span.overlaps(c) for c in content)
                        ],
                    )
                )

    def _who(self, reading: Reading, subject: Subject) -> list[tuple[str, Entity | None]]:
        if subject.mention is not None:
            number = reading.mentions.index(subject.mention)
            entity = reading.entities[number]
            return [(entity.name, entity)]
        if subject.pronoun is not None:
            return self._antecedents(reading, subject)
        if subject.noun is not None and subject.noun.startswith("="):
            name = subject.noun[1:]
            return [(name, next((f.entity for f in reversed(self.found) if f.speaker == name), None))]
        tokens = reading.tokens
        text = self.raw[tokens.starts[subject.first] : tokens.ends[subject.last]]
        lows = tokens.lows[subject.first : subject.last + 1]
        if lows[0] == "the" and subject.noun in lex.ROLE_NOUNS and subject.last - subject.first <= 3:
            bearer = self.entities.by_role(subject.noun)
            if bearer is not None:
                return [(bearer.name, bearer)]
        return [(re.sub(r"^(?:the|a|an)\s+", "", " ".join(text.split()), flags=re.IGNORECASE), None)]

    def _antecedents(self, reading: Reading, subject: Subject) -> list[tuple[str, Entity | None]]:
        gender = {"he": "m", "she": "f"}.get(subject.pronoun or "")
        if gender is None:
            return self._antecedents_of_they(reading, subject)
        clauses = reading.clauses
        assert clauses is not None
        # (a) whoever is the subject of this sentence already, before the pronoun
        here = [
            (m, e)
            for m, e in zip(reading.mentions, reading.entities, strict=True)
            if m.last < subject.first and e.fits(gender) and not reading.quoted[m.first]
        ]
        certain = [e for _, e in here if e.gender == gender or e.kind == "person"]
        if certain:
            distinct = list(dict.fromkeys(certain))
            if len(distinct) == 1:
                return self._settle(distinct[0], gender)
            main = [s.mention for s in clauses.main_subject(subject.first) if s.mention is not None]
            for mention, entity in here:
                if mention in main:
                    return self._settle(entity, gender)
            return self._settle(distinct[0], gender)
        # (b) whoever spoke or was the subject in the sentences before
        for back in range(1, 4):
            number = reading.number - back
            if number < 0:
                break
            earlier = self.readings[number]
            speakers = [
                f for f in self.found if f.reading is earlier and f.entity is not None and f.entity.fits(gender)
            ]
            distinct = list(dict.fromkeys(f.entity for f in speakers if f.entity is not None))
            if len(distinct) == 1:
                return self._settle(distinct[0], gender)
            main_entity = self._main_entity(earlier)
            if (
                main_entity is not None
                and main_entity.fits(gender)
                and (main_entity.kind == "person" or main_entity.gender == gender)
            ):
                return self._settle(main_entity, gender)
            named = [
                e
                for m, e in zip(earlier.mentions, earlier.entities, strict=True)
                if e.fits(gender) and (e.kind == "person" or e.gender) and not earlier.quoted[m.first]
            ]
            distinct = list(dict.fromkeys(named))
            if len(distinct) == 1:
                return self._settle(distinct[0], gender)
            if len(distinct) > 1:
                return []
        return []

    def _settle(self, entity: Entity, gender: str) -> list[tuple[str, Entity | None]]:
        if entity.gender is None:
            entity.gender = gender
        return [(entity.name, entity)]

    def _main_entity(self, reading: Reading) -> Entity | None:
        assert reading.clauses is not None
        for subject in reading.clauses.main_subject(len(reading.tokens)):
            if subject.mention is not None:
                return reading.entities[reading.mentions.index(subject.mention)]
        return None

    def _antecedents_of_they(self, reading: Reading, subject: Subject) -> list[tuple[str, Entity | None]]:
        plural = subject.pronoun == "they"
        for back in range(0, 2):
            number = reading.number - back
            if number < 0:
                break
            earlier = [f for f in self.found if f.reading.number == number and (back or f.cue_position < subject.first)]
            if not earlier:
                continue
            last = [f for f in earlier if f.cue_position == earlier[-1].cue_position]
            if plural and len(last) > 1:
                return [(f.speaker, f.entity) for f in last]
            if len(last) == 1 and (last[0].entity is None or not last[0].entity.may_be_person):
                is_plural = last[0].entity is None and last[0].speaker.lower().split()[-1].endswith("s")
                if plural == is_plural:
                    return [(last[0].speaker, last[0].entity)]
        return []

    # --- content ------------------------------------------------------------------------------------------------------

    def _content(
        self, reading: Reading, subjects: Sequence[Subject], cue: int, after: int, right_of_subject: bool
    ) -> list[Span]:
        """Return the spans of what was said: after the cue, before the speaker, or both."""
        tokens = reading.tokens
        lows = tokens.lows
        size = len(lows)
        end = size
        while end > after and not (lows[end - 1][0].isalnum() or reading.quoted[end - 1]):
            end -= 1
        first = min(cue, *(s.first for s in subjects))
        left_end = first
        while left_end > 0 and (lows[left_end - 1] in (",", "—", "–", "--") and not reading.quoted[left_end - 1]):
            left_end -= 1
        quoted_end = next((n + 1 for n in range(left_end - 1, max(left_end - 9, -1), -1) if reading.quoted[n]), None)
        if quoted_end is not None:
            left_end = quoted_end  # "...," another brother, Stuart Oltchick, recalled
        left_words = sum(1 for n in range(left_end) if lows[n][0].isalnum())
        left_quote = left_end > 0 and reading.quoted[left_end - 1]
        separated = left_end < first or left_quote
        right_words = sum(1 for n in range(after, end) if lows[n][0].isalnum())
        right_quote = any(reading.quoted[n] for n in range(after, end))
        clause_right = right_quote or (after < size and (lows[after] in _THAT or lows[after] in (":", "to")))
        adverbial_left = (
            left_words > 0
            and not left_quote
            and (
                lows[0] in lex.PREPOSITIONS
                or lows[0] in lex.SUBORDINATORS
                or lows[0] in lex.ADVERBS
                or lows[0] in lex.CONJUNCTIONS
                or lows[0].endswith("ing")
            )
        )
        spans: list[Span] = []
        take_left = left_quote or (
            separated
            and left_words >= 3
            and not clause_right
            and (
                right_words < 4
                or right_of_subject
                or (after < size and (lows[after] in _STOPS or lows[after] in (",", "in", "on", "at", "during")))
            )
            and not (adverbial_left and right_words >= 6)
        )
        if take_left and left_end > 0:
            spans.append(Span(tokens.starts[0], tokens.ends[left_end - 1]))
        begin = after
        while begin < end and lows[begin] in (",", ":", "that", "—", "–", "--") and not reading.quoted[begin]:
            begin += 1
        take_right = begin < end and (not spans or right_quote) and right_words > 0
        if take_right:
            spans.append(Span(tokens.starts[begin], tokens.ends[end - 1]))
        if not spans and self._next_is_quote(reading):
            spans.append(reading.span)
        return spans

    def _next_is_quote(self, reading: Reading) -> bool:
        number = reading.number + 1
        return number < len(self.readings) and bool(self.readings[number].quoted) and self.readings[number].quoted[0]

    # --- (4) ------------------------------------------------------------------------------------------------------

    def _spread_quotations(self) -> None:
        """Give whole quotations to the statements that hold part of them, and lone quotations to who is speaking."""
        owner: dict[int, list[Found]] = {}
        by_sentence: dict[int, list[Found]] = {}
        for found in self.found:
            by_sentence.setdefault(found.reading.number, []).append(found)
            for number in found.quotations:
                owner.setdefault(number, []).append(found)
        for number in range(len(self.quotations)):
            if number not in owner:
                speakers = self._speakers_of_lone(number, owner, by_sentence)
                if speakers:
                    owner[number] = speakers
            for found in owner.get(number, ()):
                self._add_quotation(found, number)

    def _add_quotation(self, found: Found, number: int) -> None:
        quote = self.quotations[number].span
        for reading in self._readings_over(quote):
            if reading.span not in found.sentences:
                found.sentences.append(reading.span)
                found.content.append(Span(max(reading.span.start, quote.start), min(reading.span.end, quote.end)))

    def _readings_over(self, span: Span) -> Iterator[Reading]:
        starts = [reading.span.start for reading in self.readings]
        first = max(bisect_right(starts, span.start) - 1, 0)
        for reading in self.readings[first:]:
            if reading.span.start >= span.end:
                return
            if reading.span.overlaps(span):
                yield reading

    def _speakers_of_lone(
        self, number: int, owner: dict[int, list[Found]], by_sentence: dict[int, list[Found]]
    ) -> list[Found]:
        quotation = self.quotations[number]
        if quotation.continued and number - 1 in owner:
            return owner[number - 1]
        over = list(self._readings_over(quotation.span))
        if not over or not over[0].quoted or not over[0].quoted[0]:
            return []
        first = over[0]
        if first.span.start < quotation.span.start - 1 or any(by_sentence.get(r.number) for r in over):
            return []
        if first.number == 0:
            return []
        before = self.readings[first.number - 1]
        apart = first.paragraph - before.paragraph
        if apart > 1:
            return []
        last = by_sentence.get(before.number, [])
        if last:
            groups = {f.cue_position: [g for g in last if g.cue_position == f.cue_position] for f in last}
            chosen = groups[
                max(groups, key=lambda cue: (bool(groups[cue][0].quotations), groups[cue][0].cue in _PLAIN_CUES, cue))
            ]
            said = chosen[0].cue in _PLAIN_CUES or chosen[0].cue in lex.SAY_FORMS
            if apart == 0 or said or any(f.quotations for f in chosen) or before.tokens.words[-1:] == [":"]:
                return chosen
            return []
        # the quotation before it had an owner and ends in the sentence before
        if number > 0 and number - 1 in owner and self.quotations[number - 1].span.end >= before.span.end - 2:
            return owner[number - 1]
        return []

    # --- (5) ------------------------------------------------------------------------------------------------------

    def _statements(self) -> Iterator[Statement]:
        for found in sorted(self.found, key=lambda f: (f.sentences[0].start, f.reading.number, f.cue_position)):
            content = tuple(sorted(set(found.content)))
            yield Statement(
                article_id=self.article.id,
                speaker=found.speaker,
                mention=" ".join(found.mention.split()),
                cue=found.cue,
                content=content,
                sentences=tuple(sorted(set(found.sentences))),
                speech=self._speech(content),
            )

    def _speech(self, content: Sequence[Span]) -> Speech:
        length = sum(len(span) for span in content)
        inside = 0
        for span in content:
            for number in self._quotes_over(span):
                quote = self.quotations[number].span
                inside += max(0, min(span.end, quote.end) - max(span.start, quote.start))
        if inside == 0:
            return "indirect"
        return "direct" if inside >= 0.9 * length else "mixed"


def _is_plural(subjects: Sequence[Subject]) -> bool:
    if len(subjects) > 1:
        return True
    subject = subjects[0]
    if subject.pronoun == "they" or (subject.noun is not None and subject.noun.endswith(("s", "men"))):
        return True
    return subject.mention is not None and subject.mention.kind != "person" and subject.mention.name.endswith("s")
