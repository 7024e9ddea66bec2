"""Reads a stream of OpenAI `chat.completion.chunk` objects, which may come from any server and be malformed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatDelta
from rag.schema import Usage

MOST_CHARS_A_TOKEN = 24  # cl100k_base has few longer tokens in prose; runs of blanks may be, and are no answer


def deltas(chunks: Iterable[object], *, model: str, max_tokens: int) -> Iterator[ChatDelta]:
    """Yield the text of the chunks as it comes, then the usage where the server reports it.

    Raises:
        ModelUnavailable: the stream ended before the model said that it had finished, or reports an error.
        ModelOutputError: a chunk has another shape, the reply was withheld, or is far longer than `max_tokens`.
    """
    finished = False
    characters = 0
    usage: Usage | None = None
    for chunk in chunks:
        if not isinstance(chunk, Mapping):
            raise ModelOutputError(f"model {model!r} sent a chunk that is no object: {type(chunk).__name__}")
        if chunk.get("error"):
            raise ModelUnavailable(f"model {model!r} reported an error: {_message(chunk['error'])}")
        usage = _usage(chunk.get("usage")) or usage
        choice = _first(chunk.get("choices"))
        if choice is None:
            continue
        delta = choice.get("delta")
        content = delta.get("content") if isinstance(delta, Mapping) else None
        if content is not None and not isinstance(content, str):
            raise ModelOutputError(f"model {model!r} sent content that is no text: {type(content).__name__}")
        if content:
            characters += len(content)
            if characters > max_tokens * MOST_CHARS_A_TOKEN:
                raise ModelOutputError(f"model {model!r} did not stop: {characters} characters for {max_tokens} tokens")
            yield ChatDelta(content)
        reason = choice.get("finish_reason")
        if reason == "content_filter":
            raise ModelOutputError(f"the provider of model {model!r} withheld the answer (content filter)")
        finished = finished or reason is not None
    if not finished:
        raise ModelUnavailable(f"the reply of model {model!r} broke off before its end")
    if usage is not None:
        yield ChatDelta("", usage)


def _first(choices: object) -> Mapping[str, object] | None:
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        return choices[0]
    return None


def _usage(found: object) -> Usage | None:
    if not isinstance(found, Mapping):
        return None
    prompt, completion = found.get("prompt_tokens"), found.get("completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int):
        return Usage(prompt, completion)
    return None


def _message(error: object) -> str:
    text = str(error.get("message", error)) if isinstance(error, Mapping) else str(error)
    return " ".join(text.split())[:200]
