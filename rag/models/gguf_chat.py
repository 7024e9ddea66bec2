"""A GGUF file answered in this process by llama.cpp, through `xllamacpp` (extra `newsqa[local]`)."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rag.config import LLMSettings
from rag.errors import ConfigError, ModelOutputError, ModelUnavailable
from rag.llm import ChatDelta, ChatMessage
from rag.models.completion_chunks import deltas
from rag.models.event_stream import AT_WORK
from rag.models.pieces import Pieces
from rag.models.thinking import ThinkingHabit, ThoughtFilter


class GGUFChatModel:
    """Loads the file at the first question and keeps it; questions are answered one at a time.

    llama.cpp keeps the last prompt, so a prompt that begins as the one before is read from there.
    """

    def __init__(self, file: str, settings: LLMSettings) -> None:
        """Check that file and package are there.

        Raises:
            ConfigError: one of them is not.
        """
        self._file = Path(file).expanduser()
        self._settings = settings
        self._server: Any = None
        self._loading = threading.Lock()
        self._thinking = ThinkingHabit(settings.thinking_tokens)
        if not self._file.is_file():
            raise ConfigError(f"expected a GGUF model file, found none at {str(self._file)!r}")
        with self._file.open("rb") as handle:
            if handle.read(4) != b"GGUF":
                raise ConfigError(f"{str(self._file)!r} is no GGUF file: it does not begin with 'GGUF'")
        try:
            import xllamacpp  # noqa: F401  # only asked whether it is there
        except ImportError as exc:
            raise ConfigError("a GGUF model needs the package xllamacpp: pip install 'newsqa[local]'") from exc

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._file.stem

    @property
    def context_tokens(self) -> int:
        """As the settings say; the model is loaded with this much room."""
        return self._settings.context_window

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the reply in pieces, at temperature 0."""

        def ask(most: int, thoughts: ThoughtFilter) -> Generator[ChatDelta, None, None]:
            with closing(self._received(messages, most)) as chunks:
                yield from deltas(chunks, model=self.name, max_tokens=most, thoughts=thoughts)

        return self._thinking.stream(ask, max_tokens=max_tokens)

    def _received(self, messages: Sequence[ChatMessage], max_tokens: int) -> Generator[object, None, None]:
        server = self._load()
        pieces: Pieces[object] = Pieces(silent_after_s=self._settings.timeout_s)
        stopped = threading.Event()

        def receive(chunk: object) -> bool:
            pieces.put(chunk)
            return stopped.is_set()  # true stops the model

        def work() -> None:
            request = {
                "messages": [{"role": message.role, "content": message.content} for message in messages],
                "max_tokens": max_tokens,
                "temperature": 0,
                "cache_prompt": True,
                "stream": True,
                "stream_options": {"include_usage": True},
            }
            try:
                server.handle_chat_completions(request, receive)
            except Exception as exc:  # whatever the extension raises belongs to the reader below
                pieces.end(ModelOutputError(f"llama.cpp failed on model {self.name!r}: {exc}"))
            else:
                pieces.end()

        threading.Thread(target=work, name="newsqa-gguf", daemon=True).start()
        try:
            for piece in pieces:
                yield AT_WORK if piece is None else piece
        except TimeoutError as exc:
            raise ModelUnavailable(
                f"model {self.name!r} was silent for {self._settings.timeout_s:g} s; raise NEWSQA_LLM__TIMEOUT_S"
            ) from exc
        finally:
            stopped.set()

    def _load(self) -> Any:
        with self._loading:
            if self._server is None:
                import xllamacpp

                params = xllamacpp.CommonParams()
                params.model.path = str(self._file)
                params.n_ctx = self._settings.context_window
                params.n_parallel = 1
                params.cpuparams.n_threads = os.cpu_count() or 1
                params.verbosity = 0
                params.ui = False
                params.api_keys = [secrets.token_urlsafe(32)]  # it also listens on a loopback port; nobody may use that
                try:
                    self._server = xllamacpp.Server(params)
                except Exception as exc:  # the extension raises RuntimeError or worse for a damaged file
                    raise ModelUnavailable(f"llama.cpp cannot load {str(self._file)!r}: {exc}") from exc
            return self._server
