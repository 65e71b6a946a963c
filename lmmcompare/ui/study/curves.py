"""Curves of a study along one setting: controls for the setting, its values and the measure, and the figure."""

from __future__ import annotations

import math
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from ...errors import LmmCompareError
from ...figures.study_curves import Along, Measure, curve_figure
from ...share.study_address import ALONG, EACH, LONGEST, MEASURES, StudyChoices
from ...simulate.limits import LIMITS
from ...studies.curve import ICC
from ...text.labels import model_label, model_phrase
from ...text.numbers import exact, number, rate
from ..kit.chart import chart
from ..kit.page_elements import explain_error, heading, note
from ..server.background_jobs import JobStatus
from ..session import job_progress
from . import sentences
from .controls import bind_choice
from .curve_form import CurveRequest, CurveState, check, curve_states, proposed_values, read_values
from .state import Request

SHORT = {ICC: "ICC", "slope": "slope", "groups": "groups", "size": "rows in each group"}
NOMINAL = {"coverage": 0.95, "bias": 0.0}
SHARES = ("rejection", "coverage")


def curve_panel(request: Request, chosen: StudyChoices, term: str) -> None:
    """The controls and the figure."""
    heading("Along one setting", "The same study at several values of one setting; all else stays as it is above.")
    asked, measure = _controls(request, chosen), chosen.measure
    if asked is None:
        job_progress.stop_polling("curve")
        return
    total = len(asked.values) * asked.replicates

    def show(status: JobStatus) -> None:
        so_far: CurveState | None = status.latest
        done = so_far.done if so_far is not None else 0
        text = f"{done:,} of {total:,} studies"
        if status.finished:
            text = f"{asked.replicates:,} studies at each of {len(asked.values)} values, in {number(status.spent, 2)} s"
        job_progress.progress("curve", asked, status, done / total, text)
        if status.error is not None:
            explain_error(status.error)
        elif so_far is not None and not (so_far.table["term"] == term).any():
            note("No model has this coefficient at these values.")
        elif so_far is not None:
            note(_sentence(so_far, asked, term, measure))
            chart(_figure(so_far, asked, term, measure), "curve figure")

    job = job_progress.follow("curve", asked, lambda: curve_states(asked), show)

    def csv() -> str:
        so_far: CurveState | None = job.latest
        return so_far.table.to_csv(index=False) if so_far is not None else ""

    st.download_button(
        "Save the curves as CSV", csv, "curves.csv", "text/csv", on_click="ignore", icon=":material/download:"
    )


def _controls(request: Request, chosen: StudyChoices) -> CurveRequest | None:
    """The setting, values, measure and number of replicates; None, with an error shown, while they cannot be run."""
    settings = request.settings
    can = [name for name in ALONG if len(proposed_values(settings, name)) > 1]
    along = chosen.along if chosen.along in can else can[0]
    if chosen.along not in ("", along):
        note(f"{ALONG[chosen.along]}: with these settings there is nothing to go along.")
    suit = ", ".join(exact(v) for v in proposed_values(settings, along))
    typed = chosen.values if chosen.values and chosen.along == along else suit
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        st.selectbox(
            "Along",
            can,
            format_func=ALONG.__getitem__,
            width=290,
            **bind_choice("along", "study curve along", along, can[0], values=""),
        )
        st.text_input(
            "Values",
            max_chars=LONGEST,
            width=190,
            **bind_choice("values", "study curve values", typed, suit, along=along),
        )
        st.selectbox(
            "Look at",
            list(MEASURES),
            format_func=MEASURES.__getitem__,
            width=280,
            **bind_choice("measure", "study curve measure", chosen.measure),
        )
        st.segmented_control(
            "Studies at each",
            EACH,
            format_func=lambda n: f"{n:,}",
            required=True,
            **bind_choice("each", "study curve studies", chosen.each),
        )
    try:
        values = read_values(typed, along)
        asked = CurveRequest(settings, request.models, along, values, chosen.each)
        check(asked)
    except LmmCompareError as error:
        explain_error(error)
        return None
    return asked


def _axis_label(along: str) -> str:
    return ALONG[along] if along not in LIMITS or along == "slope" else LIMITS[along].words


@lru_cache(maxsize=16)
def _figure(so_far: CurveState, asked: CurveRequest, term: str, measure: str) -> go.Figure:
    rows = so_far.table[so_far.table["term"] == term]
    frame = rows[["model"]].assign(
        label=[model_label(str(m)) for m in rows["model"]],
        x=rows["value"].astype(float),
        value=rows[measure],
        mcse=rows[f"{measure}_mcse"],
    )
    null = bool((rows["truth"] == 0).any())
    nominal = 0.05 if measure == "rejection" and null else NOMINAL.get(measure, math.nan)
    promise = {"rejection": "5%: right where the truth is 0", "coverage": "95%: as promised"}.get(measure, "")
    low, high = min(asked.values), max(asked.values)
    return curve_figure(
        frame,
        Along(_axis_label(asked.along), asked.values, low > 0 and high / low >= 8, _now(asked)),
        Measure(MEASURES[measure], so_far.ranges[measure, term], measure in SHARES, nominal, promise),
    )


def _now(asked: CurveRequest) -> float:
    """Where the page's settings stand."""
    s = asked.settings
    value = s.tau0**2 / (s.tau0**2 + s.sigma**2) if asked.along == ICC else getattr(s, asked.along)
    now = float(value) if isinstance(value, int | float) else math.nan
    return now if min(asked.values) <= now <= max(asked.values) else math.nan


def _sentence(so_far: CurveState, asked: CurveRequest, term: str, measure: str) -> str:
    """What the curves say, from their ends."""
    rows = so_far.table[so_far.table["term"] == term]
    ends = [rows[rows["value"] == v] for v in (asked.values[0], asked.values[-1])]
    named = SHORT.get(asked.along, LIMITS[asked.along].words if asked.along in LIMITS else asked.along)
    at_both = ends[-1][ends[-1]["model"].isin(ends[0]["model"])]
    words = []
    for row in sentences.headline_rows(at_both, asked.settings):
        first = float(ends[0].loc[ends[0]["model"] == row["model"], measure].iloc[0])
        values = (rate(v) if measure in SHARES else number(v) for v in (first, float(row[measure])))
        words.append(f"{model_phrase(str(row['model']))} {' to '.join(values)}")
    low, high = exact(asked.values[0]), exact(asked.values[-1])
    between = f"from {low} to {high} groups" if asked.along == "groups" else f"{named} from {low} to {high}"
    listed = f": {'; '.join(words)}" if words else ""
    bars = "Bars are 95% intervals: what chance leaves open after so many studies (Monte Carlo)"
    if measure in SHARES and rows[measure].isin([0, 1]).any():  # by the formula nothing is left open there
        bars += "; a share of all or none has no bar, and is no surer than its neighbours"
    shared = ""
    if asked.along == ICC and asked.settings.exchangeable:
        shared = (
            " The ICC is that of the groups’ intercepts; what the residuals of a group have in common comes on top."
        )
    return f"{MEASURES[measure]}, {between}{listed}. {bars}.{shared}"
