"""The reporting verbs: where they come from, and which forms count."""

from importlib.resources import files

import pytest

from rag.attribution import lexicon as lex

from .builders import spoken_in


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("announce", {"announces", "announced", "announcing"}),
        ("say", {"says", "said", "saying"}),
        ("deny", {"denies", "denied", "denying"}),
        ("admit", {"admits", "admitted", "admitting"}),
        ("label", {"labels", "labeled", "labelled", "labeling", "labelling"}),
        ("write", {"writes", "wrote", "written", "writing"}),
        ("teach", {"teaches", "taught", "teaching"}),
    ],
)
def test_verbs_take_their_regular_and_irregular_forms(verb: str, forms: set[str]) -> None:
    assert forms <= set(lex.inflect(verb))


def test_what_wordnet_draws_is_parted_by_how_much_of_a_verb_is_speech() -> None:
    assert {"condemned", "whispered", "urged", "admonished"} <= lex.SAY_FORMS.keys()
    assert {"believes", "hoped", "intends"} <= lex.THINK_FORMS.keys()
    assert "shows" in lex.SAY_FORMS
    assert "show" in lex.NEED_CLAUSE


@pytest.mark.parametrize("form", ["walked", "ate", "low", "will", "words", "made", "picture", "banned"])
def test_forms_that_are_mostly_something_else_are_left_out(form: str) -> None:
    assert form not in lex.SAY_FORMS.keys() | lex.THINK_FORMS.keys()


def test_the_licence_of_wordnet_stands_in_the_drawn_list() -> None:
    text = (files("rag.attribution") / "reporting_verbs.txt").read_text("utf-8")
    assert "WordNet 3.0 Copyright 2006 by Princeton University." in text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Lindqvist exhorted: “Build more homes.”", [("Lindqvist", "“Build more homes.”")]),
        ("Lindqvist remonstrated that rents had doubled.", [("Lindqvist", "rents had doubled")]),
        ("The survey shows that rents have doubled.", [("survey", "rents have doubled")]),
        ("Lindqvist showed the letter.", []),
        ("Lindqvist referred to studies that had been lost.", []),
        ("The letter was shown by Lindqvist.", []),
    ],
)
def test_verbs_that_are_mostly_no_speech_need_a_clause_or_a_quotation(text: str, spoken: list[tuple[str, str]]) -> None:
    assert spoken_in(text) == spoken
