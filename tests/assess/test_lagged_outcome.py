"""A predictor that is the outcome of the row before is remarked on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare import compare
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.lagged_outcome import lagged_outcome_sentence

TRUTH = 0.5


def panel(seed: int) -> pd.DataFrame:
    """100 firms over 7 years, whose sales depend on last year's by 0.5, on a level of their own, and on prices by -1."""
    rng = np.random.default_rng(seed)
    level, price = rng.normal(size=100), rng.normal(size=(40, 100))
    sales = np.zeros((40, 100))
    for t in range(1, 40):
        sales[t] = TRUTH * sales[t - 1] + level - price[t] + rng.normal(size=100)
    firm, year = (a.ravel() for a in np.meshgrid(np.arange(100), np.arange(33, 40), indexing="ij"))
    frame = pd.DataFrame({"firm": firm, "year": year, "sales": sales[year, firm], "price": price[year, firm]})
    return frame.assign(
        last=frame.groupby("firm")["sales"].shift(), next_price=frame.groupby("firm")["price"].shift(-1)
    )


def test_the_outcome_s_own_past_is_told_from_other_predictors() -> None:
    frame = panel(0)
    for rows in (frame, frame[::-1], frame.drop(index=[5, 60, 411])):
        assert lagged_outcome_sentence(compare("sales ~ last + price + (1 | firm)", rows)).startswith(
            "last is sales of the same firm’s row"
        )
    assert any("Nickell" in r.sentence for r in remarks(compare("sales ~ last + price + (1 | firm)", frame)))
    assert lagged_outcome_sentence(compare("sales ~ price + next_price + (1 | firm)", frame)) == ""
    mixed_up = frame.assign(last=frame["last"].sample(frac=1, random_state=1).to_numpy())
    assert lagged_outcome_sentence(compare("sales ~ last + price + (1 | firm)", mixed_up)) == ""


def test_the_models_err_as_the_remark_says() -> None:
    """Over 20 panels the mean error is far beyond chance: its standard error is under 0.01."""
    fits = [compare("sales ~ last + price + (1 | firm)", panel(seed)) for seed in range(1, 21)]
    ols, mixed, dummies = (
        float(np.mean([getattr(fit, of).params["last"] for fit in fits]))
        for of in ("ols", "random_intercept", "no_pooling")
    )
    assert dummies < TRUTH - 0.05 and ols > TRUTH + 0.05
    assert TRUTH + 0.05 < mixed < ols
