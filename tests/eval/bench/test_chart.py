"""The drawing of how cost grows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

SCRIPT = Path(__file__).parents[3] / "scripts" / "chart.py"


def test_costs_are_drawn_to_scale(tmp_path: Path) -> None:
    for name, articles in (("realtimeqa", 1000), ("corpora", 4000)):
        first = {"curve": [[articles // 2, 5.0], [articles, 10.0]], "articles": articles, "seconds": 10.0}
        baselines = {"same embedder": {"seconds": 20.0, "articles": 500}}
        (tmp_path / f"ingest-{name}.jsonl").write_text(json.dumps({"first": first, "baselines": baselines}) + "\n")
        (tmp_path / f"ask-{name}.jsonl").write_text(
            "".join(json.dumps({"ms": ms, "articles": articles}) + "\n" for ms in (10, 20, 30))
        )
    drawn = subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], capture_output=True, text=True, check=True)
    picture = ElementTree.fromstring(drawn.stdout)
    lines = [line.attrib["points"].split() for line in picture.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(line) for line in lines] == [4, 4, 2, 2, 2]
    ends = [tuple(map(float, line[-1].split(","))) for line in lines[:3]]
    (small, _), (large, _), (theirs, top) = ends
    start = float(lines[0][0].split(",")[0])
    assert (small - start) * 4 == large - start  # a quarter of the articles
    assert ends[0][1] == ends[1][1]  # in the same time
    assert theirs < small and top < ends[0][1]  # the baseline leaves the panel early
