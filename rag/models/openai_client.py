"""What the OpenAI-compatible chat model and embedder share: the client, and the mapping of its errors to ours.

openai 2 speaks through httpx and openai 3 through httpx2, so transport errors are looked up in whichever is in use.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from rag.errors import ConfigError, ModelError, ModelOutputError, ModelUnavailable

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"  # local servers want no key, the client wants one


def make_client(
    *,
    base_url: str | None,
    api_key: SecretStr | None,
    openai_api_key: SecretStr | None,
    organization: str | None,
    timeout_s: float,
    retries: int,
) -> openai.OpenAI:
    """Return a client for OpenAI, or for the server at `base_url`.

    Retries wait as long as `Retry-After` says, else exponentially with jitter; that is the client's own doing.

    Raises:
        ConfigError: OpenAI itself is meant and there is no key for it.
    """
    import openai

    key = _secret(api_key)
    if base_url is None:
        key = key or _secret(openai_api_key)
        if key is None:
            raise ConfigError(
                "a model of OpenAI needs a key: set OPENAI_API_KEY, or NEWSQA_LLM__BASE_URL (for embeddings "
                "NEWSQA_EMBEDDING__BASE_URL) to use another server"
            )
    client = openai.OpenAI(
        api_key=key or NO_KEY,
        base_url=base_url or OPENAI_URL,
        organization=organization,
        timeout=timeout_s,
        max_retries=retries,
    )
    client.organization = organization  # the client would fill it in from the environment
    return client


def _secret(key: SecretStr | None) -> str | None:
    return key.get_secret_value().strip() or None if key is not None else None


@contextmanager
def model_errors(model: str, server: str) -> Iterator[None]:
    """Turn whatever the client raises into a `ModelError` that says which model, where, and what to do.

    Args:
        model: as the user spelled it.
        server: base URL, for the message.
    """
    import openai

    http = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
    where = f"model {model!r} at {server}"
    try:
        yield
    except ModelError:
        raise
    except openai.APITimeoutError as exc:
        raise ModelUnavailable(f"{where} was silent for longer than the timeout; try again or raise it") from exc
    except openai.APIConnectionError as exc:
        raise ModelUnavailable(f"{where} cannot be reached ({_reason(exc)}); check that it runs") from exc
    except openai.AuthenticationError as exc:
        raise ModelUnavailable(f"{where} refused the key; set NEWSQA_LLM__API_KEY or OPENAI_API_KEY") from exc
    except openai.RateLimitError as exc:
        raise ModelUnavailable(
            f"{where} limits the rate and refused after all retries; wait, or raise `retries`"
        ) from exc
    except openai.APIStatusError as exc:
        raise ModelUnavailable(f"{where} answered with HTTP {exc.status_code}: {_short(exc.message)}") from exc
    except openai.OpenAIError as exc:
        raise ModelUnavailable(f"{where} failed: {_short(str(exc))}") from exc
    except (http.HTTPError, http.StreamError) as exc:
        raise ModelUnavailable(f"{where} broke off: {type(exc).__name__}") from exc
    except ValueError as exc:  # a line that is no JSON, or bytes that are no UTF-8
        raise ModelOutputError(f"{where} sent something that is not an answer: {type(exc).__name__}") from exc


def _reason(exc: BaseException) -> str:
    cause = exc.__cause__
    return type(cause).__name__ if cause is not None else type(exc).__name__


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= 200 else line[:199] + "…"
