from __future__ import annotations

import random

from rag.cleaning import line_keys
from rag.indexing.repetition import NO_LINES, RepeatedLines, find_repeated, hash_lines
from rag.schema import SourceFile
from tests.rag.indexing.building import Bench, story

MENU = ["home", "about us", "subscribe to the newsletter today"]


def pages(count: int, *, lines: list[str]) -> list[list[str]]:
    own = [[f"a sentence of page {n} that nothing else says, number {k}" for k in range(6)] for n in range(count)]
    return [[*lines, *sentences] for sentences in own]


def test_lines_on_many_pages_repeat() -> None:
    found = find_repeated([hash_lines(page) for page in pages(10, lines=MENU)])
    assert [line in found for line in MENU] == [True] * 3
    assert "a sentence of page 1 that nothing else says, number 2" not in found


def test_copies_of_one_story_count_once() -> None:
    copied = [f"a paragraph of the wire story, which is rather long, number {k}" for k in range(5)]
    found = find_repeated([hash_lines([*copied, f"printed by paper {n}"]) for n in range(40)])
    assert not any(line in found for line in copied)


def test_a_menu_around_copies_still_counts_on_other_pages() -> None:
    copies = [[*MENU, *(f"a paragraph of the wire story, which is rather long, number {k}" for k in range(5))]] * 20
    found = find_repeated([hash_lines(page) for page in [*copies, *pages(10, lines=MENU)]])
    assert [line in found for line in MENU] == [True] * 3
    assert "a paragraph of the wire story, which is rather long, number 1" not in found


def test_small_folders_have_no_repeated_lines() -> None:
    assert find_repeated([hash_lines(page) for page in pages(7, lines=MENU)]).mark(hash_lines(MENU)) == 0
    assert find_repeated([]).tobytes() == b""
    assert find_repeated([hash_lines([])] * 20).tobytes() == b""


def test_the_result_does_not_depend_on_order() -> None:
    articles = [hash_lines(page) for page in [*pages(12, lines=MENU), *pages(3, lines=["only here"])]]
    expected = find_repeated(articles).tobytes()
    for seed in range(5):
        random.Random(seed).shuffle(articles)
        assert find_repeated(articles).tobytes() == expected


def test_a_set_of_lines_has_one_mark() -> None:
    repeated = RepeatedLines(hash_lines(MENU))
    assert repeated.mark(hash_lines(["home", "other"])) == repeated.mark(hash_lines(["more", "home"])) != 0
    assert repeated.mark(hash_lines(["other"])) == 0
    assert NO_LINES.mark(hash_lines(MENU)) == 0
    again = RepeatedLines.of(repeated.tobytes())
    assert again.mark(hash_lines(MENU)) == repeated.mark(hash_lines(MENU))


NOTICE = "The Harbour Gazette is printed by the Lighthouse Cooperative of the northern and southern piers"


def test_articles_are_cleaned_again_when_a_line_begins_or_ceases_to_repeat(bench: Bench) -> None:
    for number in range(7):
        bench.write(f"{number}.txt", f"{story(number)}\n{NOTICE}\n")
    bench.ingest(bench.corpus)
    opened = bench.open()
    assert len(opened.lexical.phrase(["lighthouse", "cooperative"], limit=50)) in {0, 7}
    before = len(opened.lexical.phrase(["lighthouse", "cooperative"], limit=50))
    opened.close()
    bench.write("7.txt", f"{story(7)}\n{NOTICE}\n")
    report = bench.ingest()
    assert (report.indexed, report.changed, report.unchanged) == (1, 7, 0)
    opened = bench.open()
    assert opened.lexical.phrase(["lighthouse", "cooperative"], limit=50) == []
    (article,) = opened.catalog.articles([item.id for item in opened.catalog.article_summaries(limit=1).items]).values()
    removed = [one.span.of(article.raw).strip() for one in article.removed if one.reason == "repeated_in_corpus"]
    assert removed == [NOTICE]
    opened.close()
    assert bench.ingest().unchanged == 8
    (bench.corpus / "7.txt").unlink()
    report = bench.ingest()
    assert (report.removed, report.changed, report.unchanged) == (1, 7, 0)
    opened = bench.open()
    assert len(opened.lexical.phrase(["lighthouse", "cooperative"], limit=50)) == before
    opened.close()
    bench.check()


def test_line_keys_are_what_is_counted() -> None:
    source = SourceFile(path="a.txt", raw="Home\n\nHome\nAbout us\n", sha256="", encoding="utf-8", kind="text")
    assert len(hash_lines(line_keys(source))) == 2
