import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.shingles import band_keys, jaccard, minhash, shingles
from rag.text.words import words

LEFT = "The ministers met in Seoul on Monday and agreed to continue their talks about trade next week " * 3
RIGHT = LEFT.replace("trade", "security", 1)


def naive(left: str, right: str, n: int) -> float:
    def sets(text: str) -> set[tuple[str, ...]]:
        tokens = words(text)
        size = min(n, len(tokens))
        return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)} if tokens else set()

    a, b = sets(left), sets(right)
    return len(a & b) / len(a | b) if a and b else 0.0


@given(st.lists(st.sampled_from("a b c".split()), max_size=12), st.lists(st.sampled_from("a b c".split()), max_size=12))
def test_jaccard_is_that_of_the_word_sequences(left: list[str], right: list[str]) -> None:
    a, b = " ".join(left), " ".join(right)
    assert jaccard(shingles(a, 3), shingles(b, 3)) == pytest.approx(naive(a, b, 3))


def test_hashes_are_the_same_on_every_machine() -> None:
    assert [int(value) for value in shingles("one two three")] == [15603553938354446542]


def test_signatures_estimate_the_similarity() -> None:
    a, b = shingles(LEFT), shingles(RIGHT)
    estimate = float((minhash(a) == minhash(b)).mean())
    assert estimate == pytest.approx(jaccard(a, b), abs=0.2)
    assert set(band_keys(minhash(a))) & set(band_keys(minhash(b)))
    assert not set(band_keys(minhash(a))) & set(band_keys(minhash(shingles("Something else altogether was said here"))))
