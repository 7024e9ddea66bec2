"""Articles, passages and a corpus in memory: each sentence given is one sentence of the article's only passage."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.analysis import QuestionAnalysis, analyse
from rag.answering.candidates import Candidate, candidates
from rag.answering.corpus import Corpus
from rag.answering.selection import ScoredSentence, make_matcher, score_sentences
from rag.attribution import extract
from rag.catalog import Manifest
from rag.catalog.memory import MemoryCatalog
from rag.lexical.analysis import entries
from rag.lexical.memory import MemoryLexical
from rag.schema import (
    Article,
    Block,
    Evidence,
    OriginScore,
    PartialDate,
    Passage,
    ProcessedArticle,
    ScoredPassage,
    Span,
)

MANIFEST = Manifest(
    format=1,
    embedder="none",
    dimensions=8,
    max_tokens=220,
    cleaner=1,
    embedded_text=1,
    vectors="folder",
    stores_text=False,
)


NAMES = frozenset({"astrid", "lindqvist", "teixeira", "kamau"})
"""Words that `analysed` takes for names however they are written."""


def analysed(question: str) -> QuestionAnalysis:
    """Take a question apart."""
    return analyse(question, is_name=NAMES.__contains__)


def processed(
    name: str,
    *sentences: str,
    title: str | None = None,
    published: PartialDate | None = None,
    heading: str | None = None,
) -> ProcessedArticle:
    """Return an article as an ingest makes it, with its statements and names."""
    raw = " ".join(sentences)
    spans: list[Span] = []
    start = 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    whole = Span(0, len(raw))
    article = Article(
        id=f"article-{name}",
        path=f"{name}.txt",
        raw=raw,
        sha256="0" * 64,
        encoding="utf-8",
        kind="text",
        kept=(whole,),
        removed=(),
        blocks=(Block(whole, "paragraph"),),
        title=title,
        published=published,
    )
    passage = Passage(
        id=f"passage-{name}",
        article_id=article.id,
        ordinal=0,
        span=whole,
        text=raw,
        sentences=tuple(spans),
        heading=heading,
    )
    statements, names = extract(article, spans)
    return ProcessedArticle(article=article, passages=(passage,), statements=statements, entities=names)


def scored(*articles: ProcessedArticle, score: float = 1.0) -> tuple[ScoredPassage, ...]:
    """Return the passages of articles as if they had been found."""
    return tuple(
        ScoredPassage(passage=passage, article=item.article, score=score, origins={"lexical": OriginScore(1, score)})
        for item in articles
        for passage in item.passages
    )


def passages_by_id(*articles: ProcessedArticle) -> dict[str, Passage]:
    """Return all passages of articles by id."""
    return {passage.id: passage for item in articles for passage in item.passages}


def corpus_of(*articles: ProcessedArticle) -> Corpus:
    """Return what is known of the words and names of articles."""
    lexical = MemoryLexical()
    lexical.write(entry for item in articles for entry in entries(item.article, item.passages))
    return Corpus(MemoryCatalog(articles, manifest=MANIFEST), lexical)


def evidence_in(item: ProcessedArticle) -> list[Evidence]:
    """Return an article's sentences."""
    return [
        Evidence(article=item.article, passage=passage, span=span)
        for passage in item.passages
        for span in passage.sentences
    ]


def candidate(*sentences: str, published: PartialDate | None = None) -> Candidate:
    """Return the last of some sentences with the others before it."""
    return candidates(scored(processed("a", *sentences, published=published)))[-1]


def rank(question: str, *articles: ProcessedArticle) -> tuple[QuestionAnalysis, list[ScoredSentence]]:
    """Take a question apart, and score the sentences of articles without any word vectors."""
    corpus = corpus_of(*articles)
    analysis = analyse(question, is_name=corpus.is_name, is_held=corpus.holds_word)
    found = candidates(scored(*articles))
    matcher = make_matcher(analysis, found, similarity=None, corpus=corpus)
    return analysis, score_sentences(analysis, found, matcher, [0.0] * len(found))


def texts(found: Sequence[ScoredSentence]) -> list[str]:
    """Return the sentences' words."""
    return [sentence.candidate.evidence.text for sentence in found]
