from __future__ import annotations

import json
from importlib import resources

import numpy as np

from rag.cleaning.features import NAMES, features
from rag.cleaning.lines import split_lines
from rag.cleaning.model import LineModel, line_model


def test_the_stored_weights_are_of_the_features_there_are() -> None:
    stored = json.loads(resources.files("rag.cleaning").joinpath("weights.json").read_text(encoding="utf-8"))

    assert set(stored["weights"]) == set(NAMES)
    assert 0 < stored["threshold"] < 1
    assert stored["held_out_by_site"]["raw_light F1"] >= 0.94


def test_probability_is_the_logistic_function_of_the_weighted_sum() -> None:
    model = LineModel(np.array([1.0, -2.0]), 0.3)

    assert model.probabilities(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])).round(3).tolist() == [0.5, 0.881, 0.119]


def test_prose_is_likelier_than_a_menu() -> None:
    raw = "Home\nWorld\nThe council raised the fares of the ferry on Monday, and the mayor said it was hard.\nSport"

    likely = line_model().probabilities(features(split_lines(raw), ()))

    assert likely.argmax() == 2


def test_no_lines_have_no_features() -> None:
    assert features([], ()).shape == (0, len(NAMES))


def test_neighbours_are_seen_from_each_line() -> None:
    table = features(split_lines("Share\nA sentence that has quite enough words to be full.\nShare"), ())

    at = {name: column for column, name in enumerate(NAMES)}
    assert table[:, at["furniture"]].tolist() == [1, 0, 1]
    assert table[:, at["furniture-1"]].tolist() == [0, 1, 0]
    assert table[:, at["furniture+1"]].tolist() == [0, 1, 0]
    assert table[:, at["furniture+2"]].tolist() == [1, 0, 0]
    assert table[:, at["full+1"]].tolist() == [1, 0, 0]
