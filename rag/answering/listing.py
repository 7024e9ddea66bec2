"""Answers "which articles mention X?": one sentence of every article that does, newest article first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.answering.matching import Bag
from rag.answering.tokens import tokenize
from rag.catalog import Catalog
from rag.retrieval import ArticleMention
from rag.schema import Article, Draft, DraftStatement, Evidence, Notice, Passage, Span

_ASKED: Final = re.compile(
    r"^\W*(?:list|show|find|give me|tell me|in)?\s*(?:me\s+)?(?:which|what|all|the|every)\s+(?:of the\s+|the\s+)?"
    r"(?:news\s+)?(?:articles?|stor(?:y|ies)|files?|reports?|sources?|documents?|pieces?)\s+(?:that\s+|which\s+)?"
    r"(?:mention|name|talk about|speak (?:of|about)|write about|are about|is about|cover|refer to|report on|discuss"
    r"|contain)s?\s+(?P<what>.+?)\W*$",
    re.IGNORECASE,
)


def asked_mention(question: str) -> str | None:
    """Return the name or phrase whose articles are asked for, as written; None for every other question."""
    match = _ASKED.match(" ".join(question.split()))
    return match["what"] if match else None


def list_mentions(what: str, mentions: Sequence[ArticleMention], catalog: Catalog, *, limit: int) -> Draft:
    """Quote, of each article, the first sentence that holds the words asked for.

    Args:
        what: the name or phrase.
        mentions: of articles, in the order to show them.
        catalog: holds their passages.
        limit: most articles; how many more there are is told in a notice.
    """
    if not mentions:
        return Draft(reason="subject_not_found", subject=what)
    shown = mentions[:limit]
    articles = catalog.articles(mention.article_id for mention in shown)
    statements = []
    for mention in shown:
        found = _first_sentence(what, mention, catalog)
        article = articles.get(mention.article_id)
        if found is not None and article is not None:
            statements.append(_quoted(article, *found, mention))
    notices: tuple[Notice, ...] = ()
    if len(mentions) > len(statements):
        message = f"{len(mentions)} articles mention {what}; {len(statements)} are shown"
        notices = (Notice("more_articles", message),)
    return Draft(
        statements=tuple(statements), reason=None if statements else "fact_not_stated", subject=what, notices=notices
    )


def _first_sentence(what: str, mention: ArticleMention, catalog: Catalog) -> tuple[Passage, Span] | None:
    """Return the first sentence of an article with all the words; else the first with the last of them."""
    wanted = [token.stem for token in tokenize(what)]
    fallback: tuple[Passage, Span] | None = None
    for passage in catalog.passages_of(mention.article_id):
        for span in passage.sentences:
            words = Bag.of(tokenize(passage.text[span.start - passage.span.start : span.end - passage.span.start]))
            held = words.stems | words.words
            if all(stem in held for stem in wanted):
                return passage, span
            if fallback is None and wanted and wanted[-1] in held:
                fallback = passage, span
    return fallback


def _quoted(article: Article, passage: Passage, span: Span, mention: ArticleMention) -> DraftStatement:
    evidence = Evidence(article=article, passage=passage, span=span, also_in=mention.also_in)
    return DraftStatement(text=evidence.text, evidence=(evidence,))
