"""Predictions where residuals are correlated or unequal, against V written out whole and against the model that is the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples, gls, lmer
from lmmcompare.errors import DataError, OptionError
from lmmcompare.inference import residual_prediction
from lmmcompare.models.gls import GLSResult
from lmmcompare.models.prediction import predict_interval, variances_carried
from tests.models.test_prediction import of_known_variances


def make_frame(seed: int = 3) -> pd.DataFrame:
    """Visits with gaps, some of them missing, in groups that lie apart; two devices."""
    random = np.random.default_rng(seed)
    rows = []
    for g in range(14):
        own, slope, left = random.normal(0, 2), random.normal(0, 0.3), random.normal()
        for t in (0, 1, 2, 4, 7):
            left = 0.7 * left + 0.7 * random.normal()
            x, device = random.normal(), random.choice(["a", "b"])
            y = 5 + 0.5 * x + (0.4 + slope) * t + own + left * (1 + (device == "b")) + 0.3 * g / 14
            rows.append((f"g{g}", t, x, device, float(g % 3), y))
    frame = pd.DataFrame(rows, columns=["g", "t", "x", "device", "w", "y"])
    return frame.drop(index=[3, 21, 22, 40]).reset_index(drop=True).sample(frac=1, random_state=1)


def new_rows() -> pd.DataFrame:
    at = [("g0", 3), ("g0", 9), ("g4", 7), ("g8", 8), ("g4", 5), ("unseen", 3)]
    return pd.DataFrame(
        {
            "g": [g for g, _ in at],
            "t": [t for _, t in at],
            "x": [0.3, -1.0, 2.0, 0.0, 1.0, 0.5],
            "device": ["a", "b", "b", "a", "b", "b"],
            "w": 1.0,
        }
    )


def residuals_of(fit: GLSResult, one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    """Covariances of residuals, from what the fit says to its user."""
    same = one["g"].to_numpy()[:, None] == other["g"].to_numpy()
    correlation = fit.residual_correlation
    if isinstance(correlation, pd.DataFrame):
        sd = fit.residual_sd
        v = correlation.to_numpy() * np.outer(sd, sd)
        at = [[list(fit.residuals.visits).index(t) for t in frame["t"]] for frame in (one, other)]
        return np.where(same, v[np.ix_(*at)], 0.0)
    sds = [
        frame[fit.variance].map(fit.residual_sd).to_numpy() if fit.variance else np.full(len(frame), fit.sigma)
        for frame in (one, other)
    ]
    gap = np.abs(one["t"].to_numpy(float)[:, None] - other["t"].to_numpy(float))
    kind = None if fit.correlation is None else fit.correlation.kind
    if kind in ("ar1", "car1"):
        alike = correlation**gap
    else:  # a new row is another row, whatever its time
        alike = np.full(gap.shape, correlation if kind == "cs" else 0.0)
        if one is other:
            np.fill_diagonal(alike, 1.0)
    return np.where(same, alike * np.outer(*sds), 0.0)


def dense(fit: GLSResult, old: pd.DataFrame, new: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Best linear unbiased predictions and mean squared errors of lines and rows."""

    def x_of(frame: pd.DataFrame) -> np.ndarray:
        return np.column_stack([np.ones(len(frame)) if n == "Intercept" else frame[n] for n in fit.names])

    def random_of(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
        if not fit.cov_re:
            return np.zeros((len(one), len(other)))
        psi = fit.cov_re["g"]
        z = [
            np.column_stack([np.ones(len(f)) if n == "Intercept" else f[n] for n in psi.columns]) for f in (one, other)
        ]
        same = one["g"].to_numpy()[:, None] == other["g"].to_numpy()
        return np.where(same, z[0] @ psi.to_numpy() @ z[1].T, 0.0)

    x, x_new, y = x_of(old), x_of(new), old["y"].to_numpy()
    v = random_of(old, old) + residuals_of(fit, old, old)
    inverse = np.linalg.inv(v)
    spread = np.linalg.inv(x.T @ inverse @ x)
    beta = spread @ x.T @ inverse @ y
    result = {}
    for kind in ("confidence", "prediction"):
        c = random_of(old, new) + (residuals_of(fit, old, new) if kind == "prediction" else 0.0)
        own = np.diag(random_of(new, new)) + (np.diag(residuals_of(fit, new, new)) if kind == "prediction" else 0.0)
        d = x_new.T - x.T @ inverse @ c
        error = own - np.einsum("nm,nk,km->m", c, inverse, c) + np.einsum("am,ab,bm->m", d, spread, d)
        result[kind] = (x_new @ beta + c.T @ inverse @ (y - x @ beta), error)
    return result


FITS = {
    "ar1": lambda f: gls("y ~ x + t", f, "ar1(t | g)"),
    "car1, by device": lambda f: gls("y ~ x + t", f, "car1(t | g)", "device"),
    "cs": lambda f: gls("y ~ x + t", f, "cs(1 | g)"),
    "cs by device": lambda f: gls("y ~ x + t", f, "cs(1 | g)", "device"),
    "variances alone": lambda f: gls("y ~ x + t", f, variance="device"),
    "intercept and ar1": lambda f: lmer("y ~ x + t + (1 | g)", f, correlation="ar1(t | g)"),
    "slopes, ar1 and variances": lambda f: lmer(
        "y ~ x + t + (1 + x | g)", f, correlation="ar1(t | g)", variance="device"
    ),
    "intercept and variances": lambda f: lmer("y ~ x + t + (1 | g)", f, variance="device"),
}


@pytest.mark.filterwarnings("ignore::lmmcompare.errors.UnknownLevelWarning")
@pytest.mark.parametrize("name", FITS)
def test_lines_and_rows_are_those_of_the_covariance_matrix_written_out(name: str) -> None:
    old, new = make_frame(), new_rows()
    fit = FITS[name](old)
    expected = dense(fit, old, new)
    for kind, (estimate, error) in expected.items():
        found = predict_interval(fit, new, "group", kind)  # type: ignore[arg-type]
        np.testing.assert_allclose(found["estimate"], estimate, rtol=1e-8)
        np.testing.assert_allclose(found["se"], np.sqrt(np.maximum(error, 0.0)), rtol=1e-6, atol=2e-6)
    strange = new.assign(g="unseen")
    new_group = predict_interval(fit, new, "new group", "prediction")
    np.testing.assert_allclose(new_group["se"] ** 2, dense(fit, old, strange)["prediction"][1], rtol=1e-8)
    population = predict_interval(fit, new, "population", "confidence")
    np.testing.assert_allclose(population["estimate"], dense(fit, old, strange)["confidence"][0], rtol=1e-8)


def test_a_covariance_by_visit() -> None:
    old = make_frame()
    fit = gls("y ~ x + w", old, "us(t | g)")
    new = new_rows().iloc[[2]].assign(t=4, g=["g0"])  # g0 was not seen at 4
    assert not ((old["g"] == "g0") & (old["t"] == 4)).any()
    estimate, error = dense(fit, old, new)["prediction"]
    found = predict_interval(fit, new, "group", "prediction")
    np.testing.assert_allclose(found["estimate"], estimate, rtol=1e-7)
    np.testing.assert_allclose(found["se"] ** 2, error, rtol=1e-6)
    with pytest.raises(DataError, match="3"):
        predict_interval(fit, new.assign(t=3), "group", "prediction")


def test_a_step_after_the_last_row_an_ar1_series_is_expected_nearer_to_its_line() -> None:
    """One step on, a share rho of the last residual is left; nlme's predict() keeps none of it."""
    frame = examples.load("sleepstudy")
    fit = gls("Reaction ~ Days", frame, "ar1(Days | Subject)")
    last = frame[(frame["Subject"].astype(str) == "308") & (frame["Days"] == 9)]
    left = float(last["Reaction"].iloc[0] - fit.predict(last).iloc[0])
    for step in (1, 3):
        new = pd.DataFrame({"Subject": ["308"], "Days": [9 + step]})
        row, line = (predict_interval(fit, new, "group", kind).iloc[0] for kind in ("prediction", "confidence"))
        rho = fit.residual_correlation
        np.testing.assert_allclose(row["estimate"] - line["estimate"], rho**step * left, rtol=1e-9)


@pytest.mark.parametrize("reml", [True, False])
def test_one_positive_correlation_is_a_random_intercept_degrees_of_freedom_too(reml: bool) -> None:
    old, new = make_frame(), new_rows().iloc[:5]
    marginal, mixed = gls("y ~ x + t", old, "cs(1 | g)", reml=reml), lmer("y ~ x + t + (1 | g)", old, reml)
    pd.testing.assert_frame_equal(
        predict_interval(marginal, new, "new group", "prediction"),
        predict_interval(mixed, new, "new group", "prediction"),
        rtol=2e-3,  # the derivatives of both are differences
    )
    known = predict_interval(marginal, new, "group", "prediction")  # as if the correlation were known
    np.testing.assert_allclose(known["se"] ** 2, of_known_variances(mixed, new) + mixed.scale, rtol=2e-3)


def test_a_mixed_model_beside_residuals_of_one_variance_is_that_mixed_model() -> None:
    """Two devices that are alike by construction: each row stands once under each of them."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 6), "x": random.normal(size=72)})
    frame["y"] = frame["x"] + random.normal(size=12)[frame["g"]] + random.normal(size=72)
    both = pd.concat([frame.assign(device=d) for d in "ab"], ignore_index=True)
    structured, plain = lmer("y ~ x + (1 | g)", both, variance="device"), lmer("y ~ x + (1 | g)", both)
    new = pd.DataFrame({"g": [3, 3, 7], "x": [0.0, 1.0, -1.0], "device": ["a", "b", "b"]})
    for kind in ("confidence", "prediction"):
        found, expected = (predict_interval(f, new, "group", kind) for f in (structured, plain))  # type: ignore[arg-type]
        np.testing.assert_allclose(found["estimate"], expected["estimate"], rtol=1e-5)
        known = of_known_variances(plain, new) + plain.scale * (kind == "prediction")
        np.testing.assert_allclose(found["se"] ** 2, known, rtol=1e-5)


def test_a_single_row_has_the_variance_of_its_own_device() -> None:
    old = make_frame()
    fit = lmer("y ~ x + t + (1 | g)", old, variance="device")
    new = new_rows().iloc[[0, 0]].assign(device=["a", "b"])
    line, row = (predict_interval(fit, new, "group", kind) for kind in ("confidence", "prediction"))
    np.testing.assert_allclose(
        (row["se"] ** 2 - line["se"] ** 2).to_numpy(), fit.residual_sd[["a", "b"]].to_numpy() ** 2, rtol=1e-8
    )
    with pytest.raises(DataError, match="device"):
        predict_interval(fit, new.drop(columns="device"))


def test_times_that_are_dates_count_from_the_first_one_fitted() -> None:
    old, new = make_frame(), new_rows().iloc[:3]
    fits = gls("y ~ x", old, "ar1(t | g)"), gls("y ~ x", _dated(old), "ar1(t | g)")
    found = [predict_interval(f, n, "group", "prediction") for f, n in zip(fits, (new, _dated(new)), strict=True)]
    pd.testing.assert_frame_equal(*found)


def test_offsets_and_incomplete_rows() -> None:
    old, new = make_frame(), new_rows().iloc[:4]
    plain = gls("y ~ x", old, "ar1(t | g)")
    shifted = gls("y ~ x + offset(w)", old.assign(y=old["y"] + old["w"]), "ar1(t | g)")
    found = [predict_interval(f, new, "group", "prediction") for f in (plain, shifted)]
    np.testing.assert_allclose(found[1]["estimate"], found[0]["estimate"] + new["w"], rtol=1e-8)
    gap = predict_interval(plain, new.assign(t=[3.0, np.nan, 7, 8]), "group", "prediction")
    assert gap["estimate"].isna().tolist() == [False, True, False, False]
    np.testing.assert_allclose(gap.iloc[2:], found[0].iloc[2:])
    with pytest.raises(OptionError):
        predict_interval(plain)


def test_what_is_said_of_the_intervals_differs_by_what_they_carry() -> None:
    fit = gls("y ~ x", make_frame(), "ar1(t | g)")
    assert "same for every g" in variances_carried(fit, "group")
    assert "other rows" in variances_carried(fit, "group", "prediction")
    assert "other rows" not in variances_carried(fit, "new group", "prediction")


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(t=pd.Timestamp("2024-03-01") + pd.to_timedelta(frame["t"], unit="D"))


@pytest.mark.filterwarnings("ignore::lmmcompare.errors.UnknownLevelWarning")
@pytest.mark.parametrize("name", ["car1, by device", "cs by device", "slopes, ar1 and variances"])
def test_new_rows_taken_a_few_at_a_time_are_those_taken_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of many groups, in no order: each still leans on its own group."""
    monkeypatch.setattr(residual_prediction, "MOST_PAIRS", 7)
    old, random = make_frame(), np.random.default_rng(9)
    fit, n = FITS[name](old), 40
    new = pd.DataFrame({"g": [f"g{k}" for k in random.integers(0, 16, n)], "t": random.permutation(n) % 11 + 8})
    new = new.assign(x=random.normal(size=n), device=random.choice(["a", "b"], n))
    estimate, error = dense(fit, old, new)["prediction"]
    found = predict_interval(fit, new, "group", "prediction")
    np.testing.assert_allclose(found["estimate"], estimate, rtol=1e-8)
    np.testing.assert_allclose(found["se"] ** 2, error, rtol=1e-7)
