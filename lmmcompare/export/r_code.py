"""An R script that reproduces every number of a comparison with lm, lme4 and lmerTest."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..errors import DesignError
from ..formula.expressions import columns_of
from ..model_catalogue import Model
from ..text.labels import model_label
from .comments import comment, head
from .data_file import DataFile, data_file
from .effects_code import r_effects
from .file_columns import Field, unused_name
from .model_terms import MAX_DUMMIES, is_structured, random_part_text, too_many_dummies
from .r_formula import RFormula, r_string, r_strings
from .r_inference import packages, subtract_offset
from .r_means import adjusted_means
from .r_output import helpers, tables
from .r_steps import r_steps
from .r_structure import structured_model
from .snapshot import Snapshot

CONTROL = "control <- lmerControl(optCtrl = list(xtol_rel = 1e-12, xtol_abs = 1e-10, ftol_abs = 1e-12))  # to the optimum's last digits"
STRUCTURED = """\
# Covariance structures such as cs() and ar1() need lme4 2.0 or later. lme4's own lmer: the degrees of freedom that lmerTest and
# pbkrtest give for them are not to be trusted, so there are none here
if (packageVersion("lme4") < "2.0.0") {{
  print(list({others}), digits = 8)
  stop("this formula has a covariance structure, which needs the R package lme4 2.0 or later; above are the models without one")
}}
structured_control <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore",
  optCtrl = list(xtol_rel = 1e-12, xtol_abs = 1e-10, ftol_abs = 1e-12))"""
UTF8 = """\
if (!l10n_info()[["UTF-8"]]) stop("This script has letters beyond ASCII: run it under a UTF-8 locale, as LC_ALL=C.UTF-8 is.")
"""

NUMERICAL = (
    "A fit with random slopes is singular. lmerTest differentiates in steps of 1% of each variance parameter, so one near 0 may put its "
    "degrees of freedom off; where they differ from lmmcompare's, see also whether lme4 found as low a criterion."
)
"""Why degrees of freedom of singular fits may differ."""
UNITS = (
    "In these units of the outcome lmerTest's degrees of freedom are rounding: its steps and its limits for a flat likelihood do not go by "
    "the unit. Where they differ from lmmcompare's, fit the outcome in units in which the residual SD is near 1."
)
"""Why degrees of freedom differ where the outcome's unit is far from its spread."""
SMALLEST, FLAT = 1.8e-5, 1e-8
"""lmerTest differentiates a standard deviation below the one in steps of 1e-4, and drops directions of its Hessian below the other."""


def r_code(snapshot: Snapshot) -> str:
    """An R script that fits the models of a comparison and prints their coefficients, variances and likelihoods.

    Errors, degrees of freedom and intervals are those that the page shows. Where `page_results.PAGE` lies beside the
    script, it sets the page's numbers beside its own and writes them to ``match_r.csv``. The rows stand in the script up
    to 200 of them; else it reads the file ``source.csv_name`` beside it, whose text is
    ``data_file(comparison, source).text``.

    Raises
    ------
    DataError
        For a column name or a level that code cannot hold.
    DesignError
        For models without a coefficient, around which the script is written.
    """
    comparison = snapshot.comparison
    if not comparison.terms:
        raise DesignError(
            "The R script sets coefficients side by side, and these models have none.",
            f"Fit the mixed model in R as lmer({comparison.spec.formula}, data).",
        )
    file = data_file(comparison, snapshot.source)
    write = RFormula(comparison, file)
    body = "\n\n".join(
        [
            _data(file, write),
            _models(comparison, write),
            helpers(snapshot),
            tables(snapshot, write),
            *r_effects(snapshot, write),
            *adjusted_means(snapshot, write),
        ]
    )
    plain = all(line.isascii() for line in body.splitlines() if not line.startswith("#"))
    return "\n".join([_head(snapshot, file), "" if plain else UTF8, body]) + "\n"


def _head(snapshot: Snapshot, file: DataFile) -> str:
    degrees = (
        "Kenward and Roger's method from pbkrtest"
        if snapshot.inferred.kenward_roger
        else "Satterthwaite's from lmerTest"
    )
    lines = [
        head(snapshot, file),
        f"# It needs the package lme4; degrees of freedom are {degrees}, cluster-robust errors clubSandwich's.",
        *(
            comment(f"The rows are in {one.name}, which belongs beside this script.")
            for one in (file, *file.joined)
            if not one.inline
        ),
        *([comment(NUMERICAL)] if _has_singular_slopes(snapshot) and not snapshot.inferred.kenward_roger else []),
        *([comment(UNITS)] if _has_extreme_units(snapshot) and not snapshot.inferred.kenward_roger else []),
        *packages(snapshot),
    ]
    return "\n".join(line for line in lines if line)


def _has_singular_slopes(snapshot: Snapshot) -> bool:
    """Whether a fit with several random coefficients lies on the boundary."""
    return any(fit.singular and len(fit.theta) > 1 for fit in snapshot.comparison.mixed_fits().values())


def _has_extreme_units(snapshot: Snapshot) -> bool:
    """Whether lmerTest's derivatives in a residual SD are rounding, for its deviance has about the Hessian 4 n / sigma^2 there."""
    fits = snapshot.comparison.mixed_fits().values()
    return any(fit.sigma < SMALLEST or 4 * fit.nobs / fit.sigma**2 < FLAT for fit in fits)


def _data(file: DataFile, write: RFormula) -> str:
    """Reading the rows, what was done to them, the levels in their order, and the rows that are complete."""
    lines = [
        "# The columns used"
        + ("" if file.steps_in_code else ", and the rows that are complete in all of them: the same for every model"),
        *_read(file, "data"),
        *r_steps(file, _read),
    ]
    for field in file.fields:
        column = f"data[[{r_string(field.alias)}]]"
        if field.kind == "date":
            lines.append(f"{column} <- {_days(column, field)}  # days since {field.origin}")
        elif field.kind == "text" and field in file.made_columns:
            lines.append(f"{column} <- factor({column}{_levels(field)})")
    if file.steps_in_code:
        lines.append("# The rows that are complete in all columns that the models use: the same for every model")
        lines.append(f"data <- data[{r_strings([field.alias for field in file.fields])}]")
    lines.append("data <- droplevels(data[complete.cases(data), ])")
    if conditions := write.with_all_values():
        lines.append(f"data <- droplevels(data[with(data, {' & '.join(conditions)}), ])")
    if weights := write.weights().removeprefix(", weights = "):
        lines.append(f"data <- droplevels(data[with(data, {weights}) > 0, ])  # a row of weight 0 says nothing")
    return "\n".join(lines)


def _read(file: DataFile, variable: str) -> list[str]:
    """Reading a file into a variable; text becomes a factor, dates stay as they are written."""
    rows = f"text = '{file.quoted}'" if file.inline else f'"{file.name}", fileEncoding = "UTF-8"'
    classes = {"number": "numeric", "logical": "logical", "text": "character", "date": "character"}
    kinds = ['"numeric"' if f.numbered else f'"{classes[f.kind]}"' for f in file.inputs]
    lines = [
        f'{variable} <- read.csv({rows}, check.names = FALSE, na.strings = "",\n  colClasses = c({", ".join(kinds)}))'
    ]
    for field in file.inputs:
        if field.alias != field.name:
            lines.append(comment(f"{field.alias} is the column {field.name!r}"))
        if field.kind == "text":
            column = f"{variable}[[{r_string(field.alias)}]]"
            known = _levels(field)
            if field.numbered and field.levels:
                known = f", levels = 1:{len(field.levels)}, labels = {r_strings(field.levels)}"
            lines.append(f"{column} <- factor({column}{known})")
    return lines


def _levels(field: Field) -> str:
    return "" if field.levels is None else f", levels = {r_strings(field.levels)}"


def _days(column: str, field: Field) -> str:
    """Dates as days since one of them."""
    if not field.timed:
        return f'as.numeric(as.Date({column}) - as.Date("{field.origin}"))'
    moments = f'as.POSIXct({column}, tz = "UTC", format = "%Y-%m-%d %H:%M:%OS")'
    return f'as.numeric(difftime({moments}, as.POSIXct("{field.origin}", tz = "UTC"), units = "days"))'


def _models(comparison: Comparison, write: RFormula) -> str:
    """Every model that was fitted, and why others were not."""
    reml = str(comparison.reml).upper()
    lines = ["# The models", f"ols <- lm({write.formula()}, data{write.weights()})"]
    if comparison.mixed_fits():
        lines.append(CONTROL)
    if Model.NO_POOLING in comparison.fits:
        lines += _no_pooling(comparison, write)
    mixed, others = comparison.mixed_fits(), [_fitted_in_r("ols", comparison.ols.names)]
    if Model.NO_POOLING in comparison.fits and comparison.moments.n_groups <= MAX_DUMMIES:
        others.append(_fitted_in_r("no_pooling", comparison.fits[Model.NO_POOLING].names))
    for key in sorted(
        mixed, key=lambda key: is_structured(comparison, key)
    ):  # these last: the others need less of lme4
        fit = mixed[key]
        random = [write.random(r) for r in random_part_text(comparison, key)]
        if key == Model.WITHIN_BETWEEN:
            means = unused_name("group_means", comparison.spec.columns)
            at = ", ".join(str(fit.design.intercept + 1 + fit.design.all_fixed.index(k)) for k in fit.means_of)
            lines.append("# Mundlak: the means of each group as further predictors")
            average = "ave"
            if comparison.spec.weights is not None:
                average = "function(x, g) ave(weights(ols) * x, g) / ave(weights(ols), g)"
            lines.append(
                f"{means} <- apply(model.matrix(ols)[, c({at}), drop = FALSE], 2, {average}, with(data, {write.group()}))"
            )
            random = [means, *random]
        function, control = "lmer", "control"
        if is_structured(comparison, key):
            function, control = "lme4::lmer", "structured_control"
            start = STRUCTURED.format(others=", ".join(others))
            lines += [start] * (start not in lines)
        else:
            others.append(_fitted_in_r(key, fit.names))
        lines.append(
            f"{key} <- {function}({write.formula(*random)}, data, REML = {reml}{write.weights()}, control = {control})"
        )
    lines += structured_model(comparison, write)
    lines += [comment(f"{model_label(key)}: {reason}") for key, reason in comparison.absent.items()]
    return "\n".join(lines)


def _fitted_in_r(key: str, names: list[str]) -> str:
    """A model's coefficients as R prints them; of lm those that follow the dummies."""
    return f"{key} = tail(coef(summary({key})), {len(names)})"


def _no_pooling(comparison: Comparison, write: RFormula) -> list[str]:
    """Group dummies with common slopes, and a regression for each group."""
    spec, design = comparison.spec, comparison.design
    groups = comparison.moments.n_groups
    outcome, group = write.expression(spec.outcome), write.group()
    if groups > MAX_DUMMIES:
        lines = [comment(f"no_pooling is left out: {too_many_dummies(comparison)}")]
    elif not design.fixed:
        lines = [f"no_pooling <- lm({' + '.join([f'{outcome} ~ {group}', *write.offsets()])}, data{write.weights()})"]
    elif spec.intercept and not _predictors(comparison) & set(design.groupings[design.focal].columns):
        lines = [
            f"no_pooling <- lm({outcome} ~ {' + '.join([group, *write.terms(), *write.offsets()])}, data{write.weights()})"
        ]
    else:  # the columns as they are, so that the dummies leave their coding alone
        columns = "model.matrix(ols)[, -1, drop = FALSE]" if spec.intercept else "model.matrix(ols)"
        offsets = "".join(f" + {one}" for one in write.offsets())
        lines = [f"no_pooling <- lm({outcome} ~ 0 + {group} + {columns}{offsets}, data{write.weights()})"]
    own = "lm.fit(X[rows, , drop = FALSE], y[rows])"
    if spec.weights is not None:
        own = "lm.wfit(X[rows, , drop = FALSE], y[rows], weights(ols)[rows])"
    return [
        *lines,
        "# A regression for each group by itself; NA where its rows cannot tell",
        f"X <- model.matrix(ols){'[, !is.na(coef(ols)), drop = FALSE]' if design.aliased else ''}",
        f"y <- {subtract_offset(spec)}",
        f"per_group <- do.call(rbind, lapply(split(seq_along(y), with(data, {group})), function(rows)\n"
        f"  {own}$coefficients))",
    ]


def _predictors(comparison: Comparison) -> set[str]:
    """The columns that the fixed part is made from."""
    return {name for factor in comparison.spec.fixed_factors for name in columns_of(factor)}
