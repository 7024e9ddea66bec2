"""Where an OpenAI-compatible model is and how it is spoken to: address, key, headers, clients."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from rag.config import EmbeddingSettings, LLMSettings
from rag.errors import ConfigError

if TYPE_CHECKING:
    import openai

Client = TypeVar("Client", "openai.OpenAI", "openai.AsyncOpenAI")

OPENAI_URL: Final = "https://api.openai.com/v1"
NO_KEY: Final = "none"  # local servers want no key, the client wants one
_ROUTES: Final = ("/chat/completions", "/embeddings")
_LIST_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model on an OpenAI-compatible server."""

    model: str
    url: str
    """Base address, without a query, name or password."""
    query: dict[str, str]
    """Sent with each request."""
    api_version: str | None
    """Of an Azure deployment; None for every other server, Azure's newer `/openai/v1` included."""
    key: str | None
    headers: dict[str, str]
    organization: str | None
    timeout_s: float
    retries: int
    prefix: str
    """Of the settings that describe it: `NEWSQA_LLM__` or `NEWSQA_EMBEDDING__`."""

    def __str__(self) -> str:
        return f"model {self.model!r} at {self.url}"

    @property
    def is_openai(self) -> bool:
        """The server is OpenAI's own."""
        return (urlsplit(self.url).hostname or "").endswith("api.openai.com")

    @property
    def secrets(self) -> list[str]:
        """What no message may repeat."""
        return [*self.headers.values(), *([self.key] if self.key else [])]

    @property
    def proxy(self) -> str | None:
        """Name of the environment's variable by whose proxy requests go; None where they go straight."""
        address = urlsplit(self.url)
        if _is_loopback(address.hostname or "") or proxy_bypass(address.netloc):
            return None
        return next((f"{name}_PROXY".upper() for name in (address.scheme, "all") if name in getproxies()), None)

    def client(self) -> openai.OpenAI:
        """Return a client that waits for its replies."""
        import openai

        kind = openai.OpenAI if self.api_version is None else openai.AzureOpenAI
        return self._without_environment(
            kind(**self._arguments(), http_client=self._http_client(openai.DefaultHttpxClient))
        )

    def async_client(self) -> openai.AsyncOpenAI:
        """Return a client for `event_loop`."""
        import openai

        kind = openai.AsyncOpenAI if self.api_version is None else openai.AsyncAzureOpenAI
        return self._without_environment(
            kind(**self._arguments(), http_client=self._http_client(openai.DefaultAsyncHttpxClient))
        )

    def model_names(self) -> list[str]:
        """Ask the server which models it has; nothing where it does not say."""
        import openai

        try:
            with self.client().with_options(timeout=_LIST_TIMEOUT_S, max_retries=0) as client:
                found = client.get("/models", cast_to=object)
        except (openai.OpenAIError, ValueError):
            return []
        listed = found.get("data") if isinstance(found, dict) else None
        return [str(item["id"]) for item in listed or [] if isinstance(item, dict) and "id" in item]

    def _arguments(self) -> dict[str, Any]:
        return {
            "api_key": self.key or NO_KEY,
            "base_url": self.url,
            "default_query": self.query,
            "default_headers": self.headers,
            "organization": self.organization,
            "timeout": self.timeout_s,
            "max_retries": self.retries,
            **({"api_version": self.api_version} if self.api_version else {}),
        }

    def _http_client(self, kind: Any) -> Any:
        # A proxy in the environment is for the world outside; what it makes of a loopback address is its own loopback.
        return kind(trust_env=not _is_loopback(urlsplit(self.url).hostname or ""))

    def _without_environment(self, client: Client) -> Client:
        # The client fills in from the environment what it is not given.
        client.organization = self.organization
        client.project = None
        return client


def endpoint(model: str, settings: LLMSettings | EmbeddingSettings) -> Endpoint:
    """Return where a model of these settings is.

    Raises:
        ConfigError: the address makes no sense, or OpenAI itself is meant and there is no key for it.
    """
    prefix = "NEWSQA_LLM__" if isinstance(settings, LLMSettings) else "NEWSQA_EMBEDDING__"
    given = settings.base_url or settings.openai_base_url or OPENAI_URL
    address = urlsplit(given)
    if address.scheme not in ("http", "https") or not address.hostname:
        shown = given.rpartition("@")[2]
        raise ConfigError(f"expected an address such as http://127.0.0.1:8080/v1 in {prefix}BASE_URL, found {shown!r}")
    query = dict(parse_qsl(address.query))
    path = address.path.rstrip("/")
    for route in _ROUTES:
        path = path.removesuffix(route)
    api_version = None
    if not path.endswith("/v1"):
        api_version = query.pop("api-version", None) or settings.api_version
    if api_version is not None and not path.endswith("/openai") and "/deployments/" not in path:
        path += "/openai"
    found = Endpoint(
        model=model,
        url=urlunsplit((address.scheme, address.netloc.rpartition("@")[2], path, "", "")),
        query=query,
        api_version=api_version,
        key=_secret(settings.api_key) or (_secret(settings.openai_api_key) if settings.base_url is None else None),
        headers={name: value.get_secret_value() for name, value in settings.headers.items()},
        organization=settings.organization,
        timeout_s=settings.timeout_s,
        retries=settings.retries,
        prefix=prefix,
    )
    if found.is_openai and found.key is None:
        raise ConfigError(
            f"a model of OpenAI needs a key: set OPENAI_API_KEY, or {prefix}BASE_URL to use another server"
        )
    return found


@cache
def _event_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="newsqa-models", daemon=True).start()
    return loop


_starting: Final = threading.Lock()


def event_loop() -> asyncio.AbstractEventLoop:
    """Return the loop on which replies are received, which has a thread of its own from its first use on.

    A request that waits on a loop can be given up at any moment, which closes its connection, so the server stops too.
    A thread that waits for a silent server cannot be interrupted.
    """
    with _starting:
        return _event_loop()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _secret(key: SecretStr | None) -> str | None:
    return key.get_secret_value().strip() or None if key is not None else None
