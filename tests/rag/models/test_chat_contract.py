"""What every `ChatModel` must do, run against the double and the adapters alike."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from llama_index.core.llms import MockLLM

from rag.config import LLMSettings
from rag.errors import ModelError, ModelUnavailable
from rag.llm import ChatMessage, ChatModel
from rag.models import llamaindex_models
from rag.models.doubles import ScriptedChatModel
from rag.models.llamaindex_models import LlamaIndexChatModel
from rag.models.openai_chat import OpenAIChatModel
from tests.rag.models.loopback import error, reply, serve

PROMPT = [ChatMessage("system", "Be brief."), ChatMessage("user", "Why?")]
REPLY = "It began on Monday é 🎉 [1]."
Make = Callable[[bool], ChatModel]
"""Makes a model that gives `REPLY`, or one that fails."""


@pytest.fixture(params=["scripted", "openai", "llama-index"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    with ExitStack() as stack:

        def build(works: bool) -> ChatModel:
            if request.param == "scripted":
                return ScriptedChatModel(REPLY if works else ModelUnavailable("no"))
            if request.param == "openai":
                pieces = [REPLY[start : start + 4] for start in range(0, len(REPLY), 4)]
                server = stack.enter_context(serve(reply(*pieces) if works else error(500)))
                return OpenAIChatModel("m", LLMSettings(base_url=server.url, retries=0))
            llm = MockLLM()
            if works:
                monkeypatch.setattr(MockLLM, "_generate_text", lambda self, length: REPLY, raising=False)
            monkeypatch.setattr(
                llamaindex_models, "_load", lambda spec, wanted: llm if works else _Failing(max_tokens=None)
            )
            return LlamaIndexChatModel("module:object", LLMSettings())

        yield build


class _Failing(MockLLM):
    def stream_chat(self, *args: object, **kwargs: object) -> Iterator[object]:  # type: ignore[override]
        raise RuntimeError("no")


def test_the_pieces_join_to_the_reply(make: Make) -> None:
    model = make(True)
    said = "".join(delta.text for delta in model.stream(PROMPT, max_tokens=100))
    assert said
    if not isinstance(model, LlamaIndexChatModel):  # MockLLM repeats its prompt
        assert said == REPLY


def test_usage_comes_last_if_at_all(make: Make) -> None:
    deltas = list(make(True).stream(PROMPT, max_tokens=100))
    assert all(delta.usage is None for delta in deltas[:-1])


def test_the_stream_can_be_closed_early_and_the_model_used_again(make: Make) -> None:
    model = make(True)
    stream = model.stream(PROMPT, max_tokens=100)
    next(stream)
    stream.close()
    assert list(model.stream(PROMPT, max_tokens=100))


def test_failure_is_a_model_error(make: Make) -> None:
    with pytest.raises(ModelError):
        list(make(False).stream(PROMPT, max_tokens=100))


def test_it_has_a_name_and_a_length(make: Make) -> None:
    model = make(True)
    assert model.name
    assert model.context_tokens > 0
