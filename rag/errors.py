"""Every error that newsqa raises on purpose.

    RagError
    ├── ConfigError            a setting is missing, unknown or contradictory
    ├── QuestionError          the question, or a filter beside it, cannot be understood
    ├── SourceError            one file or record cannot be read; an ingest reports it and goes on
    ├── IndexUnavailable       there is no index here, or it cannot be opened
    │   ├── IndexMismatchError it was built with another format, embedder or passage setting
    │   ├── IndexLockedError   another process is writing to it
    │   └── IndexDamagedError  its stores disagree; `newsqa doctor --repair` mends it
    ├── Stopped                nobody waits for the answer any more
    └── ModelError             a language or embedding model failed
        ├── ModelUnavailable   no answer: refused, timed out, rate-limited; trying again may help
        │   └── ContextExceeded  the prompt is longer than the model can read; a shorter one may help
        └── ModelOutputError   an answer that cannot be used; trying again will not help

Each message says what was expected, what was found, where, and what to do next. The command line prints it
without a traceback; the HTTP API turns it into a problem document. Nothing to answer from is not an error:
that is an `Answer` with `status="abstained"`.
"""

from __future__ import annotations


class RagError(Exception):
    """Base of everything below."""


class ConfigError(RagError):
    """A setting is missing, unknown or contradicts another."""


class QuestionError(RagError):
    """The question or one of its filters cannot be understood."""


class SourceError(RagError):
    """One file or record cannot be read."""


class IndexUnavailable(RagError):
    """There is no index at the given place, or it cannot be opened."""


class IndexMismatchError(IndexUnavailable):
    """The index was built with another format, embedder or passage setting."""


class IndexLockedError(IndexUnavailable):
    """Another process is writing to the index."""


class IndexDamagedError(IndexUnavailable):
    """The stores of the index disagree or cannot be read."""


class Stopped(RagError):
    """Work on an answer ended because whoever asked no longer waits for it."""


class ModelError(RagError):
    """A language or embedding model failed."""


class ModelUnavailable(ModelError):
    """The model gave no answer: refused, timed out or rate-limited. Trying again may help."""


class ContextExceeded(ModelUnavailable):
    """The server says that prompt and reply together are longer than the model can read."""

    def __init__(self, message: str, *, context_tokens: int | None = None) -> None:
        """Keep the length that the server named, in the model's own tokens; None where it named none."""
        super().__init__(message)
        self.context_tokens = context_tokens


class ModelOutputError(ModelError):
    """The model answered with something that cannot be used."""
