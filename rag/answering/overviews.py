"""Quotes an overview: the lead of an article for a summary, dated sentences for a timeline, the newest first."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Final

from rag.schema import Draft, DraftStatement, Evidence, Intent, PartialDate, Query, Rejection, ScoredPassage
from rag.text.dates import find_dates
from rag.text.words import content_words, stems

OVERVIEWS: Final[frozenset[Intent]] = frozenset(("summary", "timeline", "latest"))
LEAD_SENTENCES: Final = 4
"""Of one article; of each where the summary is of several."""
LATEST_ARTICLES: Final = 4


class Overview:
    """Quotes what stands where news says the main thing. See `Answerer`."""

    def answer(
        self, query: Query, passages: Sequence[ScoredPassage]
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Yield sentences for a query for a summary, a timeline or the latest news."""
        articles = _by_article(passages, query.topic)
        match query.intent:
            case "summary" if query.topic is not None or len(articles) == 1:
                chosen = [one for leads in articles[:1] for one in leads[:LEAD_SENTENCES]]
            case "timeline":
                leads = [sentences[0] for sentences in articles if sentences[0].article.published is not None]
                dated = [one for sentences in articles for one in sentences if find_dates(one.text)]
                chosen = sorted({(one.article.id, one.span): one for one in (*leads, *dated)}.values(), key=_when)
            case _:
                newest = sorted(articles, key=lambda leads: str(leads[0].article.published or ""), reverse=True)
                chosen = [leads[0] for leads in newest[:LATEST_ARTICLES]]
        for evidence in chosen[: query.max_statements]:
            yield DraftStatement(text=evidence.text, evidence=(evidence,))
        return Draft() if chosen else Draft(reason="no_match")


def _by_article(passages: Sequence[ScoredPassage], topic: str | None) -> list[list[Evidence]]:
    """Return the sentences by article, in order; only of articles that hold every word of the topic, if any do."""
    order = dict.fromkeys(scored.article.id for scored in passages)
    articles = [list(_sentences([one for one in passages if one.article.id == key])) for key in order]
    articles = [sentences for sentences in articles if sentences]
    wanted = set(stems(content_words(topic or "")))
    holding = [
        sentences
        for sentences in articles
        if wanted <= set(stems(content_words(f"{sentences[0].article.title} {sentences[0].article.text}")))
    ]
    return holding or articles


def _sentences(passages: Sequence[ScoredPassage]) -> Iterator[Evidence]:
    for scored in sorted(passages, key=lambda one: one.passage.span):
        for span in scored.passage.sentences:
            yield Evidence(article=scored.article, passage=scored.passage, span=span, also_in=scored.also_in)


def _when(evidence: Evidence) -> tuple[int, int, int]:
    """Return the first date of a sentence, or the article's; a part that both leave open counts as 0."""
    published = evidence.article.published or PartialDate()
    day = next((day for _, day in find_dates(evidence.text)), published)
    return (day.year or published.year or 0, day.month or 0, day.day or 0)
