"""The part of the R script with adjusted means or slopes: emmeans' calls that give the page's numbers."""

from __future__ import annotations

import numpy as np

from ..assess.adjusted_means import AdjustedMeans
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..formula.expressions import Call, calls, columns_of
from ..model_catalogue import Model
from .comments import comment
from .data_file import DataFile
from .model_terms import is_structured, random_part_text
from .r_formula import RFormula, r_string
from .r_inference import MAX_CLUSTER, RESTS_ON_ONE
from .snapshot import Snapshot

SAFE = ("I", "poly", "bs", "ns", "log", "factor", "as.factor", "relevel", "C")
"""Functions of which emmeans evaluates new values as the fit evaluated its own; others may learn from the grid anew."""


def adjusted_means(snapshot: Snapshot, write: RFormula) -> list[str]:
    """The lines that compute adjusted means by emmeans; none where none are shown."""
    comparison = snapshot.comparison
    try:
        result = snapshot.adjusted_means
    except LmmCompareError:
        return []
    if result is None:
        return []
    if reason := emmeans_obstacle(comparison, write.file):
        return [comment(f"Adjusted means are left out: {reason}")]
    question = result.question
    ddf = snapshot.inferred.methods.small_sample
    fits, ols, mixed = models_for_emmeans(comparison, write)
    called, arguments = _call(result, write)
    kind = "Simple slopes" if result.slopes else "Adjusted (estimated marginal) means"
    lines = [
        f"# {kind} and their differences, by the R package emmeans",
        'if (requireNamespace("emmeans", quietly = TRUE)) tryCatch({',
        f"  emmeans::emm_options(pbkrtest.limit = {comparison.design.n}, lmerTest.limit = {comparison.design.n})",
        *fits,
        f'  means <- {called}({mixed}, {arguments}, lmer.df = "{ddf}")',
        "  adjusted_means <- as.data.frame(summary(means))",
        "  print(adjusted_means, digits = 8)",
    ]
    contrasts = ""
    if result.contrasts:
        contrasts = f'emmeans::contrast(means, "{question.family}", adjust = "{question.adjust}")'
        lines += [
            f"  adjusted_differences <- as.data.frame(summary({contrasts}, infer = c(TRUE, TRUE)))",
            "  print(adjusted_differences, digits = 8)",
        ]
    if comparison.spec.weights is None and comparison.moments.n.max() <= MAX_CLUSTER:
        lines += [
            "  # by OLS with the page's cluster-robust errors; their degrees of freedom, Satterthwaite's, are clubSandwich's",
            '  if (requireNamespace("clubSandwich", quietly = TRUE)) {',
            f"    means <- {called}({ols}, {arguments})",
            f"    robust_means <- lapply(list(means@linfct{f', {contrasts}@linfct' if contrasts else ''}), function(rows)",
            f'      clubSandwich::linear_contrast({ols}, vcov = "{snapshot.inferred.robust}", cluster = with(data, {write.group()}),',
            '        contrasts = rows, test = "Satterthwaite"))  # each by itself, without adjustment for several',
            *_without_errors(result),
            "    print(robust_means, digits = 8)",
            "  }",
        ]
    return ["\n".join([*lines, '}, error = function(e) message("emmeans: ", conditionMessage(e)))'])]


def models_for_emmeans(comparison: Comparison, write: RFormula) -> tuple[list[str], str, str]:
    """Lines that fit anew what emmeans would misread, and the names of least squares and of the formula's model to ask.

    With ``relevel()`` within a formula emmeans (1.8.4) finds no data, or, told how, gives the levels each other's means: there the
    column itself is put in order.
    """
    moved = {f: next(columns_of(f)) for f in comparison.spec.factors if isinstance(f, Call) and f.function == "relevel"}
    if not moved:
        return [], "ols", str(comparison.formula_model)
    random = [write.random(r) for r in random_part_text(comparison, comparison.formula_model)]
    ols, mixed = write.formula(), write.formula(*random)
    lines = [
        "  # emmeans misreads relevel() within a formula: here the columns themselves have their levels in this order"
    ]
    lines.append("  emmeans_data <- data")
    for factor, column in moved.items():
        text, name = write.expression(factor), write.name(column)
        ols, mixed = ols.replace(text, name), mixed.replace(text, name)
        lines.append(f"  emmeans_data[[{r_string(write.file.field(column).alias)}]] <- with(data, {text})")
    reml = str(comparison.reml).upper()
    lines += [
        f"  emmeans_ols <- lm({ols}, emmeans_data{write.weights()})",
        f"  emmeans_model <- lmer({mixed}, emmeans_data, REML = {reml}{write.weights()}, control = control)",
    ]
    return lines, "emmeans_ols", "emmeans_model"


def emmeans_obstacle(comparison: Comparison, file: DataFile) -> str:
    """Why emmeans would not give the page's numbers; empty where it does."""
    every = [c for f in comparison.spec.fixed_factors for c in calls(f)]
    if any(c.function == "C" and dict(c.options).keys() & {"contr", "base", "how.many"} for c in every):
        return "emmeans does not read the coding of a factor in a formula"
    if strange := [c for c in every if c.function not in SAFE]:
        return f"emmeans may evaluate {strange[0].function}() over its grid anew"
    if comparison.design.aliased:
        return "some coefficients are not estimable, and clubSandwich takes none of these"
    if is_structured(comparison, comparison.formula_model):
        return "emmeans’ degrees of freedom are not for covariance structures such as cs() and ar1()"
    if comparison.spec.weights is not None and comparison.formula_model != Model.OLS:
        return "clubSandwich’s CR2, which emmeans would be given, takes rows with prior weights to have one variance"
    if comparison.spec.offset:
        return "emmeans (1.8.4) stops at a mixed model with an offset"
    if any(field.kind == "date" for field in file.fields):
        return "dates stand in the script as days"
    return ""


def _call(result: AdjustedMeans, write: RFormula) -> tuple[str, str]:
    """The function and its arguments behind the model."""
    question = result.question
    name, by = write.name(question.predictor), write.name(question.by) if question.by else ""
    further = f", at = list({by} = {_vector(result.values)})" if by and _are_numbers(result.values) else ""
    if question.weights != "equal":
        further += f', weights = "{question.weights}"'
    if not result.slopes:
        return "emmeans::emmeans", f"~ {name}{f' | {by}' if by else ''}{further}"
    return "emmeans::emtrends", f"~ {by or 1}, var = {r_string(write.file.field(question.predictor).alias)}{further}"


def _without_errors(result: AdjustedMeans) -> list[str]:
    """Lines that take away the clustered errors of means and of differences that one cluster alone determines, as the page does."""
    lines = []
    for place, tables in enumerate((result.estimates, result.contrasts)):
        if Model.OLS_ROBUST in tables:
            alone = np.flatnonzero(tables[Model.OLS_ROBUST].frame["SE"].isna()) + 1
            if len(alone):
                rows = f"robust_means[[{place + 1}]][c({', '.join(map(str, alone))}), -(1:2)]"
                lines.append(f"    {rows} <- NA  # {RESTS_ON_ONE}")
    return lines


def _vector(values: tuple[object, ...]) -> str:
    return f"c({', '.join(repr(float(str(v))) for v in values)})"


def _are_numbers(values: tuple[object, ...]) -> bool:
    return all(isinstance(v, float) for v in values)
