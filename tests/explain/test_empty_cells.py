"""Where coefficients hold beside combinations of categories without rows: told from the cells' own means."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.effect_phrases import effect
from lmmcompare.explain.headline import headline
from lmmcompare.explain.line_labels import line_labels


def sites(*empty: tuple[str, str]) -> pd.DataFrame:
    """Rows of three regions and two kinds, but for some combinations."""
    random = np.random.default_rng(34)
    region, kind = np.repeat(["east", "north", "south"], 40), np.tile(["a", "b"], 60)
    frame = pd.DataFrame(
        {"region": region, "kind": kind, "site": np.repeat(np.arange(24), 5), "x": random.normal(size=120)}
    )
    frame["y"] = random.normal(size=120) + 3 * (region == "south") + (kind == "b") * (1 + 2 * (region == "south"))
    return frame[~pd.MultiIndex.from_frame(frame[["region", "kind"]]).isin(empty)].reset_index(drop=True)


WORDS = re.compile(
    r"([\d.]+) (more|less) y for (\w+) than for (\w+) where (\w+) is (\w+)(?:, compared with where it is (\w+))?"
)


@pytest.mark.parametrize("empty", [(), (("east", "b"),), (("south", "b"),), (("north", "a"),), (("east", "a"),)])
def test_every_coefficient_is_the_difference_of_cells_that_it_is_said_to_be(empty) -> None:
    """Its coefficient is that of b in the south, where there are no rows of east and b; it was said to be in the east."""
    frame = sites(*empty)
    both = lc.compare("y ~ region * kind + (1 | site)", frame)
    cells = frame.groupby(["region", "kind"])["y"].mean()

    def cell(column: str, level: str, other: str) -> float:
        return cells[(level, other) if column == "region" else (other, level)]

    for term in both.ols.names[1:]:
        text = effect(both, term, float(both.ols.params[term]), 6)
        if "a mixture of its levels" in text or "per unit of region [north] × kind [b]" in text:
            assert (
                empty == (("east", "a"),) and "north" in term
            )  # the intercept is a sum of three cells, and the north is set against it
            continue
        said = WORDS.match(text)
        assert said is not None, term
        amount, more, level, base, column, at, against = said.groups()
        expected = cell(column, at, level) - cell(column, at, base)
        if against:
            expected -= cell(column, against, level) - cell(column, against, base)
        assert (1 if more == "more" else -1) * float(amount) == pytest.approx(expected, abs=1e-5), said[0]
    if empty:
        assert "It changes with" not in headline(both, both.ols.names[-1]).reason


def test_a_slope_holds_where_its_rows_vary() -> None:
    """No slope is seen in the east, all of whose rows have one x: that of x is the slope in the south, whose own is left out."""
    frame = sites()
    frame.loc[frame["region"] == "east", "x"] = 0.0
    both = lc.compare("y ~ region * x + (1 | site)", frame)
    slopes = {name: np.polyfit(rows["x"], rows["y"], 1)[0] for name, rows in frame[frame["x"] != 0].groupby("region")}
    assert both.ols.params["x"] == pytest.approx(slopes["south"])
    assert "where region is south" in effect(both, "x", 1.0, 2)
    assert "for north than for south" in effect(both, "region[T.north]:x", 1.0, 2)


def test_no_line_is_drawn_where_there_is_nothing_to_draw_it_from() -> None:
    """A mark stood where no row has east and b, and a slope in the east, all of whose rows have one x."""
    frame = sites(("east", "b"))
    picture = make_picture(lc.compare("y ~ region * kind + (1 | site)", frame), frame, "kind", by="region")
    lines = picture.lines[(picture.lines["kind"] == "population") & (picture.lines["model"] == "ols")]
    cells = frame.groupby(["region", "kind"])["y"].mean()
    drawn = {(level, "ab"[int(x)]): y for level, x, y in lines[["level", "x", "y"]].itertuples(index=False)}
    assert drawn == pytest.approx(cells.to_dict())
    frame = sites()
    frame.loc[frame["region"] == "east", "x"] = 0.0
    both = lc.compare("y ~ region * x + (1 | site)", frame)
    labels = line_labels(both, make_picture(both, frame, "x", by="region"), ["ols"])
    assert {level for _, level in labels} == {"north", "south"}
