"""The coefficient table as it is read: the right number in the right cell, and nothing that a name could inject."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtr, stdtrit

from lmmcompare import compare, examples
from lmmcompare.errors import DesignError
from lmmcompare.tables.coefficients import coefficient_table, term_label, with_kenward_roger
from lmmcompare.tables.spread_rows import spread_label
from lmmcompare.tables.table import Cell, Row, Table, degrees, to_frame, to_html

MINUS = "\N{MINUS SIGN}"


def frame_of(formula, data, **options):
    return to_frame(coefficient_table(compare(formula, data, **options)))


def test_cv161703_shows_the_published_figures(table):
    shown = frame_of("Y ~ X + (1 | ID)", table("cv161703"))
    assert shown.columns.tolist() == [
        "OLS", "OLS, cluster-robust", "ID dummies", "Random intercept", "Random slope", "Within–between",
    ]  # fmt: skip
    assert shown.loc["X", "OLS"] == "1.18 (0.13) 0.93 to 1.44, 58 df"
    assert shown.loc["X", "Random intercept"].startswith("0.64 (0.12)")
    assert shown.loc["Intercept", "OLS"].startswith(f"{MINUS}1.13 (0.68)")
    assert shown.loc["Intercept", "Random intercept"].startswith("1.68 (0.73)")
    assert shown.loc["Intercept", "ID dummies"] == "·"
    assert shown.loc["X, mean of its ID", "Within–between"].startswith("1.16")  # 1.573 - 0.409
    assert (shown.loc["X, mean of its ID"] == "·").sum() == 5
    assert set(shown.loc["Rows"]) == {"60"} and set(shown.loc["Number of IDs"]) == {"20"}
    assert shown.loc["Optimiser’s end point"].tolist() == [
        "·",
        "·",
        "·",
        "checked",
        "checked on the boundary",
        "checked",
    ]


@pytest.mark.parametrize("case", ["dragons_ri", "sleepstudy_rs", "penicillin_fixed_sample"])
def test_every_estimate_stands_under_its_model(case, reference, reference_data):
    """Against R's figures: the row in R's order, the column by model."""
    known = reference(case)
    shown = frame_of(known["formula"], reference_data(case))
    rows = {"random_slope" if "Days |" in known["formula"] else "random_intercept": known["reml"], "ols": known["ols"]}
    for model, fit in rows.items():
        column = {"ols": "OLS", "random_intercept": "Random intercept", "random_slope": "Random slope"}[model]
        for k, cell in enumerate(shown[column].iloc[: len(fit["estimate"])]):
            estimate, se = re.match(r"(\S+) \((\S+)\)", cell).groups()
            half = 0.5 * 10.0 ** -len(estimate.partition(".")[2]) + 1e-9
            assert abs(float(estimate.replace(MINUS, "-").replace(",", "")) - fit["estimate"][k]) <= half
            assert abs(float(se.replace(",", "")) - fit["se"][k]) <= half


@pytest.mark.parametrize("case", ["sleepstudy_unbalanced_rs", "cv161703_ri", "pastes_nested"])
def test_kenward_roger_in_the_table(case, reference, reference_data):
    """Standard errors, df and limits against pbkrtest; other models keep theirs."""
    known, data = reference(case), reference_data(case)
    found = compare(known["formula"], data)
    frame = with_kenward_roger(found).set_index(["model", "term"])
    usual = found.coefficients().set_index(["model", "term"])
    theirs = known["reml"]["kenward_roger"]
    own = frame.loc[found.formula_model].loc[found.mixed.names]
    np.testing.assert_allclose(own["se"], theirs["se"], rtol=1e-3)
    np.testing.assert_allclose(own["df"], theirs["df"], rtol=1e-3)
    half = stdtrit(np.array(theirs["df"]), 0.975) * np.array(theirs["se"])
    np.testing.assert_allclose((own["upper"] - own["lower"]) / 2, half, rtol=1e-3)
    np.testing.assert_allclose(own["p"], 2 * stdtr(own["df"], -np.abs(own["estimate"] / own["se"])), rtol=1e-9)
    for model in ("ols", "ols_robust"):
        np.testing.assert_array_equal(frame.loc[model], usual.loc[model])
    with pytest.raises(DesignError, match="REML"):
        with_kenward_roger(compare(known["formula"], data, reml=False))


def test_other_limits_take_the_place_of_walds(table):
    found = compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    limits = {
        ("random_slope", "coefficient", "", "Days"): (1.234, 5.678), ("random_slope", "sd", "Subject", "Days"): (0.0, 8.88),
        ("random_slope", "correlation", "Subject", "Intercept, Days"): (-0.5, 0.7), ("random_slope", "sd", "", "Residual"): (22, 28),
    }  # fmt: skip
    shown = to_frame(coefficient_table(found, None, limits))
    assert (
        shown.loc["Days", "Random slope"] == "10.47 (1.55) 1.23 to 5.68"
    )  # Satterthwaite's df are not of this interval
    assert shown.loc["Days", "Random intercept"].endswith("161 df")
    assert shown.loc["SD between Subjects of the Days slope", "Random slope"] == "5.92 0.00 to 8.88"
    assert shown.loc["Correlation of intercept and Days", "Random slope"] == f"0.07 {MINUS}0.50 to 0.70"
    assert shown.loc["SD within Subjects (residual)", "Random slope"] == "25.6 22.0 to 28.0"
    assert shown.loc["SD within Subjects (residual)", "OLS"] == "47.7"


@pytest.mark.parametrize(
    ("formula", "second"), [("Y ~ X + (1 | ID)", "Random intercept"), ("Y ~ X + (X | ID)", "Random slope")]
)
def test_the_model_asked_for_stands_beside_ols_where_there_is_little_room(table, formula, second):
    found = compare(formula, table("cv161703"))
    usual, early = (to_frame(coefficient_table(found, asked_early=early)) for early in (False, True))
    assert early.columns[:3].tolist() == ["OLS", second, "OLS, cluster-robust"]
    pd.testing.assert_frame_equal(early[usual.columns], usual)


def test_p_values_on_request(table):
    shown = to_frame(coefficient_table(compare("Y ~ X + (1 | ID)", table("cv161703")), p_values=True))
    assert shown.loc["X", "OLS"] == "1.18 (0.13) 0.93 to 1.44, 58 df, p < 0.001"
    assert "p = " in shown.loc["Intercept", "OLS"]


@pytest.mark.parametrize(
    ("df", "text"), [(17.0, "17 df"), (16.84, "16.8 df"), (16.9999, "17 df"), (56_803.4, "56,803 df"), (np.inf, "∞ df")]
)
def test_degrees_of_freedom_in_words(df, text):
    assert degrees(df) == text


def test_spreads_in_words(table):
    found = compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    assert spread_label(found, "sd", "Subject", "Intercept") == "SD between Subjects"
    assert spread_label(found, "sd", "Subject", "Days") == "SD between Subjects of the Days slope"
    assert spread_label(found, "correlation", "Subject", "Intercept, Days") == "Correlation of intercept and Days"
    assert spread_label(found, "residual", "", "Residual") == "SD within Subjects (residual)"


def test_a_table_without_a_caption_still_has_a_name():
    html = to_html(Table(("",), (("One", ""),), (Row("a", (Cell("1"),)),)), "", "A <name>")
    assert 'aria-label="A &lt;name&gt;"' in html and "<p" not in html and "<span" not in html


def test_a_row_shares_its_decimals(table):
    shown = coefficient_table(compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy")))
    for row in shown.rows[:2]:
        decimals = {len(c.main.partition(".")[2]) for c in row.cells if c.main != "·"}
        assert len(decimals) == 1


def test_what_the_dummies_absorb_is_said(table):
    shown = frame_of("y ~ z + (1 | groups)", table("chapter7_twin"))
    assert shown.loc["z", "Group dummies"] == "· absorbed by the dummies"
    assert "Number of groups" in shown.index


def test_a_zero_variance_is_zero_and_has_no_correlation(table):
    dyestuff = frame_of("Yield ~ 1 + (1 | Batch)", table("dyestuff2"))
    assert float(dyestuff.loc["SD between Batches", "Random intercept"]) == 0
    assert float(dyestuff.loc["Intraclass correlation", "Random intercept"]) == 0
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"g": np.repeat(range(6), 10), "x": rng.normal(size=60)})
    data["y"] = np.tile([1.0, -1, 2, -2, 0.5], 12) + np.repeat(rng.normal(0, 5, 6), 10)  # slopes alike but for noise
    shown = frame_of("y ~ x + (x | g)", data)
    slope = float(shown.loc["SD between g groups of the x slope", "Random slope"])
    assert (shown.loc["Correlation of intercept and x", "Random slope"] == "·") == (slope == 0)


def test_a_small_slope_is_not_rounded_away():
    """A predictor in large units has slopes whose SD is far below the residual SD."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 10)
    x = 1e6 * rng.normal(size=120)
    data = pd.DataFrame({"g": g, "x": x, "y": (1 + rng.normal(0, 0.8, 12)[g]) * x / 1e6 + rng.normal(size=120)})
    shown = frame_of("y ~ x + (x | g)", data)
    sd = float(shown.loc["SD between g groups of the x slope", "Random slope"].replace(f"e{MINUS}", "e-"))
    assert 3e-7 < sd < 2e-6
    assert float(shown.loc["x", "OLS"].split()[0].replace(f"e{MINUS}", "e-")) == pytest.approx(1e-6, rel=0.8)


def test_the_names_of_transformed_slopes_stay_whole(table):
    shown = frame_of("Reaction ~ poly(Days, 2) + (poly(Days, 2) | Subject)", table("sleepstudy"))
    assert "Correlation of poly(Days, degree=2)[1] and poly(Days, degree=2)[2]" in shown.index


@pytest.mark.parametrize(
    ("formula", "term", "label"),
    [
        ("y ~ k + (1 | g)", "k[T.b]", "k [b]"),
        ("y ~ k * x + (1 | g)", "k[T.b]:x", "k [b] × x"),
        ("y ~ x + (1 | g)", "x_mean", "x, mean of its g group"),
    ],
)
def test_terms_in_words(formula, term, label):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(range(6), 6), "x": rng.normal(size=36), "k": ["a", "b"] * 18})
    data["y"] = data["x"] + rng.normal(size=36)
    assert term_label(compare(formula, data), term) == label


class Reader(HTMLParser):
    """Tags and texts of a piece of HTML, in order."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_names_from_the_file_cannot_inject_html():
    hostile = '<img src=x onerror="alert(1)">'
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"<b>g</b>": np.repeat(range(6), 6), hostile: rng.normal(size=36)})
    data['"y"'] = data[hostile] + rng.normal(size=36)
    table = coefficient_table(compare(f'`"y"` ~ `{hostile}` + (1 | `<b>g</b>`)', data))
    reader = Reader()
    reader.feed(to_html(table, f"rows of {hostile}"))
    assert set(reader.tags) == {"div", "table", "thead", "tbody", "tr", "th", "td", "span", "p"}
    assert hostile in reader.texts  # shown as it is
    assert "<b>g</b> dummies" in reader.texts


def test_the_html_is_a_table_that_can_be_read_aloud(table):
    html = to_html(coefficient_table(compare("Y ~ X + (1 | ID)", table("cv161703"))), "What it is.")
    assert html.count('<th scope="col"') == 6
    assert html.count('<th scope="row"') == html.count("<tr") - 1
    assert 'tabindex="0" role="region" aria-label="What it is."' in html


def test_the_frame_survives_a_trip_through_a_spreadsheet(table):
    shown = frame_of("Y ~ X + (1 | ID)", table("cv161703"))
    assert json.loads(shown.to_json()) == shown.to_dict()
    assert "nan" not in shown.to_csv().lower()


def test_every_grouping_factor_has_its_intraclass_correlation():
    table = to_frame(
        coefficient_table(compare("diameter ~ 1 + (1 | plate) + (1 | sample)", examples.load("penicillin")))
    )
    shares = table.loc[["Intraclass correlation of plates", "Intraclass correlation of samples"]]
    assert shares["All grouping factors"].tolist() == ["0.15", "0.79"]
    assert shares.loc["Intraclass correlation of samples"].tolist().count("·") == len(table.columns) - 1
