"""Small articles for tests: each line is one sentence and one passage holds them all."""

from rag.schema import Article, Block, Evidence, PartialDate, Passage, Span


def evidence_of(
    *sentences: str, name: str = "a", title: str | None = "Storm hits Osaka", publisher: str | None = "The Gazette"
) -> list[Evidence]:
    """Return the sentences as evidence from one article."""
    raw = "\n".join(sentences)
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
        publisher=publisher,
        published=PartialDate(2024, 6, 21),
    )
    passage = Passage(
        id=f"passage-{name}",
        article_id=article.id,
        ordinal=0,
        span=whole,
        text=raw,
        sentences=tuple(spans),
    )
    return [Evidence(article=article, passage=passage, span=span) for span in spans]
