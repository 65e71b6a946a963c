"""The data-generating equation with its live values, as LaTeX pieces: one for each thing that can be set."""

from __future__ import annotations

import re

from ..text.numbers import MINUS, number
from .predictor import share_of_ones
from .settings import Settings

_SPACES = re.compile(r"^(?:\s|\\ |\\quad)+")


def tex(value: float) -> str:
    """A number in LaTeX, as it was given where it is short: 1,527.5 as 1{,}527.5, a very small one as a power of ten."""
    text = f"{value:,.10g}"
    if "e" in text or len(text) > 8:
        text = number(value, 4).replace(MINUS, "-")
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa}\times 10^{{{exponent}}}"
    return text.replace(",", "{,}")


def equation(settings: Settings) -> str:
    """The outcome: y_ij = 1 + 0.5 x_ij + u_0j + e_ij."""
    x, parts = x_symbol(settings), [tex(settings.intercept)]
    if settings.has_slope:
        parts.append(("- " if settings.slope < 0 else "+ ") + tex(abs(settings.slope)) + rf"\,{x}")
    parts.append("+ u_{0j}")
    if settings.tau1 > 0:
        parts.append(rf"+ u_{{1j}}\,{x}")
    return "y_{ij} = " + " ".join(parts) + " + e_{ij}"


def x_symbol(settings: Settings) -> str:
    """The predictor's symbol."""
    if settings.predictor == "time":
        return "t_{ij}"
    return "x_j" if settings.where == "between" else "x_{ij}"


def groups_piece(settings: Settings) -> str:
    """Groups and their sizes."""
    sizes = settings.group_sizes
    low, high = int(sizes.min()), int(sizes.max())
    rows = tex(low) if low == high else rf"{tex(low)} \ldots {tex(high)}"
    return rf"j = 1 \ldots {tex(len(sizes))},\quad n_j = {rows}"


def unbroken(piece: str) -> str:
    """A piece that a narrow page breaks between its parts only, not at an equals sign within one."""
    parts, depth = [""], 0
    for sign in piece:
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return r",\ \allowbreak ".join(f"{{{_SPACES.sub('', part)}}}" for part in parts)


def intercept_piece(settings: Settings) -> str:
    """The intercept."""
    return rf"\beta_0 = {tex(settings.intercept)}"


def slope_piece(settings: Settings) -> str:
    """The slope."""
    return rf"\beta_1 = {tex(settings.slope)}"


def predictor_piece(settings: Settings) -> str:
    """What the predictor is."""
    s, x = settings, x_symbol(settings)
    if s.predictor == "none":
        return r"\text{no } x"
    if s.predictor == "time":
        return rf"{x} = 0, 1, 2, \ldots"
    law = (
        rf"{x} \in \{{0, 1\}},\ P(1) = {tex(share_of_ones(s))}"
        if s.predictor == "binary"
        else rf"{x} \sim {_normal(s.x_mean, s.x_sd)}"
    )
    if s.where == "both":
        law += rf",\ \mathrm{{ICC}} = {tex(s.x_icc)}"
    if s.where == "within":
        law += r",\ \bar x_j \text{ equal}"
    return law


def intercepts_piece(settings: Settings) -> str:
    """The random intercepts, with their correlation with the group means of the predictor."""
    piece = _effects("u_{0j}", settings.tau0, settings.effects, bool(settings.rho_mean))
    if not settings.tau0:
        return piece  # and correlate with nothing
    if settings.effects == "outlier":
        piece += r",\ \text{one far out}"
    if settings.rho_mean:
        mean = "x_j" if settings.where == "between" else r"\bar x_j"
        piece += rf",\ \mathrm{{corr}}(u_{{0j}}, {mean}) = {tex(settings.rho_mean)}"
    return piece


def slopes_piece(settings: Settings) -> str:
    """The random slopes."""
    if settings.tau1 == 0:
        return "u_{1j} = 0"
    kind = "normal" if settings.effects == "outlier" and not settings.rho else settings.effects
    piece = _effects("u_{1j}", settings.tau1, kind, bool(settings.rho))
    if not settings.tau0:
        return piece
    return rf"{piece},\ \mathrm{{corr}}(u_{{0j}}, u_{{1j}}) = {tex(settings.rho)}"


def residual_piece(settings: Settings) -> str:
    """The residuals."""
    s, spread = settings, tex(settings.sigma)
    if s.noise_by_x != 1 or s.sigma_by_group != 1:
        row = "ij" if s.noise_by_x != 1 else "j"
        piece = rf"e_{{ij}} \sim N(0,\ \sigma_{{{row}}}^2),\ \sqrt{{\overline{{\sigma^2}}}} = {spread}"
    else:
        piece = rf"e_{{ij}} \sim {_normal(0, s.sigma)}"
    if s.autocorrelation:
        piece += rf",\ \mathrm{{corr}}(e_{{ij}}, e_{{i+1,j}}) = {tex(s.autocorrelation)}"
    if s.exchangeable:
        piece += rf",\ \mathrm{{corr}}(e_{{ij}}, e_{{kj}}) = {tex(s.exchangeable)}"
    return piece


def _normal(mean: float, sd: float) -> str:
    return rf"N({tex(mean)},\ {tex(sd)}^2)"


def _effects(symbol: str, sd: float, kind: str, correlated: bool) -> str:
    """Random effects; of those not normal, what correlates is a sum of two and has another distribution, the same SD."""
    if sd == 0:
        return f"{symbol} = 0"
    if kind == "outlier" or (kind != "normal" and correlated):  # with an outlier the others' SD is less
        return rf"\mathrm{{SD}}({symbol}) = {tex(sd)}"
    if kind == "two-point":
        return rf"{symbol} = \pm {tex(sd)}"
    if kind in ("heavy", "skewed"):
        law = "t_5" if kind == "heavy" else r"\mathrm{Exponential}"
        return rf"{symbol} \sim {law},\ \mathrm{{SD}} = {tex(sd)}"
    return rf"{symbol} \sim {_normal(0, sd)}"
