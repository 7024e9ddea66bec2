import pytest

from rag.text.wordnet import Senses, senses
from rag.text.words import stem


def of(word: str) -> Senses:
    return senses(stem(word))


@pytest.mark.parametrize(
    ("one", "other"), [("buy", "purchase"), ("treaty", "pact"), ("condemn", "condemnation"), ("spoke", "speaking")]
)
def test_words_that_can_mean_the_same_share_a_sense(one: str, other: str) -> None:
    assert of(one).own & of(other).own


@pytest.mark.parametrize(("kind", "general"), [("missile", "weapon"), ("murder", "kill"), ("whispered", "speak")])
def test_a_word_leads_to_what_it_is_a_kind_of_and_not_back(kind: str, general: str) -> None:
    assert of(kind).broader & of(general).own
    assert not of(general).broader & of(kind).own


def test_unrelated_words_share_nothing() -> None:
    assert not of("bridge").own & of("choir").own


def test_an_unknown_word_has_no_senses() -> None:
    assert senses("qwertzuiop") == Senses()


@pytest.mark.parametrize(("one", "other"), [("lodge", "file"), ("nab", "arrest")])
def test_rare_words_and_senses_are_known(one: str, other: str) -> None:
    assert (of(one).own | of(one).broader) & of(other).own
