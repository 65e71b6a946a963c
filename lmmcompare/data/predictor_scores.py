"""How likely a column is the predictor: a sum of a few marks, each with its reason beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .calendar_years import is_calendar_year
from .column_patterns import Pattern
from .identifiers import is_identifier, is_sent
from .name_hints import GROUP_WORDS, PREDICTOR_WORDS, hint
from .outcome_scores import is_precision
from .within_groups import Within

MOST_CATEGORIES = 12
"""Categories of a predictor at most."""
FEW = 5
"""Values of an amount that may be those of a dose, a treatment."""
RARELY = 0.2
"""A column that changes at fewer of the neighbouring rows of a group is one of the group's, recorded anew now and then."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the table has that may be the predictor.

    Attributes
    ----------
    timed : bool
        Whether some column rises within the groups and does more than number their rows.
    varied : bool
        Whether some column varies within the groups, does not rise there and is no calendar year.
    treated : bool
        Whether such a column is one of categories, or of two values.
    """

    timed: bool = False
    varied: bool = False
    treated: bool = False

    @classmethod
    def of(cls, how: Mapping[Pattern, Within]) -> Beside:
        """What columns that may be the predictor are, by how they go within the groups."""
        varying = [p for p, w in how.items() if w.varies in ("within", "both") and w.changes >= RARELY and not w.rises]
        varying = [p for p in varying if not is_calendar_year(p)]
        timed = any(w.rises and not w.counts for w in how.values())
        return cls(timed, bool(varying), any(p.levels == 2 or not p.info.is_number for p in varying))


def predictor_mark(
    pattern: Pattern, how: Within | None, n: int, beside: Beside, grouping: bool, labels: Mapping[str, str]
) -> float | None:
    """How likely a column is the predictor; None where it cannot be.

    Parameters
    ----------
    beside : Beside
        The other columns.
    grouping : bool
        Whether it may be a group itself.

    The others are those of `outcome_mark`.
    """
    info = pattern.info
    usable = info.kind in ("numeric", "binary", "categorical") or (info.is_date and info.n_unique > 1)
    if not usable or info.n_infinite or info.n_not_numeric or is_precision(pattern):
        return None
    if is_identifier(pattern, how, n, labels):
        return None
    amount = info.is_number or info.is_date
    if not amount and pattern.levels > MOST_CATEGORIES:
        return None
    named = hint(pattern.name, PREDICTOR_WORDS, labels)
    level = info.kind == "categorical" and hint(pattern.name, GROUP_WORDS, labels) >= 2.0
    if level and not (how is not None and how.apart):
        return None  # schools, batches: a level of groups
    if how is not None and amount and how.varies == "both" and not (how.rises or how.apart):
        named = 0.0  # neither a time nor a dose, whatever it is called
    mark = named / 2 - 3.0 * info.n_missing / max(n, 1)
    mark += 1.0 if amount and pattern.levels > 2 else 0.5
    if how is None:
        return mark
    own = how.varies == "between" or (how.varies == "both" and how.changes < RARELY)
    if own and amount and pattern.levels > FEW:
        mark -= named / 2  # an age, a size that tells the groups apart is neither a time nor a treatment
    if not own and how.varies != "constant":
        mark += 1.5 + (0.0 if amount else 0.3 * how.changes)  # of crossed factors the one that changes fastest
    mark -= 1.5 if grouping and not (how.rises or how.apart) else 0.0
    if how.counts and (beside.timed or (beside.treated and not named)):
        return mark - 1.0  # the number of the row, beside a time that says more, or of what was varied
    if is_calendar_year(pattern) and beside.varied:
        return mark - named / 2 - 1.0  # it merely says when: a panel of firms, of countries
    if is_sent(pattern, n):
        return mark - 1.0
    mark += 2.0 if how.rises else 0.0  # a time
    was_set = how.even and pattern.levels <= MOST_CATEGORIES
    return mark + (0.5 if was_set else 0.0)  # a dose, a treatment
