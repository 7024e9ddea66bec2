from hypothesis import given
from hypothesis import strategies as st

from rag.text.folding import fold, printable, searchable


def test_case_accents_and_typography_fold_away() -> None:
    assert fold("“Café” — DON’T Łódź İstanbul Straße") == '"cafe" - don\'t lodz istanbul straße'
    assert fold("ＡＢＣ\u00a01") == "abc 1"
    assert fold("½ ﬁ …") == "½ ﬁ …"  # their plain forms are longer


def test_line_breaks_survive_folding() -> None:
    assert fold("A\r\nB\tC") == "a\r\nb\tc"


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert folded == "".join(fold(char) for char in text)


def test_a_folded_character_is_folded() -> None:
    folded = fold("".join(map(chr, range(0x110000))))
    assert fold(folded) == folded == folded.lower()
    assert fold("“Ǿ” ø İI Σς") == '"o" o ii σς'


def test_what_no_reader_sees_is_not_searched() -> None:
    assert searchable("Zer\u00ado\u200bwidth\u202e") == "zerowidth"
    assert searchable("cafe\u0301") == searchable("café") == "cafe"


@given(st.text())
def test_searchable_is_stable(text: str) -> None:
    assert searchable(searchable(text)) == searchable(text)


def test_shown_text_cannot_move_the_cursor_or_reorder() -> None:
    assert printable("a\x1b[31mb\x00c\u202ed\u200be\r\nf\rg\u2028h") == "a\ufffd[31mb\ufffdcde\nf\ng\nh"
    assert printable("naïve – “fine” 😀\n") == "naïve – “fine” 😀\n"
    assert printable("\U000e0041\ud800") == "\ufffd"


@given(st.text())
def test_shown_text_holds_no_control_characters(text: str) -> None:
    assert all(char.isprintable() or not (ord(char) < 32 and char not in "\n\t") for char in printable(text))
    assert printable(printable(text)) == printable(text)
