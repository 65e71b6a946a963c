"""Beside group dummies a coefficient may be another than its name says: that is said where it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.confounded_in_dummies import dummies_sentence
from lmmcompare.export.methods import methods
from lmmcompare.export.results_paragraph import results
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.panels import TableBlock
from lmmcompare.panels.coefficients import all_coefficients, coefficient
from lmmcompare.panels.model_table import model_table
from lmmcompare.panels.slope_weights import identity_parts
from lmmcompare.tables.inference import default_inference


def couples() -> pd.DataFrame:
    """80 couples, each with one's own score and the partner's."""
    rng = np.random.default_rng(21)
    rows = []
    for k in range(80):
        level, alike = rng.normal(0, 1), rng.normal(0, 1)
        x = alike + rng.normal(0, 1, 2)
        for j, role in enumerate(("wife", "husband")):
            y = 20 + 1.2 * x[j] + 0.6 * x[1 - j] + 0.5 * j + 2 * level + rng.normal(0, 2)
            rows.append((f"couple {k + 1}", role, x[j], x[1 - j], y))
    return pd.DataFrame(rows, columns=["couple", "role", "own", "partner", "satisfaction"]).round(2)


def test_an_actors_effect_beside_dummies_is_that_less_the_partners() -> None:
    """lmerTest: own 1.1027091, partner 0.9078351; their difference, 0.194874, stands under own beside dummies."""
    both = compare("satisfaction ~ own + partner + role + (1 | couple)", couples())
    assert both.mixed.params[["own", "partner"]].tolist() == pytest.approx([1.1027091, 0.9078351], rel=1e-5)
    assert both.no_pooling.params["own"] == pytest.approx(0.194874, rel=1e-4)
    (table,) = (b for b in model_table(both, default_inference(both)).blocks if isinstance(b, TableBlock))
    parts = identity_parts(both, "own")
    assert parts is not None and isinstance(parts.blocks[0], TableBlock)
    for caption in (table.caption, parts.blocks[0].caption):
        assert (
            "within couples partner cannot be told apart" in caption and "what stands under own mixes both" in caption
        )
    assert dummies_sentence(both, "role[T.wife]") == ""


def test_where_dummies_absorb_nothing_that_varies_within_groups_nothing_is_said() -> None:
    assert dummies_sentence(compare("mAch ~ ses + meanses + (1 | school)", examples.load("hsb82"))) == ""


def policies() -> pd.DataFrame:
    """20 states over eight years: eight without the policy, eight with all of it, four that took up a part of it halfway."""
    rng = np.random.default_rng(5)
    state, year = np.repeat(np.arange(20), 8), np.tile(np.arange(8), 20)
    part = np.where(year < 4, "no", "part")
    policy = np.select([state < 8, state < 16], ["no", "full"], part)
    y = 10 + np.select([policy == "full", policy == "part"], [2, 1], 0) + rng.normal(0, 1.5, 20)[state]
    return pd.DataFrame({"state": state, "policy": policy, "y": (y + rng.normal(0, 1, 160)).round(3)})


def test_a_category_that_no_group_has_beside_others_leaves_dummies_another_difference() -> None:
    """R: lm(y ~ state + policy) has -1.4580625 under policyno, its policypart being NA; with the baseline "no" it is part less no.

    No less full, which the sentence of results is about, is -2.9385656 by lmer(y ~ policy + (1 | state)).
    """
    both = compare("y ~ policy + (1 | state)", policies())
    assert both.no_pooling.params["policy[T.no]"] == pytest.approx(-1.4580625, abs=1e-6)
    assert both.mixed.params["policy[T.no]"] == pytest.approx(-2.9385656, abs=1e-5)
    shown = Snapshot(both, Source("states", policies()), term="policy[T.no]")
    assert "(compared with full)" in results(shown) and "dummies" not in results(shown)
    assert "policy [part] cannot be told apart from the other predictors and was left out there" in methods(shown)
    for panel in (coefficient(both, "policy[T.no]", shown.inferred), all_coefficients(both, shown.inferred)):
        assert panel is not None and "what stands under policy [no] mixes both" in panel.lead


def test_a_random_slope_is_not_added_for_categories_that_groups_lack() -> None:
    """lme4, (policy | state), singular: errors 0.588, 0.697 and 0.672; without the random intercept they were 0.17, 0.42 and 0.43."""
    for baseline in ("full", "no"):
        frame = policies().assign(policy=lambda d, b=baseline: d["policy"].replace(b, f"a {b}"))
        both = compare("y ~ policy + (1 | state)", frame)
        assert "some categories of policy are hardly seen beside the others" in both.absent["random_slope"]
