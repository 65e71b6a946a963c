"""proc mixed of SAS: the levels with which others are compared."""

from __future__ import annotations

from lmmcompare.formula.calls import read_call

PROGRAM = "proc mixed data=d; class g arm{}; model y = arm|x / s; random int / subject=g; run;"


def test_a_baseline_that_the_class_statement_names_is_kept():
    call = read_call(PROGRAM.format("(ref='Placebo')"), {"arm": False})
    assert call.formula.startswith('y ~ relevel(arm, ref="Placebo") + x + relevel(arm, ref="Placebo"):x')
    assert not call.remarks


def test_without_one_sas_compares_with_the_last_level_which_is_said():
    for baseline in ("", "(ref=last)"):
        call = read_call(PROGRAM.format(baseline), {"arm": False})
        assert call.formula.startswith("y ~ arm + x")
        assert "last" in call.remarks[0]
    assert not read_call(PROGRAM.format("(ref=first)"), {"arm": False}).remarks
