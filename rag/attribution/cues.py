"""Finds the cues of reported speech in one sentence: reporting verbs, "according to", labels, signatures, nouns.

Each cue is noted with its speakers as a `Found` of the sentence. A verb of saying counts with almost anything after
it; a verb of thinking, and one whose object need not be speech, only with a clause, an infinitive or a quotation.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.attribution import lexicon as lex
from rag.attribution.antecedents import speakers_of
from rag.attribution.clauses import Clauses
from rag.attribution.contents import CLAUSE_OPENERS, STOPS, content_spans
from rag.attribution.document import Document, Found, Reading
from rag.attribution.phrases import Subject
from rag.schema import Span

_QUOTE_MARKS = frozenset({'"', "“", "”", "''", "``", "«", "»"})
_DASHES = frozenset({"—", "–", "--", "-", "―"})
_AFTER_AUXILIARY = lex.LIGHT_VERBS | (lex.SAY_FORMS.keys() - lex.LIGHT_NOUNS)
_LABEL_MARKS = _DASHES | {":"}
_NO_FACT = frozenset("should could might can must may cannot couldn't can't shouldn't".split())
_TIMES = frozenset(
    "week month year morning night afternoon evening weekend day hours minutes spring summer fall winter".split()
)
_BEFORE_TIMES = frozenset("on last this next early late earlier later in the that one".split()) | lex.DAYS
_OWNERS = {"his": "he", "her": "she", "their": "they"}
_LONGEST_TITLE_TOKENS = 8  # with its marks; a longer quotation is speech
_CUES = (
    lex.SAY_FORMS.keys()
    | lex.THINK_FORMS.keys()
    | lex.LIGHT_VERBS
    | lex.SPEECH_NOUNS
    | lex.ATTITUDE_ADJECTIVES
    | {"according", "words", "declined", "refused", "declines", "refuses", "declining", "refusing"}
)
_CUES_ALONE = _CUES - (lex.LIGHT_VERBS - lex.SAY_FORMS.keys() - lex.THINK_FORMS.keys() - {"put", "puts"})
"""Those that need no noun of speech ("issued a statement") in the sentence."""
_THAT_WINDOW = 9  # tokens from a verb to its "that": "told reporters at the White House on Tuesday that"
_QUOTE_WINDOW = 16  # to its quotation: 'called the remarks about a judge of the Supreme Court "racist"'
_WITH_GERUND = frozenset({"discuss", "recall", "report"})
_UNREAL = frozenset("had should were if whether unless".split())
_CONTRACTING = lex.SUBJECT_PRONOUNS | lex.OTHER_PRONOUNS | lex.RELATIVES | frozenset("there that what here".split())
"""Words after which "'s" is "is" or "has"."""
_REFUSALS = frozenset("declined refused declines refuses declining refusing".split())
_CONNECTIVES = frozenset("regarding considering hearing meaning seeing finding".split())
"""Participles that are mostly prepositions or deeds."""


def read_cues(document: Document, reading: Reading, *, is_linked: bool = False) -> None:
    """Link the names of the next sentence and note what is said in it; sentences must be read in order."""
    if not is_linked:
        document.link(reading)
    lows = reading.tokens.lows
    wanted = _CUES_ALONE if lex.LIGHT_NOUNS.isdisjoint(lows) else _CUES
    cues = [position for position, low in enumerate(lows) if low in wanted]
    if cues or (reading.mentions and not _LABEL_MARKS.isdisjoint(lows)):
        _CueReader(document, reading).read(cues)


class _CueReader:
    def __init__(self, document: Document, reading: Reading) -> None:
        self.document = document
        self.reading = reading
        self.clauses = Clauses(reading.tokens, reading.mentions, reading.quoted)
        self.lows = reading.tokens.lows

    def read(self, cues: Sequence[int]) -> None:
        """Note everything the sentence reports; `cues` are the tokens of its cues."""
        for position in cues:
            if self.reading.quoted[position] or self.clauses.at[position] is not None:
                continue  # "Trump", "Post" and "States" are verbs too
            low = self.lows[position]
            if low in lex.SPEECH_NOUNS and self._read_noun(position):
                continue
            if low in lex.SAY_FORMS or low in lex.THINK_FORMS:
                self._read_verb(position)
            elif low == "according" and self._low(position + 1) == "to":
                self._read_according(position)
            elif low in lex.LIGHT_VERBS:
                self._read_light_verb(position)
            elif low in lex.ATTITUDE_ADJECTIVES:
                self._read_adjective(position)
            elif low == "words" and self._low(position - 1) == "'s":
                self._read_words(position)
            elif low in _REFUSALS and self._low(position + 1) == "to" and self._low(position + 2) in lex.SAY_FORMS:
                self._emit(self._subjects(position), position, position + 1)  # "declined to comment"
        self._read_label()

    def _low(self, position: int) -> str:
        """Return a word in lower case, a full stop outside the sentence."""
        return self.lows[position] if 0 <= position < len(self.lows) else "."

    def _read_light_verb(self, position: int) -> None:
        """Read "made clear", "issued a statement", "as Xi put it"."""
        following = self._low(position + 1)
        if self.lows[position] in ("put", "puts") and following == "it":
            self._emit(self._subjects(position), position, position + 2)
            return
        verb = position + 1
        while self._low(verb) in lex.ADVERBS or self._low(verb) in lex.NEGATIONS:
            verb += 1
        if self._low(verb) in _AFTER_AUXILIARY:
            return  # "has issued", "has never denied"
        if any(low in lex.LIGHT_NOUNS for low in self.lows[position + 1 : position + 5]):
            self._emit(self._subjects(position), position, position + 1)

    def _read_adjective(self, position: int) -> None:
        """Read "is confident that"."""
        if self._low(position + 1) not in ("that", "about", "of"):
            return
        before = position - 1
        while self._low(before) in lex.ADVERBS or self._low(before).endswith("ly"):
            before -= 1
        if self._low(before) in lex.BE and self._low(before) not in ("be", "being"):
            self._emit(self._subjects(before), before, position + 1)

    def _read_label(self) -> None:
        """Read "Graham: We lose elections" at a sentence's beginning, and a name with a colon before a quotation."""
        for mention in self.reading.mentions[:2]:
            colon = mention.last + 1
            if self._low(colon) == "(" and ")" in self.lows[colon : colon + 6]:
                colon = self.lows.index(")", colon) + 1  # "Rep. Trey Gowdy (R-S.C.): ..."
            if self._low(colon) != ":" or colon + 1 >= len(self.lows):
                continue
            if self.reading.entity_of(mention).kind != "person" and not self.reading.quoted[colon + 1]:
                continue  # "Photos: ..."
            begins = mention.lead <= 4 and colon + 4 < len(self.lows)
            if begins or self.reading.quoted[colon + 1]:
                if not self.reading.found:
                    self._emit([Subject(mention.lead, mention.last, mention=mention)], colon, colon + 1)
                return
        self._read_signature()

    def _read_signature(self) -> None:
        """Read a quotation signed with a dash: '"..." - Veronica Cruz, 18'."""
        lows = self.lows
        for mention in self.reading.mentions[-3:]:
            dash = mention.lead - 1
            if (
                dash < 0
                or lows[dash] not in _DASHES
                or self.reading.quoted[mention.first]
                or len(lows) - mention.last > 14
            ):
                continue
            after = mention.last + 1
            if dash > 2 and lows[after : after + 2] == ["(", "@"]:
                self._emit([Subject(mention.first, mention.last, mention=mention)], dash, len(lows))
                return
            if dash == 0:
                previous = self.document.before(self.reading)
                if previous is None or not previous.quoted or not previous.quoted[-1]:
                    continue
                content, sentences = [previous.span], [previous.span, self.reading.span]
                quotes = list(self.document.quotes_over(previous.span))[-1:]
            elif self.reading.quoted[dash - 1]:
                content = [Span(self.reading.tokens.starts[0], self.reading.tokens.ends[dash - 1])]
                sentences = [self.reading.span]
                quotes = list(self.document.quotes_over(self.reading.span))[-1:]
            else:
                continue
            entity = self.reading.entities[self.reading.mentions.index(mention)]
            self.reading.found.append(
                Found(
                    speaker=entity.name,
                    entity=entity,
                    mention=mention.name,
                    cue=lows[dash],
                    cue_position=dash,
                    subject_first=mention.lead,
                    reading=self.reading,
                    content=content,
                    sentences=sentences,
                    quotations=quotes,
                )
            )
            return

    def _read_verb(self, position: int) -> None:
        lows = self.lows
        low = lows[position]
        thinking = low not in lex.SAY_FORMS
        verb, particles = (lex.THINK_FORMS if thinking else lex.SAY_FORMS)[low]
        after = position + 1
        if self._low(after).endswith("ly") and self._low(after + 1) in particles:
            after += 1  # "spoke briefly about"
        following = self._low(after)
        if "" not in particles:
            if following not in particles:
                return
            after += 1
        elif following in particles:
            after += 1
        elif following in lex.DAYS and self._low(after + 1) in particles:
            after += 2  # "called Wednesday for"
        if low != verb and not low.endswith(("ing", "s")) and self._is_passive(position):
            subjects = self._agent(position)
            if subjects and not ((thinking or verb in lex.NEED_CLAUSE) and not self._has_clause(after)):
                last = subjects[-1].last + 1
                self._emit(subjects, position, last if last > after else after)
            return
        subjects = self._subjects(position, bare=low == verb)
        inverted = False
        if not subjects and self._may_invert(position, low):
            subjects = self.clauses.after(position + 1)
            inverted = bool(subjects)
        if not subjects:
            return
        if not inverted and not self._has_complement(position, after, verb, thinking, subjects):
            return
        unreal = thinking or (low == verb and not self._has_clause(after))
        if unreal and self._is_inside_speech(subjects):
            return
        self._emit(subjects, position, subjects[-1].last + 1 if inverted else after, follows_speaker=inverted)

    def _is_inside_speech(self, subjects: Sequence[Subject]) -> bool:
        """Say whether somebody else is reported to say this: "Miller said the US would continue ..."."""
        start = self.reading.tokens.starts[subjects[0].first]
        return any(
            f.cue != "according to"
            and f.subject_first < subjects[0].first
            and any(c.start <= start < c.end for c in f.content)
            for f in self.reading.found
        )

    def _has_clause(self, after: int) -> bool:
        lows = self.lows
        return any(self.reading.quoted[after : after + _THAT_WINDOW]) or "that" in lows[after : after + _THAT_WINDOW]

    def _has_complement(self, cue: int, after: int, verb: str, thinking: bool, subjects: list[Subject]) -> bool:
        lows = self.lows
        if verb in ("continue", "go") and self._low(after) == "to":
            return False
        if any(self.reading.quoted[after : after + _QUOTE_WINDOW]):
            return True
        is_relative = verb in lex.CLAUSE_VERBS and self._low(after) in lex.PREPOSITIONS  # "refer to studies that"
        if "that" in lows[after : after + _THAT_WINDOW] and not is_relative:
            return True
        if after < len(lows) and (lows[after] in CLAUSE_OPENERS or lows[after] == ":"):
            return True
        if after < len(lows) and lows[after] == "to" and verb not in lex.NEED_CLAUSE:
            return True
        if verb in _WITH_GERUND and self._low(after).endswith("ing"):
            return True  # "discussed lending ships"
        left = subjects[0].first - 1
        if self._low(left) == "as":
            return True  # "as Bown observed"
        if any(self.reading.quoted[n] for n in range(max(0, left - 6), left + 1)):
            return True
        if left > 2 and lows[left] == "," and (after >= len(lows) or lows[after] in STOPS or lows[after] in (",", ";")):
            return True
        if verb in lex.NEED_CLAUSE and after == cue + 1:
            return False
        if thinking:
            return after < len(lows) and lows[after] not in lex.PREPOSITIONS and lows[after][0].isalnum()
        return True

    def _may_invert(self, position: int, low: str) -> bool:
        """Say whether a subject may follow: after a quotation behind any verb of saying, after a comma few."""
        lows = self.lows
        left = position - 1
        if left >= 0 and self.reading.quoted[left]:
            return low in lex.SAY_FORMS and not low.endswith("ing")
        if low not in lex.INVERTING:
            return False
        while left >= 0 and (lows[left] in lex.ADVERBS or lows[left].endswith("ly")):
            left -= 1
        return (
            left < 0
            or self.reading.quoted[left]
            or lows[left] in (",", "?", "!", "—", "–", "--")
            or lows[left] in _QUOTE_MARKS
        )

    def _subjects(self, position: int, *, bare: bool = False) -> list[Subject]:
        """Find who does the verb at `position`."""
        lows = self.lows
        left = position - 1
        helped = False
        while left >= 0 and not self.reading.quoted[left]:
            low = lows[left]
            if low in lex.AUXILIARIES or low in lex.NEGATIONS:
                if low == "'s" and self._low(left - 1) not in _CONTRACTING:
                    return []  # "Clinton's claims"
                helped = True
            elif low in lex.DAYS or low in _TIMES:
                while left > 0 and lows[left - 1] in _BEFORE_TIMES:
                    left -= 1
            elif not (low in lex.ADVERBS or (low.endswith("ly") and self.clauses.at[left] is None)):
                break
            left -= 1
        if left < 0 or self.reading.quoted[left]:
            return self._past_title(left)
        low = lows[left]
        form = lows[position]
        if low == "to":
            return self._clause_subjects(left) if self._may_be_infinitive(left) else []
        if form in _CONNECTIVES or any(lows[n] in _NO_FACT for n in range(left + 1, position)):
            return []
        if low in ("and", "but", "or") or (low == "," and (form.endswith("ing") or "then" in lows[left:position])):
            subjects = self._clause_subjects(left) or (self.clauses.before(left) if low == "," else [])
            return [] if bare and not helped and subjects and not _is_plural(subjects) else subjects
        if low in ("by", "in", "while", "before", "after", "when") and form.endswith("ing"):
            return self._clause_subjects(left)
        subjects = self.clauses.before(left)
        if bare and not helped and subjects and not _is_plural(subjects):
            return []  # "Clinton claim", "Trump attack": nouns
        if subjects and self._low(subjects[0].first - 1) in _UNREAL:
            return []  # "had Clinton congratulated him", "if Clinton says"
        return subjects

    def _past_title(self, left: int) -> list[Subject]:
        """Step over a title in quotation marks that ends an apposition: "Berg, who wrote “Rents,” said"."""
        first = left
        while first > 0 and self.reading.quoted[first - 1]:
            first -= 1
        is_title = first > 2 and left - first <= _LONGEST_TITLE_TOKENS and self._low(left - 1) == ","
        return self.clauses.before_comma(left) if is_title else []

    def _may_be_infinitive(self, to: int) -> bool:
        """Say whether "to argue" is something done: after "went on", or with a quotation or "that" behind it."""
        lows = self.lows
        if any(lows[n] in lex.INFINITIVE_AFTER for n in range(max(0, to - 3), to)):
            return True
        window = range(to + 2, min(to + 8, len(lows)))
        return any(self.reading.quoted[n] or lows[n] == "that" for n in window)

    def _clause_subjects(self, position: int) -> list[Subject]:
        """Return the subjects of the clause that a participle, infinitive or second verb at `position` belongs to."""
        earlier = [f for f in self.reading.found if f.cue_position < position]
        if earlier:
            last = earlier[-1]
            if self.lows[position] in ("and", "but", "or"):
                inner = self.clauses.inner_subject(max(last.cue_position, last.subject_first), position)
                if inner:
                    return inner
            group = [f for f in earlier if f.cue_position == last.cue_position]
            return [
                Subject(f.subject_first, f.subject_first, speaker=(f.speaker, f.entity), text=f.mention) for f in group
            ]
        return self.clauses.main_subject(position)

    def _is_passive(self, position: int) -> bool:
        lows = self.lows
        if lows[position].endswith("ing"):
            return False
        left = position - 1
        while left >= 0 and (lows[left] in lex.ADVERBS or lows[left].endswith("ly") or lows[left] in lex.NEGATIONS):
            left -= 1
        if left >= 0 and lows[left] in lex.BE and lows[left] != "'s":
            return True
        return position + 1 < len(lows) and lows[position + 1] == "by" and lows[position] not in ("said", "says")

    def _agent(self, position: int) -> list[Subject]:
        """Return who acts in a passive: "was announced by Cho"; "was quoted as saying" keeps its subject."""
        lows = self.lows
        size = len(lows)
        if lows[position] == "quoted" and position + 2 < size and lows[position + 1] == "as":
            return self._subjects(position)
        for place in range(position + 1, min(position + 4, size - 1)):
            if lows[place] == "by":
                return self.clauses.after(place + 1)
        return []

    def _read_according(self, position: int) -> None:
        subjects = self.clauses.after(position + 2)
        if subjects:
            self._emit(subjects, position, subjects[-1].last + 1, cue="according to", follows_speaker=True)

    def _read_noun(self, position: int) -> bool:
        """Read "Cho's claim that ..."; say whether it was one."""
        following = self._low(position + 1)
        if following not in ("that", "to", ":") or (following == "to" and not self._names_a_deed(position)):
            return False
        left = position - 1
        while position - left < 4 and self._low(left)[0].isalpha() and self._low(left) not in _OWNERS:
            if self._low(left) in lex.PREPOSITIONS or self._low(left) in lex.AUXILIARIES:
                return False
            left -= 1
        owner = self._low(left)
        if owner in _OWNERS:
            self._emit([Subject(left, left, pronoun=_OWNERS[owner])], position, position + 1)
            return True
        mention = self.clauses.at[left - 1] if owner == "'s" and left > 0 else None
        if mention is None:
            return False
        self._emit([Subject(mention.lead, mention.last, mention=mention)], position, position + 1)
        return True

    def _read_words(self, position: int) -> None:
        """Read "in Xi's words, ..."."""
        mention = self.clauses.at[position - 2]
        if mention is not None and self.lows[mention.lead - 1 : mention.lead] == ["in"]:
            self._emit([Subject(mention.lead, mention.last, mention=mention)], position, position + 1)

    def _names_a_deed(self, position: int) -> bool:
        """Tell "his promise to leave" from "his threat to Europe"."""
        lows, words = self.lows, self.reading.tokens.words
        if lows[position] not in ("plan", "promise", "pledge", "vow", "proposal", "call", "offer", "request", "demand"):
            return False
        after = position + 2
        return after < len(lows) and words[after][0].islower() and lows[after] not in lex.DETERMINERS

    def _emit(
        self,
        subjects: Sequence[Subject],
        cue_position: int,
        after: int,
        *,
        cue: str | None = None,
        follows_speaker: bool = False,
    ) -> None:
        """Note a statement for each speaker that can be told.

        Args:
            subjects: who speaks; none is allowed and notes nothing.
            cue_position: token of the cue.
            after: token after which content may stand.
            cue: how the cue is written, if not as its token.
            follows_speaker: the cue or "according to" stands before the speaker.
        """
        if not subjects:
            return
        reading = self.reading
        content = content_spans(reading, subjects, cue_position, after, follows_speaker=follows_speaker)
        following = self.document.after(reading)
        if not content and following is not None and following.opens_quoted:
            content = [reading.span]
        if not content:
            return
        tokens = reading.tokens
        quotations = [
            number
            for number in self.document.quotes_over(reading.span)
            if any(self.document.quotations[number].span.overlaps(span) for span in content)
        ]
        for subject in subjects:
            for name, entity in speakers_of(self.document, reading, self.clauses, subject):
                reading.found.append(
                    Found(
                        speaker=name,
                        entity=entity,
                        mention=subject.text
                        or self.document.raw[tokens.starts[subject.first] : tokens.ends[subject.last]],
                        cue=cue or tokens.lows[cue_position],
                        cue_position=cue_position,
                        subject_first=subject.first,
                        reading=reading,
                        content=list(content),
                        sentences=[reading.span],
                        quotations=quotations,
                    )
                )


def _is_plural(subjects: Sequence[Subject]) -> bool:
    if len(subjects) > 1:
        return True
    subject = subjects[0]
    if subject.pronoun == "they" or (subject.noun is not None and subject.noun.endswith(("s", "men"))):
        return True
    return subject.mention is not None and subject.mention.kind != "person" and subject.mention.name.endswith("s")
