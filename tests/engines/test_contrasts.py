"""An engine codes factors as memory does."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

import lmmcompare as lc
from tests.helpers import table

OATS = table("oats").iloc[5:]


@pytest.mark.parametrize(
    "factor",
    ["C(N, contr.sum)", "C(N, contr.poly) * V", "C(N, contr.helmert)", "C(N, contr.sdif)", 'C(N, Treatment("0.4cwt"))',
     'relevel(factor(N), ref = "0.2cwt")', 'relevel(N, ref = "0.2cwt")', "C(N, poly, 2)"],
)  # fmt: skip
def test_an_engine_codes_factors_as_memory_does(factor):
    formula = f"Y ~ {factor} + (1 | B)"
    oats = OATS  # noqa: F841, DuckDB finds it by its name
    fit, known = lc.lmer(formula, duckdb.sql("select * from oats")), lc.lmer(formula, OATS)
    assert list(fit.names) == list(known.names)
    np.testing.assert_allclose(fit.params, known.params, rtol=1e-10)
    np.testing.assert_allclose(
        fit.predict(OATS.head(4)).to_numpy(float), known.predict(OATS.head(4)).to_numpy(float), rtol=1e-9
    )
