"""All settings: one frozen tree, read once from the environment (`NEWSQA_...`) and passed down as values.

Nested settings are spelled with two underscores: `NEWSQA_LLM__MODEL=gpt-4o-mini`.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

logger = logging.getLogger(__name__)

LEAST_PROMPT_TOKENS: Final = 1000  # the constant instructions and a few sentences
_MARGIN_TOKENS: Final = 64  # a model's own tokenizer may count a little more than cl100k_base


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PassageSettings(_Group):
    """How articles are cut."""

    max_tokens: int = Field(220, ge=40, le=2000, description="longest passage, in cl100k_base tokens")


class EmbeddingSettings(_Group):
    """Which model turns text into vectors."""

    provider: Literal["wordllama", "openai", "chroma-onnx", "llama-index"] = "wordllama"
    model: str | None = Field(None, description="model name, or `module:object` for a LlamaIndex embedding")
    base_url: str | None = Field(None, description="OpenAI-compatible server")
    api_key: SecretStr | None = None
    organization: str | None = None
    openai_api_key: SecretStr | None = Field(None, description="as in `llm`")
    openai_base_url: str | None = Field(None, description="as in `llm`")
    api_version: str | None = Field(None, description="as in `llm`")
    headers: dict[str, SecretStr] = Field({}, description="as in `llm`")
    dimensions: int | None = Field(None, ge=8, le=8192, description="length of a vector; checked against the model")
    batch_size: int = Field(256, ge=1, le=4096, description="texts a call")
    timeout_s: float = Field(30.0, gt=0, le=600)
    retries: int = Field(4, ge=0, le=10)
    dollars_a_million_tokens: float | None = Field(
        None,
        ge=0,
        description="what you pay, for the estimate before a large run; else OpenAI's list price of May 2026",
    )


class LLMSettings(_Group):
    """Which model writes answers."""

    model: str = Field(
        "auto",
        description="`extractive`; a model of an OpenAI-compatible server; `gguf:FILE`; `llama-index:module:object`; "
        "`auto` is OpenAI where OPENAI_API_KEY is set, else extractive",
    )
    base_url: str | None = Field(None, description="OpenAI-compatible server")
    api_key: SecretStr | None = None
    organization: str | None = None
    openai_api_key: SecretStr | None = Field(
        None, description="OPENAI_API_KEY, filled in by `Settings`; goes to OpenAI only, never to another `base_url`"
    )
    openai_base_url: str | None = Field(
        None,
        description="OPENAI_BASE_URL, filled in by `Settings`; used with OPENAI_API_KEY where `base_url` is not set",
    )
    api_version: str | None = Field(
        None, description="of Azure, such as `2024-10-21`, where `base_url` does not end in `/openai/v1`"
    )
    headers: dict[str, SecretStr] = Field(
        {}, description='JSON: headers that a gateway wants, such as `{"x-team": "news"}`; never shown or logged'
    )
    timeout_s: float = Field(60.0, gt=0, le=600, description="longest silence of the model")
    retries: int = Field(2, ge=0, le=10)
    max_answer_tokens: int = Field(800, ge=16, le=8192)
    thinking_tokens: int = Field(
        4000, ge=0, le=100_000, description="room on top of `max_answer_tokens`, for models that are seen to think"
    )
    max_prompt_tokens: int | None = Field(
        None,
        ge=LEAST_PROMPT_TOKENS,
        le=200_000,
        description="passages are shown until the prompt is that long; "
        "default: 6,000 for a server, 1,500 for a GGUF file in this process",
    )
    context_tokens: int | None = Field(
        None, ge=1024, le=2_000_000, description="what the model can read; default: 8,192"
    )
    dollars_per_million_prompt_tokens: float | None = Field(
        None, ge=0, description="what you pay, for `newsqa model check`; else OpenAI's list price of spring 2026"
    )
    dollars_per_million_answer_tokens: float | None = Field(None, ge=0, description="likewise")
    verify: Literal["auto", "always", "never"] = Field(
        "auto",
        description="ask the model once more about statements that their words do not prove; `never` quotes the cited "
        "sentences instead, and `auto` is `never` for a GGUF file in this process",
    )
    max_calls_per_day: int | None = Field(
        None, ge=1, description="calls of the model in a day, over all questions of an index; more are quoted"
    )

    @model_validator(mode="before")
    @classmethod
    def _ignore_what_went(cls, values: Any) -> Any:
        """Ignore a setting of the version before, with a warning."""
        if isinstance(values, dict) and "answers_beyond_quotes" in values:
            logger.warning(
                "NEWSQA_LLM__ANSWERS_BEYOND_QUOTES is ignored: a model now always decides whether the articles answer"
            )
            return {name: value for name, value in values.items() if name != "answers_beyond_quotes"}
        return values

    @property
    def context_window(self) -> int:
        """Longest prompt and reply together, in tokens."""
        return self.context_tokens or 8192

    def prompt_room(self, context_tokens: int, *, in_process: bool) -> int:
        """Return the longest prompt in tokens, for a model that reads `context_tokens`."""
        wanted = self.max_prompt_tokens or (1500 if in_process else 6000)
        return min(wanted, context_tokens - self.max_answer_tokens - _MARGIN_TOKENS)

    def verifies(self, *, in_process: bool) -> bool:
        """Say whether the model is asked about statements that their words do not prove."""
        return self.verify == "always" or (self.verify == "auto" and not in_process)

    @model_validator(mode="after")
    def _limits_fit_together(self) -> Self:
        if self.context_tokens is None:
            return self
        prompt_tokens, limits = LEAST_PROMPT_TOKENS, f"NEWSQA_LLM__MAX_ANSWER_TOKENS={self.max_answer_tokens}"
        if self.max_prompt_tokens is not None and "max_prompt_tokens" in self.model_fields_set:
            prompt_tokens = self.max_prompt_tokens
            limits += f" and NEWSQA_LLM__MAX_PROMPT_TOKENS={prompt_tokens}"
        if prompt_tokens + self.max_answer_tokens > self.context_tokens:
            raise ValueError(
                f"{limits} leave too little of NEWSQA_LLM__CONTEXT_TOKENS={self.context_tokens}, where a prompt of "
                f"{prompt_tokens} tokens and the answer must fit; lower the former or raise the latter"
            )
        return self


class RetrievalSettings(_Group):
    """How passages are found. The weights are measured; see docs/retrieval.md."""

    candidates: int = Field(200, ge=10, le=2000, description="passages taken from each retriever")
    lexical_weight: float = Field(0.15, ge=0, le=1, description="weight of a passage's BM25")
    dense_weight: float = Field(0.2, ge=0, le=1, description="weight of a passage's cosine")
    article_weight: float = Field(0.2, ge=0, le=1, description="weight of BM25 over the whole article")
    coverage_weight: float = Field(0.25, ge=0, le=1, description="weight of the share of the question in the article")
    lead_weight: float = Field(0.2, ge=0, le=1, description="weight of the share in its title and first passage")
    pair_weight: float = Field(0.3, ge=0, le=2, description="how much neighbours in the question count as neighbours")
    date_weight: float = Field(0.7, ge=0, le=5, description="weight of nearness to `as_of`; the others sum to 1")
    date_scale_days: float = Field(20.0, gt=0, description="days before `as_of` at which nearness falls to 1/e")
    date_ahead_days: float = Field(5.0, gt=0, description="days after `as_of` at which nearness falls to 1/e")


class ApiKey(_Group):
    """Somebody who may use the API."""

    name: str = Field(min_length=1, max_length=100, description="shown in logs and metrics instead of the key")
    key: SecretStr = Field(min_length=8, description="sent as `Authorization: Bearer KEY` or `X-API-Key: KEY`")
    scope: Literal["read", "write"] = Field("read", description="`write` may also upload and delete articles")


class ServerSettings(_Group):
    """The HTTP API. A request over a limit is refused with the documented status and never half done."""

    host: str = Field("127.0.0.1", description="address to listen on; any but loopback needs an API key")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free one")
    api_key: SecretStr | None = Field(None, min_length=8, description="one key with write scope, named `default`")
    api_keys: tuple[ApiKey, ...] = Field((), description='JSON: `[{"name": "ann", "key": "...", "scope": "read"}]`')
    allowed_hosts: tuple[str, ...] = Field(
        (), description="JSON list of names this server is called by, where no key is set; loopback always is"
    )
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"),
        description="JSON list of addresses or networks of proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and "
        "`X-Forwarded-Prefix` are believed",
    )
    root_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="path under which a proxy serves this, such as `/news`, where the proxy does not say so itself",
    )
    cors_origins: tuple[str, ...] = Field((), description="JSON list of origins whose pages may call the API")
    models: tuple[str, ...] = Field((), description="JSON list of models that a request may name beside the default")
    list_sources: bool = Field(
        False, description="end every answer to an OpenAI client with a list of its sources, as `newsqa+sources` does"
    )
    max_body_bytes: int = Field(5_000_000, ge=1000, description="longest request body")
    header_timeout_s: float = Field(10.0, gt=0, le=600, description="longest time for a request's headers to arrive")
    body_timeout_s: float = Field(
        20.0, gt=0, le=600, description="longest time for a request body to arrive, or for a client to read nothing"
    )
    request_timeout_s: float = Field(120.0, gt=0, le=3600, description="longest time for an answer")
    heartbeat_s: float = Field(15.0, gt=0, le=300, description="longest silence of an event stream")
    max_in_flight: int = Field(100, ge=1, le=10_000, description="requests at once; more get 503")
    max_connections: int = Field(
        400, ge=1, le=100_000, description="connections at once; those of more get 503, and beyond twice as many none"
    )
    threads: int = Field(8, ge=1, le=256, description="questions worked on at once; more wait")
    requests_per_minute: int = Field(
        120, ge=0, description="a key or, without one, an address; 0: no limit. Off on loopback without keys"
    )
    max_concurrent: int = Field(
        16, ge=0, description="requests at once a key or address; 0: no limit. Off on loopback without keys"
    )
    rate_storage: str = Field(
        "memory://", description="where rates are counted, as the `limits` package spells it; replicas share a Redis"
    )
    shutdown_grace_s: int = Field(20, ge=0, le=600, description="time for requests in flight when the server stops")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSQA_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        populate_by_name=True,
    )

    index: Path | None = Field(None, description="index folder; default: the nearest .newsqa/ here or above, else here")
    chroma_url: str | None = Field(None, description="Chroma server for the vectors; default: embedded, in the index")
    store_text_in_chroma: bool = Field(
        False, description="keep passage text in Chroma too, for LlamaIndex's ChromaVectorStore; six times slower"
    )
    passages: PassageSettings = PassageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    llm: LLMSettings = LLMSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    server: ServerSettings = ServerSettings()
    workers: int | None = Field(None, ge=1, le=256, description="processes that read and clean; default: all cores")
    max_file_bytes: int = Field(50_000_000, ge=1000, description="larger files are skipped and reported")
    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY"), description="without our prefix"
    )

    openai_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL"),
        description="where OPENAI_API_KEY belongs, if not to OpenAI itself; without our prefix",
    )

    @model_validator(mode="before")
    @classmethod
    def _share_openai(cls, values: Any) -> Any:
        """Hand OPENAI_API_KEY and OPENAI_BASE_URL to the groups, which are passed down without this tree."""
        if not isinstance(values, dict):
            return values
        shared = dict(values)
        for field in ("openai_api_key", "openai_base_url"):
            value = values.get(field, values.get(field.upper()))
            if value is None:
                continue
            for name in ("llm", "embedding"):
                group = shared.get(name, {})
                if isinstance(group, _Group):
                    secret = SecretStr(_plain(value)) if field == "openai_api_key" else value
                    shared[name] = group.model_copy(update={field: secret})
                elif isinstance(group, dict):
                    shared[name] = {field: _plain(value), **group}
        return shared

    def index_folder(self) -> Path:
        """Return the index folder: the setting, else the nearest `.newsqa/` here or above, else `./.newsqa`."""
        if self.index is not None:
            return self.index
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / ".newsqa").is_dir():
                return folder / ".newsqa"
        return here / ".newsqa"

    def fingerprint(self) -> str:
        """Return a short hash of every setting that changes answers; keys, addresses and limits do not."""
        parts = [
            self.passages.model_dump_json(),
            f"{self.embedding.provider}/{self.embedding.model}/{self.embedding.dimensions}",
            f"{self.llm.model}/{self.llm.max_answer_tokens}/{self.llm.max_prompt_tokens}/{self.llm.verify}",
            self.retrieval.model_dump_json(),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _plain(key: SecretStr | str) -> str:
    return key.get_secret_value() if isinstance(key, SecretStr) else key
