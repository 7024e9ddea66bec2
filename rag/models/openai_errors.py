"""Turns what the OpenAI client raises into errors of ours, which say which model, where, and what to do.

openai 2 speaks through httpx and openai 3 through httpx2, so transport errors are looked up in whichever is in use.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from rag.errors import ModelError, ModelOutputError, ModelUnavailable
from rag.models.openai_client import Endpoint
from rag.models.server_words import Quote, failure, message_in, parsed, words_in

if TYPE_CHECKING:
    import openai

_QUOTA: Final = re.compile(
    r"quota|billing|insufficient (?:balance|credit|funds)|credit balance|out of credits", re.IGNORECASE
)
_NO_MODEL: Final = re.compile(
    r"model_not_found|(?:no such|invalid|unknown) model|model\b.{0,80}(?:not (?:found|exist)|unknown)",
    re.IGNORECASE | re.DOTALL,
)
_SHOWN_NAMES: Final = 8


@contextmanager
def model_errors(endpoint: Endpoint, quote: Quote) -> Iterator[None]:
    """Turn whatever the client raises into a `ModelError`."""
    import openai

    http = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
    try:
        yield
    except ModelError:
        raise
    except openai.APITimeoutError as exc:
        raise _silent(endpoint) from exc
    except openai.APIConnectionError as exc:
        raise ModelUnavailable(
            f"{endpoint} cannot be reached ({_reason(exc)}); check that it runs{_by_proxy(endpoint)}"
        ) from exc
    except openai.APIStatusError as exc:
        raise _refusal(exc, endpoint, quote) from exc
    except openai.OpenAIError as exc:
        raise ModelUnavailable(f"{endpoint} failed: {quote(str(exc))}") from exc
    except http.TimeoutException as exc:
        raise _silent(endpoint) from exc
    except (http.HTTPError, http.StreamError) as exc:
        raise ModelUnavailable(f"{endpoint} broke off: {type(exc).__name__}") from exc
    except ValueError as exc:  # a line that is no JSON, or bytes that are no UTF-8
        raise ModelOutputError(f"{endpoint} sent something that is not an answer: {type(exc).__name__}") from exc


def words_of(exc: openai.APIStatusError) -> str:
    """Return every word of a server's refusal except what it repeats of the request."""
    return " ".join(words_in(parsed(exc.response.text)))


def _refusal(exc: openai.APIStatusError, endpoint: Endpoint, quote: Quote) -> ModelError:
    found = parsed(exc.response.text)
    words = " ".join(words_in(found))
    said = quote(message_in(found)).rstrip(".")
    told = f": {said}" if said else ""
    status = exc.status_code
    if status == 402 or (status == 429 and _QUOTA.search(words)):
        return ModelUnavailable(f"the quota of {endpoint} is used up{told}; see to the account's plan or credit")
    if status == 429:
        return ModelUnavailable(
            f"{endpoint} limits the rate and refused after all retries{told}; wait, or raise {endpoint.prefix}RETRIES"
        )
    if status == 401:
        return ModelUnavailable(f"{endpoint} refused the key; set {endpoint.prefix}API_KEY or OPENAI_API_KEY")
    hint = ""
    if status == 404 or (status == 400 and _NO_MODEL.search(words)):
        hint = _which_models(endpoint) + _which_address(endpoint)
    elif status == 403:
        hint = f"; a header that a gateway wants goes into {endpoint.prefix}HEADERS"
    return failure(f"{endpoint} answered with HTTP {status}{told}{hint}{_by_proxy(endpoint)}", words)


def _which_models(endpoint: Endpoint) -> str:
    names = endpoint.model_names()
    if not names or endpoint.model in names:
        return ""
    alike = get_close_matches(endpoint.model, names, n=_SHOWN_NAMES)
    shown = list(dict.fromkeys([*alike, *names]))[:_SHOWN_NAMES]
    more = ", …" if len(names) > len(shown) else ""
    return f"; it has {', '.join(map(repr, shown))}{more}"


def _which_address(endpoint: Endpoint) -> str:
    address = urlsplit(endpoint.url)
    if endpoint.api_version or re.search(r"/v\d", address.path):
        return ""
    if (address.hostname or "").endswith(".azure.com"):
        return f"; an address of Azure ends in /openai/v1, or {endpoint.prefix}API_VERSION is set"
    return f"; most addresses end in /v1: try {endpoint.prefix}BASE_URL={endpoint.url}/v1"


def _by_proxy(endpoint: Endpoint) -> str:
    variable = endpoint.proxy
    return f" (the request went to the proxy in {variable}; NO_PROXY names hosts to reach directly)" if variable else ""


def _silent(endpoint: Endpoint) -> ModelUnavailable:
    return ModelUnavailable(
        f"{endpoint} was silent for longer than {endpoint.timeout_s:g} s; try again or raise {endpoint.prefix}TIMEOUT_S"
    )


def _reason(exc: BaseException) -> str:
    cause = exc.__cause__
    return type(cause).__name__ if cause is not None else type(exc).__name__
