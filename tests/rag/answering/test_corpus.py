import pytest

from rag.answering.corpus import Corpus
from rag.lexical.memory import MemoryLexical
from tests.rag.answering.builders import corpus_of, processed

PACT = processed(
    "pact",
    "Astrid Lindqvist met Carlos Teixeira in Lisbon.",
    "She praised the Security Council.",
    title="Fishing pact",
)
CHOIR = processed("choir", "The choir of Tartu sang in Riga.", "Liis Tamm praised the choir's singers.")
CORPUS = corpus_of(PACT, CHOIR)


def test_a_word_in_one_passage_is_rare_and_one_in_all_is_not() -> None:
    assert CORPUS.rarity("lisbon") == 1.0
    assert CORPUS.rarity("volcano") == 1.0
    assert CORPUS.rarity("praised") == 0.0
    assert corpus_of(PACT).rarity("praised") == 1.0  # a single passage tells nothing about rarity


def test_the_size_of_an_index_is_a_share_of_a_large_one() -> None:
    assert corpus_of(PACT).size() == 0.0
    assert 0 < CORPUS.size() < 0.1
    assert Corpus(CORPUS.catalog, MemoryLexical()).size() == 0.0


def test_a_word_is_held_in_any_of_its_forms_also_in_a_title() -> None:
    assert CORPUS.holds_word("singer")
    assert CORPUS.holds_word("fishes")
    assert not CORPUS.holds_word("volcano")


def test_a_phrase_is_held_word_for_word() -> None:
    assert CORPUS.holds_phrase("Carlos Teixeira")
    assert CORPUS.holds_phrase("TEIXEIRA’s")
    assert not CORPUS.holds_phrase("Teixeira Carlos")
    assert not CORPUS.holds_phrase("Carlos Lindqvist")


@pytest.mark.parametrize("word", ["astrid", "lindqvist", "teixeira", "lisbon", "tartu", "riga"])
def test_a_word_of_a_name_is_a_name(word: str) -> None:
    assert CORPUS.is_name(word)


@pytest.mark.parametrize("word", ["security", "council", "choir", "the", "she", "volcano", ""])
def test_a_common_word_is_no_name_though_a_name_may_hold_it(word: str) -> None:
    assert not CORPUS.is_name(word)


def test_a_word_that_is_seldom_a_name_is_none() -> None:
    weekly = processed("weekly", "The weekly Harvest praised Lindqvist.", "She reads Harvest.")
    fields = [processed(f"field{n}", f"The harvest of field {n} was poor.") for n in range(20)]
    assert corpus_of(weekly).is_name("harvest")
    assert not corpus_of(weekly, *fields).is_name("harvest")
    assert corpus_of(weekly, *fields).is_name("lindqvist")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["lindkvist"], "Astrid Lindqvist"),
        (["astrid", "lindquist"], "Astrid Lindqvist"),
        (["texeira"], "Carlos Teixeira"),
        (["lindqvist"], None),
        (["macron"], None),
        ([], None),
    ],
)
def test_the_nearest_name_is_that_of_which_the_words_are_a_misspelling(words: list[str], name: str | None) -> None:
    assert CORPUS.closest_name(words) == name
