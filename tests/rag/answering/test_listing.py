from pathlib import Path

from rag.config import Settings
from rag.engine import Engine
from rag.schema import Notice, Question


def test_every_article_that_mentions_a_name_is_listed_once_newest_first(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text("date 2021-03-02 The dam at Lake Varna will close in May, engineers said on Monday.\n")
    (news / "b.txt").write_text(
        "date 2022-07-09 Fishing on Lake Varna was banned after the spill, officials reported.\n"
    )
    (news / "c.txt").write_text(
        "date 2022-01-01 A copper mine opened in the northern hills of the province this year.\n"
    )
    with Engine.open(Settings(index=tmp_path / "index")) as engine:
        engine.index([news])
        answer = engine.ask(Question(text="Which articles mention Lake Varna?"))
        short = engine.ask(Question(text="Which articles mention Lake Varna?", max_statements=1))
        absent = engine.ask(Question(text="Which articles mention Lake Tahoe?"))
        counted = engine.ask(Question(text="How many articles mention Lake Varna?"))
    assert [citation.path for citation in answer.citations] == ["b.txt", "a.txt"]
    assert short.notices == (Notice("more_articles", "2 articles mention Lake Varna; 1 are cited"),)
    assert (absent.status, absent.reason) == ("abstained", "subject_not_found")
    assert counted.text == "2 articles mention Lake Varna. [1][2]"
    assert [citation.path for citation in counted.citations] == ["b.txt", "a.txt"]
