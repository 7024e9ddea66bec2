from rag.answering.sourcing import source_of
from tests.rag.answering.articles import evidence_of

STORM = evidence_of(
    "The storm reached Osaka on Monday.",
    "Nine people died in floods near the harbour.",
    "Schools stay closed, mayor Aiko Sato said.",
)


def test_the_sentence_that_holds_most_of_a_statement_is_its_source() -> None:
    assert source_of("The storm reached Osaka.", STORM) == STORM[0]
    assert source_of("Nine people died in floods.", STORM) == STORM[1]


def test_a_statement_mixed_of_two_sentences_has_one_source_at_most() -> None:
    mixed = "The storm reached Osaka on Monday and nine people died in floods near the harbour."
    assert source_of(mixed, STORM) in (None, STORM[1])


def test_an_invention_has_no_source() -> None:
    assert source_of("The emperor resigned over a scandal in Kyoto.", STORM) is None
    assert source_of("It was so.", STORM) is None
    assert source_of("Nine people died.", ()) is None
