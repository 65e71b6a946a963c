"""Factors with many levels by path: the moments are those of the rows, and no engine is asked for products of 0/1 columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare.design.build import build
from lmmcompare.engines import level_cells
from lmmcompare.engines.build import measure
from lmmcompare.errors import TooLargeError
from lmmcompare.formula import read
from lmmcompare.formula.expressions import Column
from lmmcompare.models.gathering import compute_crossing
from tests.effort import crossed


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 3_000
    rows = pd.DataFrame(
        {
            "f": [f"level {k:02}" for k in rng.integers(40, size=n)],
            "h": [f"h{k}" for k in rng.integers(4, size=n)],
            "number": rng.integers(12, size=n),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(10, size=n), "D"),
            "g": rng.integers(60, size=n),
            "c": rng.integers(15, size=n),
            "x": 20 + rng.normal(size=n),
            "z": rng.normal(size=n),
            "w": rng.uniform(0.5, 3, size=n),
        }
    )
    rows["y"] = rows["x"] - 20 + rng.normal(size=60)[rows["g"]] + rng.normal(size=n)
    rows.loc[::97, "f"] = None
    return rows


@pytest.fixture(scope="module")
def path(table, tmp_path_factory) -> str:
    place = tmp_path_factory.mktemp("levels") / "rows.parquet"
    table.to_parquet(place)
    return str(place)


FORMULAS = [
    "y ~ x + f + (1 | g)",
    "y ~ x + f",
    "y ~ x * f + (x | g)",
    "y ~ 0 + f + z + (z | g)",
    "y ~ f + h + x:h + (1 | g)",
    "y ~ f:h + z + (1 | c)",
    "y ~ C(f, contr.sum) + z + (1 | g)",
    "y ~ factor(number) * z + (1 | g)",
    "y ~ x + f + (x | g) + (1 | c)",
    "y ~ x + f + (1 | f) + (1 | g)",
    "y ~ x + f + (z > 0) + (1 | g)",
    "y ~ poly(z, 2):h + f + (1 | g)",
]


@pytest.mark.parametrize(("formula", "weighted"), crossed(FORMULAS, [False, True]))
def test_the_moments_are_those_of_the_rows(formula, weighted, table, path, monkeypatch):
    asked = []
    whole = level_cells.grouped
    monkeypatch.setattr(level_cells, "grouped", lambda *given: asked.append(len(given[2])) or whole(*given))
    spec = read(formula, list(table))
    if weighted:
        spec = replace(spec, weights=Column("w"))
    design = build(spec, table)
    expected, found = compute_crossing(design), measure(spec, path).crossing
    assert asked and max(asked) <= 5 < len(design.columns)
    for one, other in zip(expected.factors, found.factors, strict=True):
        np.testing.assert_array_equal(one.n, other.n)
        np.testing.assert_allclose(other.w, one.w, rtol=1e-12)
        np.testing.assert_allclose(other.center, one.center, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(other.scale, one.scale, rtol=1e-10)
        np.testing.assert_allclose(other.mean, one.mean, atol=1e-10)
        scale = np.sqrt(np.einsum("kkj->k", one.within) + 1)
        difference = (other.within - one.within) / (scale[:, None] * scale)[..., None]
        assert np.abs(difference).max() < 1e-10


def test_few_levels_are_summed_as_they_are(path, monkeypatch):
    monkeypatch.setattr(level_cells, "grouped", lambda *_given: pytest.fail("cells are not needed"))
    measure(read("y ~ x + (1 | g)", ["x", "g", "y"]), path)


def test_what_is_too_much_is_refused_before_it_is_summed(path, monkeypatch):
    monkeypatch.setattr(level_cells, "MAX_CELLS", 100)
    monkeypatch.setattr(level_cells, "MANY", 10)
    monkeypatch.setattr(level_cells, "grouped", lambda *_given: pytest.fail("refused beforehand"))
    with pytest.raises(TooLargeError, match="39 columns of levels"):
        measure(read("y ~ x + f + (1 | g)", ["x", "f", "g", "y"]), path)
