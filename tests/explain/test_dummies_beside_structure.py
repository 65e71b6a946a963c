"""With serially correlated residuals and a predictor of both levels: what is said of group dummies beside the other models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.assess.prediction_grid import predict_known_and_new
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.dial import dial
from lmmcompare.explain.prediction import known_or_new_sentence
from lmmcompare.models.prediction import predict_interval
from lmmcompare.panels import dial as panels
from tests.panels.panels_data import text


@pytest.fixture(scope="module")
def both() -> tuple[Comparison, Comparison, pd.DataFrame]:
    """The same rows without and with ar1; of x the slope is 0.5 within groups and 1.3 between them."""
    rng = np.random.default_rng(3)
    groups, n, rho = 30, 8, 0.7
    g, t = np.repeat(np.arange(groups), n), np.tile(np.arange(n), groups)
    mean = rng.normal(size=groups)[g]
    x, e = mean + rng.normal(size=groups * n), rng.normal(size=(groups, n))
    for k in range(1, n):
        e[:, k] = rho * e[:, k - 1] + np.sqrt(1 - rho**2) * e[:, k]
    frame = pd.DataFrame({"y": 0.5 * x + 0.8 * mean + e.ravel(), "x": x, "t": t, "g": g})
    plain = lc.compare("y ~ x + (1 | g)", frame)
    return plain, lc.compare("y ~ x + (1 | g)", frame, correlation="ar1(t | g)"), frame


def test_dummies_are_not_said_to_predict_as_well_where_rows_lean_on_their_neighbours(both) -> None:
    """By dense algebra: the group's other rows move a new row's expectation off the line, by V_0 V^-1 (y - Xb)."""
    plain, structured, frame = both
    row = {"x": 0.0, "g": 0, "t": 8}
    said = [known_or_new_sentence(c, predict_known_and_new(c, row), "random_intercept") for c in (plain, structured)]
    assert "either will do" in said[0] and "independent" not in said[0]
    assert "either will do" not in said[1] and "Both take residuals to be independent" in said[1]
    fit = structured.structured
    rho, s2 = float(fit.residual_correlation), float(fit.residual_sd.iloc[0]) ** 2
    between = float(fit.cov_re["g"].iloc[0, 0])
    own = frame[frame["g"] == 0]
    times = np.append(own["t"], 8)
    v = between + s2 * rho ** np.abs(np.subtract.outer(times, times))
    left = own["y"] - fit.params["Intercept"] - fit.params["x"] * own["x"]
    expected = fit.params["Intercept"] + v[-1, :-1] @ np.linalg.solve(v[:-1, :-1], left)
    new = pd.DataFrame([row])
    found = predict_interval(fit, new, "group", "prediction")["estimate"].iloc[0]
    line = predict_interval(fit, new, "group", "confidence")["estimate"].iloc[0]
    assert found == pytest.approx(expected, rel=1e-6) and abs(found - line) > 0.1


def test_within_between_is_said_to_leave_the_structure_out(both) -> None:
    plain, structured, _ = both
    reasons = [" ".join(a.reason for a in which_to_report(c, "x")) for c in (plain, structured)]
    assert "Within–between takes residuals to be independent" not in reasons[0]
    assert "Within–between takes residuals to be independent" in reasons[1]
    assert "unless they name another" in reasons[1]


def test_the_dial_says_what_it_takes_residuals_for(both) -> None:
    plain, structured, frame = both
    said = [text(panels.dial(c, make_picture(c, frame, "x"), "x", dial(c, "x"))) for c in (plain, structured)]
    assert "is not on it" not in said[0] and "the model with structured residuals is not on it" in said[1]
