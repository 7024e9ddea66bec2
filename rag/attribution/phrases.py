"""Noun phrases that can be who speaks: names with their titles, pronouns, and nouns like "a spokesman for Cho"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.attribution import lexicon as lex
from rag.attribution.entities import Speaker
from rag.attribution.recognition import Mention
from rag.attribution.tokens import Sentence

BREAKS = frozenset({",", ";", ":", "—", "–", "--", "(", ")", "[", "]", '"', "“", "”", "''", "``", ".", "?", "!", "…"})
_TEMPORAL = frozenset("since until after before as till".split())
"""Prepositions that are as often conjunctions: "after Cho said"."""


@dataclass(slots=True)
class Subject:
    """One who speaks, as the sentence has it: exactly one of mention, pronoun, noun and speaker is set."""

    first: int
    """Index of its first token, titles and article included."""
    last: int
    mention: Mention | None = None
    pronoun: str | None = None
    noun: str | None = None
    """Head of a common noun phrase ("spokesman")."""
    speaker: Speaker | None = None
    """Who it is, where an earlier verb of the sentence has told that already."""
    text: str | None = None
    """The phrase as written, where it stands elsewhere in the sentence."""


class Phrases:
    """A sentence with its names, ready to be asked which phrases end or begin at a token."""

    def __init__(self, sentence: Sentence, mentions: Sequence[Mention], quoted: Sequence[bool]) -> None:
        self.sentence = sentence
        self.mentions = mentions
        self.quoted = quoted
        self.at: list[Mention | None] = [None] * len(sentence)
        self._leads = {mention.lead: mention for mention in mentions}
        for mention in mentions:
            for position in range(mention.first, mention.last + 1):
                self.at[position] = mention

    def is_name_end(self, position: int) -> bool:
        """Say whether a name ends with the token."""
        mention = self.at[position] if position >= 0 else None
        return mention is not None and mention.last == position

    def ending_at(self, position: int) -> list[Subject]:
        """Return the noun phrase that ends exactly at `position`, with those it is joined to by "and"."""
        subject = self.phrase_ending_at(position)
        if subject is None:
            return []
        found = [subject]
        lows = self.sentence.lows
        first = subject.first
        # "Blinken and Cho agreed", "Smith, Jones and Brown said"
        while (
            len(found) < 5 and first >= 2 and (lows[first - 1] == "and" or (len(found) > 1 and lows[first - 1] == ","))
        ):
            left = first - 2
            if lows[left] == ",":
                left -= 1
            other = self.phrase_ending_at(left) if left >= 0 and not self.quoted[left] else None
            if other is None and self.is_name_end(left) and lows[first - 1] == "and":
                return []  # "cooperation between Norway and Oslo shows"
            if other is None or (subject.mention is None) != (other.mention is None) or other.pronoun:
                break
            found.append(other)
            first = other.first
        return found[::-1]

    def phrase_ending_at(self, position: int) -> Subject | None:
        """Return the noun phrase that ends exactly at `position`, alone."""
        lows = self.sentence.lows
        low = lows[position]
        mention = self.at[position]
        if mention is not None:
            if mention.last != position:
                return None
            return self._named_phrase(mention)
        if low in lex.SUBJECT_PRONOUNS:
            return Subject(position, position, pronoun=low)
        if low in lex.SPEAKER_NOUNS or (low in lex.TITLES and low in lex.ROLE_NOUNS):
            phrase = self._noun_phrase(position)
            left = phrase.first - 1
            if left > 0 and lows[left] in _TEMPORAL:
                return phrase  # "after the minister said"
            if left > 0 and not self.quoted[left] and lows[left] in lex.PREPOSITIONS:
                head = self._head_before(left)
                if head is not None and head.noun is not None:
                    head.last = position  # "the leaders of the two countries"
                return head
            return phrase
        return None

    def _named_phrase(self, mention: Mention) -> Subject | None:
        """Judge a name before the verb: the subject itself, or the end of "a spokesman for X"."""
        lows = self.sentence.lows
        first = mention.lead
        left = first - 1
        while left >= 0 and (lows[left] in ("the", "a", "an", "'s", "his", "her", "their") or self._is_modifier(left)):
            if lows[left] == "'s" or self.at[left] is not None:
                break
            left -= 1
        following = mention.last + 1
        while following < len(lows) and (lows[following].endswith("ly") or lows[following] in lex.ADVERBS):
            following += 1
        if left >= 0 and lows[left] == "with" and following < len(lows) and lows[following].endswith("ing"):
            return Subject(first, mention.last, mention=mention)  # "with Trump saying that"
        if (
            left >= 0
            and not self.quoted[left]
            and lows[left] in lex.PREPOSITIONS
            and lows[left] not in ("like", "than")
        ):
            head = self._head_before(left)
            if head is not None:
                if head.noun is not None:
                    head.last = mention.last  # "a spokesman for Cho"
                return head
            if left == 0 or lows[left] in _TEMPORAL:
                return Subject(first, mention.last, mention=mention)
            return None
        start = min(left + 1, first)
        if left > 0 and lows[left] == "'s":
            # "The Washington Post's Ed O'Keefe": the owner belongs to the phrase
            owner = self.at[left - 1]
            start = owner.lead if owner is not None else self._noun_phrase(left - 1).first
        elif left >= 0 and start == mention.lead and mention.titles and self.is_name_end(left):
            owner = self.at[left]  # "House speaker Newt Gingrich"
            start = owner.lead if owner is not None else start
        if start > 0 and lows[start - 1] in ("the", "a", "an"):
            start -= 1
        if lows[start] in ("a", "an") and mention.kind == "unknown" and mention.first == mention.last:
            return None  # "a Hollywood"
        return Subject(start, mention.last, mention=mention)

    def _is_modifier(self, position: int) -> bool:
        low = self.sentence.lows[position]
        return low in lex.TITLES or low in lex.SPEAKER_NOUNS or (low[0].isdigit() and low.endswith("old"))

    def _head_before(self, preposition: int) -> Subject | None:
        """Find the noun that a prepositional phrase hangs on: "spokesman" in "a spokesman for Cho"."""
        lows = self.sentence.lows
        for _ in range(3):
            left = preposition - 1
            if left < 0 or self.quoted[left]:
                return None
            mention = self.at[left]
            if mention is not None:
                outer = mention.lead - 1
                if outer > 0 and lows[outer] == "the":
                    outer -= 1
                if outer > 0 and mention.kind != "person" and lows[outer] in lex.PREPOSITIONS:
                    preposition = outer  # "Archbishop Aris of the Patriarchate of Jerusalem"
                    continue
                if mention.kind in ("person", "unknown") and lows[preposition] in ("of", "in", "at", "from", "with"):
                    return Subject(mention.lead, mention.last, mention=mention)
            elif lows[left] in lex.SPEAKER_NOUNS or lows[left] in lex.ROLE_NOUNS:
                return self._noun_phrase(left)
            while left >= 0 and lows[left] not in lex.PREPOSITIONS:
                if lows[left] in BREAKS or lows[left] in lex.SUBORDINATORS or lows[left] in lex.SAY_FORMS:
                    return None
                left -= 1
                if preposition - left > 6:
                    return None
            if left <= 0:
                return None
            preposition = left
        return None

    def _noun_phrase(self, head: int) -> Subject:
        """Extend a common noun to the left: "senior officials", "the Clinton campaign"."""
        lows, words = self.sentence.lows, self.sentence.words
        first = head
        while first > 0 and not self.quoted[first - 1]:
            low = lows[first - 1]
            if low == "that":
                break
            if low in lex.DETERMINERS:
                first -= 1
                if low not in ("other", "two", "three", "many", "several", "few", "all", "both", "most", "some"):
                    break
                continue
            if low == "'s" and first > 1:
                first -= 2  # with the owner, whatever word that is
                continue
            if self.at[first - 1] is not None:
                first -= 1
                continue
            if (
                low in BREAKS
                or low in lex.PREPOSITIONS
                or low in lex.CONJUNCTIONS
                or low in lex.SUBORDINATORS
                or low in lex.RELATIVES
                or low in lex.AUXILIARIES
                or low in lex.SAY_FORMS
                or (low in lex.ADVERBS and low not in lex.TITLES)
                or (low.endswith("ly") and head - first > 0)
                or not words[first - 1][0].isalnum()
            ):
                break
            first -= 1
            if head - first > 6:
                break
        return Subject(first, head, noun=lows[head])

    def after(self, position: int) -> list[Subject]:
        """Return the subjects whose phrase begins at `position` ("according to", "said Cho", "by Cho")."""
        lows, words = self.sentence.lows, self.sentence.words
        size = len(lows)
        first = position
        last_mention: Mention | None = None
        last_noun: int | None = None
        place = position
        while place < size and place - first < 14:
            if self.quoted[place]:
                break
            mention = self._leads.get(place) or self.at[place]
            low = lows[place]
            if mention is not None:
                last_mention, last_noun = mention, None
                place = mention.last + 1
                continue
            if place == first and low in lex.SUBJECT_PRONOUNS:
                return [Subject(place, place, pronoun=low)]
            if low == "'s":
                last_mention = None
                place += 1
                continue
            speaks = low in lex.SPEAKER_NOUNS or low in lex.TITLES
            if (last_mention is not None or last_noun is not None) and not speaks:
                break
            if (
                low in BREAKS
                or low in lex.PREPOSITIONS
                or low in lex.CONJUNCTIONS
                or low in lex.SUBORDINATORS
                or low in lex.RELATIVES
                or low in lex.AUXILIARIES
                or (low in lex.ADVERBS and low not in ("former", "then"))
                or low in lex.DAYS
                or low in lex.MONTHS
                or (low in lex.SAY_FORMS and low not in lex.SPEAKER_NOUNS and place > first)
                or not words[place][0].isalnum()
            ):
                break
            if low in lex.DETERMINERS and place > first and lows[place - 1] not in lex.DETERMINERS:
                break
            if speaks:
                last_noun, last_mention = place, None
            place += 1
        if place < size and (last_mention is None or words[place][0].islower()):
            farther = self._title_without_comma(position, place)
            if farther is not None:
                return [Subject(first, farther.last, mention=farther)]
        if last_mention is not None and (last_noun is None or last_mention.first > last_noun):
            found = [Subject(first, last_mention.last, mention=last_mention)]
            return found + self._joined(place)
        if last_noun is not None and (lows[last_noun] in lex.SPEAKER_NOUNS or lows[last_noun] in lex.ROLE_NOUNS):
            if place < size and lows[place] == "'s":
                return []
            apposed = self._apposed_name(place)
            if apposed is not None:
                return [apposed]
            return [Subject(first, last_noun, noun=lows[last_noun])]
        return []

    def _title_without_comma(self, first: int, place: int) -> Mention | None:
        """Find the name a long title runs up to: "said master of ceremonies Asab Al-Tabchi"."""
        lows, words = self.sentence.lows, self.sentence.words
        while place < len(lows) and place - first < 10 and not self.quoted[place]:
            mention = self.at[place]
            if mention is not None:
                before = lows[mention.lead - 1] if mention.lead else ","
                full = mention.kind in ("person", "unknown") and mention.last > mention.first
                if full and before[0].isalpha() and before not in lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.DETERMINERS:
                    return mention
                place = mention.last + 1
                continue
            if lows[place] not in ("and", "of") and (
                not words[place][0].islower()
                or lows[place] in lex.PREPOSITIONS | lex.AUXILIARIES | lex.RELATIVES | lex.SUBORDINATORS
                or lows[place] in lex.SAY_FORMS
            ):
                return None
            place += 1
        return None

    def _joined(self, place: int) -> list[Subject]:
        lows = self.sentence.lows
        if place + 1 < len(lows) and lows[place] == "and":
            mention = self.at[place + 1]
            for step in (1, 2, 3):
                mention = self.at[place + step] if place + step < len(lows) else None
                if mention is not None:
                    break
            if mention is not None and mention.lead <= place + 1:
                after = mention.last + 1
                if after >= len(lows) or lows[after] in BREAKS:
                    return [Subject(mention.lead, mention.last, mention=mention)]
        return []

    def _apposed_name(self, comma: int) -> Subject | None:
        """Return the name set beside a noun: "his spokesman, Josh Earnest"."""
        if comma + 1 >= len(self.sentence) or self.sentence.lows[comma] != ",":
            return None
        mention = self.at[comma + 1]
        after = mention.last + 1 if mention is not None else 0
        if mention is None or mention.kind in ("place", "organisation") or mention.last == mention.first:
            return None
        if after < len(self.sentence) and self.sentence.lows[after] not in BREAKS:
            return None
        return Subject(comma + 1, mention.last, mention=mention)
