"""Reads a stream of OpenAI `chat.completion.chunk` objects, which may come from any server and be malformed."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Final

from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatDelta
from rag.models.server_words import Quote, failure, message_in, one_line
from rag.models.thinking import OnlyThoughts, ThoughtFilter
from rag.schema import Usage

MOST_CHARS_A_TOKEN: Final = 24  # cl100k_base has few longer tokens in prose; runs of blanks may be, and are no answer
_REASONING: Final = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
"""Fields of a delta in which servers put thoughts."""


def deltas(
    chunks: Iterable[object],
    *,
    model: str,
    max_tokens: int,
    thoughts: ThoughtFilter,
    quote: Quote = one_line,
) -> Generator[ChatDelta, None, None]:
    """Yield the text of the chunks as it comes, then usage and reason of the end where the server reports them.

    A chunk without text gives an empty delta. A reply that was not streamed is read as a single chunk.

    Args:
        chunks: as the server sent them, parsed.
        model: for messages.
        max_tokens: limit of the reply that was asked for.
        thoughts: takes reasoning out of the text.
        quote: makes a server's words fit to be shown.

    Raises:
        ContextExceeded: the server reports that the prompt is too long.
        ModelUnavailable: the stream ended before the model said that it had finished, or reports an error.
        ModelOutputError: a chunk has another shape, the reply was withheld, or is far longer than `max_tokens`.
        OnlyThoughts: the reply came to its limit before anything else was written.
    """
    reason: str | None = None
    characters = 0
    wrote = False
    usage: Usage | None = None
    for chunk in chunks:
        if not isinstance(chunk, Mapping):
            raise ModelOutputError(f"model {model!r} sent a chunk that is no object: {type(chunk).__name__}")
        if chunk.get("error"):
            said = message_in(chunk["error"])
            raise failure(f"model {model!r} reported an error: {quote(said)}", said)
        usage = _usage(chunk.get("usage")) or usage
        choice = _first(chunk.get("choices"))
        delta = choice.get("delta") or choice.get("message")
        content, thought = _content(delta, model) if isinstance(delta, Mapping) else ("", "")
        characters += len(content) + len(thought)
        if characters > max_tokens * MOST_CHARS_A_TOKEN:
            raise ModelOutputError(f"model {model!r} did not stop: {characters} characters for {max_tokens} tokens")
        thoughts.has_thought = thoughts.has_thought or bool(thought)
        text = thoughts.feed(content)
        wrote = wrote or bool(text.strip())
        yield ChatDelta(text)
        # Ollama has sent "" with every chunk, which ends nothing; the first reason given is the true one.
        reason = reason or _reason(choice, model)
    if reason is None:
        raise ModelUnavailable(f"the reply of model {model!r} broke off before its end")
    rest = thoughts.finish()
    if reason == "length" and not (wrote or rest.strip()):
        raise OnlyThoughts(
            f"model {model!r} used all of its {max_tokens} tokens for thinking; raise NEWSQA_LLM__THINKING_TOKENS",
            usage,
        )
    yield ChatDelta(rest, usage, reason)


def _first(choices: object) -> Mapping[str, object]:
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        return choices[0]
    return {}


def _content(delta: Mapping[str, object], model: str) -> tuple[str, str]:
    """Return what a delta adds to the text and to the thoughts of a reply."""
    if delta.get("refusal"):
        raise ModelOutputError(f"model {model!r} refused to answer")
    content = delta.get("content")
    thought = "".join(str(delta[field]) for field in _REASONING if delta.get(field))
    if content is None or isinstance(content, str):
        return content or "", thought
    if not isinstance(content, list) or not all(isinstance(part, Mapping) for part in content):
        raise ModelOutputError(f"model {model!r} sent content that is no text: {type(content).__name__}")
    texts = [part["text"] for part in content if part.get("type") == "text" and isinstance(part.get("text"), str)]
    return "".join(texts), thought + "".join(str(part) for part in content if part.get("type") != "text")


def _reason(choice: Mapping[str, object], model: str) -> str | None:
    reason = choice.get("finish_reason")
    if reason == "content_filter":
        raise ModelOutputError(f"the provider of model {model!r} withheld the answer (content filter)")
    if reason == "error":
        raise ModelUnavailable(f"model {model!r} failed in the middle of its reply, as its server says")
    return str(reason) if reason else None


def _usage(found: object) -> Usage | None:
    if not isinstance(found, Mapping):
        return None
    prompt, completion = found.get("prompt_tokens"), found.get("completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int):
        return Usage(prompt, completion)
    return None
