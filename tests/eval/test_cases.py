import json
from pathlib import Path

import pytest

from eval.cases import Case, GoldSpan, digest_of_cases, digest_of_corpus, load_cases, mistakes, states
from rag.errors import ConfigError, SourceError

RAW = "It rained. “Ten years,” said José Ruiz, 24 days later."
GOLD = GoldSpan(file="a.txt", start=11, end=54, quote=RAW[11:54])
GOOD = Case(
    id="g1",
    question="How long?",
    kind="how_many",
    answerable=True,
    facts=(("ten years",),),
    required_files=("a.txt",),
    evidence=(GOLD,),
)
REFUSAL = Case(id="g2", question="Why?", kind="not_stated", answerable=False, reasons=("fact_not_stated",))


def test_a_wording_matches_whole_words_whatever_quotes_accents_and_case() -> None:
    assert states(["Jose ruiz"], RAW)
    assert states(["nobody", '"Ten   years,"'], RAW)
    assert not states(["4 days"], RAW)
    assert not states(["ten year"], RAW)
    assert states(["huge mistake"], '"a huge mistake."')


def test_right_cases_have_no_mistakes() -> None:
    assert mistakes([GOOD, REFUSAL], {"a.txt": RAW}) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"evidence": (GOLD.model_copy(update={"start": 10}),)}, "a.txt at 10-54 is"),
        ({"evidence": (GOLD.model_copy(update={"file": "b.txt"}),), "required_files": ()}, "no file 'b.txt'"),
        ({"facts": (("ninety years",),)}, "no evidence states ('ninety years',)"),
        ({"facts": ()}, "needs facts and evidence"),
        ({"reasons": ("no_match",)}, "has no reasons"),
        ({"required_files": ("c.txt",)}, "a required file has no evidence"),
        ({"forbidden_files": ("a.txt",)}, "a forbidden file has evidence"),
        ({"answerable": False, "reasons": ("no_match",)}, "no facts and evidence"),
    ],
)
def test_mistakes_are_named(change: dict[str, object], words: str) -> None:
    found = mistakes([GOOD.model_copy(update=change)], {"a.txt": RAW})
    assert any(words in mistake for mistake in found), found


def test_a_golden_file_is_read_and_its_faults_are_named(tmp_path: Path) -> None:
    file = tmp_path / "g.jsonl"
    file.write_text(GOOD.model_dump_json() + "\n\n" + REFUSAL.model_dump_json() + "\n")
    assert load_cases(file) == (GOOD, REFUSAL)
    file.write_text(GOOD.model_dump_json() + "\n" + GOOD.model_dump_json() + "\n")
    with pytest.raises(ConfigError, match="the id 'g1' twice"):
        load_cases(file)
    file.write_text("")
    with pytest.raises(ConfigError, match="found none"):
        load_cases(file)
    file.write_text(json.dumps({"id": "x", "question": "q"}))
    with pytest.raises(SourceError, match=r"g\.jsonl:1: not a golden case"):
        load_cases(file)
    with pytest.raises(ConfigError, match="expected golden cases"):
        load_cases(tmp_path / "gone.jsonl")


def test_digests_follow_contents_and_not_order() -> None:
    assert digest_of_cases([GOOD, REFUSAL]) == digest_of_cases([REFUSAL, GOOD])
    assert digest_of_cases([GOOD]) != digest_of_cases([GOOD.model_copy(update={"question": "How long then?"})])
    assert digest_of_corpus({"a": "1", "b": "2"}) == digest_of_corpus({"b": "2", "a": "1"})
    assert digest_of_corpus({"a": "1"}) != digest_of_corpus({"a": "2"})
