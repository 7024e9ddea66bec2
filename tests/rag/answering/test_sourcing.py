from rag.answering.sourcing import says_plainly, sources_of
from tests.rag.answering.articles import evidence_of

STORM = evidence_of(
    "The storm reached Osaka on Monday.",
    "Nine people died in floods near the harbour.",
    "Schools stay closed, mayor Aiko Sato said.",
)


def test_a_good_choice_of_the_model_stands() -> None:
    assert sources_of("Nine people died in floods.", [STORM[1]], STORM) == (STORM[1],)


def test_a_wrong_number_is_put_right() -> None:
    assert sources_of("Nine people died in floods.", [STORM[2]], STORM) == (STORM[1],)


def test_a_missing_number_is_found() -> None:
    assert sources_of("The storm reached Osaka.", [], STORM) == (STORM[0],)


def test_no_pair_is_found_for_a_statement_mixed_of_two() -> None:
    mixed = "The storm reached Osaka on Monday and nine people died in floods near the harbour."
    assert len(sources_of(mixed, [], STORM)) < 2


def test_an_invention_keeps_what_the_model_named_and_is_left_to_grounding() -> None:
    invention = "The emperor resigned over a scandal in Kyoto."
    assert sources_of(invention, [STORM[0]], STORM) == (STORM[0],)
    assert sources_of(invention, [], STORM) == ()


def test_words_without_content_have_no_source() -> None:
    assert sources_of("It was so.", [], STORM) == ()


def test_names_alone_do_not_make_a_statement_supported() -> None:
    meeting = evidence_of("President Ana Ruiz and Chancellor Otto Brandt had a highly anticipated meeting in Oslo.")
    assert says_plainly("Ana Ruiz and Otto Brandt had a meeting in Oslo.", meeting)
    invented = "The meeting of President Ana Ruiz and Chancellor Otto Brandt was described as productive."
    assert not says_plainly(invented, meeting)
