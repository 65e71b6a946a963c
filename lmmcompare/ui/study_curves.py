"""Curves of a study along one setting: what to go along, through which values, and what to look at."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ..errors import LmmCompareError, SettingsError
from ..figures.curves import curve_figure
from ..figures.marks import Range, padded
from ..labels import model_label
from ..numbers import MINUS, number, rate
from ..simulate.limits import LIMITS, WHOLE
from ..simulate.settings import Settings
from ..simulate.sizes import sizes_of
from ..studies.curve import ICC, plans_along, stream_curve, vary
from . import study_live, study_words
from .shell import chart, explain_error, heading, is_dark, note
from .study_frames import rung
from .study_jobs import Seen
from .study_state import MOST_ROWS, Request

ALONG = {
    "groups": "Number of groups",
    "size": "Rows in each group",
    ICC: "ICC (share of the variance between groups)",
    "slope": "Effect (slope)",
    "tau1": "SD of the slopes (τ₁)",
    "rho_mean": "Correlation of intercepts and group means of x",
    "spread": "Spread of the group sizes",
    "autocorrelation": "Autocorrelation of the residuals",
}
SHORT = {ICC: "ICC", "slope": "slope", "groups": "groups", "size": "rows in each group"}
MEASURES = {
    "rejection": "Share of 5% tests that reject",
    "coverage": "Share of 95% intervals that cover",
    "bias": "Bias",
    "se_empirical": "Spread of the estimates (empirical SE)",
    "se_model": "Its own standard error (model SE)",
    "rmse": "Root mean squared error",
}
NOMINAL = {"coverage": 0.95, "bias": 0.0}
SHARES = ("rejection", "coverage")
POINTS = (1_000, 10_000)
MOST_VALUES = 20
EACH = "study curve studies"


@dataclass(frozen=True)
class CurveRequest:
    """A curve that can be run.

    Parameters
    ----------
    settings : Settings
    models : tuple of str
    along : str
    values : tuple of float
    replicates : int
        At each value.
    """

    settings: Settings
    models: tuple[str, ...]
    along: str
    values: tuple[float, ...]
    replicates: int


@dataclass(frozen=True, eq=False)
class Look:
    """A curve so far.

    Parameters
    ----------
    done : int
        Studies at all values together.
    table : DataFrame
        As `curve` gives it.
    ranges : dict
        By measure and coefficient, the axis that fits the first batches.
    """

    done: int
    table: pd.DataFrame
    ranges: dict[tuple[str, str], Range]


def looks(request: CurveRequest) -> Iterator[Look]:
    """A curve as it goes on, from when every value has had a batch."""
    ranges: dict[tuple[str, str], Range] = {}
    for found in stream_curve(
        request.settings,
        request.along,
        request.values,
        request.replicates,
        request.settings.seed,
        models=request.models,
    ):
        if all(s.done for s in found.studies):
            table = found.table()
            if not ranges:
                ranges = {(m, str(t)): _range(part, m) for t, part in table.groupby("term") for m in MEASURES}
            yield Look(found.done, table, ranges)


def _range(part: pd.DataFrame, measure: str) -> Range:
    values, errors = part[measure].to_numpy(float), 3 * np.nan_to_num(part[f"{measure}_mcse"].to_numpy(float))
    if measure == "rejection":
        return 0.0, rung(float(np.nanmax(np.append(values + errors, 0.0))))
    if measure == "coverage":
        return 1 - rung(1 - float(np.nanmin(np.append(values - errors, 1.0)))), 1.0
    low, high = np.nanmin(np.append(values - errors, 0.0)), np.nanmax(np.append(values + errors, 0.0))
    return padded(float(low), float(high), 0.04) if measure == "bias" else (0.0, float(high) * 1.05 or 1.0)


def curve_panel(request: Request, term: str) -> None:
    """The controls and the figure."""
    heading("Along one setting", "The same study at several values of one setting; all else stays as it is above.")
    asked = _controls(request)
    if asked is None:
        study_live.leave("curve")
        return
    measure = str(st.session_state["study curve measure"])
    total = len(asked.values) * asked.replicates

    def show(seen: Seen) -> None:
        look: Look | None = seen.latest
        done = look.done if look is not None else 0
        text = f"{done:,} of {total:,} studies"
        if seen.finished:
            text = f"{asked.replicates:,} studies at each of {len(asked.values)} values, in {number(seen.spent, 2)} s"
        study_live.progress("curve", asked, seen, done / total, text)
        if seen.error is not None:
            explain_error(seen.error)
        elif look is not None and not (look.table["term"] == term).any():
            note("No model has this coefficient at these values.")
        elif look is not None:
            note(_sentence(look, asked, term, measure))
            chart(_figure(look, asked, term, measure, is_dark()), "curve figure")

    job = study_live.live("curve", asked, lambda: looks(asked), show)

    def csv() -> str:
        look: Look | None = job.latest
        return look.table.to_csv(index=False) if look is not None else ""

    st.download_button(
        "Save the curves as CSV", csv, "curves.csv", "text/csv", on_click="ignore", icon=":material/download:"
    )


def _controls(request: Request) -> CurveRequest | None:
    """Setting, values, measure and number; None while they cannot be run, which is said."""
    settings = request.settings
    can = [name for name in ALONG if _can_vary(settings, name)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        along = st.selectbox("Along", can, format_func=ALONG.__getitem__, key="study curve along", width=290)
        typed = st.text_input(
            "Values", ", ".join(_shown(v) for v in ladder(settings, along)), key=f"study curve values {along} {hash(settings)}",
            max_chars=400, width=190,
        )  # fmt: skip
        st.selectbox("Look at", list(MEASURES), format_func=MEASURES.__getitem__, key="study curve measure", width=280)
        each = st.segmented_control(
            "Studies at each", POINTS, format_func=lambda n: f"{n:,}", default=POINTS[0], required=True, key=EACH
        )
    try:
        values = read_values(typed, along)
        asked = CurveRequest(settings, request.models, along, values, int(each or POINTS[0]))
        _check(asked)
    except LmmCompareError as error:
        explain_error(error)
        return None
    return asked


def _can_vary(settings: Settings, along: str) -> bool:
    """Whether other values of this setting go with the rest."""
    return len(ladder(settings, along)) > 1


def _shown(value: float) -> str:
    return f"{value:.6g}".replace("-", MINUS)


def ladder(settings: Settings, along: str) -> list[float]:
    """Values around the present one that can be simulated."""
    wanted: list[float]
    if along in ("groups", "size"):
        size = settings.size if isinstance(settings.size, int) else 0
        now = settings.groups if along == "groups" else size
        wanted = sorted({max(2, round(now * 2.0**k)) for k in (-2, -1, 0, 1, 2)}) if now else []
    elif along == ICC:
        wanted = [0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8]
    elif along == "slope":
        reach = abs(settings.slope) or 0.5 * math.hypot(settings.sigma, settings.tau0) / (
            settings.x_sd if settings.x_name == "x" else 1
        )
        wanted = [_two_digits(reach * k) for k in (0, 0.25, 0.5, 0.75, 1, 1.5)] if settings.has_slope else []
    elif along == "tau1":
        wanted = [_two_digits((settings.tau1 or settings.tau0 or settings.sigma) * k) for k in (0, 0.25, 0.5, 1, 2)]
    else:
        wanted = {"rho_mean": [-0.8, -0.4, 0, 0.4, 0.8], "spread": [0, 0.3, 0.6, 1, 1.5]}.get(
            along, [0, 0.2, 0.4, 0.6, 0.8]
        )
    return [v for v in wanted if _possible(settings, along, v)]


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _possible(settings: Settings, along: str, value: float) -> bool:
    try:
        vary(settings, along, value)
    except SettingsError:
        return False
    return True


def read_values(text: str, along: str) -> tuple[float, ...]:
    """Numbers from what was typed.

    Raises
    ------
    SettingsError
        For what is no number, and for too few or too many.
    """
    parts = [p for p in re.split(r"[\s,;]+", text.replace(MINUS, "-")) if p]
    values = []
    for part in parts:
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or not part.isascii():
            raise SettingsError(
                f"“{part[:40]}” is not a number.", "Give numbers with commas between them.", setting="values"
            )
        values.append(int(value) if along in WHOLE and value == int(value) else value)
    found = tuple(sorted(set(values)))
    if not 2 <= len(found) <= MOST_VALUES:
        raise SettingsError(
            f"{len(found)} different values are given.", f"Give between 2 and {MOST_VALUES}.", setting="values"
        )
    return found


def _check(asked: CurveRequest) -> None:
    """Refuse what cannot be simulated, and what would take too long."""
    plans = plans_along(asked.settings, asked.along, asked.values, asked.replicates, models=asked.models)
    rows = asked.replicates * sum(int(sizes_of(plan.settings).sum()) for plan in plans)
    if rows > MOST_ROWS:
        raise SettingsError(
            f"These studies would simulate {rows:,} rows; the most is {MOST_ROWS:,}.",
            "Take smaller or fewer values, or fewer studies at each.",
            setting="values",
        )


def _axis_label(along: str) -> str:
    return ALONG[along] if along not in LIMITS or along == "slope" else LIMITS[along].words


@lru_cache(maxsize=16)
def _figure(look: Look, asked: CurveRequest, term: str, measure: str, dark: bool) -> go.Figure:
    rows = look.table[look.table["term"] == term]
    frame = rows[["model"]].assign(
        label=[model_label(str(m)) for m in rows["model"]], x=rows["value"].astype(float), value=rows[measure],
        mcse=rows[f"{measure}_mcse"],
    )  # fmt: skip
    null = bool((rows["truth"] == 0).any())
    nominal = 0.05 if measure == "rejection" and null else NOMINAL.get(measure, math.nan)
    promise = {"rejection": "5%: right where the truth is 0", "coverage": "95%: as promised"}.get(measure, "")
    low, high = min(asked.values), max(asked.values)
    return curve_figure(
        frame, x_label=_axis_label(asked.along), y_label=MEASURES[measure], values=asked.values,
        y_range=look.ranges[measure, term], nominal=nominal, nominal_label=promise, shares=measure in SHARES,
        log_x=low > 0 and high / low >= 8, chosen=_now(asked), dark=dark,
    )  # fmt: skip


def _now(asked: CurveRequest) -> float:
    """Where the page's settings stand."""
    s = asked.settings
    if asked.along == ICC:
        return s.tau0**2 / (s.tau0**2 + s.sigma**2)
    value = getattr(s, asked.along)
    now = float(value) if isinstance(value, int | float) else math.nan
    return now if min(asked.values) <= now <= max(asked.values) else math.nan


def _sentence(look: Look, asked: CurveRequest, term: str, measure: str) -> str:
    """What the curves say, from their ends."""
    rows = look.table[look.table["term"] == term]
    ends = [rows[rows["value"] == v] for v in (asked.values[0], asked.values[-1])]
    named = SHORT.get(asked.along, LIMITS[asked.along].words if asked.along in LIMITS else asked.along)
    models = [str(row["model"]) for row in study_words.contrasted(ends[-1], asked.settings)]
    said = []
    for model in models:
        values = [
            float(end.loc[end["model"] == model, measure].iloc[0]) for end in ends if (end["model"] == model).any()
        ]
        if len(values) == 2:
            said.append(
                f"{study_words.name(model)} {' to '.join(rate(v) if measure in SHARES else number(v) for v in values)}"
            )
    low, high = _shown(asked.values[0]), _shown(asked.values[-1])
    between = f"from {low} to {high} groups" if asked.along == "groups" else f"{named} from {low} to {high}"
    return f"{MEASURES[measure]}, {between}: {'; '.join(said)}. Bars are 95% Monte Carlo intervals."
