import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.config import EmbeddingSettings, Settings
from rag.errors import ConfigError, ModelError, ModelOutputError, ModelUnavailable
from rag.indexing import examine, ingest
from rag.models.doubles import HashingEmbedder
from rag.models.openai_embedder import OpenAIEmbedder
from tests.rag.indexing.building import story
from tests.rag.models.loopback import Behaviour, Handler, Loopback, answer, error, reply, serve, silence

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


def refusing(status: int, message: str, *, above: int) -> Behaviour:
    """Refuse batches of more texts than `above`."""

    def behave(handler: Handler) -> None:
        many = len(handler.loopback.requests[-1]["input"]) > above
        (error(status, message) if many else vectors)(handler)

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


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (422, "batch size 8 > maximum allowed batch size 3"),
        (413, "Payload Too Large"),
        (400, "Requested 300123 tokens, max 300000 tokens per request"),
        (500, "input is too large to process. increase the physical batch size"),
    ],
)
def test_a_refused_batch_is_sent_in_smaller_ones_from_then_on(status: int, message: str) -> None:
    texts = [f"text number {i}" for i in range(8)]
    with serve(refusing(status, message, above=3)) as server:
        embedder = embedder_at(server, dimensions=16)
        for _ in range(2):
            np.testing.assert_allclose(embedder.embed_documents(texts), DOUBLE.embed_documents(texts), atol=1e-6)
    sizes = [len(request["input"]) for request in server.requests]
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 2, 2, 2]


def test_a_text_that_is_refused_by_itself_is_an_error() -> None:
    with serve(refusing(500, "too large to process", above=0)) as server:
        with pytest.raises(ModelUnavailable, match="HTTP 500: too large to process"):
            embedder_at(server, dimensions=16).embed_documents(["a", "b"])
        assert [len(request["input"]) for request in server.requests] == [2, 1]


@pytest.mark.parametrize("option", ["encoding_format", "dimensions"])
def test_a_refused_option_is_left_out_from_then_on(option: str) -> None:
    refusal = answer(422, {"detail": [{"loc": ["body", option], "msg": "Extra inputs are not permitted"}]})
    with serve(refusal, vectors) as server:
        embedder = embedder_at(server, dimensions=16)
        for _ in range(2):
            embedder.embed_query("one")
    assert [option in request for request in server.requests] == [True, False, False]


def test_vectors_are_normalised() -> None:
    with serve(answering(lambda n: [{"index": 0, "embedding": [3.0, 4.0] * 8}])) as server:
        found = embedder_at(server, dimensions=16).embed_query("one")
    assert float(found @ found) == pytest.approx(1.0)


def test_an_azure_deployment_and_a_gateway_are_reached() -> None:
    with serve(vectors) as server:
        root = server.url.removesuffix("/v1")
        embedder_at(server, dimensions=16, base_url=root, api_version="2024-10-21", api_key="k").embed_query("one")
        embedder_at(server, dimensions=16, headers={"x-team": "news"}).embed_query("one")
    assert server.paths == ["/openai/deployments/m/embeddings?api-version=2024-10-21", "/v1/embeddings"]
    assert (server.headers[0]["api-key"], server.headers[1]["x-team"]) == ("k", "news")


def test_a_chat_stream_is_no_vectors() -> None:
    with serve(reply("Yes.")) as server, pytest.raises(ModelError, match="model 'm'"):
        embedder_at(server, dimensions=16).embed_query("one")


def test_the_hint_names_the_settings_of_embeddings() -> None:
    with serve(error(401)) as server, pytest.raises(ModelUnavailable, match="NEWSQA_EMBEDDING__API_KEY"):
        embedder_at(server, dimensions=16).embed_query("one")


def test_an_ingest_goes_on_where_the_server_went_away(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for number in range(200):
        (corpus / f"{number:03}.txt").write_text(story(number))
    settings = Settings(workers=1, embedding=EmbeddingSettings(batch_size=20))
    kept = "HTTP 503.*the same command goes on from there"
    with serve(*[vectors] * 6, error(503)) as server, pytest.raises(ModelUnavailable, match=kept):
        ingest(index, settings, embedder_at(server, dimensions=16), [corpus])
    with serve(vectors) as server:
        embedder = embedder_at(server, dimensions=16)
        report = ingest(index, settings, embedder, [corpus])
        assert examine(index, settings, embedder, repair=False).ok
    assert (report.unchanged, report.indexed, report.embedded) == (64, 136, 136)
