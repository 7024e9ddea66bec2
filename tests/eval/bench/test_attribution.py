import gzip
import json
from pathlib import Path

import pytest

from eval.bench import BenchRequest
from eval.bench.attribution import Judged, f1, judge, run
from rag.errors import ConfigError
from rag.schema import Span

TEXT = (
    "Rent talks fail in the capital again\n\n"
    "Mara Lindqvist said that rents would fall. She spoke in Oslo. Olav Berg was there.\n\n"
    "Olav Berg sat beside her and kept his hands in his pockets for the whole evening."
)


def _write(folder: Path) -> None:
    said = TEXT.index("that rents"), TEXT.index(". She")
    source = TEXT.index("Mara"), TEXT.index(" said")
    articles = [
        {
            "id": "a1",
            "title": "Rent talks fail in the capital again",
            "publisher": None,
            "author": None,
            "text": TEXT,
            "attributions": [
                {"speaker": "Mara Lindqvist", "source": [source], "content": [said], "source_text": "Mara Lindqvist"}
            ],
        }
    ]
    content = {"source": "Mara Lindqvist", "cue": "said", "text": TEXT[said[0] : said[1]], "spans": [said]}
    rows = [
        {
            "id": "r1",
            "article_id": "a1",
            "kind": "said",
            "speaker": "Mara Lindqvist",
            "methods": ["name_in_source"],
            "contents": [content],
        },
        {
            "id": "r2",
            "article_id": "a1",
            "kind": "silent",
            "speaker": "Olav Berg",
            "methods": ["ner"],
            "contents": [],
            "unresolved_pronoun_sources": 0,
        },
        {
            "id": "r3",
            "article_id": "a1",
            "kind": "silent",
            "speaker": "Olav Berg",
            "methods": ["ner"],
            "contents": [],
            "unresolved_pronoun_sources": 2,
        },
        {
            "id": "r4",
            "article_id": "a1",
            "kind": "said",
            "speaker": "Mara Lindqvist",
            "methods": ["coref", "name_in_source"],
            "contents": [content],
        },
    ]
    for name, lines in (("articles", articles), ("who_said_what", rows)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


def test_the_benchmark_asks_the_rows_with_sure_gold(tmp_path: Path) -> None:
    _write(tmp_path)
    result = run(BenchRequest(set_name="polnear", data=tmp_path))
    assert result.n == 2
    assert {metric.name: metric.value for metric in result.metrics} == {
        "F1": 1,
        "recall": 1,
        "precision": 1,
        "silent refused": 1,
    }
    assert [(record["id"], record["cited"]) for record in result.records] == [
        ("r1", ["Mara Lindqvist said that rents would fall."]),
        ("r2", []),
    ]


def test_another_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="polnear"):
        run(BenchRequest(set_name="other", data=tmp_path))


def test_a_row_judged_by_hand() -> None:
    text = "A b c d. E f g h. I j k l. M n o p."
    row = {"contents": [{"spans": [[0, 7], [9, 10]]}]}  # all of the first sentence, one word of four of the second
    article = {
        "text": text,
        "attributions": [
            {"speaker": None, "source_text": "He", "content": [[27, 34]]},
            {"speaker": None, "source_text": "the aide", "content": [[18, 25]]},
        ],
    }
    cited = [Span(0, 8), Span(9, 17), Span(27, 35)]
    # Five gold tokens, all cited; of three citations the last lies in unresolved content and the second is 1/4 gold.
    assert judge(row, article, cited) == Judged(recall=1.0, precision=0.5)
    assert judge(row, article, []) == Judged(recall=0.0, precision=None)


def test_f1_is_of_the_averages() -> None:
    assert f1([Judged(1.0, 0.5), Judged(0.0, None)]) == pytest.approx(0.5)
    assert f1([]) == 0
