"""Floors under the figures of the golden set: a change that makes answers worse does not pass.

A floor is what was reached when it was set; the tolerance beside it is what one flipped case is worth, so that a
single question changing sides is seen in the report and does not stop the work. A broken promise always does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.report import Report
from rag.errors import ConfigError

GATED = (
    "right_answers",
    "right_refusals",
    "answered",
    "refused",
    "facts_cited",
    "citation_precision",
    "citation_recall",
    "hit@5",
    "mrr@10",
)


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Floor(_Object):
    """The least that a figure may be."""

    floor: float = Field(ge=0, le=1)
    tolerance: float = Field(ge=0, le=1, description="what one flipped case is worth")


class Baseline(_Object):
    """The floors, and what they were measured on."""

    model: str
    cases: str = Field(description="digest of the golden cases")
    corpus: str = Field(description="digest of the articles")
    floors: Mapping[str, Floor]


def load_baseline(path: Path) -> Baseline:
    """Read the floors.

    Raises:
        ConfigError: the file is not there or not what `--update` writes.
    """
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        raise ConfigError(f"expected floors in {str(path)!r}: {exc}; `newsqa eval --update` writes them") from exc


def shortfalls(report: Report, baseline: Baseline) -> list[str]:
    """Say what is below its floor, or why the floors do not fit this run; empty when the gate is passed."""
    found = list(report.violations)
    for name, digest, wanted in (
        ("golden cases", report.cases_digest, baseline.cases),
        ("articles", report.corpus_digest, baseline.corpus),
    ):
        if digest != wanted:
            found.append(f"the floors are for other {name} ({wanted}, these are {digest}); set them anew with --update")
    for name, floor in baseline.floors.items():
        figure = report.figures.get(name)
        if figure is None or figure.value is None:
            found.append(f"{name} was not measured; its floor is {floor.floor:.4f}")
        elif figure.value < floor.floor - floor.tolerance - 1e-9:
            found.append(f"{name} is {figure.value:.4f}, its floor {floor.floor:.4f} less {floor.tolerance:.4f}")
    return found


def raise_floors(report: Report, old: Baseline | None, *, allow_regression: bool = False) -> Baseline:
    """Set the floors to what was reached; none becomes lower unless `allow_regression`."""
    floors = {}
    for name in GATED:
        figure = report.figures[name]
        if figure.value is None:
            continue
        # Rounded down, so that the run that sets a floor never fails it.
        reached = int(figure.value * 10_000) / 10_000
        before = old.floors.get(name) if old else None
        if before and not allow_regression:
            reached = max(reached, before.floor)
        floors[name] = Floor(floor=reached, tolerance=round(figure.one_case, 4))
    return Baseline(model=report.model, cases=report.cases_digest, corpus=report.corpus_digest, floors=floors)


def save_baseline(baseline: Baseline, path: Path) -> None:
    """Write the floors."""
    path.write_text(json.dumps(baseline.model_dump(), indent=2) + "\n", encoding="utf-8")
