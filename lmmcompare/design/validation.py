"""Tables and columns that no design can be made from, in words; the same for rows in memory and for a table that an engine has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ..errors import DataError, DesignError
from ..formula.spec import Expression, columns_of
from ..text.numbers import count


def refuse_few_rows(n: int) -> None:
    """Raise when a table has fewer than two rows."""
    if n < 2:
        raise DataError(f"The table has {'one row' if n else 'no rows'}.", "Load a table with at least a few rows.")


def refuse_unknown_columns(needed: Iterable[str], columns: Sequence[Any]) -> None:
    """Raise when a column that is needed is not among a table's columns, or more than once."""
    for name in needed:
        if name not in columns:
            known = ", ".join(map(str, columns[:12])) + (", …" if len(columns) > 12 else "")
            near = near_column(name, columns)
            hint = [f"Did you mean “{near}”?"] if near else []
            raise DataError(
                f"There is no column “{name}” in the table.", " ".join([*hint, f"Its columns are {known}."])
            )
        if (times := columns.count(name)) > 1:
            raise DataError(
                f"The table has {times} columns named “{name}”.", "Rename them, so that each name stands once."
            )


def near_column(name: str, columns: Sequence[Any]) -> str:
    """The column whose name is most like one that is none, capitals aside; empty where none is like it."""
    near = get_close_matches(name.lower(), [str(c).lower() for c in columns], n=1)
    return next((c for c in map(str, columns) if [c.lower()] == near), "")


def refuse_incomplete(n: int, n_total: int, missing: dict[str, int]) -> None:
    """Raise when fewer than two rows are complete, naming the column that is missing most."""
    if n < 2:
        worst = max(missing, key=lambda k: missing[k])
        raise DataError(
            f"{'Only one' if n else 'No'} row is complete: “{worst}” is missing in {missing[worst]:,} of {n_total:,} rows.",
            "Choose other columns.",
        )


def refuse_weightless(n: int) -> None:
    """Raise when fewer than two complete rows have a weight above 0."""
    if n < 2:
        raise DataError(
            f"{'Only one' if n else 'No'} complete row has a weight above 0.", "Choose another column of weights."
        )


def refuse_many_coefficients(n: int, estimable: int, asked: int) -> None:
    """Raise when there are not more rows than coefficients that can be told apart, of those that the formula asks for."""
    if n <= estimable:
        raise DesignError(
            f"{count(n, 'complete row')} cannot carry {count(asked, 'coefficient')}.",
            "Choose fewer predictors or use more rows.",
        )


def constant_outcome(outcome: Expression, n: int) -> DesignError:
    """An outcome that does not vary, as an error."""
    return DesignError(
        f"The outcome “{next(columns_of(outcome))}” has the same value in all {count(n, 'row')} used.",
        "Choose another outcome.",
    )


def refuse_useless_groups(name: str, n_levels: int, n: int) -> None:
    """Raise when all rows are one group, or each row its own."""
    if n_levels < 2:
        raise DesignError(
            f"The grouping column “{name}” has one level only.", "Choose a column with at least two groups."
        )
    if n_levels == n:
        raise DesignError(
            f"The grouping column “{name}” has a different value in every row, so no group has two rows.",
            "Choose a column whose values repeat.",
        )
