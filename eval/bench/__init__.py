"""Public benchmarks: `python -m eval.bench NAME --set SET --data FILE_OR_FOLDER [--corpus FILE] [--json] ...`.

Each benchmark is a module `eval/bench/NAME.py` with one function, loaded only when it is asked for:

    def run(request: BenchRequest) -> BenchResult: ...

What it gets is `BenchRequest`: the set's name, the data as a file or a folder (see `BenchRequest.rows`, which finds
the right files by their fields, not by their names), a corpus where the set has one, a limit on the cases, an index
folder to reuse, and the settings. What it gives back is `BenchResult`: metrics with definitions and confidence
intervals, the same metrics of a baseline computed in the same run, and one record for each case, so that misses can
be read. Metrics are made by `mean_metric`, `ratio_metric` and `statistic_metric`, which bootstrap with a fixed seed.

    def run(request: BenchRequest) -> BenchResult:
        cases = request.rows("claim", "label", "evidence")  # raises a clear error when no file has these fields
        right = [float(judge(case) == case["label"]) for case in cases]
        return BenchResult(
            n=len(cases),
            metrics=(mean_metric("accuracy", right, definition="share of claims judged as people judged them"),),
            baseline=(...,),
            records=[{"id": case["id"], "right": bool(r)} for case, r in zip(cases, right, strict=True)],
        )

The command adds name, set, settings fingerprint and seconds, prints a table or JSON, and writes the records.
Raise `ConfigError` for a set the module does not know and `SourceError` for data it cannot read.
"""

from eval.bench.reading import Row, find_tables, read_rows
from eval.bench.statistics import mean_metric, paired_p_value, ratio_metric, statistic_metric
from eval.bench.types import BenchRequest, BenchResult, Direction, Metric

BENCHMARKS = (
    "ask",
    "attribution",
    "cleaning",
    "conflicts",
    "grounding",
    "ingest",
    "refusal",
    "retrieval",
)

__all__ = [
    "BENCHMARKS",
    "BenchRequest",
    "BenchResult",
    "Direction",
    "Metric",
    "Row",
    "find_tables",
    "mean_metric",
    "paired_p_value",
    "ratio_metric",
    "read_rows",
    "statistic_metric",
]
