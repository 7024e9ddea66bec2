"""Gives whole quotations to the statements that hold part of them, and lone quotations to whoever is speaking."""

from __future__ import annotations

from rag.attribution import lexicon as lex
from rag.attribution.document import Document, Found, Reading
from rag.schema import Span

_PLAIN_CUES = lex.INVERTING | {"tells", "told", "according to", ":"}


def spread_quotations(document: Document) -> None:
    """Add to each statement the sentences of its quotations, and the quotations that follow it without a verb."""
    owners: dict[int, list[Found]] = {}
    for reading in document.readings:
        for found in reading.found:
            for number in found.quotations:
                owners.setdefault(number, []).append(found)
    for number in range(len(document.quotations)):
        if number not in owners:
            owners[number] = _speakers_of_lone(document, number, owners)
        for found in owners[number]:
            _add(document, found, number)


def _add(document: Document, found: Found, number: int) -> None:
    quote = document.quotations[number].span
    for reading in document.readings_over(quote):
        if reading.span not in found.sentences:
            found.sentences.append(reading.span)
            found.content.append(Span(max(reading.span.start, quote.start), min(reading.span.end, quote.end)))


def _speakers_of_lone(document: Document, number: int, owners: dict[int, list[Found]]) -> list[Found]:
    """Find who says a quotation that has no verb of its own: who spoke in the sentence before it, or before that."""
    quotation = document.quotations[number]
    if quotation.continued and number > 0:
        return owners[number - 1]
    over = list(document.readings_over(quotation.span))
    if not over or not over[0].opens_quoted or any(reading.found for reading in over):
        return []
    first = over[0]
    before = document.before(first)
    if before is None or first.span.start < quotation.span.start - 1 or first.paragraph - before.paragraph > 1:
        return []
    if before.found:
        chosen = _main_group(before)
        plain = chosen[0].cue in _PLAIN_CUES or chosen[0].cue in lex.SAY_FORMS
        same_paragraph = first.paragraph == before.paragraph
        introduced = before.tokens.words[-1:] == [":"]
        return chosen if same_paragraph or plain or introduced or any(found.quotations for found in chosen) else []
    # The sentence before is itself the end of a quotation that has a speaker.
    if number > 0 and document.quotations[number - 1].span.end >= before.span.end - 2:
        return owners[number - 1]
    return []


def _main_group(reading: Reading) -> list[Found]:
    """Return the statements of a sentence that a following quotation goes on: quoted ones first, then "said"."""
    groups: dict[int, list[Found]] = {}
    for found in reading.found:
        groups.setdefault(found.cue_position, []).append(found)
    best = max(groups, key=lambda cue: (bool(groups[cue][0].quotations), groups[cue][0].cue in _PLAIN_CUES, cue))
    return groups[best]
