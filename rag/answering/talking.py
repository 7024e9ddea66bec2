"""Answers what asks nothing of the articles: greetings and thanks, and questions about the index itself."""

from __future__ import annotations

from rag.catalog import Catalog
from rag.schema import Draft


def small_talk(catalog: Catalog) -> Draft:
    """Say in a line what newsqa does."""
    articles, _ = catalog.size()
    text = (
        f"Hello! I answer questions about the {articles:,} indexed articles and cite the place of every sentence. "
        "Ask, for example, who said what, when or why something happened, or for a summary."
    )
    return Draft(reason="not_a_question", text=text)


def about_index(catalog: Catalog) -> Draft:
    """Say how many articles there are, and from when to when."""
    metas = catalog.article_dates().values()
    days = sorted(str(meta.published) for meta in metas if meta.published and meta.published.year is not None)
    undated = len(metas) - len(days)
    text = f"{len(metas):,} articles are indexed" if len(metas) != 1 else "1 article is indexed"
    if days:
        text += f", dated {days[0]} to {days[-1]}" if days[0] != days[-1] else f", dated {days[0]}"
    if undated:
        text += f"; {undated:,} of them {'has' if undated == 1 else 'have'} no full date"
    return Draft(reason="about_the_index", text=f"{text}.")
