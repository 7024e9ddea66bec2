from __future__ import annotations

import gzip
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.schema import Metadata, PartialDate, SkippedSource, SourceFile
from rag.sources import FoundFile, read_sources, source_from_upload, walk
from rag.sources.published import read_date

NASTY = Path(__file__).parents[2] / "corpus" / "nasty"


def read(folder: Path) -> dict[str, SourceFile | SkippedSource]:
    return {
        item.path: item
        for found in walk([folder], max_file_bytes=1_000_000)
        for item in (read_sources(found) if isinstance(found, FoundFile) else [found])
    }


NASTY_SOURCES = read(NASTY)


def source(name: str) -> SourceFile:
    item = NASTY_SOURCES[name]
    assert isinstance(item, SourceFile), item
    return item


def reason(name: str) -> str:
    item = NASTY_SOURCES[name]
    assert isinstance(item, SkippedSource), item
    return item.reason


TEXTS = sorted(
    path for path, item in NASTY_SOURCES.items() if isinstance(item, SourceFile) and item.kind in {"text", "markdown"}
)


@pytest.mark.parametrize("name", TEXTS)
def test_raw_is_what_the_named_codec_makes_of_the_bytes(name: str) -> None:
    data = (NASTY / name).read_bytes()

    assert data.decode(source(name).encoding, source(name).errors) == source(name).raw
    assert source(name).sha256 == sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("bom.txt", "utf-8"),
        ("crlf.txt", "utf-8"),
        ("latin1.txt", "cp1252"),
        ("utf16.txt", "utf-16-le"),
        ("nul.txt", "utf-8"),
        ("truncated.txt", "cp1252"),
        ("right_to_left.txt", "utf-8"),
    ],
)
def test_encodings(name: str, encoding: str) -> None:
    assert source(name).encoding == encoding


def test_a_byte_order_mark_is_character_0() -> None:
    assert source("bom.txt").raw[0] == source("utf16.txt").raw[0] == "\ufeff"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("empty.txt", "the file is empty"),
        ("blank.txt", "the file is empty"),
        ("binary.txt", "expected text, found binary data (NUL bytes, not UTF-8); remove or convert the file"),
        ("picture.txt", "expected text, found a PNG image; convert it to text first"),
        ("records.jsonl#L3", "expected a JSON object, found a list; write {'text': ...}"),
        ("records.jsonl#L4", "expected a string in the field 'text', found a number; fields: text"),
        ("records.jsonl#L6", "expected a string in the field 'text', found none; fields: title"),
        (
            "records.jsonl#L7",
            "the id 'fares-1' stands again on a newer record (records.jsonl#L1), which was taken",
        ),
        ("records.jsonl#L9", "the record holds half of a surrogate pair; write characters as UTF-8"),
        ("records.jsonl#L10", "the field 'text' is empty"),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_reason(name: str, expected: str) -> None:
    assert reason(name) == expected


def test_broken_json_is_reported_by_line() -> None:
    assert reason("records.jsonl#L5").startswith("expected one JSON object a line, found Expecting property name")


def test_a_record_has_its_fields_as_metadata_and_its_own_hash() -> None:
    record = source("records.jsonl#fares-1")

    assert record.metadata == Metadata(
        title="Harbour council raises ferry fares",
        published=PartialDate(2024, 3, 5),
        publisher="The Coast Post",
        author="Ada Quill, Ben Oar",
        url="https://coast.example/2024/03/05/ferry",
    )
    assert record.sha256 == sha256(record.raw.encode()).hexdigest()
    assert record == replace(source("records.jsonl.gz#fares-1"), path=record.path)


def test_a_record_without_an_id_is_called_by_its_line() -> None:
    assert source("records.jsonl#L8").metadata == Metadata(published=PartialDate(2024, 3, 6), publisher="Wire")


def test_an_html_page_is_its_article_text_with_metadata_from_its_head() -> None:
    page = source("page.html")

    assert page.metadata == Metadata(
        title="Harbour council raises ferry fares",
        published=PartialDate(2024, 3, 5),
        publisher="The Coast Post",
        author="Ada Quill",
        url="https://coast.example/2024/03/05/ferry",
        language="en",
    )
    assert "more expensive & scarce." in page.raw
    assert "“We had no choice,” said Mayor Iris Ode" in page.raw
    for furniture in ("Sport", "cookies", "Storm closes", "First!", "Privacy policy"):
        assert furniture not in page.raw


def test_broken_html_is_read_as_far_as_it_goes() -> None:
    assert "4,200 people use the ferry every day" in source("broken.html").raw


def test_a_page_without_text_is_an_error() -> None:
    with pytest.raises(SourceError, match="the page shows no text"):
        source_from_upload("page.html", "<html><body><script>render()</script></body></html>")


def test_an_html_page_in_the_character_set_it_declares() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body><p>' + "Паром подорожал на десять процентов. " * 4

    assert "Паром подорожал" in source_from_upload("page.html", page.encode("cp1251")).raw


def test_front_matter_is_metadata() -> None:
    assert source("article.md").metadata == Metadata(
        title="Harbour council raises ferry fares", published=PartialDate(2024, 3, 5), author="Ada Quill"
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Паром подорожал на десять процентов, сообщила мэрия города.", "cp1251"),
        ("Rada miasta podniosła opłaty za prom, ponieważ paliwo zdrożało. Źródło: urząd.", "cp1250"),
        ("연락선 요금이 월요일부터 10퍼센트 인상된다고 시 의회가 밝혔다.", "cp949"),
        ("Die Fähre kostet künftig zehn Prozent mehr, sagte die Bürgermeisterin.", "cp1252"),
    ],
)
def test_undeclared_encodings_are_recognised(text: str, encoding: str) -> None:
    assert source_from_upload("a.txt", (text + "\n").encode(encoding) * 5).raw.startswith(text)


def test_damaged_utf8_is_not_turned_into_another_script() -> None:
    text = "연락선 요금이 월요일부터 인상된다. " * 5

    found = source_from_upload("a.txt", text.encode()[:9] + b"\xff" + text.encode()[9:])

    assert (found.raw, found.encoding, found.errors) == (f"{text[:3]}\ufffd{text[3:]}", "utf-8", "replace")


def test_utf16_without_a_mark_is_recognised() -> None:
    assert source_from_upload("a.txt", "Ferry fares rise.\n".encode("utf-16-be")).encoding == "utf-16-be"


def test_an_unreadable_file_is_reported(tmp_path: Path) -> None:
    found = FoundFile(root=tmp_path, file=tmp_path / "gone.txt", path="gone.txt", size=1, mtime_ns=0)

    assert list(read_sources(found)) == [
        SkippedSource("gone.txt", "the file cannot be read (No such file or directory); check its permissions")
    ]


def test_truncated_gzip_gives_what_can_be_read_and_a_report(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"id": n, "text": f"Story {n} " + "x" * 50}).encode() + b"\n" for n in range(2000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines)[:-2000])

    items = list(read(tmp_path).values())

    assert isinstance(items[0], SourceFile)
    assert isinstance(items[-1], SkippedSource)
    assert items[-1].reason.startswith("the gzip data is damaged after record ")


def test_a_line_over_the_limit_is_reported_and_the_next_one_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": "x" * 3000}) + "\n" + json.dumps({"text": "short"}) + "\n")
    found = FoundFile(root=tmp_path, file=file, path="a.jsonl", size=1, mtime_ns=0)

    long, short = read_sources(found, max_record_bytes=1000)

    assert long == SkippedSource("a.jsonl#L1", "the line is longer than 1,000 bytes; raise NEWSQA_MAX_FILE_BYTES")
    assert isinstance(short, SourceFile) and short.path == "a.jsonl#L2"


def test_what_the_sender_says_wins() -> None:
    page = (NASTY / "page.html").read_bytes()

    assert source_from_upload("page.html", page, Metadata(title="Fares up")).metadata.title == "Fares up"


@pytest.mark.parametrize("name", ["", "..", "a\x00b.txt", "\u202egpj.txt"])
def test_an_upload_needs_a_printable_name(name: str) -> None:
    with pytest.raises(SourceError, match="expected a printable file name"):
        source_from_upload(name, "text")


def test_an_upload_cannot_climb_out_of_a_folder() -> None:
    assert source_from_upload("../../etc/passwd", "text").path == "etc/passwd"


def test_a_file_of_records_is_no_single_upload() -> None:
    with pytest.raises(SourceError, match="send its records one by one"):
        source_from_upload("a.jsonl", "{}")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_under_the_named_codec_or_an_error(data: bytes) -> None:
    try:
        found = source_from_upload("a.txt", data)
    except SourceError:
        return
    assert data.decode(found.encoding, found.errors) == found.raw


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-06-24", PartialDate(2024, 6, 24)),
        ("2019-11-19T13:03:00.000Z", PartialDate(2019, 11, 19)),
        ("20240624", PartialDate(2024, 6, 24)),
        ("2024-06", PartialDate(2024, 6)),
        ("2024", PartialDate(2024)),
        ("Tue, 19 Nov 2019 07:03:25 +0000", PartialDate(2019, 11, 19)),
        ("November 19, 2019", PartialDate(2019, 11, 19)),
        (1_574_146_800, PartialDate(2019, 11, 19)),
        (1_574_146_800_000, PartialDate(2019, 11, 19)),
        ("2024-13-01", None),
        ("0000-01-01", None),
        ("yesterday", None),
        (5, None),
        ("", None),
    ],
)
def test_metadata_dates(value: str | float, day: PartialDate | None) -> None:
    assert read_date(value) == day


ARTICLE = "Farmers in Küstrin lost “a third” of their wheat, Paul Höhn said.\n"


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE.encode() + b"It was built in 1847\xa0.",
        ARTICLE.encode()[:-4] + "“".encode()[:2],
        ARTICLE.encode() + "Der Müller sagte: “Nein”.".encode("cp1252"),
        b"Farmers lost a third, he said: " + "“".encode()[:2],
    ],
    ids=["a stray byte", "cut off", "a line in another codec", "cut off in ASCII"],
)
def test_utf8_with_a_few_wrong_bytes_stays_utf8(data: bytes) -> None:
    found = source_from_upload("a.txt", data)

    assert (found.encoding, found.errors) == ("utf-8", "replace")
    assert found.raw == data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Der Müller sagte: “Nein”, für immer.", "cp1252"), ("Завод «ООО» закрыт, сказал мэр города. " * 3, "cp1251")],
)
def test_what_never_was_utf8_is_not_taken_for_it(text: str, encoding: str) -> None:
    assert source_from_upload("a.txt", text.encode(encoding)).raw == text


PAGE = """<html><head><title>Quay closed</title>{head}</head><body><article><h1>Quay closed</h1>{body}
<p>The quay at Port Lenn was closed on Monday after a crane had fallen into the harbour, the council said.</p>
<p>Harbour master Ola Rehn said that it would open again and that nobody had been hurt on the quay.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        (
            '<link rel="canonical" href="https://lenn.example/2018/05/18/a"><meta property="article:published_time" '
            'content="2018-05-10T09:00:00Z">',
            "",
            PartialDate(2018, 5, 10),
        ),
        (
            '<meta property="article:modified_time" content="2024-05-09T09:00:00Z">',
            "<p>Published 5 March 2024</p>",
            PartialDate(2024, 3, 5),
        ),
        (
            '<script type="application/ld+json">{"dateModified": "2024-05-09", "datePublished": "2024-03-05"}</script>',
            "",
            PartialDate(2024, 3, 5),
        ),
    ],
    ids=["not the address", "shown, not modified", "JSON-LD"],
)
def test_a_page_is_as_old_as_it_says(head: str, body: str, day: PartialDate) -> None:
    page = PAGE.replace("{head}", head).replace("{body}", body)

    assert source_from_upload("a.html", page).metadata.published == day
