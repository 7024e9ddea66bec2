"""The command line of the public benchmarks."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from eval.bench import BENCHMARKS, BenchRequest, BenchResult, Metric
from rag.config import Settings
from rag.errors import ConfigError, RagError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; return 0 when it ran, 1 when it failed, 2 when it was asked for wrongly."""
    options = _parser().parse_args(arguments)
    try:
        request = _request(options)
        module = importlib.import_module(f"eval.bench.{options.name}")
        started = time.perf_counter()
        result: BenchResult = module.run(request)
        seconds = time.perf_counter() - started
        if options.records:
            _write_records(options.records, result)
    except ConfigError as exc:
        sys.stderr.write(f"error: {exc}\n")
        return 2
    except RagError as exc:
        sys.stderr.write(f"error: {exc}\n")
        return 1
    fingerprint = request.settings.fingerprint()
    show = as_json if options.json else as_table
    sys.stdout.write(show(options.name, request, result, fingerprint=fingerprint, seconds=seconds) + "\n")
    return 0


def as_json(name: str, request: BenchRequest, result: BenchResult, *, fingerprint: str, seconds: float) -> str:
    """Write a result as one JSON object."""
    return json.dumps(
        {
            "name": name,
            "set": request.set_name,
            "n": result.n,
            "metrics": [asdict(metric) for metric in result.metrics],
            "baseline": [asdict(metric) for metric in result.baseline],
            "notes": list(result.notes),
            "settings": fingerprint,
            "seconds": round(seconds, 2),
        },
        ensure_ascii=False,
        indent=2,
    )


def as_table(name: str, request: BenchRequest, result: BenchResult, *, fingerprint: str, seconds: float) -> str:
    """Write a result for people: the figures, the baseline, and what each means."""
    shown = [*result.metrics, *result.baseline]
    width = max([len("metric"), *(len(metric.name) for metric in shown)])
    lines = [
        f"{name} on {request.set_name}: n = {result.n}, settings {fingerprint}, {seconds:.1f} s",
        "",
        f"{'metric':<{width}}   value   95 % interval       n",
        *(_line(metric, width) for metric in result.metrics),
    ]
    if result.baseline:
        lines += ["baseline, same run", *(_line(metric, width) for metric in result.baseline)]
    lines.append("")
    definitions = {metric.definition: metric for metric in reversed(shown)}
    for definition, metric in reversed(definitions.items()):
        better = "" if metric.direction == "higher" else " (lower is better)"
        lines.append(f"{metric.name}: {definition}{better}")
    return "\n".join([*lines, *result.notes])


def _line(metric: Metric, width: int) -> str:
    value = "      -" if metric.value is None else f"{_number(metric.value):>7}"
    interval = "-" if metric.low is None or metric.high is None else f"{_number(metric.low)} - {_number(metric.high)}"
    return f"{metric.name:<{width}} {value}   {interval:<15} {metric.n:>5}"


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _request(options: argparse.Namespace) -> BenchRequest:
    changes = {"index": options.index, "workers": options.workers}
    try:
        settings = Settings(**{name: value for name, value in changes.items() if value is not None})
    except ValidationError as exc:
        raise ConfigError(f"the settings of the environment cannot be used: {exc}") from exc
    # A benchmark must not start to cost money because a key is in the environment: a model is asked for by name.
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"model": options.model})})
    return BenchRequest(
        set_name=options.set,
        data=options.data,
        corpus=options.corpus,
        queries=options.queries,
        limit=options.limit,
        index=options.index,
        settings=settings,
    )


def _write_records(path: Path, result: BenchResult) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            for record in result.records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    except OSError as exc:
        raise ConfigError(f"cannot write the records to {str(path)!r}: {exc}") from exc


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {number}")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="Run one public benchmark.")
    parser.add_argument("name", choices=BENCHMARKS)
    parser.add_argument("--set", default="corpus", help="the data set, as its folder is called (default: %(default)s)")
    parser.add_argument("--data", required=True, type=Path, help="a .jsonl or .jsonl.gz file, or a folder of them")
    parser.add_argument("--corpus", type=Path, help="the articles, where they are in another place than the cases")
    parser.add_argument("--queries", type=Path, help="questions for `ask`, rows with `question`")
    parser.add_argument("--limit", type=_positive, help="take the first so many cases")
    parser.add_argument("--index", type=Path, help="index folder to build in or to reuse; default: a temporary one")
    parser.add_argument("--workers", type=_positive, help="processes that read and clean")
    parser.add_argument("--model", default="extractive", help="answering model (default: %(default)s)")
    parser.add_argument("--records", type=Path, metavar="FILE", help="write one JSON line a case")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
