"""A change of unit changes numbers by its factor and nothing else: every sentence and table of the report stays as it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.export.panel_html import PanelWriter
from lmmcompare.export.r_code import r_code
from lmmcompare.export.report_parts import parts
from lmmcompare.export.snapshot import Snapshot
from tests.sources import file_source

NUMBER = re.compile(r"[−-]?\d+(,\d{3})*(\.\d+)?(e[−-]?\d+)?")
DESIGNS = {
    "intercept": ("y ~ x + z + (1 | g)", {}),
    "singular slope": ("y ~ x + z + (x | g)", {}),
    "ar1": ("y ~ x + z + (1 | g)", {"correlation": "ar1(t | g)"}),
}


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    groups, n = 14, 6
    g = np.repeat(np.arange(groups), n)
    x, z = rng.normal(size=groups)[g] + rng.normal(size=groups * n), rng.normal(size=groups)[g]
    y = 0.5 * x + 0.3 * z + rng.normal(size=groups)[g] + rng.normal(size=groups * n)
    return pd.DataFrame({"y": y, "x": x, "z": z, "t": np.tile(np.arange(n), groups), "g": [f"g{k}" for k in g]})


def words(formula: str, frame: pd.DataFrame, structure: dict[str, str]) -> list[str]:
    """The report's text, each number as #."""
    snapshot = Snapshot(compare(formula, frame, **structure), file_source("rows.csv", frame))
    html = "\n".join(parts(snapshot, datetime(2026, 1, 1, tzinfo=UTC), PanelWriter()))
    html = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)
    lines = unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(p|li|td|th|h\d|tr)>", "\n", html))).split("\n")
    return [NUMBER.sub("#", line.strip()) for line in lines if line.strip()]


@pytest.mark.parametrize("design", DESIGNS)
def test_sentences_do_not_depend_on_units(design: str) -> None:
    formula, structure = DESIGNS[design]
    frame = rows()
    plain = words(formula, frame, structure)
    assert len(plain) > 100
    for outcome, predictor in ((1e-6, 1e6), (1e6, 1e-6)):
        other = frame.assign(y=frame["y"] * outcome, x=frame["x"] * predictor, z=frame["z"] * predictor)
        assert words(formula, other, structure) == plain, (outcome, predictor)


def test_r_says_where_lmertests_degrees_of_freedom_are_rounding() -> None:
    """R: of one fit, whose slope has 39.5 df, lmerTest 3 gives 39.5 in units of 1e-4, 0.67 of 1e-6, 0.0002 of 1e-8, and 195,273 of 1e6."""
    frame = rows()
    for unit, noted in ((1.0, False), (1e-4, False), (1e-6, True), (1e-8, True), (1e6, True), (1e9, True)):
        scaled = frame.assign(y=frame["y"] * unit)
        code = r_code(Snapshot(compare("y ~ x + (1 | g)", scaled), file_source("rows.csv", scaled)))
        assert ("In these units of the outcome" in code) == noted, unit
