"""What a server says about a failure: found in bodies of any shape, and made fit to be shown and logged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from rag.errors import ContextExceeded, ModelUnavailable
from rag.text.folding import printable

Quote = Callable[[str], str]
"""Makes a server's words fit to be shown and logged."""

_SAYING: Final = ("message", "msg", "detail", "error", "errors", "error_description", "title", "reason")
"""Where servers put what they want to say, in the order in which it is looked for."""
_ECHOING: Final = frozenset({"input", "ctx", "request", "body", "messages", "prompt", "url"})
"""Where they repeat what was sent to them."""
_MOST_CHARS: Final = 300
_LEAST_ECHO_CHARS: Final = 12  # a shorter line of a prompt may well be part of an ordinary message
_CONTEXT: Final = re.compile(
    r"context[ _](?:length|size|window|limit)|exceed_context|prompt (?:is )?too long|too many (?:input )?tokens"
    r"|context the overflows|input (?:token count|length|tokens)[^.]{0,40}exceed"
    r"|tokens[^.]{0,60}(?:too large|exceed)[^.]{0,40}(?:maximum|context)",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, llama.cpp, LM Studio, Mistral, Anthropic and Google say that a prompt is too long."""
_LIMIT: Final = re.compile(
    r"(?:context (?:length|size|window)(?: limit)?(?: of)?(?: only)?(?: is)?|n_ctx)\D{0,6}(\d{3,7})"
    r"|(\d{3,7})(?: tokens)? (?:maximum|context)",
    re.IGNORECASE,
)


def message_in(found: object) -> str:
    """Return what an error of any shape says, or an empty text."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return "; ".join(filter(None, map(message_in, found)))
    if not isinstance(found, Mapping):
        return ""
    said = next(filter(None, (message_in(found.get(key)) for key in _SAYING)), "")
    place = found.get("loc")
    if said and isinstance(place, list):
        return f"{'.'.join(str(part) for part in place if part != 'body')}: {said}"
    return said


def words_in(found: object) -> Iterator[str]:
    """Yield every text of an error, names of fields included, except what repeats the request."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            if key not in _ECHOING:
                yield str(key)
                yield from words_in(value)
    elif isinstance(found, list):
        for item in found:
            yield from words_in(item)
    elif isinstance(found, str):
        yield found


def parsed(body: str) -> object:
    """Return the body of an error as JSON, a plain one as text, and a web page as nothing."""
    try:
        return json.loads(body)
    except ValueError:
        return "" if body.lstrip().startswith("<") else body


def quoting(secrets: Iterable[str], sent: Iterable[str] = ()) -> Quote:
    """Return a function that makes one short line of a server's words and takes out what must not be repeated.

    Args:
        secrets: keys and headers.
        sent: texts of the request; a server may repeat lines of them.
    """
    lines = {line.strip() for text in sent for line in text.splitlines()}
    hidden = sorted({*filter(None, secrets), *(line for line in lines if len(line) >= _LEAST_ECHO_CHARS)}, key=len)

    def quote(said: str) -> str:
        for text in reversed(hidden):
            said = said.replace(text, "…")
        return one_line(said)

    return quote


def one_line(said: str) -> str:
    """Return a server's words as one short line."""
    line = " ".join(printable(said).split())
    return line if len(line) <= _MOST_CHARS else line[: _MOST_CHARS - 1] + "…"


def exceeds_context(said: str) -> bool:
    """Tell whether a server says that prompt and reply together are too long for the model."""
    return _CONTEXT.search(said) is not None


def failure(message: str, said: str) -> ModelUnavailable:
    """Return the error for a server's refusal: its own kind where a prompt was too long.

    Args:
        message: what the error is to say.
        said: all that the server said, names of fields included.
    """
    if not exceeds_context(said):
        return ModelUnavailable(message)
    limit = _LIMIT.search(said)
    return ContextExceeded(message, context_tokens=int(limit[1] or limit[2]) if limit else None)
