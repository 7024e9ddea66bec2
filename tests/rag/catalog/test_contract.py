"""What every catalog must do, run against the double and SQLite alike, on the same articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.catalog import (
    FORMAT,
    ArticleMeta,
    Catalog,
    CatalogWriter,
    EntityMention,
    Manifest,
    SpeakerCount,
    SqliteCatalog,
    encode,
)
from rag.catalog.memory import MemoryCatalog
from rag.errors import IndexDamagedError, IndexMismatchError, IndexUnavailable
from rag.schema import (
    Article,
    Block,
    Metadata,
    NamedEntity,
    PartialDate,
    Passage,
    ProcessedArticle,
    Removal,
    SourceFile,
    Span,
    Statement,
)

MANIFEST = Manifest(
    format=FORMAT,
    embedder="hashing/64",
    dimensions=64,
    max_tokens=220,
    cleaner=1,
    embedded_text=1,
    vectors="folder",
    stores_text=False,
)


def make(
    article_id: str, path: str, *said: tuple[str, str], title: str | None = None, **fields: object
) -> ProcessedArticle:
    """Make an article whose sentences are `NAME said TEXT.`, one passage each."""
    raw, passages, statements = "\ufeffMenu\r\n", [], []
    menu = Span(0, len(raw))
    for number, (name, text) in enumerate(said):
        start = len(raw)
        sentence = f"{name} said {text}."
        raw += sentence + "\r\n"
        span = Span(start, start + len(sentence))
        passages.append(
            Passage(
                id=f"{article_id}-{number}",
                article_id=article_id,
                ordinal=number,
                span=span,
                text=sentence,
                sentences=(span,),
                heading="A heading" if number else None,
            )
        )
        statements.append(
            Statement(
                article_id=article_id,
                speaker=name,
                mention=name.split()[-1],
                cue="said",
                content=(Span(span.end - len(text) - 1, span.end - 1),),
                sentences=(span,),
                speech="indirect",
            )
        )
    names = sorted({name for name, _ in said})
    article = Article(
        id=article_id,
        path=path,
        raw=raw,
        sha256=article_id * 8,
        encoding="utf-8",
        kind="text",
        kept=(Span(menu.end, len(raw)),) if said else (),
        removed=(Removal(menu, "menu"),),
        blocks=tuple(Block(passage.span, "paragraph") for passage in passages),
        title=title,
        **fields,  # type: ignore[arg-type]  # only fields of Article are passed here
    )
    return ProcessedArticle(
        article=article,
        passages=tuple(passages),
        statements=tuple(statements),
        entities=tuple(NamedEntity(name=name, variants=(name, name.split()[-1]), mentions=len(said)) for name in names),
    )


ARTICLES = (
    make(
        "b1",
        "news/b.txt",
        ("José Pérez", "yes 🙂"),
        ("Ann Lee", "no"),
        ("JOSÉ PÉREZ", "perhaps"),
        title="Élan of the harbour",
        published=PartialDate(None, 6, 21),
        published_from="dateline",
        publisher="The Post",
        author="A. Writer",
        language="en",
        url="https://example.org/b",
    ),
    make("a1", "news/a.txt", ("Ann Lee", "nothing"), ("Mary-Jane O'Neil", "less"), published=PartialDate(2024, 1, 2)),
    make("c1", "z.txt"),
)
BY_ID = {item.article.id: item for item in ARTICLES}


def add(writer: CatalogWriter, item: ProcessedArticle, *, file: int | None = None, body: int = 7) -> None:
    source = SourceFile(
        path=item.article.path,
        raw=item.article.raw,
        sha256=item.article.sha256,
        encoding="utf-8",
        kind="text",
        metadata=Metadata(title=item.article.title, published=item.article.published),
    )
    rows = encode(
        item,
        source=source,
        embedded=[passage.id.encode() for passage in item.passages],
        lines=b"",
        repeated=0,
        body=body,
        signature=b"\0" * 512,
    )
    writer.insert_articles([(rows, file)])


def fill(file: Path) -> None:
    writer = CatalogWriter.create(file, manifest=MANIFEST, index_id="memory", meta={})
    with writer.transaction():
        for item in ARTICLES:
            add(writer, item)
    writer.close()


@pytest.fixture(params=["memory", "sqlite"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    if request.param == "memory":
        yield MemoryCatalog(ARTICLES, manifest=MANIFEST)
    else:
        fill(tmp_path / "catalog.sqlite")
        opened = SqliteCatalog(tmp_path / "catalog.sqlite")
        yield opened
        opened.close()


def test_the_index_describes_itself(catalog: Catalog) -> None:
    assert catalog.manifest() == MANIFEST
    assert catalog.index_id == "memory"
    assert catalog.generation() == 1
    assert catalog.size() == (3, 5)


def test_articles_come_back_whole(catalog: Catalog) -> None:
    assert catalog.articles(["b1", "c1", "unknown"]) == {"b1": BY_ID["b1"].article, "c1": BY_ID["c1"].article}
    assert catalog.articles([]) == {}
    assert catalog.file_of("b1") is None


def test_passages_come_back_whole_and_in_order(catalog: Catalog) -> None:
    assert catalog.passages(["b1-1", "a1-0", "unknown"]) == {
        "b1-1": BY_ID["b1"].passages[1],
        "a1-0": BY_ID["a1"].passages[0],
    }
    assert catalog.passages_of("b1") == BY_ID["b1"].passages
    assert catalog.passages_of("unknown") == ()
    assert catalog.owners(["b1-1", "a1-0", "unknown"]) == {"b1-1": "b1", "a1-0": "a1"}


def test_more_ids_than_a_query_takes(catalog: Catalog) -> None:
    assert len(catalog.passages([*(f"x{n}" for n in range(3000)), "b1-0"])) == 1


def test_statements_by_article_and_by_speaker(catalog: Catalog) -> None:
    a, b = BY_ID["a1"].statements, BY_ID["b1"].statements
    assert catalog.statements_of(["b1", "a1"]) == (*a, *b)
    assert catalog.statements_by(["ann lee"]) == (a[0], b[1])
    assert catalog.statements_by(["jose perez", "mary-jane o'neil"]) == (a[1], b[0], b[2])
    assert catalog.statements_by(["lee"]) == ()


def test_speakers_are_counted_whatever_their_spelling(catalog: Catalog) -> None:
    ann = SpeakerCount(name="Ann Lee", key="ann lee", statements=2, articles=2)
    jose = SpeakerCount(name="JOSÉ PÉREZ", key="jose perez", statements=2, articles=1)
    mary = SpeakerCount(name="Mary-Jane O'Neil", key="mary-jane o'neil", statements=1, articles=1)
    assert catalog.speakers() == (ann, jose, mary)
    assert catalog.find_speakers(["perez"]) == (jose,)
    assert catalog.find_speakers(["lee", "ann"]) == (ann,)
    assert catalog.find_speakers(["jane"]) == (mary,)
    assert catalog.find_speakers(["ann", "perez"]) == ()
    assert catalog.find_speakers([]) == ()


def test_names_are_found_whole_and_by_word(catalog: Catalog) -> None:
    (jose,) = [item for item in BY_ID["b1"].entities if item.name == "José Pérez"]
    upper = replace(jose, name="JOSÉ PÉREZ", variants=("JOSÉ PÉREZ", "PÉREZ"))
    both = (EntityMention("b1", upper), EntityMention("b1", jose))
    assert catalog.find_entities("jose perez") == both
    assert catalog.find_entities("perez") == both
    assert [found.article_id for found in catalog.find_entities("lee")] == ["b1", "a1"]
    assert catalog.find_entities("pere") == ()
    assert catalog.find_entities("") == ()
    assert catalog.all_entity_names() == {
        **{"ann lee": 2, "jose perez": 1, "lee": 2, "mary-jane o'neil": 1, "o'neil": 1, "perez": 1}
    }


def test_owners_are_known_without_the_text(catalog: Catalog) -> None:
    assert catalog.owners(["b1-1", "a1-0", "unknown"]) == {"b1-1": "b1", "a1-0": "a1"}
    assert catalog.owners([]) == {}


def test_metadata_by_article(catalog: Catalog) -> None:
    assert catalog.article_dates()["b1"] == ArticleMeta(
        path="news/b.txt",
        published=PartialDate(None, 6, 21),
        title="Élan of the harbour",
        publisher="The Post",
        group="b1",
        passages=3,
    )
    assert sorted(catalog.article_dates()) == ["a1", "b1", "c1"]


def test_lists_are_cut_and_filtered(catalog: Catalog) -> None:
    page = catalog.article_summaries(limit=2)
    assert (page.total, [item.path for item in page.items]) == (3, ["news/a.txt", "news/b.txt"])
    assert [item.path for item in catalog.article_summaries(offset=2).items] == ["z.txt"]
    assert catalog.article_summaries(offset=99).items == ()
    for query in ("ELAN", "the post", "B.TXT", "  élan  "):
        assert [item.id for item in catalog.article_summaries(query=query).items] == ["b1"]
    for query in ("%", "_", "'"):
        assert catalog.article_summaries(query=query).total == 0
    (summary,) = catalog.article_summaries(query="elan").items
    assert (summary.passages, summary.statements, summary.uploaded) == (3, 3, True)


# --- SQLite alone -----------------------------------------------------------------------------------------------


def test_an_article_that_is_deleted_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    fill(file)
    writer = CatalogWriter(file)
    with writer.transaction():
        writer.delete_articles(["b1", "unknown"])
        writer.next_generation()
    writer.close()
    catalog = SqliteCatalog(file)
    assert catalog.size() == (2, 2)
    assert catalog.generation() == 2
    assert catalog.passages(["b1-0"]) == {}
    assert catalog.find_speakers(["perez"]) == ()
    assert catalog.all_entity_names() == {"ann lee": 1, "lee": 1, "mary-jane o'neil": 1, "o'neil": 1}
    catalog.close()


def test_a_transaction_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    fill(file)
    writer = CatalogWriter(file)
    with pytest.raises(ZeroDivisionError), writer.transaction():
        writer.delete_articles(["b1"])
        raise ZeroDivisionError
    assert writer.article_ids() == ["a1", "b1", "c1"]
    writer.close()


def test_readers_are_not_blocked_by_a_writer(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    fill(file)
    catalog, writer = SqliteCatalog(file), CatalogWriter(file)
    with writer.transaction():
        writer.delete_articles(["b1"])
        assert catalog.size() == (3, 5)
    assert catalog.size() == (2, 2)
    writer.close()
    catalog.close()


def test_caches_follow_the_generation(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    fill(file)
    catalog, writer = SqliteCatalog(file), CatalogWriter(file)
    assert len(catalog.article_dates()) == 3
    assert catalog.article_dates() is catalog.article_dates()
    with writer.transaction():
        writer.delete_articles(["b1"])
        writer.next_generation()
    assert len(catalog.article_dates()) == 2
    writer.close()
    catalog.close()


def test_another_format_is_refused_and_never_misread(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    fill(file)
    writer = CatalogWriter(file)
    with writer.transaction():
        writer.set_meta("manifest", '{"format": 99}')
    writer.close()
    for opener in (SqliteCatalog, CatalogWriter):
        with pytest.raises(
            IndexMismatchError, match=r"has format 99, this newsqa reads \d+; run `newsqa index --rebuild`"
        ):
            opener(file)


def test_missing_empty_and_damaged_files_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    with pytest.raises(IndexUnavailable, match="newsqa index FOLDER"):
        SqliteCatalog(file)
    for contents in (b"", b"not a database, and longer than its header" * 50):
        file.write_bytes(contents)
        with pytest.raises(IndexDamagedError, match="rebuild"):
            SqliteCatalog(file)


def test_a_closed_catalog_says_so(tmp_path: Path) -> None:
    fill(tmp_path / "catalog.sqlite")
    catalog = SqliteCatalog(tmp_path / "catalog.sqlite")
    catalog.close()
    with pytest.raises(IndexUnavailable, match="was closed"):
        catalog.size()


def test_lone_surrogates_survive(tmp_path: Path) -> None:
    item = make("s1", "s.txt", ("Ann Lee", "a"))
    item = replace(item, article=replace(item.article, raw=item.article.raw + "\udc80"))
    writer = CatalogWriter.create(tmp_path / "c.sqlite", manifest=MANIFEST, index_id="x", meta={})
    with writer.transaction():
        add(writer, item)
    assert writer.texts(["s1"])[0]["s1"] == item.article
    writer.close()
