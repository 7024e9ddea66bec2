"""Answers "which articles mention X?" and "how many?": one sentence of every article, the newest article first."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rag.schema import Draft, DraftStatement, Evidence, Notice, Query, Rejection, ScoredPassage
from rag.text.words import content_words, stems


class Listing:
    """Lists what the catalog knows, so that the answer is complete where a ranking would be cut off. See `Answerer`."""

    def answer(
        self, query: Query, passages: Sequence[ScoredPassage]
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Yield the count where it is asked for, and of each article the first sentence that holds the words."""
        topic = query.topic or ""
        quotes = [_first_sentence(topic, scored) for scored in passages]
        shown = quotes[: query.max_statements]
        if query.intent == "count" and quotes:
            mention = "1 article mentions" if len(quotes) == 1 else f"{len(quotes)} articles mention"
            yield DraftStatement(text=f"{mention} {topic}.", evidence=tuple(shown), is_counted=True)
            shown = []
        for evidence in shown:
            yield DraftStatement(text=evidence.text, evidence=(evidence,))
        if not quotes:
            return Draft(reason="subject_not_found", subject=topic)
        if len(quotes) > query.max_statements:
            message = f"{len(quotes)} articles mention {topic}; {query.max_statements} are cited"
            return Draft(subject=topic, notices=(Notice("more_articles", message),))
        return Draft(subject=topic)


def _first_sentence(topic: str, scored: ScoredPassage) -> Evidence:
    """Return the first sentence of a passage with all the words; else the first with the last of them."""
    wanted = stems(content_words(topic))
    found = [
        Evidence(article=scored.article, passage=scored.passage, span=span, also_in=scored.also_in)
        for span in scored.passage.sentences
    ]
    held = [set(stems(content_words(evidence.text))) for evidence in found]
    whole = next((one for one, words in zip(found, held, strict=True) if words.issuperset(wanted)), None)
    last = next((one for one, words in zip(found, held, strict=True) if wanted and wanted[-1] in words), None)
    return whole or last or found[0]
