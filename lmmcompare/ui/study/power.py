"""How many groups a study needs: the question put, and answered by simulation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from ...design.coefficients import INTERCEPT
from ...errors import LmmCompareError, SettingsError
from ...figures.axes import Look
from ...figures.study_curves import Along, Measure, curve_figure
from ...model_catalogue import Model
from ...share.study_address import POWERS, StudyChoices
from ...simulate.settings import Settings
from ...studies.power import REPLICATES, TESTED, default_model, search_groups
from ...studies.power_search import GroupsForPower
from ...studies.replication import Replication
from ...text.labels import literal, model_label, model_phrase
from ...text.numbers import count, number, percent, rate
from ..kit.chart import chart
from ..kit.page_elements import explain_error, heading, note
from ..server.background_jobs import JobStatus
from ..session import job_progress
from . import sentences
from .controls import bind_choice
from .state import Request

NO_EFFECT = "The true {} is 0, so there is nothing to find. Set **{}**, above, to the smallest value that would matter."


@dataclass(frozen=True)
class Question:
    """What is asked."""

    settings: Settings
    power: float
    model: str
    term: str


def groups_panel(request: Request, chosen: StudyChoices, term: str) -> None:
    """The question's controls, the answer, and the studies that it comes from."""
    question = _controls(request, chosen, term)
    try:
        _search(question)
    except LmmCompareError as error:
        no_effect = isinstance(error, SettingsError) and error.setting == "slope"  # as most presets have it: no mistake
        heading("How many groups?", _nothing_to_find(question) if no_effect else "")
        if not no_effect:
            explain_error(error)
        job_progress.stop_polling("groups")
        return
    named = sentences.coefficient_words(question.settings, question.term)

    def show(status: JobStatus) -> None:
        result: GroupsForPower | None = status.latest
        if status.error is not None:
            heading("How many groups?")
            explain_error(status.error)
        elif result is None:
            heading("How many groups?", "The first studies are under way.")
        else:
            heading(_answer(result), f"{_basis(question, result, named)}{_caution(result, named)}")
            chart(_figure(result, question.settings.groups), "groups figure")
        studies = result.tried if result is not None else ()
        tried, sizes = len(studies), len({study.groups for study in studies})  # a number may be studied twice
        text = f"{count(tried, 'study', 'studies')} of {count(sizes, 'number', 'numbers')} of groups"
        seconds = f", in {number(status.spent, 2)} s" if status.finished else ""
        job_progress.progress("groups", question, status, min(tried / 9, 0.95), text + seconds)

    job_progress.follow("groups", question, lambda: _search(question), show)


def _nothing_to_find(question: Question) -> str:
    """Says of an effect of 0 which control sets it."""
    settings, term = question.settings, question.term
    controls = {INTERCEPT: "Intercept", settings.x_name: "Slope"}
    if settings.where == "within" and term not in controls:
        return "Here groups differ in their mean of the predictor by their number of rows only: a contextual effect cannot be set."
    control = controls.get(term, "Correlation with the group's mean of x")
    return NO_EFFECT.format(sentences.coefficient_words(settings, term), control)


def _search(question: Question) -> Iterator[GroupsForPower]:
    how = Replication(REPLICATES, question.settings.seed)
    return search_groups(question.settings, question.power, how, model=question.model, term=question.term)


def _controls(request: Request, chosen: StudyChoices, term: str) -> Question:
    offered: list[str] = [m for m in TESTED if m in request.models] or list(request.models)
    own = default_model(request.settings, offered)
    if term == f"{request.settings.x_name}_mean":
        offered = [m for m in offered if m == Model.WITHIN_BETWEEN]
    model = next((m for m in (chosen.tested, own, *offered) if m in offered), None)
    if chosen.tested not in ("", model):
        note(f"Not tested: {literal(model_label(chosen.tested))}, which is not among the models above.")
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        st.segmented_control(
            "Power",
            POWERS,
            format_func=percent,
            required=True,
            **bind_choice("power", "study power", chosen.power),
            help="The share of studies in which the 5% test should find the effect.",
        )
        st.selectbox(
            "Test of",
            offered,
            width=260,
            format_func=model_label,
            **bind_choice("tested", "study power model", model, own),
        )
    return Question(request.settings, chosen.power, str(model), term)


def _answer(result: GroupsForPower) -> str:
    return result.words if result.finished else f"About {result.groups:,} groups, so far"


def _basis(question: Question, result: GroupsForPower, named: str) -> str:
    at_fewest = result.groups == result.fewest and result.power > result.target  # the power is more than was asked for
    return literal(
        f"So many groups like those above let the 5% test of {model_phrase(question.model)} find the {named} in "
        f"{percent(result.power if at_fewest else result.target)} of studies. Now there are {question.settings.groups:,}."
    )


def _caution(result: GroupsForPower, named: str) -> str:
    """Says that this test would find an effect that is not there too, where its intervals are too narrow or beside the truth."""
    share, error = result.coverage
    if 0.95 - share <= max(sentences.OFF, 4 * error):
        return ""
    return (
        f" But with about so many groups its 95% intervals hold the true {literal(named)} in {rate(share)} of studies only: its test "
        f"would find an effect that is not there in about {rate(1 - share)} of them, where 5% are right."
    )


@lru_cache(maxsize=16)
def _figure(result: GroupsForPower, now: int) -> go.Figure:
    table = result.table().groupby("groups", as_index=False).last()
    frame = table.assign(
        model=result.model,
        label=model_label(result.model),
        x=table["groups"].astype(float),
        value=table["power"],
        mcse=table["power_mcse"],
    )
    values = sorted({*table["groups"].tolist(), now})
    low, high = min(values), max(values)
    return curve_figure(
        frame,
        Along("number of groups", values, high / low >= 4, result.groups if result.groups <= high else math.nan),
        Measure("power", (0.0, 1.0), nominal=result.target, nominal_label=f"{percent(result.target)} power"),
        look=Look(height=330),
    )
