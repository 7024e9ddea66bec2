from collections.abc import Sequence

import pytest

from rag.answering.analysis import analyse
from rag.answering.matching import Bag
from rag.answering.people import (
    LESSER,
    description_of,
    is_description,
    is_lesser,
    person_described,
    serves_elsewhere,
    stands_in,
    titles_of,
)
from rag.answering.tokens import Token, tokenize
from tests.rag.answering.builders import corpus_of, processed, scored

PACT = processed(
    "pact",
    "Norwegian Foreign Minister Astrid Lindqvist met her Portuguese counterpart, Carlos Teixeira.",
    "Norwegian Deputy Finance Minister Erik Solberg counted the cod.",
    "Pedro Alvarez, the president of Chile, sent a telegram.",
    "Peru sent a team led by Ports Under Secretary Lucia Quispe and Deputy Minister Juan Rojas.",
)
CORPUS = corpus_of(PACT)


def content(text: str) -> list[Token]:
    return content_of(tokenize(text))


def content_of(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if not token.is_stopword or token.word in LESSER]


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Norway's foreign minister", "Astrid Lindqvist"),
        ("the foreign minister of Norway", "Astrid Lindqvist"),
        ("Oslo's top diplomat", "Astrid Lindqvist"),
        ("the Portuguese foreign minister", "Carlos Teixeira"),
        ("the Norwegian deputy finance minister", "Erik Solberg"),
        ("Chile's president", "Pedro Alvarez"),
        ("Chile's leader", "Pedro Alvarez"),
        ("the head of Chile", "Pedro Alvarez"),
        ("Santiago's strongman", "Pedro Alvarez"),
        ("Peru's ports under secretary", "Lucia Quispe"),
        ("the Norwegian ministers", None),
        ("Norway's finance minister", None),
        ("Norway's president", None),
        ("Brazil's foreign minister", None),
        ("the cod of Norway", None),
        ("", None),
    ],
)
def test_a_description_means_whom_the_articles_call_so(description: str, name: str | None) -> None:
    assert person_described(content(description), scored(PACT), CORPUS) == name


def test_a_description_calls_somebody_by_what_they_are() -> None:
    assert is_description(tokenize("the Norwegian minister"))
    assert is_description(tokenize("the spokesman"))
    assert not is_description(tokenize("Astrid Lindqvist"))


def test_a_deputy_is_less_than_the_office_unless_a_deputy_is_asked_for() -> None:
    assert is_lesser(tokenize("Deputy Minister"), tokenize("the minister"))
    assert is_lesser(tokenize("former president"), tokenize("the president"))
    assert not is_lesser(tokenize("Deputy Minister"), tokenize("the deputy minister"))
    assert not is_lesser(tokenize("Minister"), tokenize("the deputy minister"))


def test_an_office_serves_elsewhere_where_another_country_stands_by_it() -> None:
    assert serves_elsewhere(tokenize("Norwegian Minister"), tokenize("Portugal's minister"))
    assert not serves_elsewhere(tokenize("Norwegian Minister"), tokenize("Norway's minister"))
    assert not serves_elsewhere(tokenize("Minister"), tokenize("Norway's minister"))
    assert not serves_elsewhere(tokenize("Norwegian Minister"), tokenize("the minister"))


def test_a_word_stands_in_for_itself_a_synonym_and_a_country_by_another_name() -> None:
    bag = Bag.of(tokenize("the Norwegian spokesman sang"))
    assert [stands_in(token, bag) for token in content("Oslo Norway spokeswoman singing Chile zither")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_the_office_before_a_name_is_known_with_its_country() -> None:
    question = analyse("Did Astrid Lindqvist and Pedro Alvarez meet?", is_name=CORPUS.is_name)
    found = titles_of(question.names, scored(PACT))
    assert {name: [[token.word for token in title] for title in titles] for name, titles in found.items()} == {
        "Astrid Lindqvist": [["norwegian", "foreign", "minister"]]
    }


def test_every_office_before_a_name_is_known_once() -> None:
    article = processed(
        "visit",
        "Peruvian leader Carlos Mendoza came.",
        "The Peruvian President Carlos Mendoza left.",
        "Peru's leader Carlos Mendoza slept.",
    )
    asked = analyse("Did Mendoza leave?", is_name={"mendoza"}.__contains__).names
    found = titles_of(asked, scored(article))
    assert [[token.word for token in title] for title in found["Mendoza"]] == [
        ["peruvian", "leader"],
        ["peruvian", "president"],
    ]


def test_a_description_is_read_with_its_country_first() -> None:
    assert [token.word for token in description_of("the top Norwegian diplomat")] == [
        "norwegian",
        "the",
        "top",
        "diplomat",
    ]
    assert person_described(content_of(description_of("top Norwegian diplomat")), scored(PACT), CORPUS)


def test_a_short_end_belongs_to_a_name() -> None:
    item = processed("a", "Burmese leader Min Aung Un spoke.", "Min Aung Un left.")
    found = person_described(content("the Burmese leader"), scored(item), corpus_of(item))
    assert found == "Min Aung Un"


def test_a_given_name_may_stand_between_title_and_name() -> None:
    article = processed("visit", "Peruvian President Carlos Mendoza came.", "Peruvian President Xyz Quispe left.")
    asked = analyse("Did Mendoza meet Quispe?", is_name={"mendoza", "quispe"}.__contains__).names
    found = titles_of(asked, scored(article))
    assert [[token.word for token in title] for title in found["Mendoza"]] == [["peruvian", "president"]]
    assert "Quispe" not in found
