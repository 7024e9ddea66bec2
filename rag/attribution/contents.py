"""Says which words of a sentence are what was said, given speaker and cue."""

from __future__ import annotations

from collections.abc import Sequence

from rag.attribution import lexicon as lex
from rag.attribution.document import Reading
from rag.attribution.phrases import Subject
from rag.schema import Span

CLAUSE_OPENERS = frozenset("that how why whether what if where when who".split())
STOPS = frozenset({".", "?", "!", "…"})
_PAUSES = frozenset({",", "—", "–", "--"})
_TELLING = lex.LIGHT_VERBS | frozenset("told tell tells telling asked asks reminded informed assured warned".split())
"""Cues that take a listener, or the rest of the cue, before what was said: "made clear that"."""
_CIRCUMSTANCES = (
    (lex.PREPOSITIONS - {"to"}) | lex.DAYS | lex.MONTHS | lex.ADVERBS | frozenset("this last late early".split())
)
"""What may stand between "said" and "that" ("on Monday")."""
_NO_NOUN = lex.PREPOSITIONS | lex.SUBORDINATORS | lex.CONJUNCTIONS | lex.AUXILIARIES | lex.ADVERBS | lex.RELATIVES
_ADVERBIAL = lex.PREPOSITIONS | lex.SUBORDINATORS | lex.ADVERBS | lex.CONJUNCTIONS
_LISTENER_TOKENS = 9  # the longest way to "that": "told reporters at the White House on Tuesday that"
_REACH_TOKENS = 9  # farthest end of a quotation before the speaker: '"...," another brother, Stuart Oltchick, recalled'


def content_spans(
    reading: Reading, subjects: Sequence[Subject], cue: int, after: int, *, follows_speaker: bool
) -> list[Span]:
    """Return the spans of what was said: after the cue, before the speaker, or both.

    Args:
        reading: the sentence.
        subjects: who speaks.
        cue: token of the cue.
        after: first token that can be content behind it.
        follows_speaker: the cue stands before the speaker ("said Cho", "according to Cho").
    """
    tokens = reading.tokens
    lows = tokens.lows
    end = len(lows)
    while end > after and not (lows[end - 1][0].isalnum() or reading.quoted[end - 1]):
        end -= 1
    first = min(cue, *(subject.first for subject in subjects))
    left = _left_end(reading, first)
    spans: list[Span] = []
    if left > 0 and (
        reading.quoted[left - 1] or (left < first and _is_said_before(reading, left, after, end, follows_speaker))
    ):
        spans.append(Span(tokens.starts[0], tokens.ends[left - 1]))
    begin = _right_begin(reading, cue, after, end)
    if begin < end and (not spans or any(reading.quoted[after:end])):
        spans.append(Span(tokens.starts[begin], tokens.ends[end - 1]))
    return spans


def _left_end(reading: Reading, first: int) -> int:
    """Return the token after the last one that can be content before the speaker."""
    end = first - 1 if first > 1 and reading.tokens.lows[first - 1] == "as" else first
    while end > 0 and reading.tokens.lows[end - 1] in _PAUSES and not reading.quoted[end - 1]:
        end -= 1
    lows = reading.tokens.lows
    if end == first and end > 1:
        # "..., frontman Anthony Kiedis revealed": a noun may stand between comma and name
        comma = next((n for n in range(end - 1, max(end - 5, 0), -1) if lows[n] == "," and not reading.quoted[n]), None)
        if comma is not None and not any(low in _NO_NOUN for low in lows[comma + 1 : end]):
            end = comma
    nearest = max(end - _REACH_TOKENS, -1)
    return next((n + 1 for n in range(end - 1, nearest, -1) if reading.quoted[n]), end)


def _is_said_before(reading: Reading, left: int, after: int, end: int, follows_speaker: bool) -> bool:
    """Tell "Iran is cheating, Trump said on Monday" from "In a speech on Monday, Trump said Iran was cheating"."""
    lows = reading.tokens.lows
    following = lows[after] if after < len(lows) else "."
    if any(reading.quoted[after:end]) or following in CLAUSE_OPENERS or following in (":", "to"):
        return False
    left_words = sum(1 for low in lows[:left] if low[0].isalnum())
    right_words = sum(1 for low in lows[after:end] if low[0].isalnum())
    opening = lows[0]
    is_adverbial = opening.endswith("ing") or opening in _ADVERBIAL
    if left_words < 3 or (is_adverbial and right_words >= 6):
        return False
    closes = following in STOPS or following in (",", "in", "on", "at", "during")
    return right_words < 4 or follows_speaker or closes


def _right_begin(reading: Reading, cue: int, after: int, end: int) -> int:
    """Skip "that" and whoever is told: "told reporters on Monday that"."""
    lows = reading.tokens.lows
    begin = after
    while begin < end and (lows[begin] in _PAUSES or lows[begin] in (":", "that")) and not reading.quoted[begin]:
        begin += 1
    if begin == after and begin < end and (lows[cue] in _TELLING or lows[begin] in _CIRCUMSTANCES):
        for position in range(after, min(after + _LISTENER_TOKENS, end)):
            if lows[position] == "that" and not reading.quoted[position]:
                return position + 1 if position + 1 < end else begin
            if lows[position] == "," or (reading.quoted[position] and lows[cue] not in _TELLING):
                break
            if reading.quoted[position]:
                return position
    return begin
