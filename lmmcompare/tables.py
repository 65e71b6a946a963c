"""The coefficient table as people read it: a column per model, a row per term, variance components and fit below."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from .columns import CONSTANT, INTERCEPT
from .compare import Comparison
from .labels import POOLING, model_label, noun, plural
from .labels import term_label as readable
from .numbers import MISSING, decimals_for, number
from .results import MixedResult

ORDER = ("ols", "ols_robust", "no_pooling", "random_intercept", "random_slope", "within_between", "several")


@dataclass(frozen=True)
class Cell:
    """A number with what stands beside and below it."""

    main: str
    beside: str = ""
    below: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table; ``section`` marks the first row of a part."""

    label: str
    cells: tuple[Cell, ...]
    section: str = ""


@dataclass(frozen=True)
class Table:
    """What the page shows, still as text.

    Parameters
    ----------
    models : tuple of str
        Model keys, a column each.
    heads : tuple of (str, str)
        Each column's name and, in smaller type, its kind of pooling.
    rows : tuple of Row
    """

    models: tuple[str, ...]
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


NOTHING = Cell(MISSING)


def term_label(comparison: Comparison, term: str) -> str:
    """A coefficient's name for readers."""
    if term.endswith("_mean") and term not in comparison.design.names and term[:-5] in comparison.design.names:
        return f"{readable(term[:-5])}, mean of its {noun(comparison.group)}"
    return readable(term)


def coefficient_table(comparison: Comparison, alpha: float = 0.05) -> Table:
    """Lay a comparison out for reading; numbers of one row share their decimals."""
    frame = comparison.coefficients(alpha)
    models = tuple(m for m in ORDER if m in set(frame["model"]))
    heads = tuple((model_label(m, comparison.group), POOLING[m]) for m in models)
    by_key = frame.set_index(["model", "term"])
    rows = []
    for i, term in enumerate(comparison.terms):
        found = {m: by_key.loc[(m, term)] for m in models if (m, term) in by_key.index}
        decimals = decimals_for(min((float(v["se"]) for v in found.values() if v["se"] > 0), default=1.0))
        cells = tuple(_estimate(found[m], decimals) if m in found else NOTHING for m in models)
        rows.append(Row(term_label(comparison, term), cells, "Coefficients" if i == 0 else ""))
    rows += _variance_rows(comparison, models)
    rows += _fit_rows(comparison, models)
    return Table(models, heads, tuple(rows))


def _estimate(row: pd.Series, decimals: int) -> Cell:
    if not np.isfinite(row["estimate"]):
        return Cell(MISSING, "", "absorbed by the dummies")
    shown = [number(float(row[c]), decimals=decimals) for c in ("estimate", "se", "lower", "upper")]
    return Cell(shown[0], f"({shown[1]})", f"{shown[2]} to {shown[3]}")


def _fit_key(model: str) -> str:
    return "ols" if model == "ols_robust" else model


def _variance_rows(comparison: Comparison, models: tuple[str, ...]) -> list[Row]:
    frame = comparison.variances()
    order = [comparison.group, *(f for f in comparison.factors if f != comparison.group), ""]
    wanted = list(dict.fromkeys(zip(frame["kind"], frame["factor"], frame["name"], strict=True)))
    wanted.sort(key=lambda k: (order.index(k[1]), k[0] == "correlation"))
    values = {key: float(v) for key, v in frame.set_index(["model", "kind", "factor", "name"])["value"].items()}
    residual = float(frame.loc[frame["name"] == "Residual", "value"].min())
    scales = _scales(comparison)
    pairs = {f"{a}, {b}": (a, b) for a in scales for b in scales}
    within = plural(comparison.group) if len(comparison.factors) == 1 else "groups"
    rows = []
    for i, (kind, factor, name) in enumerate(wanted):
        if name == "Residual":
            label = f"SD within {within} (residual)"
        elif kind == "sd":
            label = f"SD between {plural(factor)}" + ("" if name == INTERCEPT else f" of the {readable(name)} slope")
        else:
            a, b = ("intercept" if n == INTERCEPT else readable(n) for n in pairs[name])
            label = f"Correlation of {a} and {b}" + (f" ({plural(factor)})" if factor != comparison.group else "")
        decimals = 2 if kind == "correlation" else decimals_for(residual / scales.get(name, 1.0), 3)
        cells = []
        for model in models:
            value = values.get((_fit_key(model), kind, factor, name), float("nan"))
            if kind == "correlation":  # of something that does not vary there is none
                sd = [values.get((_fit_key(model), "sd", factor, n), 0.0) * scales[n] for n in pairs[name]]
                value = value if min(sd) > 1e-4 * residual else float("nan")
            cells.append(Cell(number(value, decimals=decimals)))
        rows.append(Row(label, tuple(cells), "Variation" if i == 0 else ""))
    return rows


def _scales(comparison: Comparison) -> dict[str, float]:
    """Standard deviations of the columns with random coefficients, so that slopes can be set beside the residual."""
    found = {INTERCEPT: 1.0}
    for fit in comparison.mixed_fits().values():
        columns = ((n, k) for b in fit.blocks for n, k in zip(b.names, b.columns, strict=True))
        found |= {name: float(fit.moments.scale[k]) for name, k in columns if k != CONSTANT}
    return found


def _fit_rows(comparison: Comparison, models: tuple[str, ...]) -> list[Row]:
    frame = comparison.statistics().set_index("model")

    def row(label: str, column: str, decimals: int | None, section: str = "") -> Row:
        cells = []
        for model in models:
            value = float(frame.loc[_fit_key(model), column])
            cells.append(NOTHING if np.isnan(value) else Cell(number(value, decimals=decimals)))
        return Row(label, tuple(cells), section)

    of_groups = f" of {plural(comparison.group)}" if len(comparison.factors) > 1 else ""
    states = []
    for model in models:
        fit = comparison.fits[_fit_key(model)]
        if not isinstance(fit, MixedResult):
            states.append(NOTHING)
        else:
            states.append(
                Cell("not converged" if not fit.converged else "on the boundary" if fit.singular else "certified")
            )
    return [
        row(f"Intraclass correlation{of_groups}", "icc", 2, "Fit"),
        row("Log-likelihood (by ML)", "loglik", 1),
        row("AIC (by ML, smaller is better)", "aic", 1),
        row("Rows", "n", 0),
        row(f"Number of {plural(comparison.group)}", "groups", 0),
        Row("Optimum", tuple(states)),
    ]


def to_html(table: Table, caption: str) -> str:
    """The table as semantic HTML; every text from the user is escaped."""
    head = "".join(
        f'<th scope="col" class="model {model}">{escape(name)}<span>{escape(kind)}</span></th>'
        for model, (name, kind) in zip(table.models, table.heads, strict=True)
    )
    body = []
    for row in table.rows:
        cells = "".join(_cell(cell) for cell in row.cells)
        first = ' class="first"' if row.section else ""
        body.append(f'<tr{first}><th scope="row">{escape(row.label)}</th>{cells}</tr>')
    return (
        f'<div class="lmm-table" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        f'<p class="lmm-note">{escape(caption)}</p>'
    )


def _cell(cell: Cell) -> str:
    beside = f' <span class="se">{escape(cell.beside)}</span>' if cell.beside else ""
    below = f'<span class="ci">{escape(cell.below)}</span>' if cell.below else ""
    quiet = ' class="none"' if cell.main == MISSING and not cell.below else ""
    return f"<td{quiet}>{escape(cell.main)}{beside}{below}</td>"


def to_frame(table: Table) -> pd.DataFrame:
    """The table as text cells, for copying into a paper: estimate, standard error and interval in one cell."""
    columns = [name for name, _ in table.heads]
    data = [[" ".join(filter(None, (c.main, c.beside, c.below))) for c in row.cells] for row in table.rows]
    return pd.DataFrame(data, index=[row.label for row in table.rows], columns=columns)
