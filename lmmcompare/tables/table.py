"""Display tables as data (cells, rows, columns), with their rendering as HTML and as text for copying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ..inference.t_tests import LEAST_DF
from ..text.numbers import MISSING, number, p_value


@dataclass(frozen=True)
class Cell:
    """The text of a number, with a mark beside it, a second line below, and a note below or beside as space permits."""

    main: str
    beside: str = ""
    below: str = ""
    further: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table; ``section`` marks the first row of a part."""

    label: str
    cells: tuple[Cell, ...]
    section: str = ""


@dataclass(frozen=True)
class Table:
    """The contents of a display table.

    Parameters
    ----------
    heads : tuple of (str, str)
        Each column's name and, in smaller type, its kind of pooling.
    """

    models: tuple[str, ...]
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    @property
    def marks(self) -> frozenset[str]:
        """Every text in its cells: a legend explains those that are there and no others."""
        cells = (cell for row in self.rows for cell in row.cells)
        return frozenset(text for c in cells for text in (c.main, c.beside, c.below, c.further) if text)


def plain_table(heads: Sequence[str], rows: Sequence[Row]) -> Table:
    """A table whose columns are no models'."""
    return Table(("",) * len(heads), tuple((head, "") for head in heads), tuple(rows))


NOTHING = Cell(MISSING)
ONE_GROUP = "rests on one group"
"""Below an estimate without a clustered error: one cluster alone determines it."""
NOT_ESTIMABLE = Cell(MISSING, "", "not estimable")


def estimate_cell(row: Mapping[str, Any] | pd.Series, decimals: int, absent: Cell = NOTHING) -> Cell:
    """An estimate and its error; ``absent`` without an estimate, and without an error that one group alone determines it."""
    if not np.isfinite(row["estimate"]):
        return absent
    estimate, se = (number(float(row[c]), decimals=decimals) for c in ("estimate", "se"))
    return Cell(estimate, f"({se})") if np.isfinite(row["se"]) else Cell(estimate, "", ONE_GROUP)


def inference_cell(row: pd.Series, decimals: int, *, tests: bool = True) -> Cell:
    """An estimate with its error, interval and degrees of freedom, and with its p value where it is ``tests``."""
    cell = estimate_cell(row, decimals, NOT_ESTIMABLE)
    if not cell.beside:
        return cell
    df = degrees(float(row["df"]))
    further = f"{p_value(float(row['p']))}, {df}" if tests else df
    return replace(cell, below=between((row["lower"], row["upper"]), decimals), further=further)


def between(ends: tuple[float, float], decimals: int) -> str:
    """An interval in words: "7.21 to 13.73"; a NaN limit is a dot."""
    return " to ".join(number(float(end), decimals=decimals) for end in ends)


def degrees(df: float) -> str:
    """Degrees of freedom as text: "17 df", "16.8 df", "∞ df", "0.042 df"."""
    if 0 < df < LEAST_DF:
        return f"{number(df, 2)} df"
    whole = not np.isfinite(df) or df >= 100 or abs(df - round(df)) < 0.005
    return f"{number(df, decimals=0 if whole else 1)} df"


def endless_sentence(df: Sequence[float]) -> str:
    """Why intervals have no end, where some of these degrees of freedom are too few for one; empty elsewhere."""
    if not (np.asarray(df, dtype=float) < LEAST_DF).any():
        return ""
    return (
        f"Where an estimate has fewer than {LEAST_DF:g} degrees of freedom its standard error is hardly known, so that there is no 95% "
        "interval (−∞ to ∞): its limits would lie over 160 standard errors away."
    )


def bare_p(p: float) -> str:
    """A p value in a column of them."""
    return p_value(p).removeprefix("p = ").removeprefix("p ")


def to_html(table: Table, caption: str, label: str = "", *, stacks: bool = False) -> str:
    """The table as semantic HTML; every text from the user is escaped.

    Parameters
    ----------
    table : Table
    caption : str
        Shown below it, where there is one.
    label : str, optional
        What a screen reader calls it; the caption, when left out.
    stacks : bool
        Whether each cell carries its column's name, as ``data-head``, for a style sheet that puts them below each other.
    """
    names = [name if stacks else "" for name, _ in table.heads]
    head = "".join(
        f'<th scope="col" class="model {model}">{escape(name)}{f"<span>{escape(kind)}</span>" if kind else ""}</th>'
        for model, (name, kind) in zip(table.models, table.heads, strict=True)
    )
    body = []
    for row in table.rows:
        cells = "".join(_cell(cell, name) for cell, name in zip(row.cells, names, strict=True))
        first = ' class="first"' if row.section else ""
        body.append(f'<tr{first}><th scope="row">{escape(row.label)}</th>{cells}</tr>')
    longest = max(
        (len(row.label) for row in table.rows), default=0
    )  # so that long labels get more room, not more lines
    below = f'<p class="lmm-note">{escape(caption)}</p>' if caption else ""
    return (
        f'<div class="lmm-table" tabindex="0" role="region" aria-label="{escape(label or caption)}" '
        f'style="--longest: {longest}"><table>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{below}"
    )


def _cell(cell: Cell, head: str) -> str:
    beside = f' <span class="se">{escape(cell.beside)}</span>' if cell.beside else ""
    lines = "".join(f"<span>{escape(text)}</span> " for text in (cell.below, cell.further) if text)
    below = f'<span class="ci">{lines.strip()}</span>' if lines else ""
    quiet = ' class="none"' if cell.main == MISSING and not cell.below else ""
    named = f' data-head="{escape(head)}"' if head else ""
    return f"<td{quiet}{named}>{escape(cell.main)}{beside}{below}</td>"


def to_frame(table: Table) -> pd.DataFrame:
    """The table as text cells, for copying into a paper: estimate, standard error, interval and df in one cell."""
    columns = [name for name, _ in table.heads]
    data = [[_text(c) for c in row.cells] for row in table.rows]
    return pd.DataFrame(data, index=[row.label for row in table.rows], columns=columns)


def _text(cell: Cell) -> str:
    text = " ".join(filter(None, (cell.main, cell.beside, cell.below)))
    return f"{text}, {cell.further}" if cell.further else text
