from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.indexing.processing import body_words, process
from rag.indexing.repetition import NO_LINES
from rag.schema import SourceFile
from rag.text.words import words

PIECES = "Storm The US U.S. a\u200bb o'neil 1,200 NASA RISES ended.The - • 2. “Yes,” é ﬁ \n \n\n . ? said".split(" ")
PARAGRAPH = "The ministers met in the harbour town on Monday and agreed to go on with their talks, the mayor said."


@pytest.mark.parametrize(
    "text",
    [
        PARAGRAPH,
        f"{PARAGRAPH}\n\n2. {PARAGRAPH}\n\n3. {PARAGRAPH}",
        f"{PARAGRAPH}\n\nTHE US NAVY SENT TWO SHIPS TO THE HARBOUR, AND THE MAYOR SAID NOTHING AT ALL.",
        PARAGRAPH.upper().replace("MAYOR", "US MAYOR"),
        f"{PARAGRAPH[:-1]}.The{PARAGRAPH[3:]}",
        "x" * 3000 + " " + PARAGRAPH,
    ],
    ids=["prose", "bullets", "one line in capitals", "capitals", "a missing space", "a long word"],
)
def test_words_of_a_body_are_those_of_its_text(text: str) -> None:
    assert _from_passages(text) == words(_article_text(text))


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40), st.sampled_from([12, 220]))
def test_words_of_any_body_are_those_of_its_text(pieces: list[str], max_tokens: int) -> None:
    text = PARAGRAPH + "\n\n" + " ".join(pieces)
    assert _from_passages(text, max_tokens) == words(_article_text(text))


def _source(text: str) -> SourceFile:
    digest = sha256(text.encode()).hexdigest()
    return SourceFile(path="a.txt", raw=text, sha256=digest, encoding="utf-8", kind="text")


def _article_text(text: str) -> str:
    return process([_source(text)], repeated=NO_LINES, max_tokens=220)[0].article.text


def _from_passages(text: str, max_tokens: int = 30) -> list[str]:
    (processed,) = process([_source(text)], repeated=NO_LINES, max_tokens=max_tokens)
    passage_words = [words(passage.text) for passage in processed.passages]
    return list(body_words(processed.article, processed.passages, passage_words))
