from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.cleaning import clean
from rag.cleaning.report import Change, Piece, ReportLine, changes, report_lines
from rag.schema import SourceFile

FIRST = "The council of Port Lenn raised ferry fares by ten percent on Monday, saying that fuel had become dearer."
SECOND = "According to the harbour office, 4,200 people use the ferry of the council every day to get to work."


def source(raw: str) -> SourceFile:
    return SourceFile(path="a.txt", raw=raw, sha256="0" * 64, encoding="utf-8", kind="text")


def test_every_line_with_what_became_of_it() -> None:
    article = clean(source(f" date 2024-06-24 {FIRST}\r\n\r\nShare\r\n{SECOND}\r\nLeave a Reply"))

    lines = report_lines(article)

    assert lines == (
        ReportLine(1, f" date 2024-06-24 {FIRST}", (Piece(" date 2024-06-24 ", "date"), Piece(FIRST, None))),
        ReportLine(2, "", ()),
        ReportLine(3, "Share", (Piece("Share", "share"),)),
        ReportLine(4, SECOND, (Piece(SECOND, None),)),
        ReportLine(5, "Leave a Reply", (Piece("Leave a Reply", "comments"),)),
    )
    assert [(line.is_kept, line.reasons) for line in lines] == [
        (True, ("date",)),
        (False, ()),
        (False, ("share",)),
        (True, ()),
        (False, ("comments",)),
    ]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([FIRST, SECOND, "Share", "", "By Ada Quill", "x"]), max_size=8), st.sampled_from("\n\r")
)
def test_the_pieces_are_the_lines_and_the_lines_are_the_text(lines: list[str], newline: str) -> None:
    raw = newline.join(lines)

    report = report_lines(clean(source(raw)))

    assert all("".join(piece.text for piece in line.pieces) == line.text for line in report)
    assert newline.join(line.text for line in report) == raw.removesuffix(newline)


def test_what_a_corpus_changes() -> None:
    plea = "The Coast Post is owned by you, its readers, and depends on what you give."
    page = source("\n".join([FIRST, SECOND, plea]))

    found = changes(clean(page), clean(page, repeated_lines={plea.lower()}))

    assert found == (Change(3, plea, None, "repeated_in_corpus"),)


def test_two_different_texts_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="expected two cleanings of one source"):
        changes(clean(source(FIRST)), clean(source(SECOND)))
