"""Axis titles and display options that figures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model_catalogue import Model
from .axis_layout import Range
from .theme import MODELS, ModelStyle, band_fill


@dataclass(frozen=True, eq=False)
class Axes:
    """The axes of an outcome against a predictor, and the groups whose rows and lines are drawn in them.

    Parameters
    ----------
    x_range, y_range : (float, float)
        Fixed, so that nothing moves when lines come and go.
    x_ticks : mapping, optional
        Code to name, for a categorical x.
    data_x_range : (float, float), optional
        Where the data lie; what the x axis shows beyond it may be shaded.
    group_order : sequence of str
        The groups by fitted intercept: the order of their colours.
    x_title, y_title : str
        What stands at the axes where that says more than the labels; empty where it does not.
    joined : bool
        Whether lines join the levels of a categorical x: whether a group has rows at several.
    has_levels : bool
        Whether the ticks are levels of a predictor, and not groups side by side.
    """

    x_label: str
    y_label: str
    x_range: Range
    y_range: Range
    x_ticks: Mapping[float, str] | None = None
    data_x_range: Range | None = None
    group_order: Sequence[str] = ()
    group_name: str = field(kw_only=True)
    joined: bool = True
    has_levels: bool = True
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True)
class Look:
    """Display options of a figure.

    Parameters
    ----------
    highlight : str, optional
        The highlighted group; one that is not drawn has no effect.
    height : int, optional
        In pixels; the figure's default when left out.
    narrow : bool
        Whether the page is a phone's.
    model : str
        The mixed model that a figure of one model is about: it has that model's colour and symbol.
    """

    highlight: str | None = None
    height: int | None = None
    narrow: bool = False
    model: str = Model.RANDOM_INTERCEPT

    @property
    def style(self) -> ModelStyle:
        """The colour and the symbol of ``model``."""
        return MODELS[self.model]

    def fill(self, band: str) -> str:
        """The fill of a band of ``model``, "prediction" or "confidence"."""
        return band_fill(self.style.colour, band)


PLAIN = Look()
"""A wide page, and no group that stands out."""
