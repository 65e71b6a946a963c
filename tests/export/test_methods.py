from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import examples
from lmmcompare.export.json_results import json_results
from lmmcompare.export.methods import methods, methods_with_references
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.tables.inference import Resampling, infer
from lmmcompare.text.numbers import number
from tests.sources import file_source

from .cases import EXAMPLES, KINDS, SIMULATED, STEEP, Case, example, nasty, nasty_cases

Q1, SLEEP = example("cv161703"), example("sleepstudy")


def test_it_says_what_was_fitted_to_what_and_how() -> None:
    done, found = methods(Q1.snapshot).split("\n\n")
    for part in (
        "the example cv161703 of lmmcompare", "60 rows (20 IDs of 3 rows each)", "fitted as Y ~ X, with",
        "(CR2 with Satterthwaite’s degrees of freedom, clustered by ID; Bell & McCaffrey, 2002; Pustejovsky & Tipton, 2018)",
        "Y ~ X + (1 | ID)", "restricted maximum likelihood (REML; Patterson & Thompson, 1971)", "Satterthwaite", "the mean of X in each ID",
        "“random slope” lay on the boundary",
    ):  # fmt: skip
        assert part in done
    fit = Q1.comparison.random_intercept
    assert f"Random intercept {number(fit.params['X'])} (SE {number(fit.bse['X'])}" in found
    slope = Q1.comparison.mixed_fits()["random_slope"]  # fitted beside it, as the methods say
    assert f"Random slope {number(slope.params['X'])} (SE {number(slope.bse['X'])}" in found
    between = number(fit.cov_re["ID"].iloc[0, 0] ** 0.5)
    assert f"deviations were {between} (intercepts between IDs) and {number(fit.sigma)} (residuals)." in found


def test_the_codes_that_the_file_declares_missing_are_said_of_the_columns_that_are_used() -> None:
    frame = Q1.source.frame
    source = Source("own.sav", frame, missing_codes={"X": "9, 97 to 99", "of no model": "-1"})
    said = methods(Case("own", Q1.formula, source).snapshot)
    assert (
        "in the file “own.sav”. Values that the file declares to be missing were missing: X (9, 97 to 99). Y was"
        in said
    )
    assert "declares" not in methods(Case("own", Q1.formula, Source("own.sav", frame)).snapshot)


def test_kenward_and_rogers_numbers_where_they_are_reported() -> None:
    text = methods(example("cv161703", kenward_roger=True).snapshot)
    fit = Q1.comparison.random_intercept
    assert "Kenward and Roger’s" in text and "freedom are Satterthwaite’s" not in text
    assert f"(SE {number(fit.bse_kenward_roger['X'])}" in text


def test_it_is_of_the_coefficient_and_the_inference_that_were_chosen() -> None:
    """A coefficient that the dummies absorb, which is not the formula's first, with intervals by profile likelihood."""
    case = next(k for k in KINDS if k.formula == "y ~ a + arm + (1 | g)" and k.intervals == "profile" and k.reml)
    done, found = methods(case.snapshot).split("\n\n")
    assert found.startswith("The coefficient of arm [Placebo] (compared with Active): OLS")
    assert "dummies" not in found and "but not arm [Placebo], which the dummies absorb" in done
    assert "a random intercept for g." in done and "by profile likelihood" in done
    limits = case.snapshot.inferred.within().set_index(["model", "term"]).loc[("random_intercept", "arm[T.Placebo]")]
    assert f"95% CI {number(limits['lower'])} to {number(limits['upper'])}, t(" in found


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("y ~ a + b + (a + b || g)", "a random intercept and random slopes of a and b for g (uncorrelated)"),
        ("y ~ a + b + (a + b | g)", "a random intercept and random slopes of a and b for g (correlated)"),
        (
            "y ~ a + arm + (a | g) + (1 | item)",
            "a random intercept and a random slope of a for g (correlated) and a random intercept for item",
        ),
    ],
)
def test_the_random_part_is_said_in_words(formula: str, said: str) -> None:
    case = next(k for k in KINDS if k.formula == formula)
    assert f"was {formula}: {said}." in methods(case.snapshot)


@pytest.mark.parametrize(
    ("kind", "said"), [("parametric", "outcomes simulated from"), ("case", "whole g groups drawn")]
)
def test_a_bootstrap_is_said_with_its_samples_and_seed(kind: str, said: str) -> None:
    case = next(k for k in KINDS if isinstance(k.intervals, Resampling) and k.intervals.kind == kind and k.reml)
    text = methods(case.snapshot)
    assert said in text and f"{case.intervals.samples} bootstrap samples" in text and "seed 1" in text


def test_rows_left_out_and_maximum_likelihood_are_said() -> None:
    frame = nasty()
    comparison = lmmcompare.compare("`if` ~ `TRUE` + (1 | group)", frame, reml=False)
    text = methods(Snapshot(comparison, file_source("t.csv", frame)))
    lost = 240 - comparison.design.n
    assert f"{lost} of 240 rows were left out ({lost} without TRUE)" in text
    assert "estimated by maximum likelihood" in text and "REML" not in text


def test_what_was_done_to_the_table_is_said_before_its_rows_are_counted() -> None:
    text = methods(KINDS[-1].snapshot)
    assert len(KINDS[-1].source.changes) == 5
    steps = " ".join(f"({k}) {words}" for k, words in enumerate(KINDS[-1].source.changes, 1))
    assert f"The table was changed first, in this order: {steps} y was analysed in" in text


def test_of_a_changed_example_the_data_are_named() -> None:
    source = Source(
        "sleepstudy, changed", SLEEP.source.frame, changed_example="sleepstudy", changes=("1 row left out.",)
    )
    text = methods(Snapshot(SLEEP.comparison, source))
    assert text.startswith(
        "The data are the example sleepstudy of lmmcompare (Belenky et al., 2003). The table was changed first, in this order: (1) 1 "
        "row left out. Reaction"
    )


def test_the_correlation_of_intercepts_and_slopes_is_reported() -> None:
    """lme4 prints 24.741, 5.922, 25.592 and 0.066."""
    found = methods(SLEEP.snapshot).split("\n\n")[1]
    assert (
        "were 24.7 (intercepts between Subjects), 5.92 (slopes of Days between Subjects) and 25.6 (residuals)." in found
    )
    said = re.search(r"The correlation of these was (\S+) \(intercepts and slopes of Days between Subjects\)\.", found)
    assert said and float(said[1]) == pytest.approx(0.066, abs=5e-4)
    uncorrelated = example("sleepstudy", "Reaction ~ Days + (Days || Subject)", reml=False)
    assert "correlation of these" not in methods(uncorrelated.snapshot).split("\n\n")[1]


def test_of_many_correlations_the_range_is_reported() -> None:
    case = Case("", "y ~ a + b + (a + b + week | g)", STEEP)
    values = case.comparison.variances().query("model == 'random_slope' and kind == 'correlation'")["value"]
    assert len(values) == 6
    said = f"The 6 correlations of these lay between {number(values.min())} and {number(values.max())}."
    assert said in methods(case.snapshot)


def test_structured_residuals_are_reported_with_their_degrees_of_freedom() -> None:
    """Kenward and Roger's are to be had where there are no random coefficients beside the structure."""
    rows = STEEP.frame.assign(visit=np.tile(np.arange(8), 24))
    beside, alone = (
        lmmcompare.compare("y ~ a + arm + (1 | g)", rows, correlation=structure)
        for structure in ("ar1(visit | g)", "cs(1 | g)")
    )
    text, other = (
        methods(Snapshot(c, file_source("t.csv", rows), chosen=infer(c, kenward_roger=True))) for c in (beside, alone)
    )
    own = "the model with structured residuals has Satterthwaite’s degrees of freedom"
    assert own in text and own not in other
    values = beside.variances().query("model == 'structured'").set_index("name")["value"]
    said = (
        f"a standard deviation of {number(values['Residual'])} and a correlation of {number(values['Residual ar1(visit | g)'])} "
        f"between neighbours, beside a standard deviation of {number(values['Intercept'])} (intercepts between g groups)."
    )
    assert said in text


def test_dates_are_said_to_be_counted() -> None:
    rows = STEEP.frame.assign(day=pd.Timestamp("2020-03-01") + pd.to_timedelta(np.arange(192) % 8, "D"))
    text = methods(Snapshot(lmmcompare.compare("y ~ day + (1 | g)", rows), file_source("t.csv", rows)))
    assert "day is counted in days since 2020-03-01." in text


def test_line_breaks_in_names_break_no_paragraph() -> None:
    case = next(case for case in nasty_cases() if case.name == "backslash and newline")
    assert methods(case.snapshot).count("\n") == 2


def test_what_was_not_fitted_is_not_claimed() -> None:
    mean = example("chapter7")
    text = methods(mean.snapshot)
    assert "dummies" not in text and "Mundlak" not in text and "The mean: OLS" in text and "All fits converged" in text


@pytest.mark.parametrize("case", [*EXAMPLES, *SIMULATED], ids=lambda c: c.name)
def test_two_paragraphs_of_whole_sentences(case: Case) -> None:
    text = methods(case.snapshot)
    assert text.count("\n\n") == 1 and "  " not in text and ".." not in text and "·" not in text
    assert all(part.endswith(".") for part in text.split("\n\n"))
    assert ("seed" in text) is (case.source.settings is not None)


def test_a_variance_that_the_rows_cannot_tell_is_said_to_be_such() -> None:
    """Every cell of a and b is a group, and the fixed part has a mean for each cell."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {"a": np.repeat(["p", "q"], 12), "b": np.tile(np.repeat(["r", "s"], 6), 2), "y": rng.normal(size=24)}
    )
    comparison = lmmcompare.compare("y ~ a * b + (1 | a:b)", frame)
    text = methods(Snapshot(comparison, file_source("t.csv", frame)))
    assert "has a variance that these rows cannot tell from another" in text and "All fits converged" not in text


@pytest.mark.parametrize("together", [True, False])
def test_reasons_that_add_up_to_more_than_the_rows_left_out_are_explained(together: bool) -> None:
    frame = lmmcompare.examples.load("cv161703").astype({"X": float, "Y": float})
    frame.loc[[3, 7], "X"] = np.nan
    frame.loc[[3, 11] if together else [10, 11], "Y"] = np.nan
    design = lmmcompare.compare("Y ~ X + (1 | ID)", frame).design
    assert design.n_total - design.n == (3 if together else 4) and sum(design.missing.values()) == 4
    assert ("some lack several" in design.rows_sentence) is together


def test_the_readers_own_file_is_named_by_its_own_name() -> None:
    """A changed table has a name that says so; what a paper names is the file."""
    assert methods(Case("", "y ~ a + (1 | g)", STEEP).snapshot).startswith("The data are in the file “steep.csv”. ")
    assert methods(KINDS[-1].snapshot).startswith("The data are in the file “steep.csv”. The table was changed first")
    assert methods(SIMULATED[0].snapshot).startswith(
        "Data were simulated: lmmcompare.simulate(groups=15, size=8, tau1=0.4, seed=5)."
    )
    pasted = Case("", "y ~ a + (1 | g)", file_source("pasted text", STEEP.frame))
    assert methods(pasted.snapshot).startswith("y was analysed in ")


def test_groups_of_every_factor_are_counted() -> None:
    """30 casks within 10 batches, two samples of each; 24 plates crossed with 6 samples."""
    assert "60 rows (10 batches of 6 rows each; 30 casks of 2 rows each)" in methods(example("pastes").snapshot)
    crossed = example("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)")
    assert "144 rows (24 plates of 6 rows each; 6 samples of 24 rows each)" in methods(crossed.snapshot)


def test_where_a_coefficient_of_an_interaction_holds_is_said() -> None:
    found = methods(Case("", "y ~ a * arm + (1 | g)", STEEP, term="arm[T.Placebo]").snapshot).split("\n\n")[1]
    assert found.startswith("The coefficient of arm [Placebo] (compared with Active) where a is 0: OLS")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (example("dyestuff"), "The intraclass correlation was 0.418 (Batches)."),
        (
            example("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
            "The intraclass correlations were 0.151 (plates) and 0.785 (samples).",
        ),
        (SLEEP, "The intraclass correlation was 0.722 (Subjects), averaged over the rows."),
    ],
    ids=["one factor", "two factors", "a slope"],
)
def test_intraclass_correlations_are_reported(case: Case, said: str) -> None:
    """From lme4's variances: 1764.05 of 1764.05 + 2451.25; 0.71691, 3.73092 and 0.30242; of sleepstudy the mean over days 0 to 9 of
    612.10 + 2 * 9.6046 * day + 35.072 * day^2, of that and 654.94."""
    assert said in methods(case.snapshot)


def test_a_standard_deviation_that_several_coefficients_share_is_told_once() -> None:
    case = Case("", "y ~ a + cs(0 + factor(week) | g, hom = TRUE)", STEEP)
    found = methods(case.snapshot).split("\n\n")[1]
    assert found.count("each column of factor(week) between g groups") == 1 and "slopes of factor(week)" not in found


def test_a_predictor_that_is_a_combination_of_others_is_said_to_be_left_out_in_all_that_is_exported() -> None:
    """The formula has it, and no coefficient is of it: the paragraph, the scripts and the JSON were silent."""
    frame = examples.load("sleepstudy").assign(Hours=lambda rows: 24 * rows["Days"])
    case = Case("combination", "Reaction ~ Days + Hours + (1 | Subject)", file_source("sleep.csv", frame))
    said = "Not estimable from these rows, so left out of every model: “Hours” (equal to 24 · “Days”)."
    assert said in methods(case.snapshot)
    assert f"# {said}" in r_code(case.snapshot) and f"# {said}" in python_code(case.snapshot)
    assert json.loads(json_results(case.snapshot))["model"]["not_estimable"] == {"Hours": "equal to 24 · “Days”"}


def test_a_singular_fits_other_p_value_is_in_the_paper_too() -> None:
    """lmerTest on these rows: Satterthwaite 28 df; Kenward-Roger 0.7848, SE 0.1647, 3.3007 df, t 4.7646, p 0.01409."""
    random = np.random.default_rng(2)
    group = np.repeat(np.arange(3), random.integers(8, 14, 3))
    mean = random.normal(size=3)
    x = random.normal(size=len(group)) + mean[group]
    y = (
        2
        + 0.5 * x
        + 2 * random.normal(size=3)[group]
        + 0 * random.normal(size=3)[group]
        + random.normal(size=len(group))
    )
    frame = pd.DataFrame({"g": group, "x": x.round(3), "y": y.round(3)})
    snapshot = Snapshot(lmmcompare.compare("y ~ x + (1 | g)", frame), file_source("few.csv", frame))
    found = methods(snapshot).split("\n\n")[1]
    assert "Random intercept 0.785 (SE 0.136, 95% CI 0.507 to 1.06, t(28) = 5.79, p < 0.001)" in found
    assert (
        "Random intercept, by Kenward and Roger’s method (Kenward & Roger, 1997), as its fit is singular, 0.785 (SE 0.165, 95% CI 0.287 "
        "to 1.28, t(3.3) = 4.76, p = 0.014)"
    ) in found
    assert "Kenward" in methods_with_references(snapshot).split("References")[1]
