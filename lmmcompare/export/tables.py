"""Every table of a comparison with every digit: as frames, as CSV, and as one Excel workbook.

Text is text. In the workbook nothing becomes a formula or a link. CSV has no types, so text that a spreadsheet would run
as a formula gets an apostrophe before it, as OWASP advises; numbers stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..assess.effects_at import EffectsAt
from ..assess.model_choice import which_model
from ..assess.sequential_anova import sequential_anova
from ..comparison.comparison import Comparison
from ..comparison.shrinkage import shrinkage
from ..data.columns import has_times, is_date
from ..errors import LmmCompareError
from ..explain.group_frame import groups_frame
from ..explain.identity import explain
from ..explain.moulton import error_table
from ..model_catalogue import Model
from ..models import MixedResult, OLSResult
from .snapshot import Snapshot

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DANGEROUS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
LONGEST_TEXT, LONGEST_SHEET, LARGEST_WHOLE, FIRST_YEAR = 32_767, 100_000, 2**53, 1900
"""What a cell of a workbook can hold, the most rows that are put on a sheet, the largest whole number that is exact, the first dates."""


def frames(snapshot: Snapshot) -> dict[str, pd.DataFrame]:
    """Every table by its name, which is a file's and a sheet's name too.

    ``coefficients, variances, fit, tests, information``; ``weights, standard errors, groups`` of the coefficient in the
    headline, where it is a slope (and where there is one); ``least squares, anova, dummies`` of OLS and of group dummies, as
    R's lm has them; ``effects`` at each value, where the headline tells them so; ``adjusted means, differences`` as asked about;
    ``shrinkage, random effects``; ``rows`` are the rows and columns used, or ``sample of the rows`` where no more of them are at hand.
    """
    comparison, term = snapshot.comparison, snapshot.coefficient
    choice = which_model(comparison, snapshot.inferred.methods.small_sample)
    result = {
        "coefficients": _with_r_names(comparison, snapshot.inferred.within()),
        "variances": comparison.variances(),
        "fit": comparison.statistics(),
        "tests": choice.table,
        "information": choice.information,
    }
    if term != comparison.constant:
        result |= {"weights": explain(comparison, term), "groups": groups_frame(comparison, term)}
    least_squares = {key: fit for key, fit in comparison.fits.items() if isinstance(fit, OLSResult)}
    parts = [sequential_anova(fit).assign(model=key) for key, fit in least_squares.items()]
    result["least squares"] = pd.DataFrame([{"model": key} | _whole_fit(fit) for key, fit in least_squares.items()])
    result["anova"] = pd.concat(parts)[["model", *parts[0].columns[:-1]]]
    if Model.NO_POOLING in comparison.fits:
        result["dummies"] = comparison.no_pooling.treatment_contrasts().rename_axis("term").reset_index()
    if comparison.terms:
        result["standard errors"] = error_table(comparison, term, snapshot.inferred.frame, snapshot.inferred.robust)
    if snapshot.effects is not None:
        result["effects"] = _with_places(snapshot.effects)
    try:
        means = snapshot.adjusted_means
    except LmmCompareError:
        means = None
    if means is not None:
        result |= {"adjusted means": means.frame()} | (
            {"differences": means.differences().drop(columns="words")} if means.contrasts else {}
        )
    return result | {
        "shrinkage": shrinkage(comparison.mixed),
        "random effects": _random_effects(comparison.mixed),
        "sample of the rows" if comparison.design.is_sample else "rows": snapshot.rows,
    }


def _with_places(effects: EffectsAt) -> pd.DataFrame:
    """Effects with the value that each is at."""
    frame = effects.frame.copy()
    frame.insert(
        1,
        effects.question.by if effects.question.by not in frame else "value",
        [effects.values[k] for k in frame["at"]],
    )
    return frame.drop(columns="at")


def _with_r_names(comparison: Comparison, frame: pd.DataFrame) -> pd.DataFrame:
    """The coefficients with a last column of what R calls them."""
    return frame.assign(r_name=[comparison.design.r_names.get(term, term) for term in frame["term"]])


def _whole_fit(fit: OLSResult) -> dict[str, float]:
    """What R's ``summary`` of an ``lm`` says of the whole fit."""
    names = ("rsquared", "rsquared_adj", "fvalue", "df_model", "df_resid", "f_pvalue", "sigma")
    quantiles = {} if fit.design.is_sample else fit.residual_quantiles.add_prefix("residual ").to_dict()
    return {name: getattr(fit, name) for name in names} | quantiles


def _random_effects(fit: MixedResult) -> pd.DataFrame:
    """The conditional modes of every grouping factor with their standard errors: ``factor, group, term, estimate, se``."""
    parts = [
        pd.DataFrame(
            {
                "factor": factor,
                "group": modes.index.astype(str),
                "term": term,
                "estimate": modes[term].to_numpy(),
                "se": fit.random_effects_se[factor][term].to_numpy(),
            }
        )
        for factor, modes in fit.random_effects.items()
        for term in modes.columns
    ]
    return pd.concat(parts, ignore_index=True)


def csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV: UTF-8, a comma between columns, a point in numbers, nothing where there is no value.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    frame = frame.rename(columns=_guarded)  # a new frame: what follows changes no one else's
    for at, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            frame.isetitem(at, frame.iloc[:, at].astype(object).map(_guarded, na_action="ignore"))
    return frame.to_csv(index=False).encode()


def _guarded(value: Any) -> Any:
    """Text that cannot become a formula; text that reads as a number, and all that is not text, as it is."""
    risky = isinstance(value, str) and DANGEROUS.match(value) and not PLAIN_NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """The tables as one Excel workbook, a sheet each; numbers with all their digits, no value as an empty cell.

    A table with more rows than `LONGEST_SHEET` is left out, and its sheet says so.
    """
    import xlsxwriter  # slow to import, and needed only here

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        for name, frame in tables.items():
            sheet = book.add_worksheet(name)
            if len(frame) > LONGEST_SHEET:
                sheet.write_string(0, 0, f"{len(frame):,} rows are too many for a sheet; they are in the CSV file.")
                continue
            for at, column in enumerate(frame.columns):
                clock = moment if is_date(frame[column]) and has_times(frame[column]) else day
                sheet.write_string(0, at, str(column)[:LONGEST_TEXT], head)
                for row, value in enumerate(frame[column].tolist(), start=1):
                    _write(sheet, row, at, value, clock)
            sheet.freeze_panes(1, 0)
            sheet.autofit(240)
    return content.getvalue()


class _Exact(float):
    """A number with the digits that it takes to read back the same one; xlsxwriter itself prints 16, one too few."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def _write(sheet: Worksheet, row: int, at: int, value: Any, clock: Format) -> None:
    """Put a value into a cell: truth, dates and finite numbers as what they are, no value as nothing, all else as text.

    A date before 1900, which a workbook cannot hold, is text.

    ``write_string`` makes neither formulas nor links, as xlsxwriter's plain ``write`` would.
    """
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif (isinstance(value, float) and math.isfinite(value)) or (
        isinstance(value, int) and abs(value) <= LARGEST_WHOLE
    ):
        sheet.write_number(row, at, _Exact(value))
    elif isinstance(value, datetime) and not pd.isna(value) and value.year >= FIRST_YEAR and value.tzinfo is None:
        sheet.write_datetime(row, at, value, clock)
    elif not pd.isna(value):
        sheet.write_string(row, at, str(value)[:LONGEST_TEXT])
