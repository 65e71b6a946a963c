"""A caption explains the marks and columns that its table has, and no others."""

from __future__ import annotations

import pytest

from lmmcompare import compare
from lmmcompare.panels.model_table import model_table
from lmmcompare.panels.simulation_truth import truth
from lmmcompare.simulate.presets import PRESETS
from lmmcompare.simulate.table import table as simulated
from lmmcompare.tables.coefficients import NOT_RANKED
from lmmcompare.tables.inference import default_inference, infer
from lmmcompare.tables.simulation_truth import MISSES

from .panels_data import KINDS, fitted, kind


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_misses_are_explained_where_there_are_any(preset):
    both = compare(preset.settings.formula, simulated(preset.settings))
    (block,) = truth(both, preset.settings, default_inference(both)).tables
    assert (MISSES in block.table.marks) == (MISSES in block.caption)
    assert "*" not in block.caption


def test_both_kinds_of_data_are_among_the_presets():
    found = set()
    for preset in PRESETS:
        both = compare(preset.settings.formula, simulated(preset.settings))
        found.add(MISSES in next(iter(truth(both, preset.settings, default_inference(both)).tables)).table.marks)
    assert found == {True, False}


@pytest.mark.parametrize("example", KINDS)
def test_the_table_of_models_explains_the_pooling_that_it_has(example):
    (block,) = model_table(kind(example), default_inference(kind(example))).tables
    kinds = {pooling for _, pooling in block.table.heads}
    for pooling in ("complete pooling", "no pooling", "partial pooling"):
        assert (f"{pooling}:" in block.caption.lower()) == (pooling in kinds)
    assert ("AIC of dummies is about" in block.caption) == (NOT_RANKED in block.table.marks)
    assert ("End point checked" in block.caption) == any(m.startswith("checked") for m in block.table.marks)
    assert "degrees of freedom (df)" in block.caption and any(m.endswith(" df") for m in block.table.marks)


def test_the_name_of_the_group_keeps_its_capitals():
    (block,) = model_table(fitted("cv161703"), default_inference(fitted("cv161703"))).tables
    assert (
        "Complete pooling: one line for all; no pooling: each ID by itself; partial pooling: in between."
        in block.caption
    )
    assert "All 60 rows are used" in block.caption


def test_df_are_said_to_be_of_some_intervals_where_others_are_not_from_them():
    both = fitted("sleepstudy", "Reaction ~ Days + (Days | Subject)")
    (block,) = model_table(both, infer(both, intervals="profile")).tables
    assert "degrees of freedom (df) of intervals that rest on them" in block.caption
    assert "intervals by profile likelihood (ML)" in block.caption
