"""Decomposition of a slope: the weight that each model puts on the slope within groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..explain.amount_phrases import rounds_to_zero
from ..explain.confounded_in_dummies import dummies_sentence
from ..explain.effect_phrases import noun_of, others_phrase
from ..explain.facts import LITTLE, facts, slope_decimals
from ..explain.identity import explain
from ..explain.line_labels import weight_labels
from ..explain.predictor_level import Level
from ..figures.slope_weights import weight_bars
from ..model_catalogue import Model
from ..tables.table import Cell, Row, plain_table
from ..text.labels import model_label, noun
from ..text.numbers import number, percent
from .panel import FigureBlock, Page, Panel, TableBlock


def weights(comparison: Comparison, term: str) -> Panel | None:
    """Draw the weights as bars; None where there are no two parts that shares could be given of."""
    if term == comparison.constant or not facts(comparison, term).blend:
        return None

    def draw(page: Page) -> go.Figure:
        parts = explain(comparison, term)
        parts = parts[parts["model"] != Model.RANDOM_SLOPE]  # its two slopes are not those that the others share
        within, between = weight_labels(comparison, term)
        return weight_bars(
            parts, within_label=within, between_label=between, group_name=noun(comparison.group), look=page.look()
        )

    title = f"What the {noun_of(comparison, term)} is made of"
    return Panel("weights", title, "", (FigureBlock("weights", draw, (term,)),))


def identity_parts(comparison: Comparison, term: str) -> Panel | None:
    """Each model's coefficient as the sum that it is, in numbers that add up; None for the intercept, and without one."""
    if term == comparison.constant or not comparison.design.intercept:
        return None
    of = facts(comparison, term)
    parts = explain(comparison, term)
    decimals = slope_decimals(comparison, term)
    what = noun_of(comparison, term)
    if of.by_missing_rows:
        return Panel("identity", f"The one {what}, and what moves it", "", (_moved(comparison, term, parts, what),))
    nearly = of.level is Level.CONTEXTUAL  # no slope of its own is told beside means that it holds but for rounding
    parts = _with_errors(parts, untold=of.little_between or of.by_rows_alone or nearly)
    through = not all(rounds_to_zero(v, decimals) for v in parts["through_others"].dropna())
    rows = []
    for part in parts.itertuples():
        within, between, rest, whole = (
            Cell(number(float(v), decimals=decimals))
            for v in (part.estimate_within, part.estimate_between, part.through_others, part.estimate)
        )
        if np.isfinite(part.estimate_between) and part.model != Model.RANDOM_SLOPE:
            between = replace(between, below=f"SE {number(float(part.se_between), decimals=decimals)}")
        cells = (Cell(percent(float(part.weight_within))), within, between, *((rest,) if through else ()), whole)
        rows.append(Row(model_label(str(part.model), comparison.group), cells))
    heads = ["Weight on within", f"{what.capitalize()} within", f"{what.capitalize()} between", "Coefficient"]
    others = others_phrase(comparison, term)
    rest_head = (
        f"Through {others.removeprefix('the ')}"
        if len(comparison.design.fixed) > 1
        else "From what lies between groups"
    )
    if through:
        heads.insert(3, rest_head)
    table = plain_table(heads, rows)
    several = len(comparison.design.fixed) > 1
    caption = f"{_caption(parts, what, rest_head if through else '', several=several)} {dummies_sentence(comparison, term)}".strip()
    return Panel("identity", "The weighted means in numbers", "", (TableBlock(table, caption, "The identity's parts"),))


def _moved(comparison: Comparison, term: str, parts: pd.DataFrame, what: str) -> TableBlock:
    """Each model's coefficient where only rows that are missing make the groups' means differ, so that there is one slope."""
    decimals = slope_decimals(comparison, term)
    through = not all(rounds_to_zero(v, decimals) for v in parts["through_others"].dropna())
    heads = [f"{what.capitalize()} within", "Moved by which rows are missing", "Coefficient"]
    others = others_phrase(comparison, term)
    if through:
        heads.insert(2, f"Through {others.removeprefix('the ')}")
    rows = []
    for part in parts.itertuples():
        rest = part.through_others if through else 0.0
        values = (part.estimate_within, part.estimate - part.estimate_within - rest, *[rest] * through, part.estimate)
        cells = tuple(Cell(number(float(v), decimals=decimals)) for v in values)
        rows.append(Row(model_label(str(part.model), comparison.group), cells))
    table = plain_table(heads, rows)
    further = f", and by what comes through {others}" if through else ""
    caption = (
        f"Groups that lack rows differ from the others in their means by these alone, so there is no {what} between groups: each model has "
        f"the {what} within, moved by how groups with missing rows differ from the others{further}."
    )
    return TableBlock(table, caption, "The coefficient's parts")


def _with_errors(parts: pd.DataFrame, *, untold: bool) -> pd.DataFrame:
    """The parts without slopes between groups that say nothing: what lies there goes to the rest.

    So of those without a standard error, the groups being too few; with ``untold`` all, for next to nothing rests on them, or the
    groups' means differ only by which rows they have. A random slope has no parts where next to nothing rests on its slope between, or
    its weight is no share.
    """
    sloped = parts["model"] == Model.RANDOM_SLOPE
    vague = sloped & parts["estimate_between"].notna() & ~parts["weight_within"].between(0, 1 - LITTLE)
    if not untold:
        own = ["weight_within", "estimate_within", "estimate_between", "through_others"]
        parts = parts.assign(**{name: parts[name].mask(vague) for name in own})
    bare = parts["estimate_between"].notna() & (untold | parts["se_between"].isna() & ~sloped)
    moved = ((1 - parts["weight_within"]) * parts["estimate_between"]).where(bare, 0.0)
    return parts.assign(
        estimate_between=parts["estimate_between"].mask(bare), through_others=parts["through_others"] + moved
    )


def _caption(parts: pd.DataFrame, what: str, rest: str, *, several: bool) -> str:
    """How the numbers of a row make its coefficient.

    Parameters
    ----------
    rest : str
        The head of the column of what is neither slope's, if there is one.
    """
    single = parts[parts["model"] != Model.RANDOM_SLOPE]
    caption = f"Each coefficient is the weight times the {what} within"
    if not rest or single["estimate_between"].notna().any():
        caption += f" plus the rest of the weight times the {what} between"
    if not rest:
        caption += ", exactly."
    elif rest.startswith("Through"):
        caption += (
            f", plus what comes {rest[:1].lower()}{rest[1:]}, exactly. That part is there where their "
            f"{'slopes' if rest.endswith('predictors') else f'{what}s'} within and between differ."
        )
    else:
        caption += ", plus what lies between groups, exactly."
    left = single["estimate_between"].isna() & (single["model"] != Model.NO_POOLING)
    if rest and (left & (single["weight_within"] < 1 - 1e-9)).any():
        caption += (
            f" No {what} of its own can be told between groups, so what lies there stands under “{rest.lower()}”."
        )
    if len(single) < len(parts):
        caption += f" A random slope weighs every group by itself, so its two {what}s are its own"
        if several:
            caption += ", and with several predictors it has no single weight"
        elif parts.drop(single.index)["weight_within"].isna().any():
            caption += "; here no share worth telling rests on the one between"
        caption += "."
    return caption
