import json
import re
from pathlib import Path

import pytest

from eval.bench import BenchRequest, BenchResult
from eval.bench.conflicts import _all_matched, _wordings, run
from rag.config import LLMSettings, Settings
from rag.errors import ConfigError
from tests.rag.models.loopback import Handler, reply, serve

BRIDGE = {
    "id": "r1",
    "question": "When was the Orvo bridge opened?",
    "documents": [
        {"text": "The Orvo bridge was opened in 1902 by the mayor.", "type": "correct", "answer": "1902"},
        {"text": "According to the guide, the Orvo bridge was opened in 1885.", "type": "misinfo", "answer": "1885"},
    ],
    "gold_answers": ["1902"],
    "wrong_answers": ["1885"],
}


def ramdocs(folder: Path, llm: LLMSettings) -> BenchResult:
    data = folder / "cases.jsonl"
    data.write_text(json.dumps(BRIDGE) + "\n", encoding="utf-8")
    return run(BenchRequest(set_name="ramdocs", data=data, settings=Settings(llm=llm, workers=1)))


def tell_both(handler: Handler) -> None:
    """Give both years with the numbers under which they are shown, as a difference."""
    shown = handler.loopback.requests[-1]["messages"][-1]["content"]
    number = {year: found[1] for year in ("1902", "1885") if (found := re.search(rf"\[(\d+)\] .*{year}", shown))}
    years = [f"{year} [{number[year]}]" for year in ("1902", "1885")]
    text = f"The Orvo bridge was opened in {years[0]}.\nDIFFERS: the year of opening: {'; '.join(years)}"
    reply(text)(handler)


def test_conflicts_are_those_that_the_model_of_the_settings_marks(tmp_path: Path) -> None:
    with serve(tell_both, reply("1 yes")) as server:
        llm = LLMSettings(model="m", base_url=server.url, retries=0, timeout_s=20)
        result = ramdocs(tmp_path, llm)
    values = {metric.name: metric.value for metric in result.metrics}
    assert (values["all gold shown"], values["conflict marked"]) == (1, 1)
    assert result.notes == ["answered by: m 1; only a model marks conflicts"]


def test_quoting_marks_none(tmp_path: Path) -> None:
    result = ramdocs(tmp_path, LLMSettings(model="extractive"))
    values = {metric.name: metric.value for metric in result.metrics}
    assert values["conflict marked"] == 0
    assert result.notes == ["answered by: extractive 1; only a model marks conflicts"]


@pytest.mark.parametrize(
    ("texts", "values", "matched"),
    [
        (["in 1902", "in 1885"], [["1885"], ["1902"]], True),
        (["1885 and 1902"], [["1885"], ["1902"]], False),
        (["1885 or 1902", "1902"], [["1902"], ["1885"]], True),
        (["July 21, 2017", "2007"], [["21 July 2017", "July 21 2017"], ["2007"]], True),
        (["1902"], [["1902"], ["1885"]], False),
    ],
)
def test_each_value_needs_a_text_of_its_own(texts: list[str], values: list[list[str]], matched: bool) -> None:
    assert _all_matched(texts, values) is matched


def test_answers_come_as_a_string_or_as_lists_of_forms() -> None:
    assert _wordings("Norway") == ["Norway"]
    assert _wordings([["July 21", "21 July"]]) == ["July 21", "21 July"]
    with pytest.raises(ConfigError, match="found 7"):
        _wordings(7)
