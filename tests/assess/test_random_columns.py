"""Formulas without an intercept whose categories have it."""

from __future__ import annotations

import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.hausman import hausman
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.random_columns import intercept_term, means_in_dummies
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.errors import DesignError
from lmmcompare.explain.moulton import error_table
from lmmcompare.export.methods import methods
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.panels.coefficients import estimated as coefficient_frame
from lmmcompare.panels.lm_summary import dummies
from lmmcompare.panels.model_tests import terms
from lmmcompare.tables.coefficients import ABSORBED, coefficient_table
from lmmcompare.tables.inference import infer
from tests.sources import example_source


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        ("distance ~ age + Sex", None),
        ("distance ~ 0 + age", None),
        ("distance ~ 0 + Sex", "Sex"),
        ("distance ~ 0 + age + Sex", "Sex"),
        ("distance ~ 0 + Sex + Sex:age", "Sex"),
        ("distance ~ 0 + Sex:age", None),
    ],
)
def test_categories_coded_in_full_add_up_to_a_constant(formula: str, term: str | None) -> None:
    both = compare(f"{formula} + (1 | Subject)", examples.load("orthodont"))
    assert intercept_term(both) == term
    said = any("taken to be 0 on average" in remark.sentence for remark in remarks(both))
    assert said == (formula.startswith("distance ~ 0") and term is None)


def test_the_test_of_such_a_term_is_not_taken_for_one_of_differences() -> None:
    """Its F asks whether both means are 0, in R as here."""
    for formula, said in (("distance ~ 0 + Sex + (1 | Subject)", True), ("distance ~ Sex + (1 | Subject)", False)):
        both = compare(formula, examples.load("orthodont"))
        panel = terms(both, anova(both.mixed), "III", "satterthwaite")
        assert ("asks whether all of its means are 0, not whether they are alike" in panel.words) == said


@pytest.fixture(scope="module")
def means() -> Comparison:
    """A mean of each variety, all of them in every block."""
    return compare("Y ~ 0 + V + N + (1 | B)", examples.load("oats"))


def test_dummies_have_no_means_of_levels(means: Comparison) -> None:
    """What their model has under those names are the differences that it has with an intercept, as in R."""
    other = compare("Y ~ relevel(V, 'Victory') + N + (1 | B)", examples.load("oats")).no_pooling
    differences = means.no_pooling.params[["V[Golden.rain]", "V[Marvellous]"]].to_numpy()
    assert differences == pytest.approx(other.params.to_numpy()[:2], rel=1e-9)
    assert means_in_dummies(means) == {"V[Golden.rain]", "V[Marvellous]", "V[Victory]"}


def test_no_panel_sets_such_a_difference_beside_means(means: Comparison) -> None:
    inferred = infer(means)
    rows = {row.label: row.cells for row in coefficient_table(means).rows}
    at = coefficient_table(means).models.index("no_pooling")
    assert [rows[f"V [{level}]"][at] for level in ("Golden.rain", "Marvellous", "Victory")] == [ABSORBED] * 3
    assert rows["N [0.2cwt]"][at].main == "19.5"  # lm(Y ~ B + V + N, oats): 19.50
    frame = coefficient_frame(means, inferred)
    assert set(frame.loc[frame["model"] == "no_pooling", "term"]) == {"N[T.0.2cwt]", "N[T.0.4cwt]", "N[T.0.6cwt]"}
    assert "no_pooling" not in set(error_table(means, "V[Marvellous]")["model"])
    assert "no_pooling" in set(error_table(means, "N[T.0.2cwt]")["model"])
    assert "V [Golden.rain], V [Marvellous] and V [Victory], which the dummies absorb" in methods(
        Snapshot(means, example_source("oats"))
    )
    assert "V [Golden.rain] and the like is no mean: it is a difference from V [Victory]" in dummies(means).words


def test_hausmans_test_is_not_made_of_means_against_differences(means: Comparison) -> None:
    with pytest.raises(DesignError, match="needs an intercept"):
        hausman(means)
