"""Weights as code over a table: what the code gives is what the models are weighted by, whatever the columns are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.export.statsmodels_formula import StatsmodelsFormula

RANDOM = np.random.default_rng(3)
N = 60
FRAME = pd.DataFrame({
    "y": RANDOM.normal(size=N), "x": RANDOM.normal(size=N), "g": np.arange(N) % 6, "I": RANDOM.uniform(1, 9, N),
    "np": RANDOM.uniform(1, 9, N), "lambda": RANDOM.uniform(1, 9, N), "it's I(np.x)": RANDOM.uniform(1, 9, N),
    "frame": np.arange(N) % 3 + 1, "sex": np.array(["f", "m"])[np.arange(N) % 2],
})  # fmt: skip
WEIGHTS = [
    "`it's I(np.x)`", "1 / `it's I(np.x)`^2", "I(I)", "np * lambda", "1 / I(I + np)^2", "log(lambda + 1, 2)", "log(I + 1)", "sqrt(np) / 2",
    "pmin(I, np, 4)", "pmax(I, 3)", "ifelse(sex == 'f', 2, I)", "ifelse(I > 3 & frame != 2, 1, 2)", "1 + (frame %in% c(1, 3))",
    "np / mean(np)", "(I - min(I) + 1) / sd(lambda)", "scale(I, center = FALSE) + 1", "1 + abs(center(lambda))",
    "frame %/% 2 + frame %% 2 + 1",
    "exp(-I / 10)", "1 + !(I > 3)", "trunc(I) + floor(np) + ceiling(lambda)",
]  # fmt: skip


@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_code_gives_the_weights(weights: str) -> None:
    result = lmmcompare.compare("y ~ x + (1 | g)", FRAME, weights=weights)
    write = StatsmodelsFormula(result)
    assert not write.unknown()
    frame = FRAME.rename(columns=write.names)
    code = eval(write.weights(), {"np": np, "frame": frame})  # what the exported script does
    known = result.design.weights
    assert known is not None
    np.testing.assert_allclose(np.asarray(code, dtype=float), known.values, rtol=1e-12)


def test_functions_that_python_has_not_are_named() -> None:
    result = lmmcompare.compare("y ~ x + (1 | g)", FRAME, weights="as.numeric(factor(sex))")
    assert {"as.numeric", "factor"} & {*StatsmodelsFormula(result).unknown()}
