"""A study's headline, figures and table, from one snapshot of its results."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ...design.coefficients import INTERCEPT
from ...figures.axes import Look
from ...figures.rejection import Panel, share_figure
from ...figures.sampling_distribution import sampling_figure
from ...model_catalogue import Model
from ...studies.batch_run import SAMPLE
from ...tables.table import NOTHING, Cell, Row, Table, to_html
from ...text.labels import literal, model_label, model_phrase
from ...text.numbers import count, decimals_for, number, rate, setting_text
from ..kit.chart import chart
from ..kit.page_elements import explain_error, heading, html, note, paragraph, title
from ..server.background_jobs import Job, JobStatus
from ..session import job_progress
from . import sentences
from .frames import Snapshot, histograms, summary
from .state import Request

MEASURES = (
    ("bias", "Average minus the truth (bias)"),
    ("se_empirical", "Spread of the estimates (empirical SE)"),
    ("se_model", "Its own standard error (model SE)"),
    ("coverage", "95% intervals that hold the truth (coverage)"),
    ("rejection", "5% tests that say it is not 0 (rejections)"),
    ("rmse", "Typical distance from the truth (root mean squared error)"),
    ("singular", "Fits with a variance of 0 or a correlation of 1 or −1 (singular)"),
)
SHARES = ("coverage", "rejection", "singular")


def answer(status: JobStatus, term: str, *, brief: bool = False) -> None:
    """The headline and, unless it is to be ``brief``, how sure it is; what went wrong, where something did."""
    snapshot: Snapshot | None = status.latest
    if status.error is not None:
        title("This study could not be run")
        explain_error(status.error)
    elif snapshot is None:
        title("The first data sets are being drawn", "The first numbers come in a moment.")
    else:
        part, settings = snapshot.part(term), snapshot.settings
        lead = "" if brief else sentences.lead(part, settings, snapshot.done)
        title(sentences.headline(part, settings, term, snapshot.done, brief=brief), lead)


def pinned_summary(status: JobStatus, term: str) -> None:
    """What a phone keeps in sight: the headline, and how often tests reject and intervals cover."""
    answer(status, term, brief=True)
    if status.latest is not None:
        chart(_shares(status.latest, term, True), "shares figure")


def pictures(request: Request, status: JobStatus, term: str) -> None:
    """The sampling distributions, then how often tests reject and intervals cover."""
    progress(request, status)
    estimates(status, term)
    snapshot: Snapshot | None = status.latest
    if snapshot is None:
        return
    heading("How often tests reject and intervals cover", sentences.shares(snapshot.part(term)))
    chart(_shares(snapshot, term, False), "shares figure")
    not_shown(status, term)


def pinned_words(request: Request, status: JobStatus, term: str) -> None:
    """How far the study has got, and what there is to say of what a phone keeps in sight."""
    progress(request, status)
    snapshot: Snapshot | None = status.latest
    if snapshot is None:
        return
    part = snapshot.part(term)
    paragraph(sentences.shares(part))
    note(sentences.lead(part, snapshot.settings, snapshot.done))
    not_shown(status, term)


def estimates(status: JobStatus, term: str) -> None:
    """The sampling distributions."""
    snapshot: Snapshot | None = status.latest
    if snapshot is None:
        return
    part, settings = snapshot.part(term), snapshot.settings
    named = sentences.coefficient_words(settings, term)
    heading(f"Where the estimates of the {named} fell", sentences.spread(part, settings, term))
    chart(_sampling(snapshot, term), "sampling figure")
    if snapshot.done > SAMPLE:
        note(f"The histograms hold the first {SAMPLE:,} studies; all other numbers are those of all {snapshot.done:,}.")


def not_shown(status: JobStatus, term: str) -> None:
    """The models whose coefficient is another one."""
    snapshot: Snapshot | None = status.latest
    if snapshot is None:
        return
    named = sentences.coefficient_words(snapshot.settings, term)
    for model in snapshot.elsewhere(term):
        note(
            f"Not shown: the {literal(named)} of {model_phrase(model)} is that of groups whose mean of the predictor is 0."
        )


def progress(request: Request, status: JobStatus) -> None:
    """How far the study has got, and Stop."""
    done = status.latest.done if status.latest is not None else 0
    text = f"{done:,} of {request.replicates:,} studies"
    if status.finished:
        text = f"{count(done, 'study', 'studies')} in {number(status.spent, 2)} s"
    job_progress.progress("study", request, status, done / request.replicates, text)


@lru_cache(maxsize=16)
def _sampling(snapshot: Snapshot, term: str) -> go.Figure:
    """The sampling distributions; cached for all sessions that look at the same study."""
    truth = float(snapshot.part(term)["truth"].iloc[0])
    named = sentences.coefficient_words(snapshot.settings, term)
    return sampling_figure(
        histograms(snapshot, term),
        summary(snapshot, term),
        truth=truth,
        truth_label=f"true {named} {setting_text(truth)}",
        x_label=f"estimated {named}",
        x_range=snapshot.axes[term].estimate,
    )


@lru_cache(maxsize=16)
def _shares(snapshot: Snapshot, term: str, narrow: bool) -> go.Figure:
    part, axes = snapshot.part(term), snapshot.axes[term]
    null = float(part["truth"].iloc[0]) == 0
    words = "rejects<br>a true 0<br>(type I error)" if null else "finds<br>the effect<br>(power)"
    panels = [
        Panel("rejection", f"5% test {words}", 0.05 if null else np.nan, axes.rejection),
        Panel("coverage", "95% interval<br>holds the truth<br>(coverage)", 0.95, axes.coverage),
    ]
    return share_figure(part, panels, look=Look(narrow=narrow))


def numbers_panel(status: JobStatus, term: str) -> None:
    """Every measure with its Monte Carlo error."""
    snapshot: Snapshot | None = status.latest
    if snapshot is None:
        return
    named = sentences.coefficient_words(snapshot.settings, term)
    heading(f"All numbers on the {named}", _singular(snapshot, term))
    used = snapshot.part(term)["replicates"]
    least, most = int(used.min()), int(used.max())
    studies = count(most, "study", "studies") if least == most else f"{least:,} to {most:,} studies"
    caption = f"± is by how much a number after {studies} would typically differ with another seed (Monte Carlo standard error)."
    html(to_html(measure_table(snapshot, term), caption))
    for model, reason in snapshot.study.absent.items():
        if model == Model.COMPLETE_CASES and not snapshot.settings.dropout:
            continue  # nobody misses it
        note(literal(f"Not shown: {model_label(model)}. {reason}"))


def save(job: Job) -> None:
    """Draw the download button, for the results at the time of the click."""

    def csv() -> str:
        return job.latest.table.to_csv(index=False) if job.latest is not None else ""

    st.download_button(
        "Save all numbers as CSV", csv, "study.csv", "text/csv", on_click="ignore", icon=":material/download:"
    )


def measure_table(snapshot: Snapshot, term: str) -> Table:
    """A row per measure, a column per model."""
    part = snapshot.part(term).set_index("model")
    models = tuple(str(m) for m in part.index)
    rows = [
        _row(label, part[m].to_numpy(float), part[f"{m}_mcse"].to_numpy(float), m in SHARES) for m, label in MEASURES
    ]
    if part["failed"].any():
        rows.append(Row("Data sets it could not be fitted to", tuple(Cell(f"{n:,}") for n in part["failed"])))
    heads = tuple((model_label(m), Model(m).pooling) for m in models)
    return Table(models, heads, tuple(rows))


def _row(label: str, values: np.ndarray, errors: np.ndarray, share: bool) -> Row:
    known = errors[np.isfinite(errors) & (errors > 0)]
    decimals = decimals_for(float(known.min()), 1) if len(known) else 3

    def cell(value: float, error: float) -> Cell:
        if not np.isfinite(value):
            return NOTHING
        beside = "±\N{NO-BREAK SPACE}"
        if share:
            # of a share of all or none the formula gives 0, which says nothing of the next seed
            return Cell(rate(value), f"{beside}{100 * error:.1g}%" if error > 0 else "")
        return Cell(
            number(value, decimals=decimals),
            f"{beside}{number(error, decimals=decimals)}" if np.isfinite(error) else "",
        )

    return Row(label, tuple(cell(v, e) for v, e in zip(values, errors, strict=True)))


def _singular(snapshot: Snapshot, term: str) -> str:
    part = snapshot.part(term)
    often = part[part["singular"] > 0.05]
    if not len(often) or (term == INTERCEPT and snapshot.settings.has_slope):
        return ""
    worst = often.loc[often["singular"].idxmax()]
    return (
        f"{sentences.capitalised(sentences.genitive(str(worst['model'])))} fit has a variance of 0, or a correlation of 1 or −1, in "
        f"{rate(float(worst['singular']))} of the studies (a singular fit)."
    )
