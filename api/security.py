"""Who may do what: API keys with names and scopes, and the requests that no page elsewhere may send.

Without keys the server trusts whoever can reach it, so it only listens on loopback. A web page elsewhere can reach
loopback too, through the browser that shows it; two checks keep it out: the `Host` must not be a name that somebody
could point at us (DNS rebinding), and the `Origin` of a request that changes something must be ours.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from rag.config import ServerSettings
from rag.errors import ConfigError

Scope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends a request: a key by its name, or an address."""

    name: str
    scope: Scope
    has_key: bool


class Keyring:
    """The keys that may use the API. An empty one lets everybody in."""

    def __init__(self, settings: ServerSettings) -> None:
        keys = [(key.name, key.key.get_secret_value(), key.scope) for key in settings.api_keys]
        if settings.api_key is not None:
            keys.append(("default", settings.api_key.get_secret_value(), "write"))
        names = [name for name, _, _ in keys]
        if len(set(names)) < len(names):
            raise ConfigError(f"expected a different name for each API key, found {sorted(names)!r}")
        # Digests have one length, so comparing them takes the same time whatever was sent.
        self._clients = [(_digest(key), Client(name, scope, True)) for name, key, scope in keys]

    def __bool__(self) -> bool:
        return bool(self._clients)

    def find(self, sent: str) -> Client | None:
        """Return whose key this is. Every key is compared, so the time does not tell which one was near."""
        digest = _digest(sent)
        found = None
        for known, client in self._clients:
            if hmac.compare_digest(known, digest):
                found = client
        return found


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def sent_key(headers: Mapping[str, str]) -> str | None:
    """Return the key of a request: `Authorization: Bearer KEY`, else `X-API-Key: KEY`, else Azure's `api-key: KEY`."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get("x-api-key") or headers.get("api-key") or None


def is_loopback(host: str) -> bool:
    """Say whether an address can only be reached from this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_bind(settings: ServerSettings) -> None:
    """Refuse to be reachable from elsewhere without a key.

    Raises:
        ConfigError: the address is not loopback, and no key is set.
    """
    if not is_loopback(settings.host) and not Keyring(settings):
        raise ConfigError(
            f"listening on {settings.host!r} without an API key would let anybody read and delete; set "
            "NEWSQA_SERVER__API_KEY, or listen on 127.0.0.1"
        )


def is_trusted_host(host_header: str, allowed: Sequence[str]) -> bool:
    """Say whether a `Host` is an address of ours, a configured name, or a name no stranger can own (without a dot)."""
    name = (urlsplit(f"//{host_header}").hostname or "").rstrip(".").lower()
    if "." not in name and ":" not in name:
        return True
    return is_loopback(name) or name.endswith(".localhost") or name in allowed


def is_own_origin(origin: str, host_header: str, allowed: Sequence[str]) -> bool:
    """Say whether a request's `Origin` is the page we serve, or one that CORS allows."""
    return origin in allowed or "*" in allowed or urlsplit(origin).netloc.lower() == host_header.lower()
