"""Studies: what they hand out, batch after batch, and what they refuse."""

from __future__ import annotations

import threading
from itertools import islice, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.errors import SettingsError
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import batch_run, stream, study
from lmmcompare.studies.batch_run import run_batch
from lmmcompare.studies.models import OFFERED
from lmmcompare.studies.plan import FIRST, MOST_ROWS, Plan
from lmmcompare.studies.residual_structures import STRUCTURES
from tests.effort import examples
from tests.simulate.test_settings import settings_that_can_be

CHEAP = ["ols", "random_intercept"]


def test_a_row_for_each_model_and_term() -> None:
    frame = study({"groups": 10, "size": 5}, 150, seed=3)
    models = frame["model"].unique().tolist()
    assert models == [m for m in OFFERED if m != "complete_cases"]  # nobody leaves
    assert (frame["replicates"] == 150).all() and (frame["failed"] == 0).all()
    assert frame.loc[frame["model"] == "within_between", "term"].tolist() == ["Intercept", "x", "x_mean"]
    assert frame.loc[frame["model"] == "no_pooling", "term"].tolist() == ["x"]
    measures = ["bias", "se_empirical", "se_model", "coverage", "rejection", "rmse", "singular"]
    assert {m + end for m in measures for end in ("", "_mcse")} < set(frame.columns)
    mixed = frame["model"].isin(["random_intercept", "random_slope", "within_between"])
    assert frame.loc[mixed, "singular"].between(0, 1).all() and frame.loc[~mixed, "singular"].isna().all()
    assert frame.drop(columns=["singular", "singular_mcse"]).notna().all(axis=None)


def test_the_estimates_are_those_of_simulated_tables() -> None:
    """Replicate 0 is the table of `simulate` with the study's seed; the fixed design is that of the settings' own seed."""
    settings = Settings(10, 5, seed=4)
    one = next(stream(settings, 5, seed=7)).distribution()
    fits = lmmcompare.compare("y ~ x + (x | group)", lmmcompare.simulate(10, 5, seed=7)).coefficients()
    first = one[one["replicate"] == 0].merge(fits, on=["model", "term"])
    assert len(first) == (~one["model"].isin([*STRUCTURES])).sum() / 5
    np.testing.assert_allclose(first["estimate_x"], first["estimate_y"], rtol=1e-7)
    fixed = next(stream(settings, 5, seed=4, fixed_design=True)).distribution()
    again = next(stream(settings, 5, seed=4)).distribution()
    same = np.isclose(fixed["estimate"], again["estimate"], rtol=1e-9)
    assert same[fixed["replicate"] == 0].all() and not same[fixed["replicate"] == 1].any()


def test_it_streams() -> None:
    settings = Settings(10, 5)
    projected = list(stream(settings, 2_500, models=CHEAP))
    done = [s.done for s in projected]
    assert done[0] == FIRST and done[-1] == 2_500 and all(a < b for a, b in pairwise(done))
    assert [s.finished for s in projected] == [False] * (len(projected) - 1) + [True]
    pd.testing.assert_frame_equal(projected[-1].table(), study(settings, 2_500, models=CHEAP))
    # Monte Carlo errors shrink by the root of the replicates
    first, last = projected[0].table(), projected[-1].table()
    np.testing.assert_allclose(last["bias_mcse"] / first["bias_mcse"], np.sqrt(FIRST / 2_500), rtol=0.3)
    # the batches that came before are not changed by later ones
    assert projected[0].table()["replicates"].eq(FIRST).all()
    whole, part = projected[-1].distribution(), projected[0].distribution()
    shared = whole.merge(part, on=["model", "term", "replicate"])
    assert len(shared) == len(part) and (shared["estimate_x"] == shared["estimate_y"]).all()
    # and they are what the table is made of
    slope = whole[(whole["model"] == "ols") & (whole["term"] == "x")]["estimate"]
    row = last.set_index(["model", "term"]).loc[("ols", "x")]
    assert row["bias"] == pytest.approx(slope.mean() - 0.5) and row["se_empirical"] == pytest.approx(slope.std())


def test_a_stream_can_be_left_and_checks_at_once() -> None:
    endless = stream({}, 1_000_000_000)
    assert next(endless).done == FIRST
    endless.close()
    with pytest.raises(SettingsError, match="no preset"):
        stream("nothing")  # before anything is asked of it


def test_the_sample_of_estimates_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "SAMPLE", 250)
    sizes = [s.estimates.shape[1] for s in stream({"groups": 6, "size": 4}, 900, models=CHEAP)]
    assert sizes == [100, 250, 250, 250]


def test_the_same_seed_gives_the_same_numbers_and_another_one_others() -> None:
    one, two = (study({"groups": 8}, 300, seed=1, models=CHEAP) for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert not np.allclose(one["bias"], study({"groups": 8}, 300, seed=2, models=CHEAP)["bias"])
    # the models are fitted to the same data, whichever others there are
    alone = study({"groups": 8}, 300, seed=1, models=["random_intercept"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        alone, one[one["model"] == "random_intercept"].reset_index(drop=True), check_exact=True
    )


def test_other_threads_do_not_change_the_numbers() -> None:
    """With large groups BLAS would divide sums among its threads."""
    plan = Plan.of(Settings(20_000, 3), 2, models=["ols", "random_intercept", "random_slope"])
    alone, found = run_batch(plan, range(2)), {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: run_batch(plan, range(2))})) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((found[k].estimates == alone.estimates).all() for k in range(3))


@pytest.mark.parametrize("name", [p.name for p in PRESETS])
def test_every_preset_can_be_studied(name: str) -> None:
    frame = study(name, 60)
    assert (frame["failed"] == 0).all() and np.isfinite(frame[["bias", "se_model", "rmse_mcse"]]).all(axis=None)
    if (
        preset(name).settings.dropout_by == "outcome"
    ):  # who leaves by what was measured biases all but the full likelihood
        return
    # whatever the design, within-between and the dummies are right about the slope within groups
    right = frame[frame["model"].isin(["no_pooling", "within_between"])]
    assert (right["bias"].abs() < 5 * right["bias_mcse"]).all()


@effort(max_examples=examples(40))
@given(settings_that_can_be())
def test_whatever_can_be_simulated_can_be_studied(settings: Settings) -> None:
    plan = Plan.of(settings, 3)
    for replicates in plan.batches():
        tally = run_batch(plan, replicates).tally
        assert (tally.counts[:, :2].sum(axis=1) == len(replicates)).all()


@given(st.integers(1, 20_000), st.integers(2, 20_000), st.integers(3, 20_000))
def test_batches_divide_the_replicates(replicates: int, groups: int, size: int) -> None:
    size = min(size, 200_000 // groups)
    if size < 3:
        return
    found = list(Plan.of(Settings(groups, size), replicates, models=CHEAP).batches())
    assert [r for b in found for r in (b.start, b.stop)][1:-1:2] == [b.start for b in found[1:]]
    assert found[0].start == 0 and found[-1].stop == replicates and len(found[0]) <= FIRST
    assert all(len(b) * groups * size <= MOST_ROWS or len(b) == 1 for b in found)


REFUSED = [
    ({"replicates": 0}, "“replicates” is 0", "replicates"),
    ({"replicates": 10**12}, "from 1 to 1,000,000,000", "replicates"),
    ({"replicates": 10.5}, "not a whole number", "replicates"),
    ({"replicates": "many"}, "“many”", "replicates"),
    ({"seed": -1}, "Seed is", "seed"),
    ({"alpha": 0}, "“alpha” is 0", "alpha"),
    ({"alpha": float("nan")}, "“alpha” is nan", "alpha"),
    ({"models": []}, "No model was chosen", "models"),
    ({"models": ["olss"]}, "Choose among “ols”", "models"),
    ({"settings": "clsh"}, "Choose “clash”", ""),
    ({"settings": {"group": 3}}, "Did you mean “groups”", ""),
    ({"settings": {"rho_mean": 3}}, "above 1", "rho_mean"),
    ({"settings": {"varies": "between"}, "models": ["random_slope"]}, "varies between groups only", "models"),
    ({"settings": {"predictor": "none"}, "models": ["within_between"]}, "There is no predictor", "models"),
    ({"settings": {"groups": 3}, "models": ["within_between"]}, "too few for the group means", "models"),
    ({"settings": {"varies": "within"}, "models": ["within_between"]}, "same mean of “x”", "models"),
]


@pytest.mark.parametrize(("asked", "message", "setting"), REFUSED)
def test_what_cannot_be_is_refused_with_the_reason(asked: dict, message: str, setting: str) -> None:
    with pytest.raises(SettingsError, match=message) as found:
        study(**{"settings": {}, "replicates": 10, **asked})
    assert found.value.setting == setting and found.value.remedy


def test_absent_models_are_explained() -> None:
    first = next(stream({"varies": "between"}, 10))
    assert list(first.absent) == ["no_pooling", "random_slope", "within_between", "us", "complete_cases"]
    assert all(sentence.endswith(".") for sentence in first.absent.values())


def test_the_stream_holds_as_much_after_many_batches_as_after_few() -> None:
    held = [
        sum(a.nbytes for a in (s.tally.counts, s.tally.sums, s.estimates))
        for s in islice(stream({"groups": 4, "size": 3}, 1_000_000, models=["ols"]), 12)
    ]
    assert held[-1] == held[-2] < 1e6
