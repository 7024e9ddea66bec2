import json
from collections.abc import Callable

import numpy as np
import pytest

from rag.config import EmbeddingSettings
from rag.errors import ConfigError, ModelError, ModelOutputError, ModelUnavailable
from rag.models.doubles import HashingEmbedder
from rag.models.openai_embedder import OpenAIEmbedder
from tests.rag.models.loopback import Behaviour, Handler, Loopback, error, serve, silence

DOUBLE = HashingEmbedder(16)


def vectors(handler: Handler) -> None:
    """Answer as a good server does, out of order."""
    texts = handler.loopback.requests[-1]["input"]
    rows = [
        {"index": i, "object": "embedding", "embedding": DOUBLE.embed_query(t).tolist()} for i, t in enumerate(texts)
    ]
    body = {"object": "list", "model": "m", "data": rows[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    handler.send(200, json.dumps(body).encode())


def answering(make_rows: Callable[[int], object]) -> Behaviour:
    """Answer with other rows than asked for."""

    def behave(handler: Handler) -> None:
        body = {"object": "list", "model": "m", "data": make_rows(len(handler.loopback.requests[-1]["input"]))}
        handler.send(200, json.dumps(body).encode())

    return behave


def embedder_at(server: Loopback, **changes: object) -> OpenAIEmbedder:
    settings = {"provider": "openai", "model": "m", "base_url": server.url, "retries": 0, "timeout_s": 0.5} | changes
    return OpenAIEmbedder(EmbeddingSettings.model_validate(settings))


def test_texts_go_in_batches_and_come_back_in_order() -> None:
    texts = [f"text number {i}" for i in range(10)]
    with serve(vectors) as server:
        found = embedder_at(server, batch_size=4).embed_documents(texts)
    np.testing.assert_allclose(found, DOUBLE.embed_documents(texts), atol=1e-6)
    assert [len(request["input"]) for request in server.requests] == [1, 4, 4, 2]  # the first asks for the length


def test_blank_texts_are_not_sent() -> None:
    with serve(vectors) as server:
        found = embedder_at(server, dimensions=16).embed_documents(["one", " \n", "two"])
    assert [request["input"] for request in server.requests] == [["one", "two"]]
    assert not found[1].any()


def test_the_length_is_known_asked_for_or_set() -> None:
    openai = OpenAIEmbedder(EmbeddingSettings.model_validate({"provider": "openai", "api_key": "k"}))
    assert (openai.name, openai.dimensions) == ("openai/text-embedding-3-small", 1536)
    with serve(vectors) as server:
        assert embedder_at(server).dimensions == 16
        shortened = embedder_at(server, dimensions=8)
    assert (shortened.name, shortened.dimensions) == ("openai/m@8", 8)


def test_shortened_vectors_are_asked_for() -> None:
    with serve(vectors) as server:
        embedder_at(server, dimensions=16).embed_query("one")
    assert server.requests[0]["dimensions"] == 16


def test_vectors_of_another_length_are_refused() -> None:
    with serve(vectors) as server, pytest.raises(ModelOutputError, match="expected vectors of 32 numbers"):
        embedder_at(server, dimensions=32).embed_query("one")


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (error(500), ModelUnavailable),
        (error(429), ModelUnavailable),
        (error(401), ModelUnavailable),
        (silence, ModelUnavailable),
        (answering(lambda n: []), ModelError),
        (answering(lambda n: [{"index": 0, "embedding": [1.0] * 16}] * (n + 1)), ModelOutputError),
        (answering(lambda n: [{"index": 0, "embedding": [float("nan")] * 16}]), ModelOutputError),
        (answering(lambda n: [{"index": 0, "embedding": "text"}]), ModelOutputError),
        (answering(lambda n: None), ModelError),
        (lambda handler: handler.send(200, b"{broken"), ModelError),
    ],
)
def test_misbehaviour_becomes_an_error_of_ours(behaviour: Behaviour, kind: type[ModelError]) -> None:
    with serve(behaviour) as server, pytest.raises(kind, match="model 'm'"):
        embedder_at(server, dimensions=16).embed_documents(["one"])


def test_a_passing_failure_is_tried_again() -> None:
    with serve(error(503), vectors) as server:
        embedder_at(server, dimensions=16, retries=1).embed_query("one")
    assert len(server.requests) == 2


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        OpenAIEmbedder(EmbeddingSettings(provider="openai"))
