"""The controls of a simulation: every term of the equation with its live value and what sets it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ...errors import SettingsError
from ...simulate import equation
from ...simulate.limits import EFFECTS, LEAVES, PREDICTORS, VARIES
from ...simulate.presets import PRESETS, preset
from ...simulate.settings import Settings
from ..kit.page_elements import explain_error, note
from ..session.pending_edits import bind_edit
from . import current_settings

SIGNED = ("intercept", "slope")
ROUND = (1, 2, 5)
WEIGHTIEST = ("fixed", "intercepts", "slopes", "residuals", "predictor", "groups")
"""The terms in the order of what the models differ by."""
UNEQUAL = ("autocorrelation", "sigma_by_x", "sigma_by_group", "exchangeable")
"""The settings of residuals that are correlated or unequal."""


class Controls:
    """The widgets; each is set from the value entered, with its error below it."""

    def __init__(self, settings: Settings, wrong: Mapping[str, SettingsError]) -> None:
        self.settings = settings
        self.wrong = wrong
        self.entered: current_settings.Entered = st.session_state[current_settings.ENTERED]

    def draw(self, *, what_matters_first: bool = False) -> None:
        """All of them, in the order of the equation, or of what the estimates depend on most."""
        with st.container(key="equation-line"):  # in the line, where it wraps on a phone
            st.markdown(f"${equation.equation(self.settings)}$")
        if self.wrong:
            note("Still shown are the last settings that could be drawn.")
        self.preset()
        terms = {
            "groups": ("Groups", equation.groups_piece, self.groups),
            "fixed": ("What is the same for all groups", self._fixed_piece, self.fixed),
            "predictor": ("Predictor", equation.predictor_piece, self.predictor),
            "intercepts": ("Intercepts of the groups", equation.intercepts_piece, self.intercepts),
            "slopes": ("Slopes of the groups", equation.slopes_piece, self.slopes),
            "residuals": ("Residuals", equation.residual_piece, self.residuals),
        }
        if not current_settings.has_slopes(self.entered):
            del terms["slopes"]
        for name in filter(terms.__contains__, WEIGHTIEST) if what_matters_first else terms:
            words, piece, controls = terms[name]
            with self.term(words, piece(self.settings)):
                controls()

    def preset(self) -> None:
        """Settings that show something."""
        match = current_settings.matching(self.settings)
        drawn = match.name if match and not self.wrong else None
        keeps = bind_edit(
            current_settings.PAGE, "simulate preset", drawn, lambda name: {"preset": name} if name else {}
        )
        st.selectbox(
            "Start from",
            [p.name for p in PRESETS],
            placeholder="settings of your own",
            format_func=lambda name: preset(name).title,
            **keeps,
        )

    def groups(self) -> None:
        """How many groups of how many rows."""
        self.choice("sizes", "Rows per group", current_settings.SIZES)
        way = self.entered["sizes"]
        if way == "listed":
            self.text("listed", "Each group's rows, with commas between", error_of="size")
            return
        left, right = st.columns(2, gap="medium")
        with left:
            self.number("groups", "Number of groups")
        with right:
            self.number("size", {"spread": "Rows, on average", "dropout": "Occasions"}.get(way, "Rows in each group"))
        if way == "spread":
            self.slider("spread", "Spread of the sizes (standard deviation, SD, ÷ mean)", 0.05, 2.0, 0.05)
        if way == "dropout":
            left, right = st.columns(2, gap="medium")
            with left:
                self.slider("dropout", "Share that leaves after each occasion", 0.01, 0.9, 0.01)
            with right:
                self.choice("dropout_by", "Who leaves", LEAVES)

    def fixed(self) -> None:
        """Intercept and slope."""
        left, right = st.columns(2, gap="medium")
        with left:
            self.size_of("intercept", "Intercept", 10)
        with right:
            if self.entered["predictor"] != "none":
                self.size_of("slope", "Slope", 2)

    def predictor(self) -> None:
        """What it is, where it varies, and how it goes with the groups."""
        kind = self.entered["predictor"]
        left, right = st.columns(2, gap="medium")
        with left:
            self.choice("predictor", "Kind", PREDICTORS)
        with right:
            if kind in ("continuous", "binary"):
                self.choice("varies", "Varies", VARIES)
        if kind == "continuous":
            left, right = st.columns(2, gap="medium")
            with left:
                self.number("x_mean", "Mean of x", whole=False)
            with right:
                self.number("x_sd", "SD of x", whole=False)
        if kind == "binary":
            self.slider("share", "Share of ones", 0.01, 0.99, 0.01)
        if kind in ("continuous", "binary") and self.entered["varies"] == "both":
            self.slider("x_icc", "Share of x’s variance that lies between groups (ICC of x)", 0.0, 0.99, 0.01)

    def intercepts(self) -> None:
        """Controls of the groups' intercepts: spread, distribution, correlation with the group's mean."""
        left, right = st.columns(2, gap="medium")
        with left:
            self.size_of("tau0", "SD between groups (τ₀)", 2)
        with right:
            self.choice("effects", "Distribution", EFFECTS)
        if current_settings.has_context(self.entered):
            self.slider("rho_mean", "Correlation with the group's mean of x", -1.0, 1.0, 0.05)

    def slopes(self) -> None:
        """Controls of the groups' slopes: spread, and correlation with the intercepts."""
        left, right = st.columns(2, gap="medium")
        with left:
            self.size_of("tau1", "SD between groups (τ₁)", 1)
        with right:
            if self.entered["tau1"]:
                self.slider("rho", "Correlation with the intercepts (ρ)", -1.0, 1.0, 0.05)

    def residuals(self) -> None:
        """Controls of the residuals: spread; and correlated or unequal ones, folded away unless the settings have them."""
        self.size_of("sigma", "SD of a residual (σ)", 2)
        opened, usual = st.session_state[current_settings.OPENED], Settings()
        unequal = any(getattr(opened, name) != getattr(usual, name) for name in UNEQUAL)
        with st.expander("Correlated or unequal residuals", expanded=unequal):
            self.slider("autocorrelation", "Likeness to the row before (autocorrelation)", -0.95, 0.95, 0.05)
            self.slider(
                "exchangeable",
                "Likeness of any two rows of a group (below 0: they offset each other)",
                -0.5,
                0.95,
                0.01,
            )
            if self.entered["predictor"] != "none":
                self.slider("sigma_by_x", "Noise by x (σ times this, per SD of x)", 0.25, 4.0, 0.05)
            self.slider("sigma_by_group", "Noise by group (σ times this, per SD)", 1.0, 4.0, 0.05)

    def seed(self) -> None:
        """Which draw of all that these settings could give."""
        self.number("seed", "Seed")

    # ------------------------------------------------------------------------------------------------------- widgets

    @staticmethod
    def _fixed_piece(settings: Settings) -> str:
        pieces = [equation.intercept_piece(settings)]
        return r",\quad ".join(pieces + [equation.slope_piece(settings)] * settings.has_slope)

    @contextmanager
    def term(self, words: str, piece: str) -> Iterator[None]:
        """A term of the equation: its name, its live value, its controls."""
        with st.container(key=f"term-{words.split()[0].lower()}", gap="small"):
            st.markdown(f"**{words}** &nbsp; ${equation.unbroken(piece)}$")
            yield

    def _bound(self, name: str, drawn: object) -> dict[str, Any]:
        return bind_edit(
            current_settings.PAGE,
            f"simulate {name}",
            drawn,
            lambda value: {name: round(value, 10) if isinstance(value, float) else value},
        )

    def _error_note(self, name: str) -> None:
        if name in self.wrong:
            explain_error(self.wrong[name])

    def number(self, name: str, label: str, *, whole: bool = True) -> None:
        """A number box without bounds, so that an invalid number gets an error message rather than being refused by the browser."""
        keeps = self._bound(name, self.entered[name])
        st.number_input(label, step=1 if whole else 0.5, format=None if whole else "%g", **keeps)
        self._error_note(name)

    def text(self, name: str, label: str, *, error_of: str) -> None:
        """A text to type."""
        st.text_input(label, max_chars=4_000, **self._bound(name, self.entered[name]))
        self._error_note(error_of)

    def choice(self, name: str, label: str, options: Mapping[str, str]) -> None:
        """One of several."""
        keeps = self._bound(name, self.entered[name])
        st.selectbox(label, list(options), format_func=lambda o: options[o], **keeps)
        self._error_note(name)

    def slider(self, name: str, label: str, low: float, high: float, step: float) -> None:
        """A number between bounds."""
        value = float(self.entered[name])
        st.slider(label, min(low, value), max(high, value), step=step, format="%g", **self._bound(name, value))
        self._error_note(name)

    def size_of(self, name: str, label: str, least: float) -> None:
        """A quantity in units of the outcome: the bounds are those of the settings that were opened, or wider."""
        opened = abs(float(getattr(st.session_state[current_settings.OPENED], name)))
        reach = _round_end(max(least, 1.6 * opened, abs(float(self.entered[name]))))
        low = -reach if name in SIGNED else reach / 100 if name == "sigma" else 0.0
        self.slider(name, label, low, reach, reach / 100)


def _round_end(value: float) -> float:
    """The next of …, 1, 2, 5, 10, 20, … that is not below ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(r * power) for r in (*ROUND, 10) if r * power >= value * (1 - 1e-9))
