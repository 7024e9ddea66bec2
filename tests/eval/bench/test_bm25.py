from math import log

import pytest

from eval.bench.bm25 import BM25, best_first, overlap, plain_sentences, plain_words


def test_bm25_worked_by_hand() -> None:
    bm25 = BM25(["rain rain sun", "sun", "wind wind"], k1=1.2, b=0.75)
    # "sun" is in 2 of 3 texts; the mean length is 2.
    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert bm25.idf("sun") == pytest.approx(idf)
    first = idf * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3 / 2))
    second = idf * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / 2))
    assert bm25.scores("Sun, moon").tolist() == pytest.approx([first, second, 0])
    assert best_first(bm25.scores("sun"), 2) == [1, 0]


def test_equal_scores_keep_the_order_of_the_texts() -> None:
    assert best_first(BM25(["a", "b", "c"]).scores("none of them"), 3) == [0, 1, 2]


def test_overlap_is_the_share_of_idf() -> None:
    bm25 = BM25(["rain fell", "rain stopped", "snow"])
    words = plain_words("Rain? Snow!")
    assert overlap(words, "It was snow.", bm25) == pytest.approx(
        bm25.idf("snow") / (bm25.idf("snow") + bm25.idf("rain"))
    )
    assert overlap(words, "Snow and rain", bm25) == pytest.approx(1)
    assert overlap([], "Snow", bm25) == 0


def test_plain_sentences_end_at_stops_and_line_breaks() -> None:
    assert plain_sentences('He said "no." Then he left\n\nIt rained!  ') == [
        'He said "no.',
        "Then he left",
        "It rained!",
    ]
