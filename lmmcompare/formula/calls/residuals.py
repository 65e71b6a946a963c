"""Correlated and unequal residuals of calls and commands, as the structures that are fitted here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..correlation import Correlation, Kind
from ..correlation_parser import with_residuals
from ..spec import Column, ModelSpec
from .call_syntax import Part, match_arguments
from .effects import Columns, refuse

WITHOUT_RANDOM: tuple[Kind, ...] = ("cs", "us")
"""Structures that take the place of a random part."""
_NLME: dict[str, Kind] = {"corCompSymm": "cs", "corAR1": "ar1", "corCAR1": "car1", "corSymm": "us"}
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
    group : tuple of str
    order : str
        The column of times or visits; empty where none is named.
    variance : str
        A column whose levels have a residual variance each; empty where there is none.
    """

    kind: Kind | None
    group: tuple[str, ...] = ()
    order: str = ""
    variance: str = ""

    @property
    def problem(self) -> tuple[str, str] | None:
        """What is missing to fit it, and the remedy; None where nothing is."""
        if self.kind and not self.group:
            return "Correlated residuals need a group.", "Name the column whose rows are correlated."
        if self.kind and self.kind != "cs" and not self.order:
            return (
                "The order of the rows is not named.",
                "Name the column of times or visits; the Data page can number the rows in each group.",
            )
        return None

    def of(self, spec: ModelSpec) -> ModelSpec:
        """A model with residuals of this structure."""
        if self.kind is None:
            return with_residuals(spec, None, self.variance)
        return with_residuals(
            spec, Correlation(self.kind, self.group, None if self.kind == "cs" else self.order), self.variance
        )


def nlme_residuals(spec: ModelSpec, arguments: Mapping[str, Part]) -> ModelSpec:
    """A model of ``lme`` or ``gls`` with the residuals that ``correlation=`` and ``weights=`` give it."""
    correlation, weights = (
        part if (part := arguments.get(name)) is not None and part.text != "NULL" else None
        for name in ("correlation", "weights")
    )
    variance = _var_ident(weights) if weights else ""
    if correlation is None:
        return with_residuals(spec, None, variance)
    kind, group, order = _cor_struct(correlation)
    if not group and spec.random:
        group = max((term.group for term in spec.random), key=len)  # the innermost, as nlme takes it
    if kind == "us":
        if variance != order:
            correlation.fail(
                "corSymm() with one variance for all visits is not fitted here.",
                f"Add weights = varIdent(form = ~ 1 | {order or 'visit'}), a variance for each visit.",
            )
        variance = ""
    residuals = Residuals(kind, group, order, variance)
    if problem := residuals.problem:
        correlation.fail(*problem)
    refuse_beside_random(spec, residuals, correlation)
    return residuals.of(spec)


def refuse_beside_random(spec: ModelSpec, residuals: Residuals, part: Part) -> None:
    """Refuse a structure that holds what a random part could where there is a random part."""
    if residuals.kind in WITHOUT_RANDOM and spec.random:
        part.fail(*_beside_random(residuals.kind))


def _beside_random(kind: str | None) -> tuple[str, str]:
    name = {"cs": "One correlation within groups", "us": "A free covariance between visits"}[str(kind)]
    return (
        f"{name} beside a random part is not fitted here: it holds what the random part could.",
        "Leave one of the two out.",
    )


def _cor_struct(part: Part) -> tuple[Kind, tuple[str, ...], str]:
    """Kind, groups and times of ``corAR1(form = ~ time | group)``."""
    called = part.call()
    kind = _NLME.get(called[0]) if called else None
    if called is None or kind is None:
        part.fail(
            f"The correlation {part.text[:40]} is not fitted here.",
            "Known are corCompSymm(), corAR1(), corCAR1() and corSymm(), each with form = ~ time | group.",
        )
    arguments = match_arguments(called[1], ["value", "form", "fixed"])
    if "fixed" in arguments and arguments["fixed"].flag():
        arguments["fixed"].fail("A correlation that is given is not fitted here.", "Leave fixed = TRUE out.")
    form = arguments.get("form")
    if form is None:
        return kind, (), ""
    inner, group = _one_sided(form)
    order = _column(inner) if inner.text != "1" else ""
    return kind, tuple(_column(p) for p in group.split("/", ":")) if group else (), order


def _var_ident(part: Part) -> str:
    """The column of ``varIdent(form = ~ 1 | column)``."""
    called = part.call()
    remedy = "Known is varIdent(form = ~ 1 | column), a variance for each level of a column."
    if called is None or called[0] != "varIdent":
        part.fail(f"Residual variances by {part.text[:40]} are not fitted here.", remedy)
    arguments = match_arguments(called[1], ["value", "form", "fixed"])
    if "fixed" in arguments:
        arguments["fixed"].fail("Variances that are given are not fitted here.", "Leave fixed= out.")
    if "form" not in arguments:
        part.fail("varIdent() names no column.", remedy)
    inner, levels = _one_sided(arguments["form"])
    if inner.text != "1" or levels is None:
        part.fail(f"Residual variances by {part.text[:40]} are not fitted here.", remedy)
    return _column(levels)


def _one_sided(part: Part) -> tuple[Part, Part | None]:
    """What stands after the ``~`` of a formula without a left side, and after its bar."""
    if len(part.tokens) < 2 or part.tokens[0].text != "~":
        part.fail(f"“{part.text[:40]}” is no formula with one side.", "Write form = ~ time | group.")
    sides = Part(part.source, part.start + 1, part.end).split("|")
    if len(sides) > 2 or any(not side.tokens for side in sides):
        part.fail(f"“{part.text[:40]}” is not read.", "Write form = ~ time | group.")
    return sides[0], sides[1] if len(sides) == 2 else None


def _column(part: Part) -> str:
    name = part.column() if part.tokens else None
    if name is None:
        part.fail(f"“{part.text[:40]}” is no column.", "Compute it as a column of the table, and name that.")
    return name


def tmb_residuals(spec: ModelSpec, dispersion: Part) -> ModelSpec:
    """A model of ``glmmTMB`` with the residual variances that ``dispformula=`` gives it.

    A column has a variance for each of its levels. With ``~0`` there is no residual but the one structured term, ``us(visit + 0 | g)``
    or ``ar1(time + 0 | g)``.
    """
    inner, _ = _one_sided(dispersion)
    if inner.text == "1":
        return spec
    if inner.text != "0":
        return with_residuals(spec, None, _column(inner))
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
    return Residuals(kind, term.group, columns[0].name).of(spec.fixed_only())


def command_residuals(
    spec: ModelSpec, structure: str, residuals: Residuals | None, text: str, place: int = 0
) -> ModelSpec:
    """A model of a command with the residuals that it asks for; refused where these cannot be fitted.

    Parameters
    ----------
    spec : ModelSpec
    structure : str
        What the command calls the structure.
    residuals : Residuals or None
        None for a structure that is not known here.
    text : str
        The whole command.
    place : int
        Where the structure stands in it.
    """
    if residuals is None:
        _refuse_unknown(structure, text, place)
    if problem := residuals.problem:
        refuse(*problem, text, place)
    if residuals.kind in WITHOUT_RANDOM and spec.random:
        refuse(*_beside_random(residuals.kind), text, place)
    return residuals.of(spec)


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


def _refuse_unknown(structure: str, text: str, place: int) -> NoReturn:
    refuse(
        f"Residuals of the structure {structure[:30]} are not fitted here.",
        "Known are one correlation within groups, AR(1), a power of the time between rows, a free covariance between visits, "
        "and a variance for each level of a column.",
        text,
        place,
    )
