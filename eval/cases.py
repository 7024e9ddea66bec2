"""The golden set: questions with what a right answer holds, read from JSON lines and checked against the sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import ConfigError, SourceError
from rag.schema import AbstentionReason, Filters, Question, Span
from rag.text.folding import searchable


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldSpan(_Object):
    """A place in a source file: half-open, in code points of the decoded file."""

    file: str = Field(description="path as the index shows it")
    start: int = Field(ge=0)
    end: int
    quote: str = Field(min_length=1, description="exactly the source's text at the offsets")

    @property
    def span(self) -> Span:
        """The offsets."""
        return Span(self.start, self.end)


class Case(_Object):
    """One question."""

    id: str
    question: str = Field(min_length=1)
    kind: str = Field(description="sort of question, for reports: who, when, absent, ...")
    split: Literal["dev", "test"] = Field("dev", description="tune on dev only; test is reported apart")
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = Field((), description="per fact the wordings of which one must be cited")
    required_files: tuple[str, ...] = Field((), description="each must be cited")
    forbidden_files: tuple[str, ...] = Field((), description="none may be cited (the other summit)")
    reasons: tuple[AbstentionReason, ...] = Field((), description="reasons that fit a refusal")
    evidence: tuple[GoldSpan, ...] = Field((), description="sentences that hold the facts")
    also_right: tuple[GoldSpan, ...] = Field((), description="sentences that may be cited beside them")
    near: str | None = Field(None, description="name that a refusal must offer for a misspelt one")
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    def ask(self) -> Question:
        """Return the question with its filters."""
        filters = Filters(since=self.since, until=self.until, as_of=self.as_of)
        return Question(text=self.question, filters=filters)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a golden file.

    Raises:
        ConfigError: there is no such file, or it holds no case or the same id twice.
        SourceError: a line is no case; the message names it.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"expected golden cases, one JSON object a line, in {str(path)!r}: {exc}") from exc
    cases = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            cases.append(Case.model_validate(json.loads(line)))
        except (ValidationError, json.JSONDecodeError) as exc:
            raise SourceError(f"{path.name}:{number}: not a golden case: {exc}") from exc
    repeated = [name for name, times in Counter(case.id for case in cases).items() if times > 1]
    if not cases or repeated:
        found = f"the id {repeated[0]!r} twice" if repeated else "none"
        raise ConfigError(f"expected golden cases with ids of their own in {str(path)!r}; found {found}")
    return tuple(cases)


def states(wordings: Sequence[str], text: str) -> bool:
    """Say whether one of the wordings stands in the text as whole words, whatever its case, accents and quotes."""
    plain = _plain(text)
    return any(re.search(rf"(?<!\w){re.escape(_plain(wording))}(?!\w)", plain) for wording in wordings)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(searchable(text).split())


def mistakes(cases: Sequence[Case], sources: Mapping[str, str]) -> list[str]:
    """Check cases against the raw texts of their files, by path; return what is wrong, in words.

    A gold quote must stand at its offsets, a fact in the evidence, a required file among the evidence's files;
    a refusal has fitting reasons and nothing else.
    """
    found = []
    for case in cases:
        for gold in (*case.evidence, *case.also_right):
            raw = sources.get(gold.file)
            if raw is None:
                found.append(f"{case.id}: no file {gold.file!r}")
            elif gold.span.of(raw) != gold.quote:
                found.append(f"{case.id}: {gold.file} at {gold.start}-{gold.end} is {gold.span.of(raw)!r}")
        files = {gold.file for gold in case.evidence}
        if case.answerable:
            found += [f"{case.id}: no evidence states {fact!r}" for fact in case.facts if not _stated(fact, case)]
            if not case.facts or not case.evidence:
                found.append(f"{case.id}: an answerable question needs facts and evidence")
            if case.reasons or case.near:
                found.append(f"{case.id}: an answerable question has no reasons for refusing it")
        elif case.facts or case.evidence or case.also_right or not case.reasons:
            found.append(f"{case.id}: a question without an answer has reasons, and no facts and evidence")
        if not set(case.required_files) <= files:
            found.append(f"{case.id}: a required file has no evidence")
        if files & set(case.forbidden_files):
            found.append(f"{case.id}: a forbidden file has evidence")
    return list(dict.fromkeys(found))


def _stated(fact: Sequence[str], case: Case) -> bool:
    return any(states(fact, gold.quote) for gold in case.evidence)


def digest_of_cases(cases: Sequence[Case]) -> str:
    """Return a short hash of what is asked and expected; the order of the file does not count."""
    lines = sorted(case.model_dump_json() for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def digest_of_corpus(hashes: Mapping[str, str]) -> str:
    """Return a short hash of a corpus, from the SHA-256 of each of its files by path."""
    lines = [f"{path} {sha256}" for path, sha256 in sorted(hashes.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
