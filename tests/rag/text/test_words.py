from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.folding import fold
from rag.text.words import content_words, stem, word_spans, words


def test_words_keep_their_inner_marks() -> None:
    assert words("Kim Jong-un’s 2-hour talk, 1,200 men at 10:30; AT&T, don’t!") == [
        *("kim", "jong-un's", "2-hour", "talk", "1,200", "men", "at", "10:30", "at&t", "don't")
    ]


def test_the_country_is_told_from_the_pronoun() -> None:
    assert words("The US told us") == words("The U.S. told us") == ["the", "u.s.", "told", "us"]
    assert words("TOLD US") == ["told", "us"]
    assert words("South Korea-U.S. pact, U.N. and UN") == ["south", "korea-u.s.", "pact", "un", "and", "un"]


def test_content_words_are_bare_and_in_parts() -> None:
    assert content_words("He has been at Kim Jong-un's 2-hour talks") == ["kim", "jong", "un", "2", "hour", "talks"]


def test_a_piece_of_a_contraction_may_be_a_word() -> None:
    assert content_words("Don won't say who won") == ["don", "say", "won"]


def test_stems_join_inflections() -> None:
    assert stem("sanctions") == stem("sanctioned") == "sanction"
    assert stem("russia's") == stem("russia")
    assert stem("u.s.") == "u.s."
    assert stem("1,200") == "1,200"


@pytest.mark.parametrize(
    ("form", "base"),
    [("spoke", "speak"), ("bought", "buy"), ("fled", "flee"), ("met", "meets"), ("children", "child"), ("men", "man")],
)
def test_an_irregular_form_has_the_stem_of_its_base(form: str, base: str) -> None:
    assert stem(form) == stem(base)


@given(st.text())
def test_word_spans_lie_in_the_text(text: str) -> None:
    spans = word_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(fold(span.of(text))[0].isalnum() for span in spans)
