"""What a reader sees of a text, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.schema import Span
from rag.text.visible import visible


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("trans\u00adport", "transport"),
        ("\ufb01nd", "find"),
        ("Ro\u0308sti", "Rösti"),
        ("the [dam](https://orn.example/a_(b)) at Orn", "the dam at Orn"),
        ("water[[1]](https://orn.example/#fn1) and", "water and"),
        ("a **bold** word", "a bold word"),
        ("2 ** 3 and a__b", "2 ** 3 and a__b"),
        ("Q&amp;A", "Q&A"),
        ("a <b>bold</b> word, x < y", "a bold word, x < y"),
        ("[sic] (see above)", "[sic] (see above)"),
    ],
)
def test_what_is_seen(raw: str, seen: str) -> None:
    found = visible(raw)

    assert (found.text if found else raw) == seen


def test_plain_text_is_seen_as_it_is() -> None:
    assert visible("“Plain,” he said.") is None


@given(
    st.lists(st.sampled_from(["a", " ", "ö", "\u00ad", "o\u0308", "\ufb01", "**", "[", "](/x)", "&amp;", "<b>", "\n"]))
)
def test_every_part_that_is_seen_leads_back_to_where_it_stands(parts: list[str]) -> None:
    raw = "".join(parts)
    found = visible(raw)
    if found is None:
        return
    for start in range(len(found.text)):
        place = found.to_raw(Span(start, start + 1))
        assert 0 <= place.start < place.end <= len(raw)
        if raw[place.start : place.end] == found.text[start]:
            assert found.of_raw(place) == Span(start, start + 1)
