import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from eval.bench import BENCHMARKS, BenchRequest, BenchResult, mean_metric
from eval.bench.__main__ import main


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A benchmark of three cases in the place of a real one, and the arguments that run it."""

    def run(request: BenchRequest) -> BenchResult:
        request.require_set("toy")
        rows = request.rows("id", "ok")
        right = [float(row["ok"]) for row in rows]
        return BenchResult(
            n=len(rows),
            metrics=(mean_metric("accuracy", right, definition="share right"),),
            baseline=(mean_metric("guess accuracy", [0.0] * len(rows), definition="share right by guessing"),),
            records=[{"id": row["id"], "right": row["ok"]} for row in rows],
            notes=("one note",),
        )

    module = ModuleType("eval.bench.cleaning")
    module.run = run  # type: ignore[attr-defined]  # what the real module defines
    monkeypatch.setitem(sys.modules, "eval.bench.cleaning", module)
    data = tmp_path / "cases.jsonl"
    data.write_text("".join(json.dumps({"id": n, "ok": n != 2}) + "\n" for n in range(3)))
    return ["cleaning", "--set", "toy", "--data", str(data)]


def test_json_holds_figures_definitions_and_settings(toy: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*toy, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["set"], shown["n"], shown["notes"]) == ("cleaning", "toy", 3, ["one note"])
    assert shown["metrics"][0]["name"] == "accuracy"
    assert shown["metrics"][0]["value"] == pytest.approx(2 / 3)
    assert shown["baseline"][0]["value"] == 0
    assert len(shown["settings"]) == 12


def test_the_table_shows_baseline_and_definition(toy: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(toy) == 0
    shown = capsys.readouterr().out
    assert "cleaning on toy: n = 3" in shown
    assert "accuracy         0.667" in shown
    assert "baseline, same run\nguess accuracy" in shown
    assert "accuracy: share right\n" in shown


def test_records_and_limit(toy: list[str], tmp_path: Path) -> None:
    assert main([*toy, "--limit", "2", "--records", str(tmp_path / "r.jsonl")]) == 0
    assert (tmp_path / "r.jsonl").read_text() == '{"id": 0, "right": true}\n{"id": 1, "right": true}\n'


def test_mistakes_give_a_message_and_code_2(toy: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*toy, "--set", "other"]) == 2
    assert capsys.readouterr().err == "error: expected --set to be one of toy; found 'other'\n"
    with pytest.raises(SystemExit, match="2"):
        main([*toy, "--limit", "0"])


def test_bad_data_gives_a_message_and_code_1(toy: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(toy[-1]).write_text("nonsense\n")
    assert main(toy) == 1
    assert "cases.jsonl:1: expected a JSON object" in capsys.readouterr().err


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_can_be_loaded(name: str) -> None:
    assert callable(importlib.import_module(f"eval.bench.{name}").run)
