import pytest

from eval.bench.answers import holds_answer


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("Netflix renewed “Squid Game” for good.", "“Squid Game”", True),
        ("The record was 3.134 seconds.", "3.134 seconds", True),
        ("Beyonce sang.", "Beyoncé", True),
        ("They found the edit button.", "An edit button", True),
        ("It was 1994.", "199", False),
        ("Squid and game", "Squid Game", False),
        ("Anything", "The", False),
    ],
)
def test_the_words_of_the_answer_must_stand_together(text: str, answer: str, held: bool) -> None:
    assert holds_answer(text, answer) is held
