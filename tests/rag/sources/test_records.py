"""Records as crawlers, feeds and APIs write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.schema import Metadata, PartialDate, SkippedSource, SourceFile
from rag.sources import FoundFile, read_sources, walk

BODY = "The quay at Port Lenn was closed on Monday. Harbour master Ola Rehn said it would open in May."


def read(tmp_path: Path, name: str, content: str | bytes) -> list[SourceFile | SkippedSource]:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,) = walk([tmp_path], max_file_bytes=1_000_000)
    assert isinstance(found, FoundFile)
    return list(read_sources(found))


def only(items: list[SourceFile | SkippedSource]) -> SourceFile:
    (item,) = items
    assert isinstance(item, SourceFile), item
    return item


def paths(items: list[SourceFile | SkippedSource]) -> list[str]:
    return [item.path for item in items if isinstance(item, SourceFile)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jl"])
def test_lines_are_records_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    assert paths(read(tmp_path, name, json.dumps({"text": BODY}) + "\n")) == [f"{name}#L1"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"text": BODY, "id": "a"}, {"text": BODY}]),
        json.dumps([{"text": BODY, "id": "a"}, {"text": BODY}], indent=2),
        f"[\n{json.dumps({'text': BODY, 'id': 'a'})},\n{json.dumps({'text': BODY})}\n]\n",
        f"[{json.dumps({'text': BODY, 'id': 'a'})}][{json.dumps({'text': BODY})}]",
    ],
    ids=["one line", "indented", "line by line", "appended exports"],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_every_article_of_an_array_is_read(tmp_path: Path, name: str, content: str) -> None:
    assert paths(read(tmp_path, name, content)) == [f"{name}#a", f"{name}#2"]


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Quay closed", "maintext": BODY},
        {"status": "ok", "articles": [{"title": "Quay closed", "content": BODY}]},
        {"version": "1.1", "items": [{"title": "Quay closed", "content_text": BODY}]},
        {"response": {"results": [{"headline": "Quay closed", "body": BODY}]}},
        {"hits": {"hits": [{"_index": "news", "_source": {"title": "Quay closed", "text": BODY}}]}},
    ],
    ids=["one article", "news API", "JSON feed", "nested", "search engine"],
)
def test_a_json_document_holds_one_article_or_many(tmp_path: Path, document: object) -> None:
    source = only(read(tmp_path, "a.json", json.dumps(document)))

    assert (source.path, source.raw, source.metadata.title) == ("a.json#1", BODY, "Quay closed")


def test_of_a_json_file_cut_short_the_whole_articles_are_read(tmp_path: Path) -> None:
    whole = json.dumps([{"text": BODY}, {"text": BODY}])

    first, broken = read(tmp_path, "a.json", whole[:-20])

    assert isinstance(first, SourceFile) and first.raw == BODY
    assert isinstance(broken, SkippedSource) and broken.reason.startswith("the JSON is broken at character ")


def test_json_without_articles_is_reported(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "a.json", '{"name": "newsqa", "version": "1"}')

    assert item == SkippedSource("a.json#1", "expected a string in the field 'text', found none; fields: name, version")


@pytest.mark.parametrize(
    ("dates", "taken"),
    [
        (("2024-03-01", "2024-03-03"), 2),
        (("2024-03-03", "2024-03-01"), 1),
        ((None, None), 2),
        (("2024-03-01", None), 2),
    ],
)
def test_of_two_records_with_one_id_the_newer_is_taken(
    tmp_path: Path, dates: tuple[str | None, str | None], taken: int
) -> None:
    records = [{"id": "x", "text": f"{BODY} Version {n}.", "date": day} for n, day in enumerate(dates, start=1)]

    items = read(tmp_path, "a.jsonl", "".join(json.dumps(record) + "\n" for record in records))

    assert [item.raw for item in items if isinstance(item, SourceFile)] == [f"{BODY} Version {taken}."]
    reason = f"the id 'x' stands again on a newer record (a.jsonl#L{taken}), which was taken"
    assert SkippedSource(f"a.jsonl#L{3 - taken}", reason) in items


@pytest.mark.parametrize(
    "field",
    ["publish_date", "publishedAt", "date_published", "pubDate", "date_publish", "published_at", "datePublished"],
)
def test_the_date_is_read_by_the_names_that_crawlers_give_it(tmp_path: Path, field: str) -> None:
    source = only(read(tmp_path, "a.jsonl", json.dumps({"text": BODY, field: "2023-11-09T08:00:00Z"})))

    assert source.metadata.published == PartialDate(2023, 11, 9)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"maintext": BODY, "description": "Quay closed."}, BODY),
        ({"description": "Quay closed.", "content": BODY}, BODY),
        ({"summary": BODY}, BODY),
        ({"body": ["First.", "Second."]}, "First.\nSecond."),
        ({"content": [{"type": "text/html", "value": f"<p>{BODY}</p>"}]}, BODY),
        ({"text": BODY, "raw_text": f"Menu {BODY}"}, BODY),
    ],
    ids=["news-please", "RSS", "summary alone", "paragraphs", "feedparser", "trafilatura"],
)
def test_the_text_is_read_by_the_names_that_crawlers_give_it(
    tmp_path: Path, record: dict[str, object], text: str
) -> None:
    assert only(read(tmp_path, "a.jsonl", json.dumps(record))).raw == text


def test_an_address_is_never_a_publisher(tmp_path: Path) -> None:
    record = {
        "text": BODY,
        "source": "https://lenn.example/quay",
        "source-hostname": "Lenn Daily",
        "title": "A &amp; B",
    }

    assert only(read(tmp_path, "a.jsonl", json.dumps(record))).metadata == Metadata(
        title="A & B", publisher="Lenn Daily", url="https://lenn.example/quay"
    )


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("<p>The quay is closed.</p>\n<p>Ola R&ouml;hn said so.</p><script>var a=1;</script>",
         "The quay is closed.\nOla Röhn said so."),
        ("The quay is closed.<br/><br/>&quot;It is,&quot; he said.", 'The quay is closed.\n"It is," he said.'),
        ("<ul><li>One <b>ship</b></li><li>Two</li></ul>", "- One ship\n- Two"),
        ("<table><tr><td>Year</td><td>Ships</td></tr><tr><td>2023</td><td>40</td></tr></table>",
         "Year | Ships\n2023 | 40"),
        ("&lt;p&gt;The quay is closed.&lt;/p&gt;", "The quay is closed."),
        ("First line.\nProfit &amp; loss.", "First line.\nProfit & loss."),
        ("At 3 < 4 and R&D, x<y.", "At 3 < 4 and R&D, x<y."),
    ],
    ids=["paragraphs", "breaks", "list", "table", "escaped", "entities", "no markup"],
)  # fmt: skip
def test_of_html_in_a_record_the_visible_text_is_kept(tmp_path: Path, text: str, visible: str) -> None:
    assert only(read(tmp_path, "a.jsonl", json.dumps({"text": text}))).raw == visible


def test_a_wrong_byte_in_a_line_costs_one_character(tmp_path: Path) -> None:
    line = json.dumps({"text": f"{BODY} “It is late,” he said. Sure?"}, ensure_ascii=False).encode()

    source = only(read(tmp_path, "a.jsonl", line.replace(b"Sure", b"S\xffre")))

    assert (source.raw, source.errors) == (f"{BODY} “It is late,” he said. S\ufffdre?", "replace")


WET = """WARC/1.0\r
WARC-Type: warcinfo\r
WARC-Date: 2024-02-21T10:04:05Z\r
\r
software: crawler\r
\r
WARC/1.0\r
WARC-Type: conversion\r
WARC-Target-URI: http://lenn.example/quay.html\r
WARC-Date: 2024-02-21T10:04:05Z\r
WARC-Identified-Content-Language: eng\r
\r
The quay is closed.
By Tom Birk 12 March 2019
\r
WARC/1.0\r
WARC-Type: conversion\r
WARC-Target-URI: http://lenn.example/fish.html\r
\r
The fish market moves.
"""


@pytest.mark.parametrize("name", ["a.txt", "a.warc.wet"])
def test_the_pages_of_a_wet_file_are_articles_without_the_day_of_the_crawl(tmp_path: Path, name: str) -> None:
    items = read(tmp_path, name, WET)

    assert [(item.path, item.raw, item.metadata) for item in items if isinstance(item, SourceFile)] == [
        (
            f"{name}#1",
            "The quay is closed.\nBy Tom Birk 12 March 2019",
            Metadata(url="http://lenn.example/quay.html", language="en"),
        ),
        (f"{name}#2", "The fish market moves.", Metadata(url="http://lenn.example/fish.html")),
    ]
