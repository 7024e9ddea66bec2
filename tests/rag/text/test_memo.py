from rag.text.memo import Memo


def test_a_word_is_worked_out_once_until_too_many_are_known() -> None:
    asked: list[str] = []

    def shout(word: str) -> str:
        asked.append(word)
        return word.upper()

    memo = Memo(shout, size=2)
    assert [memo[word] for word in ("a", "b", "a", "c", "a")] == ["A", "B", "A", "C", "A"]
    assert asked == ["a", "b", "c", "a"]
    assert memo == {"c": "C", "a": "A"}
