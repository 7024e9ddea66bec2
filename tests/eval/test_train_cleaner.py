from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.train_cleaner import aligned_lines, main
from rag.cleaning.features import NAMES
from rag.cleaning.lines import split_lines

BODY = (
    "The council of Port Lenn raised ferry fares by {} percent on Monday, saying that fuel had become more expensive.",
    "According to the harbour office, {} thousand people use the ferry every day, most of them on their way to work.",
)


def test_lines_of_the_gold_body_are_labelled_in_their_order() -> None:
    page = "Home\nferry\nFares rise at the harbour\nThe ferry costs ten pounds now.\nShare\nIt was two pounds.\nferry"

    labels = aligned_lines(split_lines(page), "The ferry costs ten pounds now. It was two pounds.")

    assert labels.tolist() == [0, 0, 0, 1, 0, 1, 0]


def test_half_of_a_line_is_enough_and_less_is_not() -> None:
    lines = split_lines("a b c d e f g h\nq r s t u v w x y z k l m n o p")

    assert aligned_lines(lines, "a b c d z q r s t").tolist() == [1, 0]


def test_training_writes_a_weight_for_every_feature_and_its_held_out_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn")
    pages, marked = [], []
    for number in range(8):
        body = [line.format(number) for line in BODY]
        text = "\n".join(["Home", "Sport", "Log in", *body, "Share", "Related articles", "Storm closes the harbour"])
        page = {"id": f"p{number}", "url": f"https://site{number}.example/a", "raw_blocks": text, "raw_light": text}
        pages.append({**page, "gold_body": "\n".join(body), "raw_bullets": text})
        marks = {"keep": [body[0][:40]], "drop": ["Storm closes"], "keep_in_light": [], "drop_in_light": []}
        marked.append({**page, "id": f"m{number}", **marks})
    for name, rows in (("articles.jsonl", pages), ("segments.jsonl", marked)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")

    assert main([str(tmp_path), "--write", str(tmp_path / "weights.json"), "--seeds", "1"]) == 0

    stored = json.loads((tmp_path / "weights.json").read_text(encoding="utf-8"))
    assert set(stored["weights"]) == set(NAMES)
    assert stored["held_out_by_site"] == json.loads(capsys.readouterr().out)
    assert stored["held_out_by_site"]["raw_light F1"] == 1.0
