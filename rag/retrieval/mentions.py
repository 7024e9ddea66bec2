"""Which articles mention a name or a phrase: asked of the stores, and complete where a ranking would be cut off."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from rag.catalog import Catalog
from rag.lexical import LexicalIndex
from rag.retrieval.dates import days_of
from rag.retrieval.table import table_of
from rag.schema import Copy, PartialDate
from rag.text.folding import searchable
from rag.text.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMention:
    """An article that mentions what was asked for."""

    article_id: str
    path: str
    title: str | None
    published: PartialDate | None
    mentions: int
    """How often the article names it, where it is a name the catalog knows; else the passages that hold the words."""
    passage_ids: tuple[str, ...]
    """Passages that hold the very words, in order; none where the article uses only another form of the name."""
    also_in: tuple[Copy, ...] = ()


def articles_mentioning(
    catalog: Catalog, lexical: LexicalIndex, name: str, *, allowed: Container[str] | None = None
) -> tuple[ArticleMention, ...]:
    """Return every article that names somebody or something, or holds the words one after another; newest first.

    Articles of one day come in order of path; those without a day of a year come last. Near-duplicates count once:
    the one whose path comes first stands.
    """
    asked = words(name)
    if not asked:
        return ()
    counts: dict[str, int] = {}
    for found in catalog.find_entities(searchable(name)):
        counts[found.article_id] = counts.get(found.article_id, 0) + found.entity.mentions
    limit = max(lexical.num_docs(), 1)
    spellings = (asked, [*asked[:-1], f"{asked[-1]}'s"])
    hits = {passage_id for phrase in spellings for passage_id in lexical.phrase(phrase, limit=limit)}
    holding: dict[str, list[str]] = {}
    for passage_id, article_id in catalog.owners(hits).items():
        holding.setdefault(article_id, []).append(passage_id)
    metas = catalog.article_dates()
    passages = catalog.passages(hits)
    standing: dict[str, ArticleMention] = {}
    table = table_of(metas)
    for article_id in sorted(counts.keys() | holding.keys(), key=lambda one: metas[one].path if one in metas else ""):
        meta = metas.get(article_id)
        if meta is None or (allowed is not None and article_id not in allowed):
            continue
        held = sorted(holding.get(article_id, ()), key=lambda one: passages[one].ordinal)
        standing.setdefault(
            meta.group,
            ArticleMention(
                article_id=article_id,
                path=meta.path,
                title=meta.title,
                published=meta.published,
                mentions=counts.get(article_id, len(held)),
                passage_ids=tuple(held),
                also_in=tuple(
                    copy for copy in table.copies(article_id) if allowed is None or copy.article_id in allowed
                ),
            ),
        )
    return tuple(sorted(standing.values(), key=lambda one: (-_day(one.published).toordinal(), one.path)))


def _day(published: PartialDate | None) -> date:
    if published is None or published.year is None:
        return date.min
    return days_of(published, published.year)[1]
