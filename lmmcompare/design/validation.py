"""Tables and columns that no design can be made from, in words; the same for rows in memory and for a table that an engine has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ..errors import DataError, DesignError
from ..formula.expressions import Expression, columns_of
from ..formula.spec import ModelSpec
from ..text.english import listed
from ..text.numbers import count

LIKE, VERY_LIKE = 0.6, 0.8
"""How much of two names must be alike, by `difflib`'s ratio, for one to be meant by the other."""


def required_groupings(spec: ModelSpec, group: str | None) -> tuple[tuple[str, ...], ...]:
    """The columns of each grouping factor; without a random part ``group``, a column of clusters, is the only one."""
    return spec.groupings or (((group,),) if group else ())


def required_columns(spec: ModelSpec, group: str | None) -> list[str]:
    """The columns that a model needs, once each, those of `required_groupings` last."""
    groupings = required_groupings(spec, group)
    return list(dict.fromkeys([*spec.columns, *(name for columns in groupings for name in columns)]))


def refuse_unusable_columns(
    needed: Sequence[str], columns: Sequence[Any], nested: Callable[[str], bool], groups: Iterable[str]
) -> None:
    """Raise when a column that is needed is not there, or more than once, or holds lists, structures or the like.

    Parameters
    ----------
    nested : callable
        Whether a column holds values that have parts.
    groups : iterable of str
        Those among the needed that are to be grouping factors.
    """
    refuse_unknown_columns(needed, columns, groups)
    for name in needed:
        if nested(name):
            raise DataError(
                f"Column “{name}” holds neither numbers, text nor dates.", "Choose another column, or take it apart."
            )


def refuse_unknown_columns(needed: Iterable[str], columns: Sequence[Any], groups: Iterable[str] = ()) -> None:
    """Raise when a column that is needed is not among a table's columns, or more than once.

    Parameters
    ----------
    groups : iterable of str, optional
        Those among the needed that are to be grouping factors.
    """
    needed, groups = list(needed), {*groups}
    for name in needed:
        if name not in columns:
            known = ", ".join(map(str, columns[:12])) + (", …" if len(columns) > 12 else "")
            has = f"Its columns are {known}." if columns else "It has no columns."
            near = near_column(
                name, columns, [other for other in needed if other not in groups] if name in groups else ()
            )
            hint = [f"Did you mean “{near}”?"] if near else []
            raise DataError(f"There is no column “{name}” in the table.", " ".join([*hint, has]))
        if (times := columns.count(name)) > 1:
            raise DataError(
                f"The table has {times} columns named “{name}”.", "Rename them, so that each name stands once."
            )


def near_column(name: str, columns: Sequence[Any], otherwise_used: Collection[str]) -> str:
    """The column whose name is most like one that is none, capitals aside; empty where none is like it.

    Parameters
    ----------
    otherwise_used : collection of str
        Of a grouping factor's name, what the model has as its outcome and predictors: these are hardly meant, unless their name is
        very like it.
    """
    free = [column for column in map(str, columns) if column not in otherwise_used]
    taken = [column for column in map(str, columns) if column in otherwise_used]
    return _most_like(name, free, LIKE) or _most_like(name, taken, VERY_LIKE)


def _most_like(name: str, columns: Sequence[str], cutoff: float) -> str:
    near = get_close_matches(name.lower(), [column.lower() for column in columns], n=1, cutoff=cutoff)
    return next((column for column in columns if [column.lower()] == near), "")


def refuse_few_rows(n: int, n_total: int, missing: dict[str, int]) -> None:
    """Raise when a table has fewer than two rows, or fewer than two complete ones, naming the column that is missing most."""
    if n_total < 2:
        raise DataError(
            f"The table has {'one row' if n_total else 'no rows'}.", "Load a table with at least a few rows."
        )
    if n < 2:
        worst = max(missing, key=lambda k: missing[k])
        raise DataError(
            f"{'Only one' if n else 'No'} row is complete: “{worst}” is missing in {missing[worst]:,} of {n_total:,} rows.",
            "Choose other columns.",
        )


def refuse_many_coefficients(n: int, estimable: int, asked: int) -> None:
    """Raise when there are not more rows than coefficients that can be told apart, of those that the formula asks for."""
    if n <= estimable:
        raise DesignError(
            f"{count(n, 'complete row')} cannot carry {count(asked, 'coefficient')}.",
            "Choose fewer predictors or use more rows.",
        )


def constant_outcome_error(outcome: Expression, n: int) -> DesignError:
    """An outcome that does not vary, as an error."""
    return DesignError(
        f"The outcome “{next(columns_of(outcome))}” has the same value in all {count(n, 'row')} used.",
        "Choose another outcome.",
    )


def refuse_useless_groups(group: Sequence[str], n_levels: int, n: int, n_total: int = 0) -> None:
    """Raise when all rows are one group, or each row its own; the groups are the combinations of some columns.

    ``n`` rows are complete, of ``n_total`` where some are not.
    """
    name = ":".join(group)
    some_lack = n_total > n
    fuller = ", or others with fewer missing values" if some_lack else ""
    if n_levels < 2:
        raise DesignError(
            f"The grouping column “{name}” has one level only{f' in the {n:,} complete rows' if some_lack else ''}.",
            f"Choose a column with at least two groups{fuller}.",
        )
    if n_levels == n and len(group) > 1:
        raise DesignError(
            f"No two rows have the same values of {listed([f'“{column}”' for column in group])}, so no group of “{name}” has two rows.",
            "Leave it out: the residual is what varies from row to row. For (1 | a/b) write (1 | a).",
        )
    if n_levels == n:
        raise DesignError(
            f"The grouping column “{name}” has a different value in every {'complete ' if some_lack else ''}row, so no group has two rows.",
            f"Choose a column whose values repeat{fuller}.",
        )
