import pytest

from eval.bench.conflicts import _all_matched, _wordings
from rag.errors import ConfigError


@pytest.mark.parametrize(
    ("texts", "values", "matched"),
    [
        (["in 1902", "in 1885"], [["1885"], ["1902"]], True),
        (["1885 and 1902"], [["1885"], ["1902"]], False),
        (["1885 or 1902", "1902"], [["1902"], ["1885"]], True),
        (["July 21, 2017", "2007"], [["21 July 2017", "July 21 2017"], ["2007"]], True),
        (["1902"], [["1902"], ["1885"]], False),
    ],
)
def test_each_value_needs_a_text_of_its_own(texts: list[str], values: list[list[str]], matched: bool) -> None:
    assert _all_matched(texts, values) is matched


def test_answers_come_as_a_string_or_as_lists_of_forms() -> None:
    assert _wordings("Norway") == ["Norway"]
    assert _wordings([["July 21", "21 July"]]) == ["July 21", "21 July"]
    with pytest.raises(ConfigError, match="found 7"):
        _wordings(7)
