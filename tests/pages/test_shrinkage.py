"""The shrinkage page: pictures and the table of every group, boundary fits and mistakes."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.explain.shrinkage_sentences import shares_sentence
from tests.helpers import example

from .conftest import DESIGNS, charts, errors, texts


@pytest.mark.parametrize("name", DESIGNS)
def test_every_example_opens(open_page, name):
    at = open_page("shrinkage", example=name)
    assert not errors(at)
    assert len(charts(at)) == 2
    both = example(name)
    assert shares_sentence(both.mixed, both.group) in texts(at)
    frame = at.dataframe[0].value
    known = shrinkage(both.mixed)
    terms = known["term"].unique()
    for term in terms:
        part = known[known["term"] == term]
        names = (f"{term}: pooled", f"{term}: moved by") if len(terms) > 1 else ("Partially pooled", "Moved by")
        pooled, moved = (frame[name] for name in names)
        assert frame.iloc[:, 0].tolist() == part["group"].tolist()
        np.testing.assert_allclose(pooled, part["pooled"], rtol=1e-6)
        np.testing.assert_allclose(frame["Keeps of its distance"], 100 * part["share"], rtol=1e-5, atol=1e-4)
    if (moved < -0.5).any():  # as numbers are written everywhere
        assert "−".encode() in at.dataframe[0].proto.arrow_data.styler.display_values


def test_what_the_effects_intervals_take_as_known_is_said(open_page):
    """R's condVar has 19.58657 for each Batch; were the line's error counted too it would be the root of this and (0.7825 x 19.38)^2."""
    both = example("dyestuff")
    se = both.random_effects(both.formula_model)["se"].to_numpy(float)
    np.testing.assert_allclose(se, 19.58657, rtol=1e-6)
    tau2, sigma2 = float(both.mixed.cov_re["Batch"].iloc[0, 0]), both.mixed.scale
    np.testing.assert_allclose(
        se**2, tau2 * sigma2 / (5 * tau2 + sigma2), rtol=1e-9
    )  # with the line and both variances known
    assert "interval that takes this line and the estimated variances as known" in texts(
        open_page("shrinkage", example="dyestuff")
    )


def test_with_weights_it_is_not_the_number_of_rows_that_orders_the_shares(open_page, upload):
    rng, size = np.random.default_rng(8), np.repeat([2, 5, 6], 4)
    g = np.repeat(np.arange(12), size)
    data = pd.DataFrame(
        {"lab": [f"L{k}" for k in g], "w": np.where(size[g] == 2, 40.0, 1.0), "y": rng.normal(size=12)[g]}
    )
    data["y"] += rng.normal(size=len(g)) / np.sqrt(data["w"])
    said = texts(open_page("shrinkage", upload=upload(data), formula="y ~ 1 + (1 | lab), weights = w"))
    assert "With 2 to 6 rows, a lab keeps" in said and "The smallest" not in said


def test_the_models_can_be_switched(open_page):
    at = open_page("shrinkage", example="cv161703")
    assert "Partially pooled" in at.dataframe[0].value and "share is of its whole line" not in texts(at)
    at.segmented_control(key="shrinkage model random_intercept").set_value("random_slope").run()
    assert not errors(at)
    assert {"Intercept: pooled", "X: pooled"} < {*at.dataframe[0].value}
    assert "share is of its whole line" in texts(at)
    assert "Intercept and slope together" in texts(at)
    at.segmented_control(key="effect random_slope").set_value("X").run()
    assert not errors(at)


def test_groups_of_one_row_and_of_equal_x(open_page, upload):
    rng = np.random.default_rng(3)
    g = np.r_[np.repeat(np.arange(8), 6), 8, 9, 9, 9]
    data = pd.DataFrame({"g": [f"g{k}" for k in g], "x": rng.normal(size=len(g)), "y": rng.normal(size=len(g)) + g})
    data.loc[data["g"] == "g9", "x"] = 1.0
    at = open_page("shrinkage", upload=upload(data), formula="y ~ x + (x | g)")
    assert not errors(at)
    table = at.dataframe[0].value.set_index("g")
    assert table.loc[["g8", "g9"], ["Intercept: own", "x: own"]].isna().all(axis=None)
    assert table[["Intercept: pooled", "x: pooled"]].notna().all(axis=None)


def test_groups_that_are_called_rows_keep_their_labels_beside_their_numbers_of_rows(open_page, upload):
    data = pd.DataFrame({"Rows": list("aabbbccccd") * 2, "y": np.random.default_rng(1).normal(size=20)})
    shown = open_page("shrinkage", upload=upload(data), formula="y ~ 1 + (1 | Rows)").dataframe[0].value
    assert shown["Rows (group)"].tolist() == ["a", "b", "c", "d"] and shown["Rows"].tolist() == [4, 6, 8, 2]


@pytest.mark.parametrize(
    ("formula", "named"),
    [("Y ~ X + (1 | nope)", "“nope”"), ("Y ~ X", "grouping factor"), ("Y ~ X + (1 | Y)", "“Y”")],
)
def test_a_mistake_is_explained(open_page, formula, named):
    at = open_page("shrinkage", example="cv161703", formula=formula)
    (said,) = errors(at)
    assert named in said
    assert at.sidebar.text_input(key="formula").value == formula


def test_nothing_chosen_yet(open_page, upload):
    at = open_page("shrinkage", upload=upload(b"a,b\n1.5,2.5\n2.25,1\n3.125,4\n4.5,6.5\n"))
    assert not errors(at)
    assert "Nothing to compare yet" in texts(at)
