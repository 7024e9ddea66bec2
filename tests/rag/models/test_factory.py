from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.config import EmbeddingSettings, LLMSettings, Settings
from rag.errors import ConfigError
from rag.models.factory import AUTO_OPENAI_MODEL, make_chat_model, make_embedder
from rag.models.openai_chat import OpenAIChatModel
from rag.models.openai_embedder import OpenAIEmbedder
from rag.models.wordllama_embedder import WordLlamaEmbedder


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_the_default_is_extractive_and_wordllama() -> None:
    settings = Settings()
    assert make_chat_model(settings.llm) is None
    assert isinstance(make_embedder(settings.embedding), WordLlamaEmbedder)


def test_a_key_of_openai_in_the_environment_makes_auto_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    model = make_chat_model(Settings().llm)
    assert isinstance(model, OpenAIChatModel)
    assert model.name == AUTO_OPENAI_MODEL
    assert make_chat_model(Settings(llm=LLMSettings(model="extractive")).llm) is None
    embedder = make_embedder(Settings(embedding=EmbeddingSettings(provider="openai")).embedding)
    assert isinstance(embedder, OpenAIEmbedder)


def test_a_blank_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    assert make_chat_model(Settings().llm) is None


def test_keys_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(Settings()) + Settings().model_dump_json()


def test_a_question_may_name_another_model_of_the_server_or_extractive() -> None:
    settings = LLMSettings(model="small", base_url="http://127.0.0.1:9/v1")
    assert make_chat_model(settings, "extractive") is None
    other = make_chat_model(settings, "large")
    assert other is not None
    assert other.name == "large"


def test_a_model_of_openai_without_a_key_is_a_mistake_that_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY, or NEWSQA_LLM__BASE_URL"):
        make_chat_model(LLMSettings(model="gpt-4o"))


def test_a_server_without_a_model_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="set NEWSQA_LLM__MODEL"):
        make_chat_model(LLMSettings(base_url="http://127.0.0.1:9/v1", api_key=SecretStr("k")))


def test_a_missing_or_wrong_gguf_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found none at"):
        make_chat_model(LLMSettings(model=f"gguf:{tmp_path / 'absent.gguf'}"))
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GIF89a")
    with pytest.raises(ConfigError, match="is no GGUF file"):
        make_chat_model(LLMSettings(model=f"gguf:{wrong}"))
