"""A treatment that begins at different times: recognised from the rows, with the weights of two-way dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.staggered_treatment import StaggeredTreatment, staggered_treatment
from lmmcompare.explain.advice import which_to_report


def panel(starts: list[int], periods: int = 8) -> pd.DataFrame:
    """A group for each start, treated from then on, with effects that grow."""
    rng = np.random.default_rng(6)
    group, period = (a.ravel() for a in np.meshgrid(np.arange(len(starts)), np.arange(periods), indexing="ij"))
    since = period - np.array(starts)[group]
    y = rng.normal(size=len(starts))[group] + 0.3 * period + np.where(since >= 0, 1 + since, 0)
    on = (since >= 0).astype(int)
    return pd.DataFrame(
        {"unit": group, "year": 2000 + period, "on": on, "z": rng.normal(size=len(y)), "y": y + rng.normal(size=len(y))}
    )


STARTS = [2, 2, 4, 4, 6, 99, 99, 0]


@pytest.mark.parametrize("formula", ["y ~ on + z + (1 | unit) + (1 | year)", "y ~ on + z + C(year) + (1 | unit)"])
def test_negative_weights_are_those_of_what_all_dummies_leave(formula: str) -> None:
    frame = panel(STARTS).drop(index=[3, 17, 40]).reset_index(drop=True)
    x = np.column_stack(
        [frame["z"], pd.get_dummies(frame["unit"]), pd.get_dummies(frame["year"]).iloc[:, 1:]],
    ).astype(float)
    left = frame["on"] - x @ np.linalg.lstsq(x, frame["on"].to_numpy(float), rcond=None)[0]
    negative = int((left[frame["on"] == 1] < -1e-9).sum())
    assert negative > 0
    crossed = ("year",) if "C(" not in formula else ()
    found = staggered_treatment(compare(formula, frame), "on", crossed)
    assert found == StaggeredTreatment("year", int(frame["on"].sum()), negative)


@pytest.mark.parametrize(
    ("starts", "said"),
    [(STARTS, True), ([4, 4, 4, 99, 99], False), ([4, 4, 4, 0, 99], False), ([3, 5], True)],
)
def test_it_is_said_only_where_beginnings_differ(starts: list[int], said: bool) -> None:
    frame = panel(starts * 2)
    both = compare("y ~ on + (1 | unit) + (1 | year)", frame)
    text = " ".join(a.reason for a in which_to_report(both, "on"))
    assert ("Goodman-Bacon" in text) is said


@pytest.mark.parametrize("formula", ["y ~ on * C(year) + (1 | unit)", "y ~ on * z + C(year) + (1 | unit)"])
def test_an_effect_at_one_value_is_no_weighted_mean_of_all(formula: str) -> None:
    both = compare(formula, panel(STARTS))
    assert "on" in both.no_pooling.names and staggered_treatment(both, "on", ()) is None


@pytest.mark.parametrize("label", ["y{0}", "wave {0}", "{1}-{2:02d}", "after {3:g} h", "ordered"])
def test_periods_may_be_labelled(label: str) -> None:
    """ "y9" comes before "y10". Labelled so, the answer had no word of years that are alike, and the dummies' own interval."""
    frame = panel([s + 4 if s < 99 else s for s in STARTS], periods=12)
    numbers = compare("y ~ on + C(year) + (1 | unit)", frame)
    years = frame["year"]
    frame["year"] = [label.format(v - 2000, v, (v + 1) % 100, v / 4 - 500) for v in years]
    if label == "ordered":
        names = [f"{'abcdefghijkl'[v - 2000]}" for v in years]
        frame["year"] = pd.Categorical(names, list("abcdefghijkl"), ordered=True)
    texts = compare("y ~ on + year + (1 | unit)", frame)
    assert staggered_treatment(texts, "on", ()) == staggered_treatment(numbers, "on", ())
    assert which_to_report(texts, "on")[0] == which_to_report(numbers, "on")[0]


def test_a_lost_period_makes_no_second_beginning_and_a_treatment_that_ends_is_another_thing() -> None:
    one = panel([4, 4, 4, 99, 99])
    lost = one[~((one["unit"] == 0) & (one["year"] == 2004))].reset_index(drop=True)
    ends = panel(STARTS)
    ends.loc[(ends["unit"] == 0) & (ends["year"] == 2007), "on"] = 0
    for frame in (lost, ends, panel(STARTS).assign(on=lambda f: 2 * f["on"])):
        found = staggered_treatment(compare("y ~ on + (1 | unit) + (1 | year)", frame), "on", ("year",))
        assert found is None or (frame is lost and found.at_once)
    assert staggered_treatment(compare("y ~ on + year + (1 | unit)", panel(STARTS)), "on", ()) is None


@pytest.mark.parametrize("formula", ["y ~ on + C(year) + (1 | unit)", "y ~ C(year) + arm:post + (1 | unit)"])
def test_a_treatment_that_begins_for_all_at_once_has_errors_that_count_groups(formula: str) -> None:
    """R 4.2.2: clubSandwich's conf_int(lm(y ~ on + factor(year) + factor(unit)), "CR2") is 1.5811 to 3.4760 about 2.5286."""
    frame = panel([4, 4, 4, 99, 99] * 2)
    frame["arm"], frame["post"] = frame.groupby("unit")["on"].transform("max"), (frame["year"] >= 2004).astype(int)
    both = compare(formula, frame)
    first = which_to_report(both, "on" if "on" in both.design.names else "arm:post")[0]
    assert (
        first.answer.startswith("2.53 (1.58 to 3.48)") and "Bertrand" in first.reason and "Goodman" not in first.reason
    )


def test_an_arm_at_the_last_visit_is_no_treatment_that_begins_there() -> None:
    frame = panel([4, 4, 4, 99, 99] * 2)
    frame["arm"] = frame.groupby("unit")["on"].transform("max")
    both = compare("y ~ C(year) * arm + (1 | unit)", frame)
    assert staggered_treatment(both, both.design.names[-2], ()) is None
