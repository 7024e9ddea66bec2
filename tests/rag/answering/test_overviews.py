import pytest

from rag.config import Settings
from rag.engine import Engine
from rag.schema import Question

NEWS = {
    "bridge-1.txt": (
        "Council closes the Orle bridge\n\n2025-03-04\n\nThe council of Orle closed the old bridge on Tuesday. "
        "Mayor Ada Finn said that its piers were cracked. Lorries will use the road through Nym. "
        "Shops on the quay fear for their trade. Nobody was asked.\n"
    ),
    "bridge-2.txt": (
        "Orle bridge to cost more\n\n2025-06-20\n\nRepairing the Orle bridge will cost 26 million crowns. "
        "Work begins on September 1, 2025. The council met for nine hours.\n"
    ),
    "fair.txt": "Fair opens in Nym\n\n2025-05-02\n\nThe fair in Nym opened on Friday. It rained.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("overviews")
    (folder / "news").mkdir()
    for name, text in NEWS.items():
        (folder / "news" / name).write_text(text, encoding="utf-8")
    opened = Engine.open(Settings(index=folder / "index", workers=1))
    opened.index([folder / "news"])
    return opened


def told(engine: Engine, question: str) -> list[tuple[str, str]]:
    answer = engine.ask(Question(text=question))
    paths = {citation.number: citation.path for citation in answer.citations}
    return [(paths[statement.citations[0]], statement.text) for statement in answer.statements]


COST = ("bridge-2.txt", "Repairing the Orle bridge will cost 26 million crowns.")
CLOSED = ("bridge-1.txt", "The council of Orle closed the old bridge on Tuesday.")
FAIR = ("fair.txt", "The fair in Nym opened on Friday.")


@pytest.mark.parametrize("question", ["Summarise bridge-1.txt", "Can you give me a summary of bridge-1.txt, please?"])
def test_a_summary_of_a_file_is_its_lead(engine: Engine, question: str) -> None:
    found = told(engine, question)
    assert found[0] == CLOSED
    assert [path for path, _ in found] == ["bridge-1.txt"] * 4


def test_a_summary_of_all_begins_with_the_newest_article(engine: Engine) -> None:
    assert told(engine, "What are the articles about?") == [COST, FAIR, CLOSED]
    assert told(engine, "What's new?") == [COST, FAIR, CLOSED]


def test_the_latest_on_something_keeps_to_the_articles_about_it(engine: Engine) -> None:
    assert told(engine, "What is the latest news about the Orle bridge?") == [COST, CLOSED]


def test_a_timeline_is_in_the_order_of_the_days(engine: Engine) -> None:
    work = ("bridge-2.txt", "Work begins on September 1, 2025.")
    assert told(engine, "Give me a timeline of the Orle bridge.") == [CLOSED, COST, work]
