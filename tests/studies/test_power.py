"""How many groups for a power, against exact power functions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from lmmcompare.errors import SettingsError
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import groups_for_power, power, search_groups
from lmmcompare.studies.power import default_model
from lmmcompare.studies.probit import PowerLine, Rejections
from lmmcompare.studies.replication import Replication
from lmmcompare.studies.study import as_settings


def power_of_a_mean(groups: int, size: int, mean: float, tau: float, sigma: float) -> float:
    """The t test of balanced groups' mean: noncentral t with J - 1 degrees of freedom."""
    df, shift = groups - 1, mean / np.sqrt(tau**2 / groups + sigma**2 / (groups * size))
    reach = stats.t.ppf(0.975, df)
    return stats.nct.sf(reach, df, shift) + stats.nct.cdf(-reach, df, shift)


@pytest.mark.parametrize("start", [3, 40, 300])
def test_groups_for_a_mean(start: int) -> None:
    """From wherever the search begins; hardly a fit is singular here, so the exact power is that of the t test."""
    settings = Settings(start, 5, predictor="none", intercept=0.5, tau0=1.0, sigma=1.0)
    exact = next(j for j in range(2, 200) if power_of_a_mean(j, 5, 0.5, 1, 1) >= 0.8)
    found = groups_for_power(settings)
    assert found.finished and abs(found.groups - exact) <= 2 and found.lower < exact < found.upper + 1
    # power is a curve, of which the answer stands on a straight piece: within 1% of it beside the Monte Carlo error
    assert abs(found.power - power_of_a_mean(found.groups, 5, 0.5, 1, 1)) < 3 * found.power_mcse + 0.01
    assert found.words.startswith(f"{found.groups} groups give a power of 80% (95% Monte Carlo interval: ")
    assert (found.model, found.term) == ("random_intercept", "Intercept")


def test_it_says_how_often_the_intervals_hold_the_truth() -> None:
    """Those of a right test in 95%; those of OLS's mean by a t distribution that is too narrow, by the expected mean squares."""
    right, ols = (
        groups_for_power(Settings(12, 6, predictor="none", intercept=1.0, tau0=1.2, sigma=0.9), model=m)
        for m in ("random_intercept", "ols")
    )
    share, error = right.coverage
    assert abs(share - 0.95) < 4 * error
    share, error = ols.coverage
    near = min(reversed(ols.tried), key=lambda t: abs(t.groups - ols.groups)).groups
    between, within, random = 0.81 + 6 * 1.44, 0.81, np.random.default_rng(1)  # expected mean squares
    squares = between * random.chisquare(near - 1, 200_000) + within * random.chisquare(near * 5, 200_000)
    t2 = between * random.chisquare(1, 200_000) / (squares / (6 * near - 1))
    assert abs(share - (t2 <= stats.t.ppf(0.975, 6 * near - 1) ** 2).mean()) < 4 * error + 0.005


@pytest.mark.parametrize("power", [0.8, 0.99])
def test_where_every_test_finds_the_effect_the_fewest_groups_are_enough(power: float) -> None:
    """All of a thousand tests reject; the search broke on infinity."""
    found = groups_for_power(Settings(20, 10, slope=20.0), power, model="within_between", replicates=1_000)
    assert found.finished and found.groups == found.fewest and found.words.endswith("have a power of over 99% already.")


def test_it_streams() -> None:
    projected = list(search_groups({"size": 10, "slope": 0.3}, 0.9, Replication(500)))
    assert [a.finished for a in projected] == [False] * (len(projected) - 1) + [True]
    sizes = [len(a.tried) for a in projected]
    assert sizes == sorted(sizes) and len(projected[0].tried) == 1
    table = projected[-1].table()
    assert table.columns.tolist() == ["groups", "replicates", "power", "power_mcse"] and len(table) == sizes[-1]
    assert projected[-1].upper - projected[-1].lower < projected[0].upper - projected[0].lower


def test_models_and_terms_can_be_chosen() -> None:
    clash = groups_for_power("clash", replicates=300)
    assert (clash.model, clash.term) == ("within_between", "x")
    contextual = groups_for_power("clash", model="within_between", term="x_mean", replicates=300)
    assert contextual.groups != clash.groups
    assert groups_for_power("slopes", replicates=200).model == "random_slope"


def test_a_test_of_its_own_is_chosen_for_the_data_among_the_models_offered() -> None:
    clash, slopes = as_settings("clash"), as_settings("slopes")
    assert default_model(clash) == default_model(replace(clash, tau1=0.5)) == "within_between"
    assert default_model(replace(clash, tau1=0.5), ["ols", "random_slope"]) == "random_slope"
    assert default_model(slopes) == "random_slope"
    assert default_model(slopes, ["ols", "no_pooling"]) == "no_pooling"
    assert default_model(slopes, ["cs"]) == "cs"


def test_few_groups_may_be_enough_already() -> None:
    found = groups_for_power({"size": 20, "slope": 5.0}, replicates=200)
    assert found.groups == found.fewest == 2 and found.words.startswith(
        "2 groups, the fewest that can be simulated, have"
    )


REFUSED = [
    ({"slope": 0}, {}, "true value of “x” is 0"),
    ({"slope": 0.5}, {"power": 1.0}, "power of 1.0 cannot be looked for"),
    ({"slope": 0.5}, {"term": "z"}, "no coefficient “z”"),
    ({"slope": 0.5}, {"model": "x"}, "no model “x”"),
    ({"slope": 0.5, "size": [3, 3, 3]}, {}, "number of groups is fixed"),
]


@pytest.mark.parametrize(("settings", "options", "message"), REFUSED)
def test_questions_without_an_answer(settings: dict, options: dict, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        groups_for_power(settings, replicates=100, **options)


def test_too_small_an_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "MAX_ROWS", 3_000)
    with pytest.raises(SettingsError, match="Even 300 groups, the most that can be simulated, have a power of"):
        groups_for_power({"slope": 0.01, "size": 10}, replicates=100)


def test_the_probit_line_is_found_with_its_error() -> None:
    """Simulated from the model itself, a thousand times: the intervals cover, and the stated errors are the spread."""
    random, true = np.random.default_rng(1), np.array([-1.5, 0.45])
    groups, used = [20, 24, 28], 2_000
    exact = ((stats.norm.ppf(0.8) - true[0]) / true[1]) ** 2
    power = stats.norm.cdf(true[0] + true[1] * np.sqrt(groups))
    lines = [
        PowerLine.of(
            [Rejections(g, int(random.binomial(used, p)), used) for g, p in zip(groups, power, strict=True)], 0.05
        )
        for _ in range(1_000)
    ]
    spread = np.std([line.coefficients for line in lines], axis=0)
    stated = np.sqrt(np.mean([np.diag(line.vcov) for line in lines], axis=0))
    np.testing.assert_allclose(stated, spread, rtol=0.1)  # 1,000 runs know a spread to 2%
    covered = np.mean([low < exact < high for _, low, high in (line.groups(0.8) for line in lines)])
    assert abs(covered - 0.95) < 0.03
    # one number of groups: the intercept of a z test, and the power that was seen
    one = PowerLine.of([Rejections(25, 500, 1000)], 0.05)
    assert one.power(25)[0] == pytest.approx(0.5) and one.power(0)[0] == pytest.approx(0.025)
    assert one.power(25)[1] == pytest.approx(np.sqrt(0.25 / 1000), rel=1e-3)


def test_power_that_does_not_grow_says_nothing() -> None:
    assert PowerLine.of([Rejections(10, 60, 100), Rejections(20, 30, 100)], 0.05).groups(0.8) == (np.inf, 0.0, np.inf)
    assert max(PowerLine.of([Rejections(4, 100, 100), Rejections(5, 99, 99)], 0.05).groups(0.8)) < 4
