"""Distil `rag/text/wordnet.txt` from the database files of Princeton WordNet 3.0.

    python scripts/make_wordnet.py /usr/share/wordnet   # Debian: apt-get install wordnet-base

Keeps single lower-case words that WordNet's tagged texts use, at most three senses a part of speech. For each word: the
synsets it belongs to or is derived from, and the synsets one step broader.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

PARTS = {"noun": "n", "verb": "v", "adj": "a"}
MOST_SENSES = 3
TARGET = Path(__file__).parent.parent / "rag" / "text" / "wordnet.txt"


def main(folder: Path) -> None:
    """Read the database and write the distilled file."""
    licence = [line[2:].strip() for line in (folder / "data.noun").read_text("utf-8").splitlines() if line[:2] == "  "]
    tagged: dict[tuple[str, int, str], int] = {}
    for line in (folder / "cntlist.rev").read_text("utf-8").splitlines():
        key, number, count = line.split()
        lemma, rest = key.split("%")
        tagged[lemma, int(number), {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}[rest[0]]] = int(count)

    own: dict[str, set[str]] = defaultdict(set)
    broader: dict[str, set[str]] = defaultdict(set)
    for name, part in PARTS.items():
        synsets = dict(_synsets(folder / f"data.{name}", part))
        for line in (folder / f"index.{name}").read_text("utf-8").splitlines():
            fields = line.split()
            if line.startswith(" ") or not fields[0].isalpha() or len(fields[0]) < 3:
                continue
            lemma = fields[0]
            offsets = fields[-int(fields[2]) :]
            if not any((lemma, number, part) in tagged for number in range(1, len(offsets) + 1)):
                continue
            for number, offset in enumerate(offsets[:MOST_SENSES], start=1):
                if number > 1 and (lemma, number, part) not in tagged:
                    continue
                words, pointers = synsets[part + offset]
                if lemma not in words:  # a proper name, which WordNet writes with a capital
                    continue
                own[lemma].add(part + offset)
                place = words.index(lemma) + 1
                for symbol, target, source in pointers:
                    if (symbol == "+" and source == place) or symbol == "&":
                        own[lemma].add(target)
                    elif symbol == "@":
                        broader[lemma].add(target)

    used: dict[str, int] = defaultdict(int)
    for synset in (s for group in (*own.values(), *broader.values()) for s in group):
        used[synset] += 1
    numbers = {synset: number for number, synset in enumerate(sorted(s for s, count in used.items() if count > 1))}
    lines = []
    for lemma in sorted(own):
        ours = sorted(numbers[s] for s in own[lemma] if s in numbers)
        wider = sorted(numbers[s] for s in broader[lemma] - own[lemma] if s in numbers)
        if ours or wider:
            lines.append(f"{lemma} {','.join(map(str, ours))} {','.join(map(str, wider))}".rstrip())
    header = ["Distilled by scripts/make_wordnet.py: word, its synsets, the synsets one step broader.", "", *licence]
    TARGET.write_text("".join(f"# {line}".rstrip() + "\n" for line in header) + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} words, {len(numbers)} synsets, {TARGET.stat().st_size} bytes", file=sys.stderr)


def _synsets(file: Path, part: str) -> list[tuple[str, tuple[list[str], list[tuple[str, str, int]]]]]:
    """Return for each synset its words, and its pointers as (symbol, target synset, source word; 0 for all)."""
    found = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split("|")[0].split()
        count = int(fields[3], 16)
        words = [word.split("(")[0] for word in fields[4 : 4 + 2 * count : 2]]
        at = 4 + 2 * count
        pointers = []
        for i in range(int(fields[at])):
            symbol, offset, kind, ends = fields[at + 1 + 4 * i : at + 5 + 4 * i]
            pointers.append((symbol, kind.replace("s", "a") + offset, int(ends[:2], 16)))
        found.append((part + fields[0], (words, pointers)))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
