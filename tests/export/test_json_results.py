from __future__ import annotations

import json

import numpy as np
import pytest

import lmmcompare
from lmmcompare.export.json_results import json_results
from lmmcompare.export.snapshot import Snapshot
from tests.sources import file_source

from .cases import EXAMPLES, KINDS, SIMULATED, Case, nasty, nasty_cases

CASES = [*EXAMPLES[:-1:3], SIMULATED[1], *nasty_cases()[::5]]


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_number_reads_back_as_the_same_double(case: Case) -> None:
    comparison = case.comparison
    found = json.loads(json_results(case.snapshot), parse_constant=refuse)
    assert found["version"] == 1 and found["model"]["formula"] == comparison.spec.formula
    for model, rows in comparison.coefficients().groupby("model"):
        theirs = found["models"][model]["coefficients"]
        assert [r["term"] for r in theirs] == list(rows["term"])
        for column in ("estimate", "se", "df", "t", "p", "lower", "upper"):
            np.testing.assert_array_equal(
                np.array([r[column] for r in theirs], dtype=float), rows[column].where(np.isfinite(rows[column]))
            )
    for key, fit in comparison.mixed_fits().items():
        one = found["models"][key]
        assert one["theta"] == fit.theta.tolist() and one["singular"] == fit.singular
        for factor, modes in fit.random_effects.items():
            np.testing.assert_array_equal(one["random_effects"][factor]["estimate"], modes.to_numpy())
            np.testing.assert_array_equal(one["random_effects"][factor]["se"], fit.random_effects_se[factor].to_numpy())
        assert sum(found["data"]["groups"][fit.group]["sizes"]) == fit.nobs
    assert set(found["explanation"]) == set(comparison.design.fixed_names) - {"Intercept"}


def test_the_inference_chosen_is_in_it_and_said() -> None:
    case = next(k for k in KINDS if k.kenward_roger and k.intervals == "profile" and k.term == "b")
    found = json.loads(json_results(case.snapshot))
    model = found["model"]
    assert model["coefficient"] == "b" and model["df"]["mixed"] == "Kenward-Roger"
    assert model["intervals"]["kind"] == "profile"
    assert set(model["intervals"]["models"]) == set(case.comparison.mixed_fits())
    row = next(r for r in found["models"]["random_slope"]["coefficients"] if r["term"] == "b")
    assert row["se"] == case.comparison.mixed.bse_kenward_roger["b"]
    assert (row["lower"], row["upper"]) == case.snapshot.inferred.limits["random_slope", "coefficient", "", "b"]


def test_adjusted_means_are_in_it() -> None:
    case = next(k for k in KINDS if k.formula == "y ~ a + arm + (1 | g)")
    found = json.loads(json_results(case.snapshot))["adjusted_means"]
    asked = case.snapshot.adjusted_means
    assert asked is not None and found["predictor"] == asked.question.predictor == "arm"
    assert found["means"] == asked.frame().to_dict("records")
    assert [row["contrast"] for row in found["differences"]] == ["Placebo - Active"] * len(asked.estimates)
    assert json.loads(json_results(EXAMPLES[3].snapshot))["adjusted_means"] is None  # no predictor


def test_what_is_not_a_number_is_null_and_where_rows_went_is_said() -> None:
    frame = nasty()
    comparison = lmmcompare.compare("`if` ~ `TRUE` + site + (1 | group)", frame)
    found = json.loads(json_results(Snapshot(comparison, file_source("a.csv", frame))))
    absorbed = {r["term"]: r["estimate"] for r in found["models"]["no_pooling"]["coefficients"]}
    assert absorbed["site[T.site1]"] is None and absorbed["TRUE"] == comparison.no_pooling.params["TRUE"]
    data = found["data"]
    assert (data["rows"], data["rows_used"], data["missing"]) == (
        240,
        comparison.design.n,
        {"TRUE": 240 - comparison.design.n},
    )
    assert data["levels"] == {"site": ["site0", "site1", "site2", "site3"]}


def test_simulated_data_carry_their_settings_and_examples_their_name() -> None:
    simulated, bundled = SIMULATED[0], EXAMPLES[0]
    found = json.loads(json_results(simulated.snapshot))
    assert found["data"]["settings"] == simulated.source.settings.to_dict()  # type: ignore[union-attr]
    assert json.loads(json_results(bundled.snapshot))["data"]["example"] == "cv161703"
