"""Makers of works."""

from __future__ import annotations

import pytest

from rag.answering.analysis import analyse
from rag.answering.makers import read_maker

SONG = 'Who is the artist of the song "Sunrise"?'
FILM = 'Who directed the film "Sunrise"?'


def maker(question: str, text: str) -> str | None:
    found = read_maker(analyse(question, is_name=lambda word: False), text)
    return found.span.of(text) if found else None


@pytest.mark.parametrize(
    ("question", "text", "name"),
    [
        (SONG, "Sunrise is the second song by American singer Ada Ruiz, sung in Spanish.", "Ada Ruiz"),
        (SONG, "Sunrise is a song by The Holts.", "The Holts"),
        (FILM, "Sunrise is a 1951 film directed by Mia Holt and produced by Ada Ruiz.", "Mia Holt"),
        ("Who is the director of Sunrise?", "Sunrise was directed by Mia Holt.", "Mia Holt"),
        (SONG, "Sunrise is a song by Slim the Great, hosted by nobody.", "Slim the Great"),
        (SONG, "Sunrise is a song by Ng See-yuen.", "Ng See-yuen"),
        (SONG, "Sunrise is a song by Ruiz released in May.", "Ruiz"),
        (SONG, "Sunrise is a song by English artists.", None),
        (FILM, "Sunrise is a film by Mia Holt.", None),
        (FILM, "Sunrise was shown by Mia Holt.", None),
        (SONG, "Sunrise was a song by Ada Ruiz, and a song by Mia Holt.", None),
        (SONG, "Sunrise may be a song by Ada Ruiz.", None),
        (SONG, "By Monday it had been heard by all.", None),
        (SONG, "Sunrise is a song by a girl from town.", None),
        ("Who met Ruiz?", "Ruiz was met by Mia Holt.", None),
        ("When was Sunrise made?", "Sunrise was made by Mia Holt.", None),
    ],
)
def test_a_maker_stands_behind_by(question: str, text: str, name: str | None) -> None:
    assert maker(question, text) == name


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [("Ada Ruiz", "Ruiz", "agree"), ("Ada Ruiz", "Mia Holt", "differ"), ("Zelensky", "Zelenskyy", "agree")],
)
def test_makers_agree_that_share_a_name(one: str, other: str, verdict: str) -> None:
    question = analyse(SONG, is_name=lambda word: False)
    first, second = (read_maker(question, f"Sunrise is a song by {name}.") for name in (one, other))
    assert first and second
    assert first.compare(second) == verdict
