"""The Study page's own controls: how many studies, of which models, which coefficient, and the ways to Simulate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ...design.coefficients import INTERCEPT
from ...errors import SettingsError
from ...share.study_address import REPLICATES, StudyChoices
from ...simulate import link
from ...studies.models import OFFERED
from ..kit.page_elements import explain_error, model_option, plain
from ..session.pending_edits import bind_edit
from . import sentences, state
from .frames import terms
from .state import Request


def study_controls(request: Request, asked: StudyChoices, wrong: Mapping[str, SettingsError]) -> None:
    """Draw all controls; each is set from the session's choices, with its error below it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _replicates(asked)
        _term(request, asked)
    if "replicates" in wrong:
        explain_error(wrong["replicates"])
    _models(request, asked)
    if "models" in wrong:
        explain_error(wrong["models"])
    st.page_link(
        "pages/simulate.py",
        label="Look at the first of these data sets",
        icon=":material/scatter_plot:",
        query_params={"simulated": link.encode(request.settings)},
    )


def _replicates(asked: StudyChoices) -> None:
    st.segmented_control(
        "Number of studies",
        REPLICATES,
        format_func=lambda n: f"{n:,}",
        required=True,
        **bind_choice("replicates", "study replicates", asked.replicates),
    )


def _term(request: Request, asked: StudyChoices) -> None:
    can = terms(request.settings, request.models)
    if len(can) < 2:
        return

    def label(term: str) -> str:
        named = sentences.coefficient_words(request.settings, term)
        return named if term == INTERCEPT else f"{named.split()[0]} of {term}" if named.startswith("slope") else named

    st.segmented_control(
        "Coefficient",
        can,
        format_func=lambda t: plain(sentences.capitalised(label(t))),
        required=True,
        **bind_choice("term", "study term", state.term_of(request, asked)),
    )


def _models(request: Request, asked: StudyChoices) -> None:
    can, without = state.possible_models(request.settings), state.models_left_out(request.settings, asked)

    def means(chosen: list[str]) -> dict[str, Any]:
        left_out = ({*without} - {*can}) | ({*can} - {*chosen})
        return {"without": tuple(m for m in OFFERED if m in left_out)}

    st.pills(
        "Models",
        can,
        selection_mode="multi",
        format_func=lambda m: model_option(m),
        **bind_edit(state.PAGE, "study models", [m for m in can if m not in without], means),
    )


def bind_choice(name: str, key: str, drawn: object, opening: object = None, **also: object) -> dict[str, Any]:
    """Set a control to its value, and return keyword arguments that make the next choice a pending edit.

    Parameters
    ----------
    name : str
        What `StudyChoices` calls it.
    key : str
        The control's.
    drawn : object
    opening : object, optional
        What suits the settings, which need not be kept.
    **also
        What else is so once something is chosen.
    """
    return bind_edit(state.PAGE, key, drawn, lambda now: {name: "" if now == opening else now, **also})
