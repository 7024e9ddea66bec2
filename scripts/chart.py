"""Draw how the cost of an ingest and of a question grows, from what `scripts/bench.py --out FOLDER` kept.

python scripts/chart.py FOLDER > docs/growth.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, GAP = 460, 320, 62, 46, 34, 24
LEGEND = 118  # below the panels, where no line runs through it
COLOURS = ("#0b6e4f", "#1f5fa8", "#b3541e", "#7a7a7a")
SAMPLE = 600  # articles that the baseline was given

Point = tuple[float, float]


def main() -> None:
    """Print the drawing."""
    folder = Path(sys.argv[1])
    ingests = {name: _records(folder, f"ingest-{name}")[0] for name in ("realtimeqa", "corpora")}
    lines = {f"newsqa, {name}": _curve(record["first"]) for name, record in ingests.items()}
    most = max(x for points in lines.values() for x, _ in points)
    for name, baseline in ingests["realtimeqa"]["baselines"].items():
        if name.endswith("one by one"):
            continue
        rate = baseline["seconds"] / baseline["articles"]
        lines[f"LlamaIndex, {name}"] = [(0.0, 0.0), (most, most * rate)]
    asked: dict[str, list[Point]] = {"median": [], "95 of 100": []}
    for name in ingests:
        answers = _records(folder, f"ask-{name}")
        for label, share in (("median", 50), ("95 of 100", 95)):
            asked[label].append((answers[0]["articles"], float(np.percentile([one["ms"] for one in answers], share))))
    most = max(most, *(x for x, _ in asked["median"]))
    height = max(y for name, points in lines.items() if name.startswith("newsqa") for _, y in points) * 2
    panels = [
        _panel(0, "seconds to index so many articles", lines, most, height),
        _panel(
            1, "milliseconds to answer, engine open", asked, most, max(y for p in asked.values() for _, y in p) * 1.3
        ),
    ]
    legend = (
        f'<text x="{LEFT}" y="{HEIGHT + LEGEND - 6}">LlamaIndex: at the rate of its first {SAMPLE} articles.</text>'
    )
    size = f'width="{2 * WIDTH}" height="{HEIGHT + LEGEND}" viewBox="0 0 {2 * WIDTH} {HEIGHT + LEGEND}"'
    sys.stdout.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">\n'
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join([*panels, legend]) + "\n</svg>\n"
    )


def _curve(result: dict) -> list[Point]:  # type: ignore[type-arg]
    return [(0.0, 0.0), *map(tuple, result["curve"]), (result["articles"], result["seconds"])]


def _records(folder: Path, run: str) -> list[dict]:  # type: ignore[type-arg]  # as JSON has it
    return [json.loads(line) for line in (folder / f"{run}.jsonl").read_text(encoding="utf-8").splitlines()]


def _panel(number: int, title: str, lines: dict[str, list[Point]], right: float, top: float) -> str:
    """Draw lines over axes that begin at 0; what leaves the panel is cut off at its top."""
    x0, y0 = number * WIDTH + LEFT, HEIGHT - BOTTOM
    wide, high = WIDTH - LEFT - GAP, HEIGHT - BOTTOM - TOP
    parts = [f'<text x="{x0}" y="{TOP - 14}" font-size="13">{escape(title)}</text>']
    for step in _steps(top):
        y = y0 - step / top * high
        parts.append(f'<line x1="{x0}" y1="{y:.1f}" x2="{x0 + wide}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{step:,.0f}</text>')
    for step in _steps(right):
        x = x0 + step / right * wide
        parts.append(f'<text x="{x:.1f}" y="{y0 + 16}" text-anchor="middle">{step:,.0f}</text>')
    parts.append(f'<text x="{x0 + wide / 2:.0f}" y="{y0 + 34}" text-anchor="middle">articles</text>')
    for place, ((name, points), colour) in enumerate(zip(lines.items(), COLOURS * 2, strict=False)):
        dash = ' stroke-dasharray="5 4"' if name.startswith("LlamaIndex") else ""
        if points[-1][1] > top:
            (xa, ya), (xb, yb) = points[0], points[-1]
            points = [(xa, ya), (xa + (xb - xa) * (top - ya) / (yb - ya), top)]
        drawn = " ".join(f"{x0 + x / right * wide:.1f},{y0 - y / top * high:.1f}" for x, y in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if len(points) == len(lines):  # few enough to be marked
            parts += [
                f'<circle cx="{x0 + x / right * wide:.1f}" cy="{y0 - y / top * high:.1f}" r="3" fill="{colour}"/>'
                for x, y in points
            ]
        parts.append(f'<text x="{x0 + 8}" y="{HEIGHT + 8 + 15 * place}" fill="{colour}">{escape(name)}</text>')
    return "\n".join(parts)


def _steps(top: float) -> list[float]:
    """Return about five round numbers from 0 to `top`."""
    rough = top / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(float(factor * power) for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [step * count for count in range(int(top / step) + 1)]


if __name__ == "__main__":
    main()
