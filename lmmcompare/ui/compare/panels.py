"""The compare page's picture with its switch, its table with what it opens, and a small panel for each group."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...comparison.comparison import Comparison
from ...comparison.shrinkage import fitted_order
from ...export.tables import csv
from ...model_catalogue import Model
from ...panels import FigureBlock, Note, Page, Panel
from ...panels.group_panels import group_panels
from ...panels.lines import lines
from ...panels.model_table import model_table
from ...share.excluded_rows import parts_of
from ...tables.inference import Inferred, default_inference
from ...tables.table import to_frame, to_html
from ...text.labels import model_label, noun
from ..kit import address_widgets, viewport
from ..kit.chart import Brush
from ..kit.figure_cache import Drawn
from ..kit.model_switch import model_buttons
from ..kit.page_elements import html, model_option, note, plain
from ..kit.panel import body, drawn, figure, head
from ..server import comparison_cache
from ..server.cache import cached
from ..session import view_address
from ..session.state import Analysis
from ..session.views import View, drawn_mark, mark_group, picture_of, redraw_if_asked
from .excluded_rows import leave_out, left_out_notice, without
from .inference import inference_controls, inferred
from .lm_summary import dummies_panel

PANELS = 24
REFIT_SECONDS = 1.0
"""The largest estimated duration of a fit without points for which the picture comes before the page."""
PINNED_HEIGHT = 230
"""Pixels of a picture that stays in sight on a phone: half of the window is left for the controls."""


def model_switch(comparison: Comparison) -> list[Model]:
    """Draw the model buttons; returns the models drawn."""
    names = _with_lines(comparison)
    key = view_address.models_key(comparison, [*names])

    def chosen(models: list[Model]) -> None:
        st.session_state[key] = models

    model_buttons(names, st.session_state[key], chosen)
    result: list[Model] = st.session_state[key]
    return result


def _with_lines(comparison: Comparison) -> dict[Model, str]:
    """The models that have lines to draw, and what they are called."""
    there = {*comparison.fits} | ({Model.PER_GROUP} if Model.NO_POOLING in comparison.fits else set())
    offered = [m for m in Model if m in there and m.has_lines]
    return {m: model_label(m, comparison.group) for m in offered}


def lines_panel(
    analysis: Analysis,
    comparison: Comparison,
    view: View,
    *,
    brief: bool = False,
    pinned: DeltaGenerator | None = None,
) -> None:
    """The picture with its model switch; on the compare page, points can be left out of it.

    A ``brief`` one has no such rows, and may be ``pinned``: drawn in a container that stays in sight.
    """
    models = model_switch(comparison)
    offered = [*_with_lines(comparison)]
    if brief:
        draw_lines(analysis, comparison, view, models, offered=offered, pinned=pinned)
        return
    left_out_notice(analysis)
    draw_lines(analysis, comparison, view, models, offered=offered, brush=_brush(analysis, view))


def draw_lines(
    analysis: Analysis,
    comparison: Comparison,
    view: View,
    models: list[Model],
    *,
    offered: Sequence[Model] = (),
    brush: Brush | None = None,
    pinned: DeltaGenerator | None = None,
) -> None:
    """The picture, and what its points and lines are.

    Parameters
    ----------
    offered : sequence of Model, optional
        Those that a `model_switch` on the page has; the browser draws what is chosen there.
    brush : Brush, optional
        What is done about the rows whose points a reader leaves out.
    pinned : DeltaGenerator, optional
        Where the figure stays in sight, and is lower for it; the container that is being written to when left out.
    """
    panel = _lines(analysis, comparison, view, models, offered)
    for block in panel.blocks:
        if isinstance(block, FigureBlock):
            with pinned or nullcontext():
                figure(panel, block, analysis.key, mark_group, brush, PINNED_HEIGHT if pinned else None)
        elif isinstance(block, Note):
            note(block.text)


def _lines(
    analysis: Analysis, comparison: Comparison, view: View, models: Sequence[Model], offered: Sequence[Model]
) -> Panel:
    return lines(
        comparison,
        picture_of(analysis, view),
        view.term,
        models,
        highlight=drawn_mark(analysis, view),
        settings=analysis.settings,
        bands=view.bands,
        offered=offered,
    )


def _brush(analysis: Analysis, view: View) -> Brush | None:
    """How points are left out of the picture; None if they are not single rows."""
    if "number" not in picture_of(analysis, view).points:
        return None
    shown = replace(
        view, highlight=drawn_mark(analysis, view)
    )  # other marks are the browser's, and no matter of the figure

    def refit(rows: list[int]) -> tuple[Drawn, str | None]:
        less = without(analysis, rows, REFIT_SECONDS)
        comparison = comparison_cache.comparison(*less.key)
        offered = [*_with_lines(comparison)]
        panel = _lines(less, comparison, shown, offered, offered)
        (block,) = (block for block in panel.blocks if isinstance(block, FigureBlock))
        return drawn(panel, block, less.key, Page()), block.marked

    whole, _ = parts_of(analysis.table)
    return Brush(partial(leave_out, analysis), refit, (whole, analysis.formula, analysis.reml, shown))


def table_panel(analysis: Analysis, comparison: Comparison, display: Inferred | None = None) -> None:
    """The coefficient table, to read and to take away; with controls where the reader's choice of inference is given."""
    controls, display = display is not None, display or default_inference(comparison)
    html(_laid_out(analysis, comparison, display)[0])
    _below_table(analysis, controls)


@st.fragment
def _below_table(analysis: Analysis, controls: bool) -> None:
    """The table to copy, and the inference to choose; what a button opens is drawn only then."""
    redraw_if_asked()
    with st.container(horizontal=True, gap="medium"):
        copied = st.popover(
            "Copy or save the table",
            type="tertiary",
            icon=":material/content_copy:",
            key="copy the table",
            on_change="rerun",
        )
        chosen = controls and st.popover(
            "Degrees of freedom, intervals, p values",
            type="tertiary",
            icon=":material/tune:",
            key="choose inference",
            on_change="rerun",
        )
        group = noun(comparison_cache.comparison(*analysis.key).group)
        dummies = Model.NO_POOLING in comparison_cache.comparison(*analysis.key).fits and st.popover(
            plain(f"Every {group} dummy"),
            type="tertiary",
            icon=":material/format_list_numbered:",
            key="the dummies",
            on_change="rerun",
        )
    if copied.open:
        comparison = comparison_cache.comparison(*analysis.key)
        display = inferred(analysis, comparison) if controls else default_inference(comparison)
        with copied:
            st.code(_laid_out(analysis, comparison, display)[1], language=None, height=180)
            st.download_button(
                "Save as CSV, every digit",
                lambda: csv(display.within()),
                "coefficients.csv",
                "text/csv",
                on_click="ignore",
            )
    if chosen and chosen.open:
        with chosen:
            inference_controls()
    if dummies and dummies.open:
        with dummies:
            dummies_panel(analysis, comparison_cache.comparison(*analysis.key))


def _laid_out(analysis: Analysis, comparison: Comparison, display: Inferred) -> tuple[str, str]:
    return _table(
        analysis=analysis.key,
        inference=display.key,
        narrow=viewport.narrow(),
        _comparison=comparison,
        _inferred=display,
    )


@cached(500)
def _table(
    analysis: tuple[str, str, bool],
    inference: tuple[object, ...],
    narrow: bool,
    _comparison: Comparison,
    _inferred: Inferred,
) -> tuple[str, str]:
    """The table as HTML and as text with tabs, for all who look at the same analysis with the same inference."""
    (block,) = model_table(_comparison, _inferred, asked_early=narrow).tables
    return to_html(block.table, block.caption, block.label), to_frame(block.table).to_csv(sep="\t")


def panels_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """A small panel per group on common axes."""
    above, models = st.container(), model_switch_for_panels(comparison)
    picture = picture_of(analysis, replace(view, zero=False))
    order = picture.group_order if comparison.design.is_sample else fitted_order(comparison.one_factor)
    first = 0
    if len(order) > PANELS:
        pages = [f"{i + 1} to {min(i + PANELS, len(order))}" for i in range(0, len(order), PANELS)]
        keeps = address_widgets.one_of("panels", "panels page", pages, pages[0], lambda page: page.split()[0])
        chosen = st.selectbox("By fitted intercept", pages, width=220, **keeps)
        first = pages.index(chosen) * PANELS
    display, y_range = order[first : first + PANELS], picture.y_range
    if len(picture.points) < comparison.design.n:  # then all rows of these groups, as far as they can be drawn
        picture = comparison_cache.frames(*analysis.key, view.x, False, None, tuple(display), picture.by)
        y_range = (min(y_range[0], picture.y_range[0]), max(y_range[1], picture.y_range[1]))
    panel = group_panels(comparison, picture, display, models, y_range)
    with above:
        head(panel)
    body(panel, analysis.key, mark_group)


def model_switch_for_panels(comparison: Comparison) -> list[Model]:
    """Which models' lines the small panels show."""
    names = _with_lines(comparison)
    offered: list[Model] = [m for m in names if m != Model.OLS]
    first = [Model.PER_GROUP if Model.PER_GROUP in offered else offered[0], comparison.formula_model]
    return list(
        st.pills(
            "Lines in the panels",
            offered,
            selection_mode="multi",
            label_visibility="collapsed",
            format_func=lambda m: model_option(m, comparison.group),
            **address_widgets.some_of("lines", f"panel models {comparison.formula_model}", offered, first),
        )
    )
