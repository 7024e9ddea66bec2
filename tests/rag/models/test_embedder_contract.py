"""What every `Embedder` must do, run against the double and the real adapters alike."""

from collections.abc import Callable

import numpy as np
import pytest

from rag.embedding import Embedder
from rag.models.doubles import HashingEmbedder
from rag.models.wordllama_embedder import WordLlamaEmbedder

NASTY = [
    "",
    "   \n\t",
    "\x00\x07\x1b[31m control characters",
    "a lone surrogate \ud800 here",
    "\u202eright to left\u202c and \u200bzero width",
    "emoji 🎉 and 日本語 and العربية",
    "x" * 60_000,
]


@pytest.fixture(params=[HashingEmbedder, WordLlamaEmbedder], scope="module")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    make: Callable[[], Embedder] = request.param
    return make()


def test_vectors_are_unit_float32_rows_of_the_stated_length(embedder: Embedder) -> None:
    vectors = embedder.embed_documents(["Sanctions were announced.", "The harbour froze."])
    assert vectors.shape == (2, embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_an_empty_matrix(embedder: Embedder) -> None:
    assert embedder.embed_documents([]).shape == (0, embedder.dimensions)


def test_the_same_text_gives_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    text = "The minister resigned on Monday."
    together = embedder.embed_documents(["Something much longer than the other text, to force padding.", text])
    np.testing.assert_allclose(embedder.embed_documents([text])[0], together[1], atol=1e-6)
    np.testing.assert_array_equal(embedder.embed_documents([text]), embedder.embed_documents([text]))


def test_a_question_is_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    passages = ["Rain fell on the harbour town.", "The finance minister raised taxes.", "The team won the final."]
    scores = embedder.embed_documents(passages) @ embedder.embed_query("Which minister raised taxes?")
    assert int(np.argmax(scores)) == 1


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text)[:20])
def test_nasty_text_gives_a_finite_vector_of_length_one_or_zero(embedder: Embedder, text: str) -> None:
    vector = embedder.embed_documents([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) or not vector.any()


def test_the_name_is_stable_and_names_a_space(embedder: Embedder) -> None:
    assert "/" in embedder.name
    assert embedder.name == embedder.name
