"""Correlated and unequal residuals of calls and commands, as the structures that are fitted here; those of nlme are in `nlme`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..correlation import Correlation, Kind
from ..correlation_parser import with_residuals
from ..expressions import Column
from ..spec import ModelSpec
from .call_syntax import Part, column_of, one_sided
from .effects import Columns, refuse

Fail = Callable[[str, str], NoReturn]
"""Refuses a call for a problem, with a remedy, at the place of what is wrong."""
WITHOUT_RANDOM: dict[Kind, str] = {
    "cs": "One correlation within groups",
    "us": "A free covariance between visits",
}
"""Structures that take the place of a random part, in words."""
_SAS: dict[str, Kind] = {"CS": "cs", "AR(1)": "ar1", "UN": "us", "UNR": "us", "SP(POW)": "car1"}
_SPSS: dict[str, Kind] = {"CS": "cs", "AR1": "ar1", "UN": "us", "UNR": "us"}
_STATA: dict[str, Kind] = {"exchangeable": "cs", "ar": "ar1", "unstructured": "us", "exponential": "car1"}


@dataclass(frozen=True, slots=True)
class Residuals:
    """A structure as a command names it, with the columns that it needs.

    Attributes
    ----------
    kind : {"cs", "ar1", "car1", "us"} or None
        None for residuals that are not correlated.
    order : str
        The column of times or visits; empty where none is named.
    variance : str
        A column whose levels have a residual variance each; empty where there is none.
    """

    kind: Kind | None
    group: tuple[str, ...] = ()
    order: str = ""
    variance: str = ""

    def of(self, spec: ModelSpec, fail: Fail) -> ModelSpec:
        """A model with residuals of this structure; refused by ``fail`` where it lacks a column, or stands beside a random part."""
        if self.kind is None:
            return with_residuals(spec, None, self.variance)
        if not self.group:
            fail("Correlated residuals need a group.", "Name the column whose rows are correlated.")
        if self.kind != "cs" and not self.order:
            fail(
                "The order of the rows is not named.",
                "Name the column of times or visits, or add one with the rows of each group numbered.",
            )
        if self.kind in WITHOUT_RANDOM and spec.random:
            fail(
                f"{WITHOUT_RANDOM[self.kind]} beside a random part is not fitted here: it holds what the random part could.",
                "Leave one of the two out.",
            )
        order = None if self.kind == "cs" else self.order
        return with_residuals(spec, Correlation(self.kind, self.group, order), self.variance)


def tmb_residuals(spec: ModelSpec, dispersion: Part) -> ModelSpec:
    """A model of ``glmmTMB`` with the residual variances that ``dispformula=`` gives it.

    A column has a variance for each of its levels. With ``~0`` there is no residual but the one structured term, ``us(visit + 0 | g)``
    or ``ar1(time + 0 | g)``.
    """
    inner, _ = one_sided(dispersion)
    if inner.text == "1":
        return spec
    if inner.text != "0":
        return with_residuals(spec, None, column_of(inner))
    structured = [term for term in spec.random if not term.intercept and len(term.terms) == 1]
    if len(spec.random) != 1 or not structured or structured[0].structure not in ("us", "ar1"):
        dispersion.fail(
            "dispformula = ~0 is read beside one term such as us(visit + 0 | group) only.",
            "Leave it out, or write ~1.",
        )
    (term,) = structured
    columns = [f for f in term.terms[0].factors if isinstance(f, Column)]
    if len(columns) != 1 or len(term.terms[0].factors) != 1:
        dispersion.fail("The visits are no column.", "Compute them as a column of the table, and name that.")
    kind: Kind = "us" if term.structure == "us" else "ar1"
    return Residuals(kind, term.group, columns[0].name).of(spec.fixed_only(), dispersion.fail)


def command_residuals(spec: ModelSpec, structure: str, residuals: Residuals | None, text: str, place: int) -> ModelSpec:
    """A model of a command with the residuals that it asks for; refused where these cannot be fitted.

    Parameters
    ----------
    structure : str
        What the command calls the structure.
    residuals : Residuals or None
        None for a structure that is not known here.
    text : str
        The whole command.
    place : int
        Where the structure stands in it.
    """

    def fail(problem: str, remedy: str) -> NoReturn:
        refuse(problem, remedy, text, place)

    if residuals is None:
        fail(
            f"Residuals of the structure {structure[:30]} are not fitted here.",
            "Known are one correlation within groups, AR(1), a power of the time between rows, a free covariance between visits, "
            "and a variance for each level of a column.",
        )
    return residuals.of(spec, fail)


def steps_remark(program: str) -> str:
    """What an AR(1) of SPSS and SAS means there and here."""
    return f"{program} counts one step from each visit to the next; here a step is one unit of the column of visits."


def sas_residuals(
    effects: Sequence[str], subject: tuple[str, ...], kind: str, by: str, columns: Columns
) -> Residuals | None:
    """The structure of ``repeated effects / subject=… type=kind group=by``; None where it is not known here."""
    order = effects[0] if len(effects) == 1 else ""
    if kind.upper() in ("VC", "SIMPLE"):
        return Residuals(None, variance=by)
    if power := re.fullmatch(r"SP\(POW\)\((\w+)\)", kind, re.IGNORECASE):
        kind, order = "SP(POW)", columns.name(power[1])
    known = _SAS.get(kind.upper())
    return None if known is None or by else Residuals(known, subject, order)


def spss_residuals(effects: Sequence[str], subject: tuple[str, ...], kind: str) -> Residuals | None:
    """The structure of ``/REPEATED=effects | SUBJECT(…) COVTYPE(kind)``; None where it is not known here."""
    order = effects[0] if len(effects) == 1 else ""
    if kind in ("ID", "DIAG"):
        return Residuals(None, variance=order if kind == "DIAG" else "") if order or kind == "ID" else None
    known = _SPSS.get(kind)
    return None if known is None else Residuals(known, subject, order)


def stata_residuals(option: str, group: tuple[str, ...]) -> Residuals | None:
    """The structure of ``residuals(ar 1, t(time))`` of rows in a group; None where it is not known here."""
    match = re.fullmatch(r"\w+\s*\(\s*(\w+)\s*(\d*)\s*(?:,(.*))?\)", option.strip(), re.DOTALL)
    if match is None:
        return None
    name, lag, inside = match[1], match[2], match[3] or ""
    given = {m[1]: m[2] for m in re.finditer(r"(\w+)\s*\(\s*(\w+)\s*\)", inside)}
    by = given.get("by", "")
    if len(name) >= 3 and "independent".startswith(name):
        return Residuals(None, variance=by)
    kinds = [kind for whole, kind in _STATA.items() if name == whole or (len(name) >= 2 and whole.startswith(name))]
    if len(kinds) != 1 or by or (lag or "1") != "1" or (kinds[0] != "ar1" and lag):
        return None
    return Residuals(kinds[0], group, given.get("t", ""))
