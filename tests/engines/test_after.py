"""What comes after the moments: the same from an engine's table, whose rows are a sample, as from memory."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess.all_factor_dummies import fit_all_factor_dummies
from lmmcompare.assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group
from lmmcompare.assess.diagnostics_influence import influence
from lmmcompare.assess.diagnostics_qq import qq_residuals
from lmmcompare.assess.diagnostics_rows import group_residuals, rows_of
from lmmcompare.assess.gee import population_averaged
from lmmcompare.assess.implied_gls import gls_check
from lmmcompare.assess.likelihood_ratio import likelihood_ratio
from lmmcompare.assess.prediction_grid import axis
from lmmcompare.assess.prediction_values import free_factors, group_columns
from lmmcompare.assess.statsmodels_check import crosscheck
from lmmcompare.assess.variance_explained import design_effects, predictor_icc, shares
from lmmcompare.comparison.compare import fit_all
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.comparison.picture import make_picture
from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.engines.build import measure
from lmmcompare.engines.files import from_path
from lmmcompare.engines.sample import draw
from lmmcompare.engines.table import from_native
from lmmcompare.errors import DesignError, TooLargeError
from lmmcompare.explain.effect_phrases import far_from_zero
from lmmcompare.formula import parse
from lmmcompare.models.prediction import predict_interval

from .engines_data import FORMS, TABLE, relation

ONE, SEVERAL = "y ~ x + z + (x | g)", "y ~ x + z + (x | g) + (1 | h)"
NESTED = "y ~ x + z + (1 | g/k)"
SIZE = 120


def sampled(formula: str, size: int = SIZE) -> Comparison:
    found = measure(parse(formula), relation(TABLE), sample=size)
    return fit_all(found.design, found.crossing, reml=True)


@pytest.fixture(scope="module", params=[ONE, SEVERAL, NESTED])
def pair(request: pytest.FixtureRequest) -> tuple[Comparison, Comparison]:
    return lmmcompare.compare(request.param, TABLE), sampled(request.param)


def places(memory: Comparison, engine: Comparison) -> np.ndarray:
    """Where the sample's rows are among the rows used in memory."""
    used = memory.design.columns[0][:]
    order = np.argsort(used)
    return order[np.searchsorted(used[order], engine.design.columns[0][:])]


def test_groups_are_left_out_of_several_factors_where_the_rows_are_at_hand() -> None:
    with pytest.raises(DesignError, match="an engine has them"):
        influence(sampled(SEVERAL).mixed)


def test_the_rows_are_told(pair: tuple[Comparison, Comparison]) -> None:
    memory, engine = pair
    assert engine.design.rows_sentence == memory.design.rows_sentence
    assert engine.design.is_sample and engine.design.n_held == SIZE
    assert engine.design.sample_sentence == f"A uniform sample of {SIZE} of 398 rows."
    assert not memory.design.sample_sentence


def test_what_needs_no_rows_is_the_same(pair: tuple[Comparison, Comparison]) -> None:
    memory, engine = pair
    pd.testing.assert_frame_equal(shrinkage(engine.mixed), shrinkage(memory.mixed), rtol=1e-8)
    assert shares(engine.mixed).table().equals(shares(engine.mixed).table())
    pd.testing.assert_frame_equal(shares(engine.mixed).table(), shares(memory.mixed).table(), rtol=1e-9)
    pd.testing.assert_frame_equal(predictor_icc(engine.mixed), predictor_icc(memory.mixed), rtol=1e-9)
    pd.testing.assert_frame_equal(design_effects(engine.mixed), design_effects(memory.mixed), rtol=1e-9)
    pd.testing.assert_frame_equal(lmmcompare.explain(engine, "x"), lmmcompare.explain(memory, "x"), rtol=1e-8)
    assert far_from_zero(engine) == far_from_zero(memory) == ["z"]


def test_residuals_and_leverages_of_the_sample_are_those_of_its_rows(pair: tuple[Comparison, Comparison]) -> None:
    memory, engine = pair
    at = places(memory, engine)
    np.testing.assert_allclose(engine.mixed.resid, memory.mixed.resid.to_numpy()[at], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(engine.ols.fittedvalues, memory.ols.fittedvalues.to_numpy()[at], rtol=1e-9)
    np.testing.assert_allclose(engine.no_pooling.fittedvalues, memory.no_pooling.fittedvalues.to_numpy()[at], rtol=1e-9)
    ours, theirs = rows_of(engine.mixed), rows_of(memory.mixed)
    np.testing.assert_allclose(ours.leverage, theirs.leverage[at], rtol=1e-8)
    assert ours.note == f"A random sample of {SIZE} of the 398 rows is shown."
    intervals = [predict_interval(fit.mixed, kind="prediction").to_numpy() for fit in (engine, memory)]
    np.testing.assert_allclose(intervals[0], intervals[1][at], rtol=1e-6)


def test_residual_pictures_are_drawn_of_the_sample(pair: tuple[Comparison, Comparison]) -> None:
    fit = pair[1].mixed
    assert len(residuals_against_fitted(fit).frame) == len(qq_residuals(fit).frame) == len(leverages(fit).frame) == SIZE
    assert len(residuals_by_group(fit).frame) == fit.moments.n_groups


def test_a_groups_residuals_are_exact_with_one_factor() -> None:
    memory, engine = lmmcompare.compare(ONE, TABLE).mixed, sampled(ONE).mixed
    ours, theirs = group_residuals(engine), group_residuals(memory)
    for what in ("n", "total", "square"):
        np.testing.assert_allclose(getattr(ours, what), getattr(theirs, what), rtol=1e-9, atol=1e-9)
    note = residuals_by_group(sampled(SEVERAL).mixed).note
    assert f"A uniform sample of {SIZE} of 398 rows." in note


@pytest.mark.parametrize("x", ["x", "z"])
def test_the_picture_has_the_same_lines_and_says_what_its_points_are(
    pair: tuple[Comparison, Comparison], x: str
) -> None:
    memory, engine = pair
    whole, drawn = make_picture(memory, TABLE, x), make_picture(engine, None, x)
    assert drawn.x_range == pytest.approx(whole.x_range) and drawn.data_x_range == pytest.approx(whole.data_x_range)
    assert len(drawn.points) == SIZE and drawn.notes[0] == f"{SIZE} of 398 rows drawn, by chance"
    if memory.moments.n_groups < 40:  # groups without a row in the sample are not drawn
        np.testing.assert_allclose(drawn.lines["y"], whole.lines["y"], rtol=1e-9, atol=1e-12)


def test_a_categorical_axis_and_no_axis() -> None:
    for formula in ("y ~ factor(k) + (1 | g)", "y ~ yes + (1 | g)", "y ~ I(2 * yes) + (1 | g)", "y ~ 1 + (1 | g)"):
        whole, drawn = make_picture(lmmcompare.compare(formula, TABLE), TABLE), make_picture(sampled(formula), None)
        assert (drawn.x_range, drawn.x_ticks) == (whole.x_range, whole.x_ticks)
        on = ["model", "kind", "group", "level", "x"]
        both = drawn.lines.merge(whole.lines, on=on, suffixes=("", "_whole"))
        assert len(both) >= 0.9 * len(
            whole.lines
        )  # a level that the sample has no row of in a group is not drawn for it
        np.testing.assert_allclose(both["y"], both["y_whole"], rtol=1e-9)


def test_predictions_know_which_factor_lies_in_which() -> None:
    memory, engine = lmmcompare.compare(NESTED, TABLE).design, sampled(NESTED, 10)
    design = engine.design
    assert [g.name for g in free_factors(design)] == [g.name for g in free_factors(memory)] == ["g:k"]
    for level in range(len(design.groupings[0].levels)):
        ours = group_columns(design, pd.DataFrame(), design.groupings[0], level)
        assert ours == group_columns(memory, TABLE, memory.groupings[0], level)
    along = axis(engine, engine.design.sampled.frame, "z")
    assert along.values[-1] == pytest.approx(TABLE["z"].max())


def test_tests_between_models_of_engines() -> None:
    small, big = (sampled(f).mixed for f in ("y ~ x + (1 | g)", "y ~ x + z + (1 | g)"))
    ours = likelihood_ratio(small, big)
    theirs = likelihood_ratio(*(lmmcompare.lmer(f, TABLE) for f in ("y ~ x + (1 | g)", "y ~ x + z + (1 | g)")))
    for name, value in asdict(theirs).items():
        number = isinstance(value, float)
        assert getattr(ours, name) == (pytest.approx(value, rel=1e-9, nan_ok=True) if number else value), name


@pytest.mark.parametrize("what", [gls_check, fit_all_factor_dummies, population_averaged])
def test_what_needs_all_rows_is_refused(what) -> None:
    with pytest.raises(TooLargeError, match=r"398 rows, of which a sample of 120"):
        what(sampled(ONE).mixed)
    assert what(sampled(ONE, 400).mixed)  # all rows are at hand


def test_the_crosscheck_is_refused_of_a_sample() -> None:
    with pytest.raises(TooLargeError, match="cross-check"):
        crosscheck(sampled(ONE))


@pytest.mark.parametrize("form", ["pandas", "polars", "polars lazy", "pyarrow", "duckdb", "parquet parts"])
def test_a_sample_is_uniform_and_of_its_size(form: str, tmp_path) -> None:
    frame = pd.DataFrame({"i": np.arange(60_000)})
    given = FORMS[form](frame, tmp_path)
    if isinstance(given, str):
        given = f"{tmp_path}/part*.parquet"
    rows = (from_path(given) if isinstance(given, str) else from_native(given)).frame
    drawn = draw(rows, 60_000, 6_000)["i"].to_numpy()
    assert len(drawn) == len(set(drawn)) == 6_000
    tenths = np.histogram(drawn, bins=10, range=(0, 60_000))[0]
    assert ((tenths - 600) ** 2 / 600).sum() < 34  # a chi-square with 9 df is beyond that once in 10,000 times
    # neighbours are taken independently of each other
    assert abs(np.isin(drawn + 1, drawn).mean() - 0.1) < 0.02
    assert len(draw(rows, 60_000, 60_000)) == 60_000
