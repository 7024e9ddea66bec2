"""Who said what: "what did X say?" asked of one article, judged against people's annotation of reported speech.

Rows of `who_said_what`: of kind `said`, those whose sources all name the speaker (`name_in_source`); of kind
`silent`, those of articles where no he/she/who source is left unresolved. The answer to a row is what the product
gives: the article is cleaned and cut as at ingest, and every statement whose speaker the asked name fits is cited.

Recall of a row is the share of the gold content's tokens that lie in cited sentences. Precision is the share of
cited sentences with at least 30 % of their tokens in that speaker's gold content; sentences inside content whose
he/she/who source the gold leaves unresolved do not count. F1 is taken of the two averages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.bench import BenchRequest, BenchResult, Metric, Row, mean_metric, statistic_metric
from rag.attribution import extract, same_person
from rag.cleaning.cleaner import clean
from rag.passages import split_article
from rag.schema import Article, Metadata, SourceFile, Span, Statement

PRECISE_SHARE = 0.3  # of a cited sentence's tokens in gold content; set by the benchmark's definition
_TOKEN = re.compile(r"\w+")
_CUE = re.compile(
    r"\b(?:said|says|say|told|tells|added|argued|claimed|warned|wrote|tweeted|asked|called|noted|stated|announced|"
    r"believes?|thinks?|wants?|according to)\b"
)
_PRONOUN_SOURCES = frozenset("he she who".split())


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of kind `said`, with what was cited."""

    recall: float
    precision: float | None
    """None when nothing that counts was cited."""


Answerer = Callable[[Article, Sequence[Span], str], list[Span]]
"""Article, its sentences and a name -> the sentences cited."""


def run(request: BenchRequest) -> BenchResult:
    """Ask every row of its article and judge what is cited."""
    request.require_set("polnear")
    rows = [row for row in request.rows("article_id", "kind", "speaker", "contents") if _is_asked(row)]
    articles = {row["id"]: row for row in request.companion_rows("id", "text", "attributions")}
    prepared = {row["article_id"]: _prepare(articles[row["article_id"]]) for row in rows}
    statements = {key: extract(article, sentences)[0] for key, (article, sentences) in prepared.items()}

    def ours(article: Article, sentences: Sequence[Span], name: str) -> list[Span]:
        return cited_sentences(statements[article.path], name)

    metrics, records = _measure("", ours, rows, articles, prepared)
    baseline, _ = _measure("name and cue in the sentence: ", _plain_answer, rows, articles, prepared)
    return BenchResult(n=len(rows), metrics=metrics, baseline=baseline, records=records)


def cited_sentences(statements: Sequence[Statement], name: str) -> list[Span]:
    """Return the sentences of the statements whose speaker the name fits, in order of text."""
    return sorted({span for s in statements if same_person(name, s.speaker) for span in s.sentences})


def _is_asked(row: Row) -> bool:
    if row["kind"] == "said":
        return set(row["methods"]) == {"name_in_source"}
    return bool(row["kind"] == "silent" and row["unresolved_pronoun_sources"] == 0)


def _prepare(row: Row) -> tuple[Article, tuple[Span, ...]]:
    """Clean and cut an article as the ingest does; its path is the row's id."""
    source = SourceFile(
        path=row["id"],
        raw=row["text"],
        sha256=hashlib.sha256(row["text"].encode()).hexdigest(),
        encoding="utf-8",
        kind="record",
        metadata=Metadata(title=row.get("title"), publisher=row.get("publisher"), author=row.get("author")),
    )
    article = clean(source)
    return article, tuple(span for passage in split_article(article) for span in passage.sentences)


def _plain_answer(article: Article, sentences: Sequence[Span], name: str) -> list[Span]:
    """Cite every sentence that holds the family name and a common reporting verb."""
    family = re.compile(rf"\b{re.escape(name.split()[-1])}\b")
    return [span for span in sentences if family.search(text := span.of(article.raw)) and _CUE.search(text)]


def _measure(
    label: str,
    answer: Answerer,
    rows: Sequence[Row],
    articles: Mapping[str, Row],
    prepared: Mapping[str, tuple[Article, tuple[Span, ...]]],
) -> tuple[list[Metric], list[Row]]:
    judged: list[Judged] = []
    judged_articles: list[str] = []
    refused: list[float] = []
    refused_articles: list[str] = []
    records: list[Row] = []
    for row in rows:
        article, sentences = prepared[row["article_id"]]
        cited = answer(article, sentences, row["speaker"])
        record = {"id": row["id"], "kind": row["kind"], "cited": [span.of(article.raw) for span in cited]}
        if row["kind"] == "silent":
            refused.append(float(not cited))
            refused_articles.append(row["article_id"])
        else:
            result = judge(row, articles[row["article_id"]], cited)
            judged.append(result)
            judged_articles.append(row["article_id"])
            gold = [f"{content['source']} | {content['cue']} | {content['text']}" for content in row["contents"]]
            record |= {"recall": result.recall, "precision": result.precision, "gold": gold}
        records.append(record)
    precise = [(j.precision, key) for j, key in zip(judged, judged_articles, strict=True) if j.precision is not None]
    metrics = [
        statistic_metric(
            label + "F1", judged, f1, groups=judged_articles, definition="harmonic mean of average recall and precision"
        ),
        mean_metric(
            label + "recall",
            [j.recall for j in judged],
            groups=judged_articles,
            definition="share of gold content tokens in cited sentences, average of rows",
        ),
        mean_metric(
            label + "precision",
            [value for value, _ in precise],
            groups=[key for _, key in precise],
            definition="share of cited sentences with 30 % of their tokens in gold content, average of answered rows",
        ),
        mean_metric(
            label + "silent refused",
            refused,
            groups=refused_articles,
            definition="share of strict silent rows without a statement",
        ),
    ]
    return metrics, records


def f1(judged: Sequence[Judged]) -> float:
    """Return the harmonic mean of average recall (all rows) and average precision (rows with citations)."""
    precise = [j.precision for j in judged if j.precision is not None]
    if not judged or not precise:
        return 0.0
    recall, precision = sum(j.recall for j in judged) / len(judged), sum(precise) / len(precise)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def judge(row: Row, article: Row, cited: Sequence[Span]) -> Judged:
    """Compare cited sentences with the gold content of one row."""
    gold = [Span(*span) for content in row["contents"] for span in content["spans"]]
    unresolved = [
        Span(*span)
        for attribution in article["attributions"]
        if attribution["speaker"] is None and attribution["source_text"].strip().lower() in _PRONOUN_SOURCES
        for span in attribution["content"]
    ]
    text = article["text"]
    gold_tokens = _tokens_in(text, gold)
    found = sum(1 for start in gold_tokens if any(span.start <= start < span.end for span in cited))
    right = counted = 0
    for span in cited:
        if _share(text, span, gold) >= PRECISE_SHARE:
            right += 1
            counted += 1
        elif _share(text, span, unresolved) < PRECISE_SHARE:
            counted += 1
    return Judged(found / len(gold_tokens) if gold_tokens else 0.0, right / counted if counted else None)


def _tokens_in(text: str, spans: Sequence[Span]) -> set[int]:
    return {match.start() for span in spans for match in _TOKEN.finditer(text, span.start, span.end)}


def _share(text: str, sentence: Span, gold: Sequence[Span]) -> float:
    tokens = [match.start() for match in _TOKEN.finditer(text, sentence.start, sentence.end)]
    inside = sum(1 for start in tokens if any(span.start <= start < span.end for span in gold))
    return inside / len(tokens) if tokens else 0.0
