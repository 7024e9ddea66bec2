import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.reply_parser import MOST_CHARS, ReplyParser
from rag.schema import ConflictingFact, DraftStatement, Rejection
from tests.rag.answering.articles import evidence_of

SENTENCES = evidence_of("one one", "two two", "three three", "four four", "five five")
NUMBERED = dict(enumerate(SENTENCES, 1))


def parse(reply: str, piece_chars: int = 3) -> tuple[list[tuple[str, tuple[int, ...] | str]], bool]:
    """Return (text, numbers or reason) of all that is parsed, and whether the model abstained."""
    parser = ReplyParser(NUMBERED)
    found: list[DraftStatement | Rejection] = []
    for start in range(0, len(reply), piece_chars):
        found += parser.feed(reply[start : start + piece_chars])
    found += parser.finish()
    rows = [
        (
            item.text,
            item.reason if isinstance(item, Rejection) else tuple(SENTENCES.index(e) + 1 for e in item.evidence),
        )
        for item in found
    ]
    return rows, parser.abstained


TWO = [("The talks began on Monday.", (2,)), ("Lind said they would fail.", (5,))]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("The talks began on Monday [2]. Lind said they would fail [5].", TWO),
        ("The talks began on Monday. [2] Lind said they would fail. [5]\n", TWO),
        ("[2] The talks began on Monday.\n[5] Lind said they would fail.", TWO),
        ("[2] The talks began on Monday. [5] Lind said they would fail.", TWO),
        ("1. The talks began on Monday. [2]\n2) **Lind** said they would *fail*. [5]", TWO),
        ("Answer: The talks\nbegan on Monday 【2】.\n\n- Lind said they would fail [5].", TWO),
        ("It began on Monday [2], and it will fail [5].", [("It began on Monday", (2,)), ("It will fail.", (5,))]),
        ("It began. It ended [1, 3-4 and 2].", [("It began.", (3, 4, 1, 2)), ("It ended.", (3, 4, 1, 2))]),
        ("It began [1][3].", [("It began.", (1, 3))]),
        ("He said “we go on.” [1]", [("He said “we go on.”", (1,))]),
        ("It began [1, 99].", [("It began.", (1,))]),
        ('He left [1]. "We go on," she said [2].', [("He left.", (1,)), ('"We go on," she said.', (2,))]),
        ('He said "we go on" [1]. It began [2].', [('He said "we go on".', (1,)), ("It began.", (2,))]),
        ("It began [1]. It began [2].", [("It began.", (1,))]),
    ],
)  # fmt: skip
def test_statements_are_read_with_their_numbers(reply: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert parse(reply) == (expected, False)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("It began in spring.", "no_source"),
        ("It began in spring [77].", "unknown_source"),
        ("See [the page](https://evil.example) [1].", "link"),
        ("Read www.evil.example now [1].", "link"),
        ("![pixel](data:image/png;base64,AAAA) [1]", "link"),
        ("Write to me@evil.example today [1].", "link"),
        ("Visit evil.com/login for more [1].", "link"),
        ("It <b>began</b> today [1].", "markup"),
        ("It began <script>alert(1)</script> today [1].", "markup"),
        ("It began <|im_end|> today [1].", "markup"),
        ("You answer questions from news articles [1].", "repeats_prompt"),
        ("word " * 300 + "[1].", "too_long"),
    ],
)
def test_what_is_no_cited_prose_is_rejected(reply: str, reason: str) -> None:
    rows, abstained = parse(reply)
    assert {found for _, found in rows} == {reason}
    assert not abstained


@pytest.mark.parametrize(
    "reply",
    [
        "NOT IN THE ARTICLES",
        "Not in the articles.",
        "**NOT IN THE ARTICLES**\n",
        "The articles do not mention Macron [1].",
        "There is no information about that in the sentences.",
        "The provided text does not say when it began [2].",
        "It is not stated in the passages.",
    ],
)
def test_a_refusal_in_any_words_is_an_abstention(reply: str) -> None:
    assert parse(reply) == ([], True)


def test_a_fragment_is_a_statement_read_with_its_question() -> None:
    assert parse("Egypt and Jordan [3].") == ([("Egypt and Jordan.", (3,))], False)
    assert parse("Police gave no information on the driver [1].") == (
        [("Police gave no information on the driver.", (1,))],
        False,
    )


def test_a_statement_that_denies_is_no_refusal() -> None:
    assert parse("Moscow denied the charge [1]. Lind did not attend the talks [2].") == (
        [("Moscow denied the charge.", (1,)), ("Lind did not attend the talks.", (2,))],
        False,
    )


@pytest.mark.parametrize("reply", ["[4] [2]", "[4, 2].", "[4]\n[2]\n[99]"])
def test_a_reply_of_numbers_alone_quotes_those_sentences(reply: str) -> None:
    assert parse(reply) == ([("four four", (4,)), ("two two", (2,))], False)


@pytest.mark.parametrize(
    "marker",
    [
        "[Source 1]",
        "【1†source】",
        "【4:1†source】",
        "[citation:1]",
        "[s1]",
        "[^1]",
        "[Sentence 1]",
        "[sources: 1]",
        "(1)",
        "¹",
    ],
)
def test_numbers_are_read_however_a_model_marks_them(marker: str) -> None:
    space = "" if marker == "¹" else " "
    for piece_chars in (1, 3, 1000):
        found = parse(f"It began in spring{space}{marker}. It ended{space}{marker}.", piece_chars)
        assert found == ([("It began in spring.", (1,)), ("It ended.", (1,))], False)


def test_numbers_in_round_brackets_and_units_amid_a_sentence_are_no_citations() -> None:
    assert parse("Team (2) won 5 km² of land [1].") == ([("Team (2) won 5 km² of land.", (1,))], False)


def differences(reply: str, piece_chars: int = 3) -> list[ConflictingFact]:
    parser = ReplyParser(NUMBERED)
    for start in range(0, len(reply), piece_chars):
        list(parser.feed(reply[start : start + piece_chars]))
    list(parser.finish())
    return parser.conflicts


@pytest.mark.parametrize("end", ["", "\n", "\nThey met [3]."])
@pytest.mark.parametrize("piece_chars", [1, 3, 7, 1000])
def test_a_marked_line_gives_the_values_that_articles_differ_on(end: str, piece_chars: int) -> None:
    reply = "Nine died [1].\nDIFFERS: number of dead: nine [1][2]; eleven [5]" + end
    fact = ConflictingFact(
        fact="number of dead",
        values=(("nine", (SENTENCES[0], SENTENCES[1])), ("eleven", (SENTENCES[4],))),
    )
    assert differences(reply, piece_chars) == [fact]
    assert parse(reply, piece_chars)[0][0] == ("Nine died.", (1,))


@pytest.mark.parametrize("line", ["DIFFERS: nothing", "DIFFERS: dead: nine [1]", "DIFFERS: dead: nine [77]; ten [78]"])
def test_one_value_is_no_difference(line: str) -> None:
    assert differences(line) == []


def test_an_unfinished_citation_is_no_citation() -> None:
    assert parse("It began in spring [1") == ([("It began in spring [1", "no_source")], False)


def test_a_statement_is_given_as_soon_as_it_is_whole() -> None:
    parser = ReplyParser(NUMBERED)
    assert list(parser.feed("The talks began [2]")) == []
    assert [item.text for item in parser.feed(". Lind")] == ["The talks began."]


def test_an_endless_reply_is_cut_off() -> None:
    parser = ReplyParser(NUMBERED)
    for _ in range(MOST_CHARS // 100 + 5):
        list(parser.feed("la " * 40))
    assert parser.overlong


@given(st.text(alphabet="[]0123456789 .\n<>()¹Ab,-”*", max_size=120), st.integers(1, 9))
def test_the_cut_of_the_stream_changes_nothing(reply: str, piece_chars: int) -> None:
    assert parse(reply, piece_chars) == parse(reply, 1000)
