"""Near-duplicates: what counts as one, and that neither order nor history matters."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rag.indexing.copies import THRESHOLD, _groups
from rag.text.shingles import jaccard, shingles
from tests.rag.indexing.building import Bench

WORDS = [f"word{n}" for n in range(400)]


def text(seed: int, *, changed: int = 0) -> str:
    """Return 200 words; `changed` of them differ from the text of the same seed."""
    chosen = random.Random(seed).choices(WORDS, k=200)
    for place in range(changed):
        chosen[place * 17 % 200] = f"other{place}"
    sentences = [" ".join(chosen[start : start + 20]).capitalize() + "." for start in range(0, 200, 20)]
    return "\n\n".join(sentences) + "\n"


def test_copies_with_another_title_or_a_few_other_words_are_one_group(bench: Bench) -> None:
    bench.write("a.txt", text(1))
    bench.write("b.txt", "A Quite Different Title\n\n" + text(1))
    bench.write("c.txt", text(1, changed=1))
    bench.write("far.txt", text(1, changed=20))
    bench.write("other.txt", text(2))
    report = bench.ingest(bench.corpus)
    contents = bench.check()
    groups = contents.groups
    smallest = min(contents.articles[path] for path in ("a.txt", "b.txt", "c.txt"))
    assert [groups["a.txt"], groups["b.txt"], groups["c.txt"]] == [smallest] * 3
    assert len({groups["a.txt"], groups["far.txt"], groups["other.txt"]}) == 3
    assert report.duplicates == 2
    assert jaccard(shingles(text(1)), shingles(text(1, changed=20))) < THRESHOLD


def test_groups_do_not_depend_on_history(bench: Bench, tmp_path: Path) -> None:
    files = {f"{seed}-{changed}.txt": text(seed, changed=changed) for seed in range(3) for changed in range(4)}
    for name, contents in files.items():
        bench.write(name, contents)
    bench.ingest(bench.corpus)
    other = Bench(tmp_path / "other")
    other.corpus.mkdir(parents=True)
    for name, contents in sorted(files.items(), key=lambda item: item[0][::-1]):
        other.write(name, contents)
        if name.startswith("1"):
            other.ingest(other.corpus)
    other.write("gone.txt", text(1, changed=2))
    other.ingest(other.corpus)
    (other.corpus / "gone.txt").unlink()
    other.ingest(other.corpus)
    assert other.check().groups == bench.check().groups


@given(st.sets(st.sampled_from(list(combinations(range(1, 8), 2)))))
def test_every_two_of_a_group_are_alike(pairs: set[tuple[int, int]]) -> None:
    articles = {body: [f"{body}x", f"{body}y"] for body in range(1, 8)}
    groups = _groups(articles, sorted(pairs))
    assert groups == _groups(dict(reversed(articles.items())), sorted(pairs, reverse=True))
    for left, right in combinations(articles, 2):
        if groups[f"{left}x"] == groups[f"{right}x"]:
            assert (left, right) in pairs
    assert all(groups[f"{body}x"] == groups[f"{body}y"] for body in articles)
    assert all(group == min(one for one in groups if groups[one] == group) for group in groups.values())


def test_articles_without_words_are_alike_in_nothing(bench: Bench) -> None:
    bench.write("a.txt", "* * *\n")
    bench.write("b.txt", "- - -\n")
    assert bench.ingest(bench.corpus).duplicates == 0
