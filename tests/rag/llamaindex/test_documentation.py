"""The examples of docs/llamaindex.md run as they stand, one after another."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_the_documented_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "llamaindex.md").read_text("utf-8"), re.DOTALL)
    assert len(examples) == 3
    names: dict[str, object] = {}
    for example in examples:
        exec(compile(example, "docs/llamaindex.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "Blinken" in shown and "[1]" in shown
    assert "001_8d2cb2aa2a8e2621.txt" in shown
    assert names["nodes"]
