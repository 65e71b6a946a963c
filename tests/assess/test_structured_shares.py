"""R2, correlations and effective rows by a model with structured residuals, against its covariance built whole, row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.assess.structured_shares import structured_sentence, structured_shares
from lmmcompare.assess.variance_explained import shares
from lmmcompare.comparison.comparison import Comparison
from tests.helpers import table

SLEEP = "Reaction ~ Days + (1 | Subject)"
TEETH = "distance ~ age * Sex + (1 | Subject)"
STRUCTURES = [
    ("sleepstudy", SLEEP, {"correlation": "ar1(Days | Subject)"}),
    ("sleepstudy", "Reaction ~ Days + (Days | Subject)", {"correlation": "ar1(Days | Subject)"}),
    ("sleepstudy_unbalanced", SLEEP, {"correlation": "car1(Days | Subject)"}),
    ("sleepstudy", SLEEP, {"correlation": "us(Days | Subject)"}),
    ("orthodont_structures", TEETH, {"variance": "Sex"}),
    ("orthodont_structures", TEETH, {"variance": "Sex", "correlation": "ar1(visit | Subject)"}),
    ("litters", "gain ~ milk + (1 | litter)", {"correlation": "cs(1 | litter)"}),
    ("litters", "gain ~ 1 + (1 | litter)", {"correlation": "cs(1 | litter)"}),
]


def covariance(comparison: Comparison, frame: pd.DataFrame) -> np.ndarray:
    """V from what the fit reports: SDs, the correlation or its matrix, and the random coefficients' covariance."""
    fit = comparison.structured
    group = frame[comparison.group].to_numpy()
    same, rho = group[:, None] == group, fit.residual_correlation
    sd = np.full(len(frame), fit.residual_sd.iloc[0])
    if fit.variance:
        sd = fit.residual_sd[frame[fit.variance]].to_numpy()
    order = fit.correlation.order if fit.correlation else None
    place = frame[order].to_numpy(float) if order else np.zeros(len(frame))
    if isinstance(rho, pd.DataFrame):
        sd, matrix = fit.residual_sd[frame[order]].to_numpy(), rho.loc[frame[order], frame[order]].to_numpy()
    elif order:
        matrix = rho ** np.abs(place[:, None] - place)
    else:
        matrix = np.where(np.eye(len(frame)) == 1, 1.0, rho)
    v = np.where(same, matrix, 0.0) * np.outer(sd, sd)
    for between in fit.cov_re.values():
        z = np.column_stack([np.ones(len(frame)) if c == "Intercept" else frame[c] for c in between.columns])
        v += same * (z @ between.to_numpy() @ z.T)
    return v


@pytest.mark.parametrize(("data", "formula", "structure"), STRUCTURES)
def test_all_is_of_the_covariance_of_the_rows(data: str, formula: str, structure: dict[str, str]) -> None:
    frame = table(data)
    comparison = lc.compare(formula, frame, **structure)
    fit, found = comparison.structured, structured_shares(comparison)
    v = covariance(comparison, frame)
    x = np.column_stack(
        [
            np.ones(len(frame)) if n == "Intercept" else fit.design.columns[k][:]
            for n, k in zip(fit.names, fit.columns, strict=True)
        ]
    )
    information = x.T @ np.linalg.solve(v, x)
    left, fixed = np.diag(v).mean(), np.var(x @ fit.params.to_numpy(), ddof=1)
    assert found.r2_marginal == pytest.approx(fixed / (fixed + left), abs=1e-9)
    along = np.vstack([x.mean(axis=0), np.eye(len(fit.names))])
    own, plain = (np.diag(along @ np.linalg.inv(m) @ along.T) for m in (information, x.T @ x / left))
    np.testing.assert_allclose(found.effects["design_effect"], own / plain, rtol=1e-6)
    np.testing.assert_allclose(found.effects["effective_n"], len(frame) * plain / own, rtol=1e-6)

    codes = frame[comparison.group].to_numpy()
    first, second = np.nonzero(np.triu(codes[:, None] == codes, 1))
    correlation = (v / np.sqrt(np.outer(np.diag(v), np.diag(v))))[first, second]
    place = frame[fit.correlation.order].to_numpy(float) if found.pairs["apart"].notna().any() else np.zeros(len(frame))
    apart = np.abs(place[first] - place[second])
    for d, pairs in found.pairs.fillna({"apart": 0.0}).groupby("apart"):
        assert pairs["correlation"].min() == pytest.approx(correlation[apart == d].min(), abs=1e-9)
        assert pairs["correlation"].max() == pytest.approx(correlation[apart == d].max(), abs=1e-9)


def said(place: int) -> str:
    data, formula, structure = STRUCTURES[place]
    comparison = lc.compare(formula, table(data), **structure)
    return structured_sentence(comparison, structured_shares(comparison))


def test_one_correlation_is_called_the_intraclass_correlation() -> None:
    assert "correlates by −0.30, whichever two they are (the intraclass correlation)." in said(6)
    assert said(7).startswith("By the model with structured residuals two rows of a litter correlate by")


def test_serial_correlation_has_one_for_each_distance() -> None:
    """nlme: intercepts' SD 31.71, corAR1 0.6531 and residual SD 37.64 give 0.7972, 0.6647 and 0.4278."""
    assert "correlates by 0.80 where they are 1 apart in Days, 0.66 where they are 2 apart" in said(0)


def test_distances_that_differ_by_rounding_are_one() -> None:
    """In tenths of a day 0.3 - 0.2 is not 0.2 - 0.1, and the sentence said 0.1 twice."""
    frame = table("sleepstudy_unbalanced")
    tenths = lc.compare(SLEEP, frame.assign(Days=frame["Days"] / 10), correlation="car1(Days | Subject)")
    days = lc.compare(SLEEP, frame, correlation="car1(Days | Subject)")
    found, known = (
        structured_shares(comparison).pairs.groupby("apart")["correlation"] for comparison in (tenths, days)
    )
    assert [d for d, _ in found] == pytest.approx([d / 10 for d, _ in known], abs=1e-12)
    assert found.min().to_numpy() == pytest.approx(known.min().to_numpy(), abs=1e-5)  # two searches for one optimum


def test_without_predictors_that_is_said_of_no_model() -> None:
    comparison = lc.compare("gain ~ 1 + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    said = shares(comparison.mixed).sentence("By this model, ")
    assert said.startswith("There are no predictors. By this model, of the variance, ")


def test_unequal_variances_have_one_for_each_level() -> None:
    """nlme, varIdent: SDs 0.7813 and 1.6698 beside the intercepts' 1.8476 give 0.8483 and 0.5504."""
    assert "0.85 where Sex is Female and 0.55 where Sex is Male: there is an intraclass correlation for each." in said(
        4
    )


@pytest.mark.parametrize(("place", "known"), [(0, 0.272839), (4, 0.405539)])
def test_marginal_r2_is_that_of_nlmes_fit(place: int, known: float) -> None:
    """var(fitted(m, level = 0)) over itself, the intercepts' variance and the rows' mean residual variance, by lme."""
    data, formula, structure = STRUCTURES[place]
    found = structured_shares(lc.compare(formula, table(data), **structure))
    assert found.r2_marginal == pytest.approx(known, abs=1e-5)  # lme stops at about 1e-5 of its parameters
