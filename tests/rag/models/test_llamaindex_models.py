"""The LlamaIndex adapters, on small models of LlamaIndex's own kind."""

import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM

from rag.config import EmbeddingSettings, LLMSettings
from rag.errors import ConfigError, ModelOutputError, ModelUnavailable
from rag.llm import ChatMessage
from rag.models.doubles import HashingEmbedder
from rag.models.factory import make_chat_model, make_embedder
from rag.models.llamaindex_models import LlamaIndexChatModel, LlamaIndexEmbedder
from tests.rag.models.replies import told

DOUBLE = HashingEmbedder(16)
PROMPT = [ChatMessage("user", "Why?")]


class Parrot(CustomLLM):
    """Says what it was made to say, in pieces of three characters."""

    line: str = "It began [1]."
    fails: bool = False
    pauses_s: float = 0

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="parrot", context_window=2000)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.line)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            if self.fails:
                raise RuntimeError("the provider is down")
            time.sleep(self.pauses_s)
            for start in range(0, len(self.line), 3):
                yield CompletionResponse(text=self.line[: start + 3], delta=self.line[start : start + 3])

        return pieces()


class Hashing(BaseEmbedding):
    """The hashing double, in LlamaIndex's clothes."""

    wrong: bool = False

    def _get_text_embedding(self, text: str) -> list[float]:
        if text == "fail":
            raise RuntimeError("no")
        vector = [float(x) for x in DOUBLE.embed_query(text)]
        return vector[:-1] if self.wrong else vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@pytest.fixture
def spec() -> Iterator[str]:
    """Return the name of a module that holds models as a user would write it."""
    module = ModuleType("users_own_models")
    vars(module).update(
        parrot=Parrot(),
        make_parrot=Parrot,
        broken=Parrot(fails=True),
        endless=Parrot(line="la " * 3000),
        slow=Parrot(pauses_s=3),
        thinks=Parrot(line="<think>Hm [2].</think>It began [1]."),
        hashing=Hashing(),
        short=Hashing(wrong=True),
        number=3,
    )
    sys.modules["users_own_models"] = module
    yield "users_own_models"
    del sys.modules["users_own_models"]


@pytest.mark.parametrize("attribute", ["parrot", "make_parrot"])
def test_any_llm_answers(spec: str, attribute: str) -> None:
    model = make_chat_model(LLMSettings(model=f"llama-index:{spec}:{attribute}"))
    assert isinstance(model, LlamaIndexChatModel)
    assert (model.name, model.context_tokens) == ("parrot", 2000)
    assert told(model.stream(PROMPT, max_tokens=50)) == ("It began [1].", None, "stop")


def test_what_it_thinks_is_no_part_of_its_answer(spec: str) -> None:
    assert (
        told(LlamaIndexChatModel(f"{spec}:thinks", LLMSettings()).stream(PROMPT, max_tokens=50))[0] == "It began [1]."
    )


def test_nobody_has_to_wait_for_a_slow_one(spec: str) -> None:
    stream = LlamaIndexChatModel(f"{spec}:slow", LLMSettings()).stream(PROMPT, max_tokens=50)
    began = time.monotonic()
    assert next(stream).text == ""
    stream.close()
    assert time.monotonic() - began < 2


def test_its_errors_become_ours(spec: str) -> None:
    model = LlamaIndexChatModel(f"{spec}:broken", LLMSettings())
    with pytest.raises(ModelUnavailable, match="RuntimeError: the provider is down"):
        list(model.stream(PROMPT, max_tokens=50))
    with pytest.raises(ModelOutputError, match="did not stop"):
        list(LlamaIndexChatModel(f"{spec}:endless", LLMSettings()).stream(PROMPT, max_tokens=50))


def test_any_embedding_embeds(spec: str) -> None:
    embedder = make_embedder(EmbeddingSettings(provider="llama-index", model=f"{spec}:hashing"))
    assert embedder.dimensions == 16
    assert embedder.name == f"llama-index/{spec}:hashing"
    texts = ["one two", "", "three"]
    np.testing.assert_allclose(embedder.embed_documents(texts), DOUBLE.embed_documents(texts), atol=1e-6)
    np.testing.assert_allclose(embedder.embed_query("one"), DOUBLE.embed_query("one"), atol=1e-6)
    assert embedder.embed_documents([]).shape == (0, 16)


def test_a_failing_embedding_or_another_length_is_an_error_of_ours(spec: str) -> None:
    good = LlamaIndexEmbedder(EmbeddingSettings(provider="llama-index", model=f"{spec}:hashing"))
    with pytest.raises(ModelUnavailable, match="RuntimeError"):
        good.embed_documents(["fail"])
    with pytest.raises(ModelUnavailable, match="RuntimeError"):
        good.embed_query("fail")
    short = LlamaIndexEmbedder(EmbeddingSettings(provider="llama-index", model=f"{spec}:short", dimensions=16))
    with pytest.raises(ModelOutputError, match=r"expected 1 vectors of 16 numbers .* found 1 of \[15\]"):
        short.embed_query("one")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nonsense", "expected llama-index:module:object"),
        ("no_such_module_here:x", "cannot import"),
        ("users_own_models:absent", "has no 'absent'"),
        ("users_own_models:number", "to be a LlamaIndex LLM, found int"),
        ("users_own_models:hashing", "found Hashing"),
    ],
)
def test_what_is_no_llm_is_refused(spec: str, name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        LlamaIndexChatModel(name, LLMSettings())


def test_the_embedding_must_be_named() -> None:
    with pytest.raises(ConfigError, match="NEWSQA_EMBEDDING__MODEL"):
        make_embedder(EmbeddingSettings(provider="llama-index"))
