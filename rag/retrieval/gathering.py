"""Gathers what a question may be answered from: passages, whole articles for a summary, and a speaker's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rag.attribution import same_person
from rag.catalog import Catalog
from rag.retrieval.retriever import Retriever
from rag.schema import Passage, Query, ScoredPassage, Span
from rag.text.words import content_words, stems

MOST_OF_SPEAKER: Final = 60
"""Passages with a speaker's statements that are added to what a search found, the newest first."""
SUMMARISED_ARTICLES: Final = 3
"""Best articles of which a summary is given every passage."""


def retrieve(query: Query, retriever: Retriever, catalog: Catalog, *, k: int) -> tuple[ScoredPassage, ...]:
    """Return what may be cited in the answer to a query, most useful first.

    Where somebody's words are asked for, the passages that report them come before the others; where they should be
    about something, only those that the search found do, and the rest follow. Where articles are asked for, each that
    mentions the topic gives one passage. What the search did not find has no `origins`.

    Args:
        query: understood.
        retriever: searches the index.
        catalog: of the same index.
        k: passages that the search returns at most.
    """
    if query.intent in ("list", "count") and query.topic is not None:
        return tuple(_mentioning(query.topic, query, retriever, catalog))
    if query.intent in ("summary", "timeline", "latest") and query.topic is None:
        return tuple(_newest(k, query, retriever, catalog))
    found = retriever.search(query.text, k=k, filters=query.filters)
    if query.intent == "summary":
        best = list(dict.fromkeys(scored.article.id for scored in found))[:SUMMARISED_ARTICLES]
        whole = _scored(query, catalog, {one: catalog.passages_of(one) for one in best}, retriever)
        return _once([*whole, *found])
    if query.speaker is None:
        return found
    spoken = _spoken(query, found, retriever, catalog)
    ids = {scored.passage.id for scored in spoken}
    first = [scored for scored in found if scored.passage.id in ids]
    rest = [scored for scored in found if scored.passage.id not in ids]
    return _once([*first, *rest, *spoken] if query.topic else [*first, *spoken, *rest])


def _mentioning(topic: str, query: Query, retriever: Retriever, catalog: Catalog) -> list[ScoredPassage]:
    """Return of each article that mentions something the first passage that does, the newest article first."""
    wanted = set(stems(content_words(topic)))
    chosen: dict[str, list[Passage]] = {}
    for mention in retriever.articles_mentioning(topic, filters=query.filters):
        passages = catalog.passages_of(mention.article_id)
        holding = [one for one in passages if one.id in mention.passage_ids[:1]]
        fitting = [one for one in passages if wanted & set(stems(content_words(one.text)))]
        chosen[mention.article_id] = [one for one in (*holding, *fitting) if one.sentences][:1]
    return _scored(query, catalog, chosen, retriever)


def _newest(k: int, query: Query, retriever: Retriever, catalog: Catalog) -> list[ScoredPassage]:
    """Return the first passages of the newest articles, near-duplicates once; whole articles where they are few."""
    metas = catalog.article_dates()
    allowed = retriever.allowed(query.filters)
    standing: dict[str, str] = {}
    for one in sorted(metas, key=lambda one: (str(metas[one].published or ""), one), reverse=True):
        if allowed is None or one in allowed:
            standing.setdefault(metas[one].group, one)
    newest = list(standing.values())[:k]
    each = max(1, k // max(len(newest), 1))
    return _scored(query, catalog, {one: catalog.passages_of(one)[:each] for one in newest}, retriever)


def _spoken(
    query: Query, found: Sequence[ScoredPassage], retriever: Retriever, catalog: Catalog
) -> list[ScoredPassage]:
    """Return the passages that report words of the speaker, the newest article first, near-duplicates once."""
    name = query.speaker or ""
    keys = {
        speaker.key
        for word in content_words(name)
        for speaker in catalog.find_speakers([word])
        if same_person(name, speaker.name)
    }
    metas = catalog.article_dates()
    allowed = retriever.allowed(query.filters)
    standing = {metas[one.article.id].group: one.article.id for one in found if one.article.id in metas}
    reported: dict[str, set[Span]] = {}
    for statement in catalog.statements_by(sorted(keys)) if keys else ():
        article_id = statement.article_id
        if article_id not in metas or (allowed is not None and article_id not in allowed):
            continue
        if standing.setdefault(metas[article_id].group, article_id) == article_id:
            reported.setdefault(article_id, set()).update(statement.sentences)
    newest = sorted(reported, key=lambda one: (str(metas[one].published or ""), one), reverse=True)[:MOST_OF_SPEAKER]
    passages = {
        one: [passage for passage in catalog.passages_of(one) if reported[one] & set(passage.sentences)]
        for one in newest
    }
    return _scored(query, catalog, passages, retriever)[:MOST_OF_SPEAKER]


def _scored(
    query: Query, catalog: Catalog, passages: Mapping[str, Sequence[Passage]], retriever: Retriever
) -> list[ScoredPassage]:
    """Return passages by article as if a search had found them, without saying that one did."""
    articles = catalog.articles(passages)
    copies = retriever.copies(passages, retriever.allowed(query.filters))
    return [
        ScoredPassage(passage=one, article=articles[key], score=0.0, origins={}, also_in=copies.get(key, ()))
        for key, of_article in passages.items()
        for one in of_article
        if key in articles
    ]


def _once(passages: Iterable[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Return each passage once, in its first place, as the search found it where it did."""
    kept: dict[str, ScoredPassage] = {}
    for scored in passages:
        if scored.passage.id not in kept or (scored.origins and not kept[scored.passage.id].origins):
            kept[scored.passage.id] = scored
    return tuple(kept.values())
