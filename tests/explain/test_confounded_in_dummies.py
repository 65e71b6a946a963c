"""Beside group dummies a coefficient may be another than its name says: that is said where it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.confounded_in_dummies import dummies_sentence
from lmmcompare.panels import TableBlock
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
