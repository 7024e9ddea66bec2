"""How likely a line is to be article body: a logistic model over `features`, its weights in a readable file.

`eval/train_cleaner.py` writes the file and says how well it does on sites it has not seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from rag.cleaning.features import NAMES


@dataclass(frozen=True, slots=True)
class LineModel:
    """Weights in the order of `features.NAMES`, and the probability from which a line is kept."""

    weights: NDArray[np.float64]
    threshold: float

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each row of features the probability that the line is article body."""
        # Not `@`: for a table this small, the threads of BLAS cost more than they save.
        sums = np.einsum("rf,f->r", table, self.weights)
        result: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(sums, -30, 30)))
        return result


@cache
def line_model() -> LineModel:
    """Read the weights that come with the package, once."""
    stored = json.loads(resources.files("rag.cleaning").joinpath("weights.json").read_text(encoding="utf-8"))
    weights: dict[str, float] = stored["weights"]
    if unknown := weights.keys() - set(NAMES):
        raise ValueError(f"weights.json names features that do not exist: {sorted(unknown)}; train the cleaner again")
    return LineModel(np.array([weights.get(name, 0.0) for name in NAMES]), float(stored["threshold"]))
