from __future__ import annotations

from rag.cleaning import clean
from rag.cleaning.lines import split_lines
from rag.cleaning.quizzes import quiz_rows
from rag.schema import SourceFile

INTRO = (
    "The ferry strike in Port Lenn ended on Monday after the town agreed to pay for new boats and safer piers.\n"
    "How closely have you followed the news of the coast? Put your knowledge to the test with our quiz of the week.\n"
)
QUIZ = (
    "- How many boats will the town of Port Lenn buy?\nTwo\nFour\nSix\n"
    "- On which platform did the mayor announce her resignation?\nFacebook\nInstagram\nTwitter\n"
    "- What was found below the old lighthouse on Friday?\nA cannon\nA cellar\nA chest of silver coins\n"
)
ANSWERS = (
    "- Four\nThe town will buy four boats from a yard in Elm Bay, which is to deliver them before the summer season.\n"
    "- A cellar\nWorkers who repaired the lighthouse came upon a cellar that nobody in the town had heard of.\n"
)


def rows(raw: str) -> list[int]:
    return sorted(quiz_rows(split_lines(raw)))


def kept(raw: str) -> list[str]:
    article = clean(SourceFile(path="a.txt", raw=raw, sha256="0" * 64, encoding="utf-8", kind="text"))
    return [block.span.of(article.raw) for block in article.blocks]


def test_a_quiz_stays_whole_though_its_options_look_like_menus() -> None:
    assert kept(INTRO + QUIZ + ANSWERS) == [line.removeprefix("- ") for line in (INTRO + QUIZ + ANSWERS).splitlines()]


def test_the_options_of_the_last_question_belong_to_the_quiz() -> None:
    assert rows(INTRO + QUIZ + ANSWERS) == list(range(2, 14))


def test_an_option_on_the_line_of_its_question_makes_no_difference() -> None:
    assert rows(QUIZ.replace("?\n", "? ").replace("- ", "")) == list(range(9))


def test_two_questions_are_no_quiz() -> None:
    assert rows("".join(QUIZ.splitlines(keepends=True)[:8])) == []


def test_teasers_with_questions_for_headlines_are_no_quiz() -> None:
    teasers = "".join(
        f"Why did the harbour close on {day} again?\nNews\nLocal\n" for day in ("Monday", "Tuesday", "May")
    )
    dated = "".join(
        f"Why did the harbour close on {day} again?\nAda Quill, {day}\n3 days ago\n" for day in ("May", "June", "July")
    )

    assert (rows(teasers), rows(dated)) == ([], [])


def test_questions_that_paragraphs_answer_are_no_quiz() -> None:
    asked = [line for line in QUIZ.splitlines() if line.endswith("?")]

    assert rows("\n".join(f"{line}\n{ANSWERS.splitlines()[1]}\n{ANSWERS.splitlines()[3]}" for line in asked)) == []
