"""Finds the subject of a reporting verb in one sentence: names, pronouns and nouns to its left or right.

There is no parser here. A subject is what stands directly before the verb once adverbs, auxiliaries, parentheses,
appositions and relative clauses between them are stepped over; the functions say None where that is not clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.attribution import lexicon as lex
from rag.attribution.entities import Speaker
from rag.attribution.recognition import Mention
from rag.attribution.tokens import Sentence

_PAUSES = frozenset({",", "—", "–", "--", "-", "―"})
_SEPARATORS = _PAUSES | {";", ":"}
_BREAKS = frozenset({",", ";", ":", "—", "–", "--", "(", ")", "[", "]", '"', "“", "”", "''", "``", ".", "?", "!", "…"})
_TEMPORAL = frozenset("since until after before as till".split())
"""Prepositions that are as often conjunctions: "after Cho said"."""
_CLAUSE_OPENERS = frozenset("after when while as because before since although though who if".split())


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


class Clauses:
    """A sentence with its names, ready to be asked for subjects."""

    def __init__(self, sentence: Sentence, mentions: Sequence[Mention], quoted: Sequence[bool]) -> None:
        self.sentence = sentence
        self.mentions = mentions
        self.quoted = quoted
        self.at: list[Mention | None] = [None] * len(sentence)
        self._leads = {mention.lead: mention for mention in mentions}
        for mention in mentions:
            for position in range(mention.first, mention.last + 1):
                self.at[position] = mention

    # --- to the left -------------------------------------------------------------------------------------------

    def before(self, position: int) -> list[Subject]:
        """Return the subjects whose phrase ends at `position`; empty when it is no subject."""
        position = self._over_parenthesis(position)
        if position < 0 or self.quoted[position]:
            return []
        low = self.sentence.lows[position]
        if low in _PAUSES:
            return self.before_comma(position)
        if low in ("who", "which"):
            return self._antecedent(position)
        found = self._ending_at(position)
        return self._named_before(found) or found

    def _named_before(self, found: list[Subject]) -> list[Subject]:
        """Find the name that a description without a second comma belongs to: "Sam Lau, the group's director said"."""
        if len(found) != 1 or found[0].noun is None or found[0].first < 2:
            return []
        first = found[0].first
        if self.sentence.lows[first - 1] != "," or self.sentence.lows[first] not in ("the", "a", "an", "his", "her"):
            return []
        mention = self.at[first - 2]
        if mention is None or mention.last != first - 2 or mention.kind != "person" or mention.last == mention.first:
            return []
        named = self._ending_at(first - 2)
        return named if named and named[0].first == 0 else []

    def _over_parenthesis(self, position: int) -> int:
        lows = self.sentence.lows
        if position >= 0 and lows[position] in (")", "]"):
            opening = "(" if lows[position] == ")" else "["
            while position >= 0 and lows[position] != opening:
                position -= 1
            return position - 1
        return position

    def _antecedent(self, position: int) -> list[Subject]:
        left = position - 1
        pause = left >= 0 and self.sentence.lows[left] in _PAUSES
        left = self._over_parenthesis(left - 1 if pause else left)
        if left < 0 or self.quoted[left]:
            return []
        return self._ending_at(left) or (self.before_comma(left + 1) if pause else [])

    def before_comma(self, comma: int) -> list[Subject]:
        """Return the subjects before what stands between commas: "Cho, the foreign minister, said"."""
        lows = self.sentence.lows
        right = comma
        doubtful: list[Subject] = []
        for _ in range(5):
            left = right - 1
            while left >= 0 and (lows[left] not in _SEPARATORS or self.quoted[left]):
                left -= 1
            if left < 0:
                break  # "Asked about it, ...": the sentence begins with what stands between
            apposed = self._name_filling(left + 1, self._over_parenthesis(right - 1))
            if apposed is not None and left > 0 and self._takes_apposition(left - 1, apposed):
                before_it = [] if self.quoted[left - 1] else self._ending_at(left - 1)
                if before_it and before_it[0].noun is not None:
                    apposed.first = before_it[0].first
                return [apposed]
            before = self._over_parenthesis(left - 1)
            if before < 0 or lows[left] in (";", ":") or not self._is_parenthetical(left + 1, right - 1):
                break
            found = self._ending_at(before)
            found = self._apposition_of(found) or found
            if found and self._begins_clause(found[0].first):
                return found
            doubtful = doubtful or found
            right = left
        return doubtful if doubtful and self._may_begin_clause(doubtful[0].first) else []

    def _apposition_of(self, found: list[Subject]) -> list[Subject]:
        """Return the name before a description: "Prince, chief executive of CloudFlare, a company, said"."""
        if not found or found[0].noun is None:
            return []
        comma = found[0].first - 1
        if comma > 2 and self.sentence.lows[comma - 1].isdigit() and self.sentence.lows[comma - 2] == ",":
            comma -= 2  # "Cecelia Purner, 67, a clerk in Allentown, Pa., said"
        if comma < 1 or self.sentence.lows[comma] != ",":
            return []
        named = self._ending_at(comma - 1)
        return named if named and named[0].mention is not None and self._begins_clause(named[0].first) else []

    def _begins_clause(self, first: int) -> bool:
        """Say whether a phrase surely is a subject by what stands before it."""
        if first == 0:
            return True
        low = self.sentence.lows[first - 1]
        return (
            low in _BREAKS
            or low in lex.SUBORDINATORS
            or low in lex.CONJUNCTIONS
            or low in lex.ADVERBS
            or low.endswith("ly")
            or low in lex.SAY_FORMS
        )

    def _may_begin_clause(self, first: int) -> bool:
        """Say whether a phrase can be a subject though an unknown word stands before it."""
        low = self.sentence.lows[first - 1]
        return low in lex.PREPOSITIONS or (self.sentence.words[first - 1][0].islower() and low not in lex.DETERMINERS)

    def _is_name_end(self, position: int) -> bool:
        mention = self.at[position] if position >= 0 else None
        return mention is not None and mention.last == position

    def _takes_apposition(self, position: int, apposed: Subject) -> bool:
        """Tell "the chairman, Jon Smith" from the list "Ann Lee, Jon Smith"."""
        mention = self.at[position]
        if mention is None or mention.last != position or mention.kind not in ("person", "unknown"):
            return True
        full = apposed.mention is not None and apposed.mention.last > apposed.mention.first
        if full and mention.first == mention.last and mention.kind == "unknown":
            return True
        before = self._phrase_ending_at(position)
        return before is not None and before.noun is not None  # "a spokesman for Merkel, Jon Smith"

    def _name_filling(self, first: int, last: int) -> Subject | None:
        """Return the name that fills a stretch between commas, titles aside."""
        mention = self.at[last] if last >= first else None
        if mention is None or mention.last != last or mention.lead > first or mention.kind == "place":
            return None
        if mention.first == mention.last and self.sentence.words[last][1:2] == "-":
            return None  # "R-Ohio"
        return Subject(first, last, mention=mention)

    def _is_parenthetical(self, first: int, last: int) -> bool:
        if last < first:
            return False
        lows = self.sentence.lows
        low = lows[first]
        if low in lex.CONJUNCTIONS:
            return False
        return (
            low in lex.PREPOSITIONS
            or low in lex.DETERMINERS
            or low in lex.RELATIVES
            or low in lex.ADVERBS
            or low in lex.TITLES
            or low in lex.SUBORDINATORS
            or low in lex.SPEAKER_NOUNS
            or low.endswith(("ing", "ed", "ly", "man", "ist", "or", "er"))
            or low[0].isdigit()
            or (
                last - first < 14
                and not any(low in lex.AUXILIARIES or low in lex.SAY_FORMS for low in lows[first : last + 1])
            )
        )

    def _ending_at(self, position: int) -> list[Subject]:
        """Return the noun phrase that ends exactly at `position`, with those it is joined to by "and"."""
        subject = self._phrase_ending_at(position)
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
            other = self._phrase_ending_at(left) if left >= 0 and not self.quoted[left] else None
            if other is None and self._is_name_end(left) and lows[first - 1] == "and":
                return []  # "cooperation between Norway and Oslo shows"
            if other is None or (subject.mention is None) != (other.mention is None) or other.pronoun:
                break
            found.append(other)
            first = other.first
        return found[::-1]

    def _phrase_ending_at(self, position: int) -> Subject | None:
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
        elif left >= 0 and start == mention.lead and mention.titles and self._is_name_end(left):
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
                if lows[left] in _BREAKS or lows[left] in lex.SUBORDINATORS or lows[left] in lex.SAY_FORMS:
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
                low in _BREAKS
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

    # --- to the right ------------------------------------------------------------------------------------------

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
                low in _BREAKS
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
                if after >= len(lows) or lows[after] in _BREAKS:
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
        if after < len(self.sentence) and self.sentence.lows[after] not in _BREAKS:
            return None
        return Subject(comma + 1, mention.last, mention=mention)

    # --- the sentence's own subject ------------------------------------------------------------------------------

    def inner_subject(self, first: int, limit: int) -> list[Subject]:
        """Return the subject of the last clause that a conjunction opens between two tokens: "after Putin met Kim"."""
        lows = self.sentence.lows
        for position in range(limit - 1, first, -1):
            if lows[position] in _CLAUSE_OPENERS and not self.quoted[position]:
                found = self.before(position) if lows[position] == "who" else self.starting_at(position + 1, limit)
                if found:
                    return found
        return []

    def main_subject(self, limit: int) -> list[Subject]:
        """Return the subject of the main clause, which stands before token `limit`."""
        lows = self.sentence.lows
        position = 0
        dash = next((n for n in range(1, min(limit, 12)) if lows[n] in _PAUSES and lows[n] != ","), None)
        if dash is not None and (lows[dash - 1] == ")" or self.sentence.words[0].isupper()):
            position = dash + 1  # the place line of a wire story: "WASHINGTON (AP) -"
        while position < limit and (lows[position] in _BREAKS or self.quoted[position]):
            position += 1
        for _ in range(3):
            if position >= limit:
                return []
            low = lows[position]
            if low in lex.CONJUNCTIONS or low in lex.ADVERBS or low.endswith("ly"):
                position += 1
                if position < limit and lows[position] == ",":
                    position += 1
                continue
            opens_adverbial = (
                low in lex.PREPOSITIONS
                or low in lex.SUBORDINATORS
                or low in lex.DAYS
                or low in lex.MONTHS
                or (low.endswith(("ing", "ed")) and self.at[position] is None)
            )
            if not opens_adverbial:
                break
            comma = next((n for n in range(position, limit) if lows[n] == "," and not self.quoted[n]), None)
            if comma is None:
                return []
            position = comma + 1
        found = self.starting_at(position, limit)
        comma = next((n for n in range(position, min(limit, position + 8)) if lows[n] == ","), None)
        if not found and comma is not None:
            found = self.starting_at(comma + 1, limit)  # "But a few days later, Cho ..."
        return found

    def starting_at(self, position: int, limit: int) -> list[Subject]:
        """Return the noun phrase that begins at `position`, if it can be a subject."""
        found = [s for s in self.after(position) if s.last < limit]
        if not found:
            return []
        after = found[-1].last + 1
        lows = self.sentence.lows
        if after < limit and lows[after] == "'s":
            return []
        if len(found) == 1 and after < limit and lows[after] == "and":
            return []
        return found
