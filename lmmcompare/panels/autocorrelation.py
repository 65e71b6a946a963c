"""Autocorrelation of residuals within groups, and their SD by level, with the model that would account for it."""

from __future__ import annotations

import plotly.graph_objects as go

from ..assess.autocorrelation import Autocorrelation
from ..assess.level_spreads import LevelSpreads
from ..comparison.comparison import Comparison
from ..explain.autocorrelation import Remedy
from ..explain.autocorrelation_sentences import (
    autocorrelation_sentences,
    missing_factor_sentence,
    spread_sentence,
    takes_part_up,
)
from ..figures.autocorrelation import autocorrelation_plot
from ..figures.spreads import group_spreads
from ..fit.residual.innovations import MOST
from ..model_catalogue import Model
from ..text.labels import literal, model_label, noun, plural
from ..text.numbers import number
from .panel import Block, FigureBlock, Note, Page, Panel, Sentence


def autocorrelation(
    comparison: Comparison, result: Autocorrelation | None, remedy: Remedy | None, consequence: str = ""
) -> Panel | None:
    """Correlations of rows of one group by the time between them; None where no group has two times.

    Parameters
    ----------
    remedy : Remedy or None
        The model that would account for the correlation.
    consequence : str
        A sentence on its consequence for the chosen coefficient.
    """
    if result is None:
        return None
    axis = f"{result.clock} between two rows" if result.clock else "rows between two rows of the table"
    if result.kind == "lags":
        axis = "rows apart in the table"
        if result.clock:
            axis = f"{result.clock} apart" + (f", in steps of {number(result.unit)}" if result.unit != 1 else "")

    def draw(page: Page) -> go.Figure:
        return autocorrelation_plot(
            result.frame, kind=result.kind, x_label=axis, group_name=comparison.group, look=page.look()
        )

    first, *rest = autocorrelation_sentences(comparison, result)
    blocks: list[Block] = [FigureBlock("autocorrelation", draw, (result.clock,)), *map(Sentence, rest)]
    if consequence:
        blocks.append(Sentence(consequence))
    if remedy is not None:
        blocks.append(_remedy_sentence(remedy))
    elif missing := missing_factor_sentence(comparison, result):
        blocks.append(Sentence(missing))
    blocks.append(Note(_method(comparison, result)))
    return Panel("autocorrelation", f"Are rows of one {noun(comparison.group)} still alike?", first, tuple(blocks))


def _method(comparison: Comparison, result: Autocorrelation) -> str:
    """How the residuals and the band are made."""
    groups = literal(plural(comparison.group))
    text = (
        "Normalised residuals: row by row, what the model did not foresee from the group’s earlier rows, random effects included, in SDs. "
        "If the model holds they are uncorrelated. "
    )
    if result.kind == "lags":
        text += (
            "The band is ±1.96 over the root of the number of pairs, so it holds for each lag by itself: one in 20 lies outside it by "
            "chance."
        )
    else:
        text += (
            "Times are uneven, so pairs are put together by distance (a variogram): 1 is what independent rows have, less means alike. The "
            "band goes by the number of pairs and how many share a row."
        )
    if any(takes_part_up(comparison, model) for model in result.models):
        text += " Random slopes take up part of it by chance as well, so that fewer lie outside, and less is found."
    if comparison.moments.n.max() > MOST:
        text += f" Of larger groups the first {MOST:,} rows count."
    if not result.clock:
        text += f" Rows of {groups} are taken in the order of the table: where that order means nothing, nor does this picture."
    return text


def level_spreads(result: LevelSpreads | None, remedy: Remedy | None) -> Panel | None:
    """The residuals' SD at each level of a column; None where no column has levels to speak of."""
    if result is None:
        return None

    def draw(page: Page) -> go.Figure:
        return group_spreads(
            result.frame,
            sigma=result.sd,
            label=f"SD of normalised residuals ({model_label(result.model)})",
            group_name=result.column,
            name="levels",
            by_sd=False,
            look=page.look(model=result.model),
        )

    blocks: list[Block] = [FigureBlock("level-spreads", draw, (result.column,))]
    if remedy is not None:
        blocks.append(_remedy_sentence(remedy))
    blocks.append(
        Note(
            "Shaded: where 95% of SDs would lie if all levels had one variance and residuals were normal. The test looks at distances from "
            "each level’s median, so it does not need normal residuals."
        )
    )
    title = f"Do residuals scatter alike at every level of {result.column}?"
    return Panel("level-spreads", title, spread_sentence(result), tuple(blocks))


def _remedy_sentence(remedy: Remedy) -> Sentence:
    """A sentence on the model that would account for it, and where to choose it."""
    name = literal(remedy.name)
    also = f" Random slopes of {literal(remedy.slope)} may be what is behind it, too." if remedy.slope else ""
    return Sentence(
        f"**{name[:1].upper()}{name[1:]} would hold this.** Under “Residuals” it is fitted as a further model beside the others; "
        f"“Which model?” then says whether the data prefer {literal(Model.STRUCTURED.phrase)}.{also}"
    )
