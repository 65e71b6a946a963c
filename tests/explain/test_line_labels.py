"""A line's label is its own slope, and no line goes where its group, or its level, has no rows."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmmcompare as lc
from lmmcompare.comparison.moderator_values import levels_of, slices
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.line_labels import line_labels, lines_sentence
from lmmcompare.explain.question import axis_of, lines_by
from lmmcompare.formula.edit import predictor_columns
from tests.effort import examples
from tests.helpers import example, table

FIXED = [
    "x * arm", "x * arm + z", "x * z", "x * z + arm", "x * kind", "arm * kind", "arm * x * z", "x + arm", "x:arm + arm",
    "I(x - 2) * arm", "center(x) * arm", "x * C(arm, contr.sum)", 'x * relevel(factor(kind), ref="mid")', "z * x + kind",
]  # fmt: skip
"""``arm`` never changes within a group, ``kind`` does, ``z`` is constant in groups."""


def random_table(seed: int) -> pd.DataFrame:
    """Unbalanced groups, each in one arm and with rows of some kinds only."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 7, 12)
    g = np.repeat(np.arange(12), sizes)
    n = len(g)
    arm = np.array(["Active", "Placebo", "Sham"])[g % 3]
    x = rng.normal(0, 1, n) + (arm == "Sham") * 2.0
    frame = pd.DataFrame(
        {
            "g": [f"g{k}" for k in g],
            "arm": arm,
            "x": x,
            "z": rng.normal(0, 1, 12)[g],
            "kind": rng.choice(["low", "mid"], n),
        }
    )
    slope = (arm == "Active") * 1.5 - (arm == "Sham") * 2.0
    return frame.assign(y=slope * x + frame["z"] * x + rng.normal(0, 1, 12)[g] + rng.normal(0, 0.5, n))


@settings(max_examples=examples(100))
@given(seed=st.integers(0, 10_000), fixed=st.sampled_from(FIXED))
def test_every_label_is_the_slope_of_its_line_and_every_line_is_the_models_own(seed, fixed):
    """Slopes and heights against the models' predictions of rows that stand where the line does."""
    data = random_table(seed)
    comparison = lc.compare(f"y ~ {fixed} + (1 | g)", data)
    for x in predictor_columns(comparison.spec):
        made = make_picture(comparison, data, x)
        labels = line_labels(comparison, made, ["ols", "random_intercept"])
        common = made.lines[made.lines["kind"] == "population"]
        for (model, level), line in common.groupby(["model", "level"], sort=False):
            if model == "random_slope":
                continue
            text = labels.get((model, level) if level else model, "")
            if not text:  # one label for two lines that coincide
                text = labels["random_intercept", level]
                assert model == "ols" and text.startswith("both, ")
            assert not level or level in text
            if x == "x":
                told = float(text.split()[-1].replace("−", "-"))
                rise = np.diff(line["y"].to_numpy()[[0, -1]])[0] / np.diff(line["x"].to_numpy()[[0, -1]])[0]
                places = len(text.split()[-1].partition(".")[2])
                assert abs(told - rise) <= 0.51 * 10.0**-places
                assert abs(rise - slope_by_prediction(comparison, model, data, made.by, level)) < 1e-6
            elif made.x_ticks:
                assert not any(character.isdigit() for character in text.replace(level, ""))


def slope_by_prediction(comparison, model: str, data: pd.DataFrame, by: str | None, level: str) -> float:
    """How much more a model predicts for everyone, a unit of x further on at this level, other columns averaged over."""
    fit = comparison.fits[model]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        heights = []
        for at in (0.25, 1.25):
            rows = data.assign(x=at, g="nobody")
            numeric = [c for c in ("z",) if c != by]
            rows = rows.assign(**{c: data[c].mean() for c in numeric})
            if by is not None:
                cut = slices(comparison, data, by)
                rows[by] = cut.values[cut.labels.index(level)]
            heights.append(float(np.mean(fit.predict(rows))))
    return heights[1] - heights[0]


@settings(max_examples=examples(100))
@given(seed=st.integers(0, 10_000), fixed=st.sampled_from(FIXED))
def test_no_line_leaves_the_range_or_the_levels_of_its_own_rows(seed, fixed):
    data = random_table(seed)
    comparison = lc.compare(f"y ~ {fixed} + (1 | g)", data)
    for x in predictor_columns(comparison.spec):
        made = make_picture(comparison, data, x)
        reach = 0.0121 * (made.x_range[1] - made.x_range[0])
        factor = made.by if made.by and levels_of(comparison, made.by) is not None else None
        for (kind, group, level), line in made.lines.groupby(["kind", "group", "level"], sort=False):
            rows = data if kind == "population" else data[data["g"] == group]
            rows = rows[rows[factor].astype(str) == level] if factor else rows
            assert len(rows), "a line of a level that the group has no rows of"
            if made.x_ticks:
                there = {made.x_ticks[float(place)] for place in np.round(line["x"])}
                assert there <= set(rows[x].astype(str))
            elif kind == "group" or factor:
                single = rows[x].min() == rows[x].max()
                assert line["x"].min() >= rows[x].min() - reach * single - 1e-9
                assert line["x"].max() <= rows[x].max() + reach * single + 1e-9


def test_a_patient_is_drawn_in_its_own_arm_only():
    data = table("trial")
    comparison = lc.compare("score ~ week * arm + baseline + (1 | patient)", data)
    term = "arm[T.Placebo]"
    made = make_picture(comparison, data, axis_of(comparison, term), by=lines_by(comparison, term, "week"))
    assert (made.x_label, made.by) == ("week", "arm")
    own = made.lines[(made.lines["kind"] == "group") & (made.lines["model"] == "random_intercept")]
    arm = data.groupby("patient")["arm"].first()
    assert (own.groupby("group")["level"].unique().map(list) == arm.map(lambda a: [a])).all()
    assert "coloured by arm" in lines_sentence(comparison, made, ["ols", "random_intercept"])
    alone = make_picture(lc.compare("score ~ arm + (1 | patient)", data), data, "arm")
    assert not alone.joined
    means = data.groupby("patient")["score"].mean()
    np.testing.assert_allclose(alone.points.set_index("group")["y"][means.index], means, rtol=1e-12)
    ends = alone.lines[alone.lines["kind"] == "group"].groupby(["model", "group"])["x"].agg(["min", "max"]).round()
    assert (ends["min"] == ends["max"]).all()


def test_means_at_levels_and_their_limits_are_those_of_predictions():
    """By `predict_interval`, which forms the variance from each row's own effects rather than from the covariance."""
    from lmmcompare.models.prediction import predict_interval

    data = table("trial")
    comparison = lc.compare("score ~ arm + baseline + (1 | patient)", data)
    made = make_picture(comparison, data, "arm")
    line = made.lines[(made.lines["kind"] == "population") & (made.lines["model"] == "random_intercept")]
    rows = pd.DataFrame({"arm": ["Active", "Placebo"], "baseline": data["baseline"].mean(), "patient": "P01"})
    expected = predict_interval(comparison.random_intercept, rows, level="population")
    np.testing.assert_allclose(line[["y", "lower", "upper"]], expected[["estimate", "lower", "upper"]], rtol=1e-4)


@pytest.mark.parametrize(("models", "says"), [(["ols", "random_intercept"], True), (["random_intercept"], False)])
def test_lines_that_coincide_are_said_to(models, says):
    data = table("trial")
    comparison = lc.compare("score ~ week + baseline + (1 | patient)", data)
    assert ("OLS's line lies on" in lines_sentence(comparison, make_picture(comparison, data, "week"), models)) == says


def test_lines_over_a_predictor_that_never_varies_have_no_slope():
    frame = table("sleepstudy").assign(year=2025)
    found = lc.compare("Reaction ~ year + (1 | Subject)", frame)
    labels = line_labels(found, make_picture(found, frame), ["ols", "random_intercept"])
    assert set(labels.values()) == {"OLS", "mixed model"}


def test_many_labels_become_fewer():
    """Of six levels and two models twelve labels would lie on each other: OLS's go, and lines that coincide have one."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"g": np.repeat(np.arange(20), 12), "x": np.tile(np.arange(12.0), 20)})
    frame["arm"] = np.array(list("abcdef"))[np.arange(len(frame)) // 2 % 6]
    level = rng.normal(0, 3, 20)[frame["g"]]
    frame["y"] = frame["x"] * (frame["arm"] == "b") + level + rng.normal(size=len(frame))
    comparison = lc.compare("y ~ arm * x + (1 | g)", frame)
    labels = line_labels(comparison, make_picture(comparison, frame, "x"), ["ols", "random_intercept"])
    assert len(labels) <= 8 and {level for _, level in labels} == set("abcdef")


def test_labels_of_many_lines_of_several_mixed_models_have_the_models_signs():
    comparison = example("chickweight")
    made = make_picture(comparison, lc.examples.load("chickweight"), "Time")
    models = ["random_intercept", "random_slope"]
    assert {label[0] for label in line_labels(comparison, made, models).values()} == {"◆", "▲"}
    assert "◆ the random-intercept model, ▲ the random-slope model" in lines_sentence(comparison, made, models)
    assert all(label.startswith("mixed, ") for label in line_labels(comparison, made, models[1:]).values())
