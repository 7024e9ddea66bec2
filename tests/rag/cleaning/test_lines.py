from __future__ import annotations

from rag.cleaning.lines import normalise, split_lines


def test_lines_know_their_number_place_and_text() -> None:
    raw = "\ufeffTitle\r\n\r\n  • First item\n\t2) Second\rLast\xa0"

    lines = split_lines(raw)

    assert [(line.number, line.span.of(raw), line.text, line.bullet, line.blank_before) for line in lines] == [
        (1, "Title", "Title", False, True),
        (3, "• First item", "First item", True, True),
        (4, "2) Second", "Second", True, False),
        (5, "Last", "Last", False, False),
    ]
    assert [line.content.of(raw) for line in lines] == ["Title", "First item", "Second", "Last"]


def test_a_dash_at_the_end_of_a_word_is_no_bullet() -> None:
    assert [line.bullet for line in split_lines("-5 degrees\n- item\n-\n— he said")] == [False, True, True, True]


def test_keys_fold_what_two_prints_of_a_line_differ_in() -> None:
    assert normalise("“Russia’s\xa0 possible — DEAL”\u200b") == '"russia\'s possible - deal"'


def test_prose_broken_at_a_margin_is_joined() -> None:
    raw = (
        "The council of Port Lenn raised ferry fares by ten percent\n"
        "on Monday, saying that fuel had become more expensive since\n"
        "they were last changed.\n"
        "Mayor Iris Ode said the decision was hard, and she promised\n"
        "that bicycles would not cost more before the summer.\n"
    )

    assert [line.text.count("\n") for line in split_lines(raw)] == [2, 1]


def test_menus_and_headlines_are_not_joined() -> None:
    menu = "Home\nWorld\nBusiness and money\nSport\nWeather\nAbout this newspaper\n"
    headlines = "Storm closes the harbour for a week\nTown hall clock stops again\nMayor resigns over ferry\n"

    assert len(split_lines(menu)) == 6
    assert len(split_lines(headlines)) == 3


def test_paragraphs_on_one_line_each_are_not_joined() -> None:
    assert len(split_lines("A first paragraph, long or short.\nA second one.\nA third one.\n")) == 3
