"""What models are called in requests and lists.

A model can be a file or a Python object (`gguf:`, `llama-index:`), so a stranger may not choose freely, nor learn from
a list where files lie.
"""

from __future__ import annotations

from pathlib import PurePath

from rag.config import LLMSettings, Settings
from rag.errors import ConfigError

DEFAULT_MODEL = "newsqa"
"""The name under which OpenAI clients ask for whatever the server is configured with."""
WITH_SOURCES = "newsqa+sources"
"""The same, each answer ending with a list of its sources."""
QUOTING = "extractive"
_GGUF = "gguf:"


class ModelNames:
    """The models that a request may name."""

    def __init__(self, settings: Settings) -> None:
        configured = settings.llm.model.strip()
        others = [name for name in (QUOTING, *settings.server.models) if name != configured]
        self._engine_names: dict[str, str | None] = {DEFAULT_MODEL: None, configured: None, _shown(configured): None}
        for name in others:
            self._engine_names.setdefault(_shown(name), name)
            self._engine_names.setdefault(name, name)
        distinct = [_shown(name) for name in others if name != QUOTING or not _quotes(settings.llm)]
        self.listed = [DEFAULT_MODEL, *dict.fromkeys(distinct)]
        """Each model once, under the name that menus of clients are to show."""

    def engine_name(self, name: str | None) -> str | None:
        """Return what the engine calls a model; None is the configured one.

        Raises:
            ConfigError: there is no such model, or a request may not use it.
        """
        try:
            return self._engine_names[name or DEFAULT_MODEL]
        except KeyError:
            raise ConfigError(f"expected one of the models {self.listed!r}, found {name!r}") from None


def _quotes(settings: LLMSettings) -> bool:
    """Say whether no model is configured, so that `newsqa` and `extractive` are the same."""
    key = settings.api_key or settings.openai_api_key
    has_key = key is not None and bool(key.get_secret_value().strip())
    return settings.model.strip() in ("", QUOTING) or (settings.model.strip() == "auto" and not has_key)


def _shown(name: str) -> str:
    """Return a model's name without the folder of its file."""
    return f"{_GGUF}{PurePath(name.removeprefix(_GGUF)).name}" if name.startswith(_GGUF) else name
