from collections.abc import Sequence

import pytest

from rag.answering.analysis import Term, analyse
from rag.answering.matching import (
    KIND_CREDIT,
    MISSPELT_CREDIT,
    PART_CREDIT,
    SENSE_CREDIT,
    SIMILAR_CREDIT,
    SYNONYM_CREDIT,
    TITLE_CREDIT,
    Bag,
    Matcher,
    similar_words,
)
from rag.answering.tokens import tokenize
from rag.text.words import stem


def terms_of(question: str) -> tuple[Term, ...]:
    return analyse(question, is_name=lambda word: False).terms


def matcher(question: str, known_names: frozenset[str] = frozenset()) -> Matcher:
    terms = terms_of(question)
    weights = tuple(term.weight for term in terms)
    return Matcher(terms=terms, weights=weights, is_name=lambda word: False, known_names=known_names)


def credit(asked: str, sentence: str) -> float:
    """Return what a sentence is worth to the only term of "Was it ASKED?"."""
    (found,) = matcher(f"Was it {asked}?").credits(Bag.of(tokenize(sentence)))
    return found


@pytest.mark.parametrize(
    ("asked", "sentence", "expected"),
    [
        ("fined", "The fines rose.", 1.0),
        ("bought", "They buy cod.", 1.0),
        ("condemned", "He denounced the plan.", SYNONYM_CREDIT),
        ("weapon", "A missile flew.", KIND_CREDIT),
        ("fined", "The choir sang.", 0.0),
        ("Norway", "Oslo agreed.", 1.0),
        ("Norway", "Portugal agreed.", 0.0),
        ("the United Kingdom", "Scotland agreed.", PART_CREDIT),
        ("Scotland", "The United Kingdom agreed.", 0.0),
        ("1,200", "The 1200 ships left.", 1.0),
        ("12", "Twelve ships left.", 1.0),
        ("12", "The 1,200 ships left.", 0.0),
    ],
)
def test_a_word_a_country_or_a_figure_is_credited_as_far_as_it_is_there(
    asked: str, sentence: str, expected: float
) -> None:
    assert credit(asked, sentence) == expected


def test_credits_fall_from_the_word_itself_to_its_kind() -> None:
    assert 1 > MISSPELT_CREDIT > SYNONYM_CREDIT > SENSE_CREDIT > KIND_CREDIT > 0


@pytest.mark.parametrize(
    ("asked", "sentence", "expected"),
    [
        ("Astrid Lindqvist", "Astrid Lindqvist left.", 1.0),
        ("Astrid Lindqvist", "Lindqvist left.", 0.9),
        ("Astrid Lindqvist", "Astrid left.", 0.0),
        ("NYT", "The New York Times reported it.", 1.0),
        ("WHO", "The World Health Organization reported it.", 1.0),
        ("WHO", "Somebody who reported it.", 0.0),
        ("World Health Organization", "The WHO reported it.", 0.9),
        ("Garden Harvest", "They sold the harvest.", 0.0),
        ("Sarah Baker", "Baker agreed.", 0.9),
        ("Kestrel River Toll Bridge", "The Kestrel River opened.", 0.5),
        ("Kestrel River Toll Bridge", "The Kestrel opened.", 0.0),
        ("Ljubica Valley State Park", "The Oak Valley State Park opened.", 0.0),
        ("Ljubica Valley State Park", "The Ljubica park opened.", 0.5),
        ("Sarah's Corner Bakery", "A bakery opened.", 0.0),
        ("Sarah's Corner Bakery", "The Corner Bakery of Sarah opened.", 1.0),
    ],
)
def test_a_name_is_there_by_its_last_word_or_its_initials(asked: str, sentence: str, expected: float) -> None:
    assert credit(asked, sentence) == expected


def test_the_first_word_stands_for_a_long_name_that_the_index_holds_in_full() -> None:
    bag = Bag.of(tokenize("Cho left."))
    assert matcher("Was it Cho Tae Yul?").credits(bag) == (0.0,)
    assert matcher("Was it Cho Tae Yul?", known_names=frozenset({"Cho Tae Yul"})).credits(bag) == (0.9,)


def test_an_office_stands_for_its_holder_once_all_of_it_is_there() -> None:
    terms = terms_of("Did Lindqvist agree?")
    titles = {"Lindqvist": [tokenize("Norwegian chancellor"), tokenize("Norwegian Foreign Minister")]}
    found = Matcher(terms=terms, weights=(1.5, 1.0), is_name=lambda word: False, titles=titles)
    assert found.credits(Bag.of(tokenize("Norway's foreign minister agreed."))) == (TITLE_CREDIT, 1.0)
    assert found.credits(Bag.of(tokenize("Portugal's foreign minister agreed."))) == (0.0, 1.0)
    assert found.credits(Bag.of(tokenize("Norway agreed."))) == (0.0, 1.0)
    assert found.credits(Bag.of(tokenize("Norway's foreign ministers agreed."))) == (0.0, 1.0)


def test_a_body_may_be_called_by_another_word_for_it() -> None:
    asked, *_ = terms_of("Did the Pentagon agree?")
    found = Matcher(terms=(asked,), weights=(1.5,), is_name=lambda word: False)
    assert asked.kind == "name"
    assert found.credits(Bag.of(tokenize("The Secretary of Defense agreed."))) == (0.85,)
    assert found.credits(Bag.of(tokenize("The mayor agreed."))) == (0.0,)


def test_who_is_described_is_there_by_name() -> None:
    terms = terms_of("Did Norway's minister agree?")
    (name,) = terms_of("was it Astrid Lindqvist")
    found = Matcher(
        terms=terms, weights=(1.0, 1.0, 1.0), is_name=lambda word: False, people=((frozenset(terms[:2]), name),)
    )
    assert found.credits(Bag.of(tokenize("Lindqvist agreed."))) == (0.9, 0.9, 1.0)


def test_coverage_is_the_weighted_share_of_the_terms() -> None:
    found = Matcher(terms=terms_of("Did Norway fine trawlers?"), weights=(2.0, 1.0, 1.0), is_name=lambda word: False)
    assert found.coverage((1.0, 0.0, 0.0)) == 0.5
    assert found.coverage((1.0, 1.0, 1.0)) == 1.0
    assert matcher("").coverage(()) == 0.0


def test_words_that_answer_for_a_term_are_found_in_their_places() -> None:
    found = matcher("Was it condemned?")
    assert found.positions(found.terms[0], tokenize("Some condemned it, and some denounced it.")) == [1, 5]


def test_bags_add_up() -> None:
    one, other = Bag.of(tokenize("The European Space Agency of Oslo")), Bag.of(tokenize("bought 12 boats"))
    both = Bag.union([one, other])
    assert both == Bag.union([other, one]) == Bag.union([both, Bag.union([])])
    assert both.places == {"Norway"}
    assert both.numbers == {"12"}
    assert "esa" in {acronym[:3] for acronym in both.acronyms}
    assert {"space", "buy", "boat"} <= both.stems
    assert "the" in both.words and "the" not in both.stems


def similarity(some: Sequence[str], others: Sequence[str]) -> list[list[float]]:
    """Say that words with the same first letter mean nearly the same."""
    return [[0.9 if one[0] == other[0] else 0.1 for other in others] for one in some]


def near(question: str, sentence: str, *, held: bool = True) -> dict[str, dict[str, float]]:
    stems = {stem(word): word for word in sentence.split()}
    return similar_words(terms_of(question), stems, similarity, is_held=lambda word: held)


def test_words_with_near_vectors_stand_for_one_another() -> None:
    assert near("Was it harbour?", "hut ship") == {"harbour": {"hut": SIMILAR_CREDIT}}
    assert near("Was it harbour?", "it") == {}
    assert near("Was it Lisbon?", "lagoon") == {}


def test_a_word_that_the_index_lacks_may_be_a_misspelling() -> None:
    assert near("Was it trawlar?", "trawler oar", held=False)["trawlar"]["trawler"] == MISSPELT_CREDIT
    assert near("Was it trawlar?", "trawler oar")["trawlar"]["trawler"] == SIMILAR_CREDIT
    assert "ship" not in near("Was it shop?", "chip", held=False)["shop"]
    assert "act" not in near("Was it pact?", "act", held=False)["pact"]  # a word, though not one of the index


def test_near_words_count_in_the_credit() -> None:
    terms = terms_of("Was it harbour?")
    found = Matcher(
        terms=terms, weights=(1.0,), is_name=lambda word: False, similar={"harbour": {"hut": SIMILAR_CREDIT}}
    )
    assert found.credits(Bag.of(tokenize("A hut"))) == (SIMILAR_CREDIT,)
