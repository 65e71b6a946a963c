"""Pick lists change one part of the formula and keep the rest."""

import pytest

from lmmcompare.formula import edit, parse

CHANGES = [
    # formula, what is picked, what is the formula then
    ("Y ~ X + (1 | ID)", "outcome Z", "Z ~ X + (1 | ID)"),
    ("Y ~ X + W + (1 | ID)", "outcome X", "X ~ W + (1 | ID)"),
    ("Y ~ X + (X | ID)", "outcome X", "X ~ 1 + (1 | ID)"),
    ("log(Y) ~ X + (1 | ID)", "outcome Z", "Z ~ X + (1 | ID)"),
    ("Y ~ X + (1 | ID)", "predictors X W", "Y ~ X + W + (1 | ID)"),
    ("Y ~ log(X) + (1 | ID)", "predictors X W", "Y ~ log(X) + W + (1 | ID)"),
    ("Y ~ X + (X | ID)", "predictors W", "Y ~ W + (1 | ID)"),
    ("Y ~ X + W + (X + W | ID)", "predictors W", "Y ~ W + (W | ID)"),
    ("Y ~ X * W + (1 | ID)", "predictors X", "Y ~ X + (1 | ID)"),
    ("Y ~ X * W + (1 | ID)", "predictors X W V", "Y ~ X + W + V + X:W + (1 | ID)"),
    ("Y ~ X + (1 | ID)", "predictors", "Y ~ 1 + (1 | ID)"),
    ("Y ~ 0 + X + (1 | ID)", "predictors", "Y ~ 1 + (1 | ID)"),
    ("Y ~ 0 + X + (1 | ID)", "predictors X W", "Y ~ 0 + X + W + (1 | ID)"),
    ("Y ~ X + (0 + X | ID)", "predictors", "Y ~ 1 + (1 | ID)"),
    ("Y ~ X + (1 | ID)", "group G", "Y ~ X + (1 | G)"),
    ("Y ~ X + (X || ID)", "group G", "Y ~ X + (X || G)"),
    ("Y ~ X + W + (X | ID)", "group X", "Y ~ W + (1 | X)"),
    ("Y ~ X + (1 | a:b)", "group a", "Y ~ X + (1 | a)"),
    ("Y ~ X", "group ID", "Y ~ X + (1 | ID)"),
    ("Y ~ X + (1 | ID)", "slopes X", "Y ~ X + (X | ID)"),
    ("Y ~ X + W + (X | ID)", "slopes X W", "Y ~ X + W + (X + W | ID)"),
    ("Y ~ X + (X | ID)", "slopes", "Y ~ X + (1 | ID)"),
    ("Y ~ X + W + (X || ID)", "slopes X W", "Y ~ X + W + (X + W || ID)"),
    ("Y ~ log(X) + (log(X) | ID)", "slopes X", "Y ~ log(X) + (log(X) | ID)"),
    ("Y ~ X", "slopes X", "Y ~ X"),  # there is no group to vary over
    ("Y ~ X + (1 | ID)", "predictors X `two words`", "Y ~ X + `two words` + (1 | ID)"),
]


@pytest.mark.parametrize(("before", "pick", "after"), CHANGES)
def test_a_pick_changes_its_part_of_the_formula_only(before, pick, after):
    kind, *names = pick.replace("`two words`", "two_words").split()
    names = [n.replace("_", " ") for n in names]
    spec = parse(before)
    if kind == "outcome":
        changed = edit.with_outcome(spec, names[0])
    elif kind == "group":
        changed = edit.with_group(spec, names[0])
    else:
        changed = {"predictors": edit.with_predictors, "slopes": edit.with_slopes}[kind](spec, names)
    assert changed.formula == after
    assert parse(changed.formula) == changed  # the text box holds the same model as the lists


@pytest.mark.parametrize(
    ("formula", "outcome", "predictors", "group", "slopes"),
    [
        ("Y ~ X + (X | ID)", "Y", ["X"], "ID", ["X"]),
        ("log(Y) ~ poly(X, 2) * W + (1 | a:b)", "Y", ["X", "W"], "a:b", []),
        ("Y ~ 1", "Y", [], "", []),
        ("Y ~ X + I(X^2) + (0 + X | ID)", "Y", ["X"], "ID", ["X"]),
    ],
)
def test_what_the_lists_show(formula, outcome, predictors, group, slopes):
    spec = parse(formula)
    assert edit.outcome_column(spec) == outcome
    assert edit.predictor_columns(spec) == predictors
    assert edit.group_column(spec) == group
    assert edit.slope_columns(spec) == slopes


def test_picking_what_is_picked_already_changes_nothing():
    for formula in ("Y ~ X + W + (X | ID)", "Y ~ 0 + X + (0 + X | ID)", "log(Y) ~ X * W + (X || ID)"):
        spec = parse(formula)
        assert edit.with_predictors(spec, edit.predictor_columns(spec)) == spec
        assert edit.with_group(spec, edit.group_column(spec)) == spec
