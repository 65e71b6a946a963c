"""Diagnostics ("Can I trust it?"): each plot under its question, with what it shows and what a good fit would show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go

from ..assess.convergence import convergence_sentences, structured_convergence_sentence
from ..assess.diagnostic_result import Diagnostic
from ..assess.exact_fit import exact_sentence
from ..assess.outcome_notes import is_share
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..explain.effect_phrases import noun_of
from ..explain.negative_correlation import offsetting_sentence
from ..explain.residual_structure import left_out_sentence
from ..explain.within_between_sentences import within_between_sentences
from ..figures.influence import influence_dots
from ..figures.qq import quantile_plot
from ..figures.residuals import leverage_plot, residual_plot
from ..figures.spreads import group_spreads
from ..model_catalogue import Model
from ..tables.table import Cell, Row, Table
from ..text.labels import an, literal, model_label, model_phrase, noun, plural
from ..text.numbers import multiple, number
from .panel import FigureBlock, Note, Page, Panel, Sentence, TableBlock

Check = Diagnostic | LmmCompareError
"""What a check gives, or why it cannot be made."""
Draw = Callable[[Diagnostic, Page], go.Figure]


def before_all(comparison: Comparison, term: str, frame: pd.DataFrame) -> list[Panel]:
    """What matters most for the coefficient chosen: the two slopes; then what a picture of residuals cannot show."""
    result: list[Panel] = []
    exact, offsetting = exact_sentence(comparison.mixed), offsetting_sentence(comparison, term)
    if exact:
        result.append(_words("exact", "Is there anything left to explain?", [exact]))
    if comparison.design.fixed:
        groups, what = plural(comparison.group), noun_of(comparison, term)
        words = within_between_sentences(comparison, term, frame)
        result.append(_words("slopes-apart", f"Is the {what} within {groups} the {what} between them?", words))
    if offsetting:
        result.append(_words("offsetting", f"Are rows of {an(comparison.group)} alike?", [offsetting]))
    ended = convergence_sentences(comparison.mixed)
    if is_share(comparison):
        ended += (
            f" As {comparison.design.response_name} takes two values only, its residuals are not normal, lie on two lines and scatter by "
            "the share, whatever the model: what is said of these below is of the outcome, and no transformation mends it."
        )
    if comparison.structured is not None:
        ended += f" {structured_convergence_sentence(comparison.structured)} {left_out_sentence(comparison, 'trust')}"
    return [*result, Panel("end-point", f"Checks of {model_phrase(comparison.formula_model)}", literal(ended))]


def _of(label: str, model: Model) -> str:
    """An axis' title with the model that it is of."""
    return f"{label} ({model_label(model)})"


def _words(key: str, title: str, words: Iterable[str]) -> Panel:
    first, *rest = map(literal, words)
    return Panel(key, title, "", (Sentence(first), *map(Note, rest)))


def _check(
    name: str, question: str, result: Check, draw: Draw, key: tuple[object, ...] = (), further: str = ""
) -> Panel:
    """A question, what is seen, the picture, and what would be seen if all were well."""
    if isinstance(result, LmmCompareError):
        return Panel(name, question, literal(str(result)))
    if not len(result.frame):
        return Panel(name, question, literal(result.sentence))
    notes = [literal(f"{result.well} {result.note}".strip()), *([further] if further else [])]
    figure = FigureBlock(name, lambda page: draw(result, page), key)
    return Panel(name, question, literal(result.sentence), (figure, *map(Note, notes)))


def residual_trend(comparison: Comparison, result: Check) -> Panel:
    """Residuals against fitted values."""
    draw = _against_fitted(comparison, "standardised", "residual, in SDs")
    return _check("trend", "Is a trend left in the residuals?", result, draw)


def residual_spread(comparison: Comparison, result: Check) -> Panel:
    """The residuals' size against fitted values."""
    draw = _against_fitted(comparison, "size", "size of the residual, in SDs")
    return _check("spread", "Is the scatter the same everywhere?", result, draw)


def _against_fitted(comparison: Comparison, y: str, label: str) -> Draw:
    model, group = comparison.formula_model, noun(comparison.group)
    return lambda d, page: residual_plot(
        d.frame, d.lines, y=y, y_label=_of(label, model), group_name=group, look=page.look(model=model)
    )


def residual_quantiles(comparison: Comparison, result: Check) -> Panel:
    """The residuals' quantiles against a normal distribution's."""
    draw = _quantiles(comparison, "expected residual, in SDs", "residual, in SDs", "residuals")
    return _check("residual-quantiles", "Are the residuals normal?", result, draw)


def _quantiles(comparison: Comparison, x_label: str, label: str, name: str) -> Draw:
    model = comparison.formula_model
    return lambda d, page: quantile_plot(
        d.frame, x_label=x_label, y_label=_of(label, model), name=name, look=page.look(model=model)
    )


def effect_quantiles(
    comparison: Comparison, label: str, result: Check, together: Check | None, key: tuple[object, ...]
) -> Panel:
    """Quantiles of one random coefficient, and what all of its factor's say together."""
    draw = _quantiles(comparison, "expected", label, label)
    panel = _check("effects", "Are the random effects normal?", result, draw, key)
    if not isinstance(together, Diagnostic):
        return panel
    return replace(panel, blocks=(*panel.blocks, Note(f"**All together.** {literal(together.sentence)}")))


def spreads_by_group(comparison: Comparison, result: Check) -> Panel:
    """Each group's residual standard deviation."""

    def draw(d: Diagnostic, page: Page) -> go.Figure:
        return group_spreads(
            d.frame,
            sigma=comparison.mixed.sigma,
            label=_of("residual SD", comparison.formula_model),
            group_name=noun(comparison.group),
            look=page.look(model=comparison.formula_model),
        )

    return _check("group-spreads", f"Do all {plural(comparison.group)} scatter alike?", result, draw)


def group_influence(comparison: Comparison, term: str, result: Check, *, whole: bool = False) -> Panel:
    """How far the coefficient moves without each group; ``whole`` says that of several factors the whole model is refitted."""
    label = "intercept" if term == comparison.constant else comparison.coefficient(term).label
    model = comparison.formula_model if whole else comparison.one_factor_model

    def draw(d: Diagnostic, page: Page) -> go.Figure:
        return influence_dots(
            d.frame,
            term=term,
            term_label=label,
            x_label=_of("change without it, in SEs", model),
            group_name=noun(comparison.group),
            look=page.look(model=model),
        )

    alone = ""
    if len(comparison.factors) > 1:
        groups = literal(plural(comparison.group))
        alone = f"In {model_phrase(comparison.one_factor_model)} of {groups} alone, each left out exactly."
        if whole:
            one = literal(noun(comparison.group))
            alone = f"Each {one} is left out with all its rows, and the whole model, all its grouping factors, is fitted again."
    return _check("influence", f"Does one {noun(comparison.group)} decide the result?", result, draw, (term,), alone)


def row_leverage(comparison: Comparison, result: Check) -> Panel:
    """Each row's pull on its own fitted value."""

    def draw(d: Diagnostic, page: Page) -> go.Figure:
        return leverage_plot(
            d.frame,
            y_label=_of("residual, in SDs", comparison.formula_model),
            group_name=noun(comparison.group),
            look=page.look(model=comparison.formula_model),
        )

    return _check("leverage", "Does one row decide its own fit?", result, draw)


def collinear_predictors(comparison: Comparison, result: Check) -> Panel | None:
    """Variance inflation, where there is more than one predictor."""
    if isinstance(result, LmmCompareError) or result.frame.empty:
        return None
    labels = comparison.design.term_labels
    rows = [
        Row(labels.get(str(r.term), str(r.term)), (Cell(number(r.vif, 2)), Cell(multiple(r.se_factor))))
        for r in result.frame.itertuples()
    ]
    table = Table(("", ""), (("VIF", ""), ("Standard error", "times as large")), tuple(rows))
    block = TableBlock(table, result.well, "Variance inflation")
    return Panel("collinearity", "Do the predictors overlap (collinearity)?", literal(result.sentence), (block,))
