"""What transforms learnt from rows that the models do not use, as constants for code that has only the rows used."""

from __future__ import annotations

from dataclasses import dataclass

from ..comparison.comparison import Comparison
from ..errors import DesignError
from ..formula.expressions import LEARNING, SUMMARIES, Call


@dataclass(frozen=True)
class Constants:
    """The constants of one transform; those that it has none of are empty or None.

    Parameters
    ----------
    center, scale : float or None
        Of `scale` and `center`.
    alpha, norms : tuple of float
        Of `poly`: the constants of its recurrence, as R's ``coefs`` has them but for a first norm of 1.
    knots, ends : tuple of float
        Of `bs` and `ns`: the inner knots, and the ends of the range; of `cut`: the breaks.
    value : float or None
        Of a mean and the like.
    """

    center: float | None = None
    scale: float | None = None
    alpha: tuple[float, ...] = ()
    norms: tuple[float, ...] = ()
    knots: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()
    value: float | None = None


def constants_of(comparison: Comparison, call: Call) -> Constants | None:
    """The constants of a call, where rows are left out; None where it has none or the rows used give the same."""
    design = comparison.design
    state = design.encoder.states.get(str(call))
    if call.function not in LEARNING or not state or design.n == design.n_total:
        return None
    if call.function == "ave":
        raise DesignError(
            f"Code that has only the rows used cannot find {call} again.",
            "Make it a column of the table, or fill the missing values.",
        )
    if call.function == "poly" and call.option("raw"):
        return None
    if call.function == "poly":
        alpha, norms = (tuple(float(v) for _, v in sorted(state[k].items())) for k in ("alpha", "norms2"))
        return Constants(alpha=alpha, norms=norms)
    if call.function in SUMMARIES:
        return Constants(value=float(state["value"]))
    if call.function == "cut":
        return Constants(knots=tuple(map(float, state["breaks"])))
    if call.function in ("bs", "ns"):
        return Constants(knots=state["knots"], ends=state["ends"])
    spread = state["scale"]
    return Constants(float(state["center"]), None if spread is None else float(spread))
