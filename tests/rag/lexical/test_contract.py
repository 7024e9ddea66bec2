"""What every lexical index must do, run against the double and tantivy alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import IndexDamagedError
from rag.lexical import LexicalEntry, LexicalIndex, TantivyIndex
from rag.lexical.analysis import entries
from rag.lexical.memory import MemoryLexical
from rag.schema import Article, Passage, Span


@pytest.fixture(params=["memory", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LexicalIndex]:
    made: LexicalIndex = MemoryLexical() if request.param == "memory" else TantivyIndex(tmp_path / "lex", create=True)
    yield made
    made.close()


def make(article_id: str, *texts: str, title: str | None = None, heading: str | None = None) -> list[LexicalEntry]:
    raw = "\n".join(texts)
    passages, start = [], 0
    for number, text in enumerate(texts):
        span = Span(start, start + len(text))
        passages.append(
            Passage(
                id=f"{article_id}-{number}",
                article_id=article_id,
                ordinal=number,
                span=span,
                text=text,
                sentences=(span,),
                heading=heading,
            )
        )
        start += len(text) + 1
    article = Article(
        id=article_id,
        path=f"{article_id}.txt",
        raw=raw,
        sha256="0" * 64,
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(raw)),),
        removed=(),
        blocks=(),
        title=title,
    )
    return list(entries(article, passages))


def write(index: LexicalIndex, *groups: list[LexicalEntry], replaced: tuple[str, ...] = ()) -> None:
    index.write((one for group in groups for one in group), replaced_articles=replaced)
    index.reload()


def test_passages_with_rarer_words_come_first(index: LexicalIndex) -> None:
    write(
        index,
        make("a", "The minister spoke of grain.", "The minister spoke of steel."),
        make("b", "The minister spoke of tariffs on grain."),
    )
    found = index.search({"minister": 1.0, "tariffs": 1.0}, limit=10)
    assert [passage_id for passage_id, _ in found] == ["b-0", "a-0", "a-1"]
    assert found[1][1] == pytest.approx(found[2][1])  # a tie, told apart by id
    assert [passage_id for passage_id, _ in index.search({"minister": 1.0, "tariffs": 1.0}, limit=1)] == ["b-0"]


def test_scores_are_bm25(tmp_path: Path) -> None:
    groups = [make("a", "Grain prices rose again.", "Steel."), make("b", "Grain grain and more grain for the harbour.")]
    double, real = MemoryLexical(), TantivyIndex(tmp_path / "lex", create=True)
    for index in (double, real):
        write(index, *groups)
    for terms in ({"grain": 1.0}, {"grain": 0.5, "steel": 2.0}, {"harbour": 1.0, "prices": 1.0}):
        expected = double.search(terms, limit=9)
        found = real.search(terms, limit=9)
        assert [one for one, _ in found] == [one for one, _ in expected]
        # tantivy keeps lengths in steps, exact for short passages; the constant K1 + 1 differs by convention
        ratio = [score / other for (_, score), (_, other) in zip(found, expected, strict=True)]
        assert ratio == pytest.approx([ratio[0]] * len(ratio), rel=0.02)
    real.close()


def test_query_words_are_stemmed_like_the_text(index: LexicalIndex) -> None:
    write(index, make("a", "Ministers were negotiating."))
    assert [one for one, _ in index.search({"minister": 1.0}, limit=3)] == ["a-0"]
    assert [one for one, _ in index.search({"negotiated": 1.0}, limit=3)] == ["a-0"]
    assert index.doc_freq("negotiates") == 1
    assert index.doc_freq("absent") == 0


def test_title_and_heading_are_searched_and_phrases_do_not_run_across_them(index: LexicalIndex) -> None:
    write(index, make("a", "It begins on Monday in Busan.", title="Harbour Strike", heading="The Dates"))
    assert [one for one, _ in index.search({"harbour": 1.0}, limit=3)] == ["a-0"]
    assert [one for one, _ in index.search({"dates": 1.0}, limit=3)] == ["a-0"]
    assert index.phrase(["harbour", "strike"], limit=3) == ["a-0"]
    assert index.phrase(["busan", "harbour"], limit=3) == []


def test_phrases_are_exact(index: LexicalIndex) -> None:
    write(index, make("a", "Kim Jong-un met Ann Lee."), make("b", "Ann met Lee."), make("c", "Anns Lee."))
    assert index.phrase(["ann", "lee"], limit=3) == ["a-0"]
    assert index.phrase(["kim", "jong-un"], limit=3) == ["a-0"]
    assert sorted(index.phrase(["lee"], limit=3)) == ["a-0", "b-0", "c-0"]
    assert index.phrase([], limit=3) == []


def test_operators_in_words_mean_nothing(index: LexicalIndex) -> None:
    write(index, make("a", "Plain words."))
    for term in ("words AND", '"', "stems:plain", "*", "[a TO z]", "\x00", "-", "(((", "x" * 100_000):
        assert index.search({term: 1.0}, limit=3) == []
        assert index.phrase([term], limit=3) == []
    assert index.search({}, limit=3) == []
    assert index.search({"plain": 0.0}, limit=3) == []


def test_an_article_is_replaced_in_one_step(index: LexicalIndex) -> None:
    write(index, make("a", "Old words.", "More old words."), make("b", "Others."))
    write(index, make("a", "New words."), replaced=("a",))
    assert index.ids() == {"a-0", "b-0"}
    assert [one for one, _ in index.search({"old": 1.0}, limit=3)] == []
    assert [one for one, _ in index.search({"new": 1.0}, limit=3)] == ["a-0"]


def test_deleted_passages_are_gone(index: LexicalIndex) -> None:
    write(index, make("a", "One.", "Two.", "Three."))
    index.delete({"a-0", "a-2", "unknown"})
    index.reload()
    assert index.ids() == {"a-1"}
    assert index.num_docs() == 1


def test_a_reader_sees_what_was_written_when_it_reloads(tmp_path: Path) -> None:
    writer = TantivyIndex(tmp_path / "lex", create=True)
    reader = TantivyIndex(tmp_path / "lex")
    writer.write(make("a", "Words."))
    assert reader.num_docs() == 0
    reader.reload()
    assert reader.num_docs() == 1
    writer.close()
    reader.close()


def test_writing_goes_on_after_finishing(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "lex", create=True)
    write(index, make("a", "One."))
    index.finish_writing()
    write(index, make("b", "Two."))
    assert index.ids() == {"a-0", "b-0"}
    index.close()


def test_deleted_share_counts_dead_postings(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "lex", create=True)
    write(index, make("a", "One.", "Two.", "Three.", "Four."))
    assert index.deleted_share() == 0.0
    index.delete(["a-1"])
    assert index.deleted_share() == 0.25
    index.close()


def test_a_missing_or_truncated_index_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        TantivyIndex(tmp_path / "nowhere")
    index = TantivyIndex(tmp_path / "lex", create=True)
    write(index, make("a", "One."))
    index.close()
    for file in (tmp_path / "lex").iterdir():
        if file.suffix in {".term", ".store", ".idx"}:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(IndexDamagedError, match="cannot"):
        TantivyIndex(tmp_path / "lex").ids()


def test_a_pair_of_words_counts_where_they_stand_close(index: LexicalIndex) -> None:
    write(
        index,
        make("a", "The Supreme Court of the land sat until the evening came."),
        make("b", "The court praised it as the most supreme wisdom of its age."),
        make("c", "Supreme judges sit in every high court of each country."),
    )
    words = {"supreme": 1.0, "court": 1.0}
    plain = dict(index.search(words, limit=9))
    paired = dict(index.search(words, limit=9, pairs={("supreme", "courts"): 1.0, ("court", "x" * 999): 1.0}))
    assert paired["a-0"] > plain["a-0"]
    assert {one: paired[one] for one in ("b-0", "c-0")} == {one: plain[one] for one in ("b-0", "c-0")}
    assert dict(index.search(words, limit=9, pairs={("supreme", "court"): 0.0})) == plain


def test_a_search_keeps_to_the_articles_it_is_given(index: LexicalIndex) -> None:
    write(index, make("a", "Grain.", "Grain and grain."), make("b", "Grain."), make("c", "Steel."))
    every = index.search({"grain": 1.0}, limit=9)
    assert index.search({"grain": 1.0}, limit=9, articles={"a", "c", "unknown"}) == [
        hit for hit in every if hit[0].startswith("a")
    ]
    assert index.search({"grain": 1.0}, limit=9, articles=()) == []


def test_words_are_counted_over_whole_articles_in_steps(index: LexicalIndex) -> None:
    write(
        index,
        make("a", "Grain grain grain.", "Grains and steel.", title="Grain"),
        make("b", "Steel " * 9, "nothing else"),
        make("c", "Neither."),
    )
    asked = ["grain", "absent", "steel"]
    assert index.article_counts(asked, {"a", "b", "c", "unknown"}) == {"a": (4, 0, 1), "b": (0, 0, 8)}
    assert index.article_counts(asked, ["b"]) == {"b": (0, 0, 8)}
    assert index.article_counts(asked, []) == {}
    assert index.article_counts([], ["a"]) == {}
    assert [index.article_freq(word) for word in ("grains", "steel", "absent")] == [1, 2, 0]


def test_words_are_looked_up_in_title_and_first_passage(index: LexicalIndex) -> None:
    write(
        index,
        make("a", "Grains and coal.", "Steel.", title="Copper falls"),
        make("b", "Neither.", "Grain and steel."),
        make("c", "Steel."),
    )
    asked = ["grain", "steel", "absent", "copper"]
    assert index.lead_words(asked, {"a", "b", "c", "unknown"}) == {
        "a": (True, False, False, True),
        "c": (False, True, False, False),
    }
    assert index.lead_words(asked, ["b"]) == {}
    assert index.lead_words(asked, []) == {}
    assert index.lead_words([], ["a"]) == {}


def test_no_word_of_a_long_question_is_lost(index: LexicalIndex) -> None:
    numbers = [f"19{number}" for number in range(50)]
    held = numbers[::3]
    write(index, make("a", " ".join(held)))
    asked = [*numbers, "x" * 999, numbers[0]]
    assert index.lead_words(asked, ["a"]) == {"a": tuple(word in held for word in asked)}


def test_counts_of_many_words_do_not_run_into_each_other(index: LexicalIndex) -> None:
    numbers = "one two three four five six seven eight nine ten eleven twelve thirteen".split()
    text = " ".join(" ".join([word] * count) for count, word in enumerate(numbers))
    write(index, make("a", text))
    expected = (0, 1, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8)
    assert index.article_counts([*numbers, "x" * 999], ["a"]) == {"a": (*expected, 0)}


def test_an_articles_counts_go_with_it(index: LexicalIndex) -> None:
    write(index, make("a", "Grain.", "Grain."), make("b", "Grain."))
    write(index, make("a", "Steel.", "Coal."), replaced=("a",))
    assert index.article_counts(["grain", "steel"], ["a", "b"]) == {"a": (0, 1), "b": (1, 0)}
    index.delete({"a-0", "a-1"})
    index.reload()
    assert index.article_counts(["grain", "steel"], ["a", "b"]) == {"b": (1, 0)}
    assert index.lead_words(["grain", "steel"], ["a", "b"]) == {"b": (True, False)}
