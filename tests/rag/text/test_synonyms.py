import pytest

from rag.text.synonyms import synonym_groups
from rag.text.words import stem


def groups(text: str) -> list[frozenset[int]]:
    return synonym_groups([stem(word) for word in text.split()])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("treaty", "pacts"),
        ("ships", "boat"),
        ("condemned", "denounce"),
        ("bought", "purchases"),
        ("railway", "train"),
        ("praised", "lauding"),
        ("spokeswoman", "spokesperson"),
    ],
)
def test_words_of_one_group_stand_for_one_another_in_any_form(one: str, other: str) -> None:
    (first,), (second,) = groups(one), groups(other)
    assert first & second


def test_words_of_different_groups_do_not() -> None:
    (first,), (second,) = groups("treaty"), groups("railway")
    assert first and second
    assert not first & second
    assert groups("zither") == [frozenset()]


def test_a_phrase_belongs_to_its_group_only_as_a_whole() -> None:
    the, foreign, minister, came = groups("the foreign minister came")
    assert foreign and foreign <= minister
    assert the == frozenset()
    assert not foreign & came
    assert foreign <= groups("secretary of state")[0]
    assert not groups("foreign trade")[0] & foreign


def test_a_text_has_one_set_for_each_stem() -> None:
    assert synonym_groups([]) == []
    assert len(groups("prime minister of the united nations")) == 6
