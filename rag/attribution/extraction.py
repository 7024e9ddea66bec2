"""Article -> statements: who is reported to have said what.

In order: (1) tokenise the sentences, find quotations and names (`document`); of an interview or transcript, note the
turns (`turns`); (2) read the other sentences in order, noting reporting verbs and "according to" with their speakers
(`cues`, with `clauses`, `contents` and `antecedents`); (3) give quotations that have no verb of their own to whoever is
speaking (`spreading`); (4) write down statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.attribution.cues import read_cues
from rag.attribution.document import Document, Found
from rag.attribution.spreading import spread_quotations
from rag.attribution.turns import read_turns
from rag.schema import Article, NamedEntity, Span, Speech, Statement
from rag.text.visible import visible

_MOSTLY = 0.9  # of the content's characters inside quotation marks make a direct quotation


def extract(article: Article, sentences: Sequence[Span]) -> tuple[tuple[Statement, ...], tuple[NamedEntity, ...]]:
    """Find the reported speech of an article, and everybody it names.

    Args:
        article: cleaned; names are also taken from its headings and title.
        sentences: raw spans of all sentences that can be cited, in order.

    Returns:
        The statements in order of text (one for each speaker where several speak together), and the named entities,
        most mentioned first. A statement whose speaker is a pronoun that cannot be resolved is left out.
    """
    seen = visible(article.raw)
    if seen is None:
        return _extract(article, sentences)
    # Soft hyphens, links and tags hide names and verbs, so what a reader sees is read, and the places are led back.
    shown = replace(
        article,
        raw=seen.text,
        blocks=tuple(replace(block, span=seen.of_raw(block.span)) for block in article.blocks),
    )
    places = {seen.of_raw(span): span for span in sentences}
    statements, entities = _extract(shown, list(places))
    return (
        tuple(
            replace(
                statement,
                content=tuple(map(seen.to_raw, statement.content)),
                sentences=tuple(places[span] for span in statement.sentences),
            )
            for statement in statements
        ),
        entities,
    )


def _extract(article: Article, sentences: Sequence[Span]) -> tuple[tuple[Statement, ...], tuple[NamedEntity, ...]]:
    document = Document(article, sentences)
    turns = read_turns(document)
    for reading in document.readings:
        if reading.number not in turns:
            read_cues(document, reading, is_linked=bool(turns))
    spread_quotations(document)
    found = [one for reading in document.readings for one in reading.found]
    found.sort(key=lambda one: (min(one.sentences).start, one.reading.number, one.cue_position))
    statements = tuple(_statement(document, one) for one in found)
    for reading in document.readings:
        reading.found.clear()  # they point back to it, and a cycle waits for the garbage collector
    return statements, document.entities.named()


def _statement(document: Document, found: Found) -> Statement:
    content = tuple(sorted(set(found.content)))
    return Statement(
        article_id=document.article.id,
        speaker=found.speaker,
        mention=" ".join(found.mention.split()),
        cue=found.cue,
        content=content,
        sentences=tuple(sorted(set(found.sentences))),
        speech=_speech(document, content),
    )


def _speech(document: Document, content: Sequence[Span]) -> Speech:
    length = sum(len(span) for span in content)
    inside = 0
    for span in content:
        for number in document.quotes_over(span):
            quote = document.quotations[number].span
            inside += max(0, min(span.end, quote.end) - max(span.start, quote.start))
    if inside == 0:
        return "indirect"
    return "direct" if inside >= _MOSTLY * length else "mixed"
