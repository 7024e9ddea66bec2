"""Finds the subject of a reporting verb in one sentence: names, pronouns and nouns to its left.

There is no parser here. A subject is what stands directly before the verb once adverbs, auxiliaries, parentheses,
appositions and relative clauses between them are stepped over; the functions say nobody where that is not clear.
"""

from __future__ import annotations

from rag.attribution import lexicon as lex
from rag.attribution.phrases import BREAKS, Phrases, Subject

_PAUSES = frozenset({",", "—", "–", "--", "-", "―"})
_SEPARATORS = _PAUSES | {";", ":"}
_CLAUSE_OPENERS = frozenset("after when while as because before since although though who if".split())


class Clauses(Phrases):
    """A sentence with its names, ready to be asked who does a verb."""

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
        found = self.ending_at(position)
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
        named = self.ending_at(first - 2)
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
        return self.ending_at(left) or (self.before_comma(left + 1) if pause else [])

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
                before_it = [] if self.quoted[left - 1] else self.ending_at(left - 1)
                if before_it and before_it[0].noun is not None:
                    apposed.first = before_it[0].first
                return [apposed]
            before = self._over_parenthesis(left - 1)
            if before < 0 or lows[left] in (";", ":") or not self._is_parenthetical(left + 1, right - 1):
                break
            found = self.ending_at(before)
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
        named = self.ending_at(comma - 1)
        return named if named and named[0].mention is not None and self._begins_clause(named[0].first) else []

    def _begins_clause(self, first: int) -> bool:
        """Say whether a phrase surely is a subject by what stands before it."""
        if first == 0:
            return True
        low = self.sentence.lows[first - 1]
        return (
            low in BREAKS
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

    def _takes_apposition(self, position: int, apposed: Subject) -> bool:
        """Tell "the chairman, Jon Smith" from the list "Ann Lee, Jon Smith"."""
        mention = self.at[position]
        if mention is None or mention.last != position or mention.kind not in ("person", "unknown"):
            return True
        full = apposed.mention is not None and apposed.mention.last > apposed.mention.first
        if full and mention.first == mention.last and mention.kind == "unknown":
            return True
        before = self.phrase_ending_at(position)
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
        while position < limit and (lows[position] in BREAKS or self.quoted[position]):
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
