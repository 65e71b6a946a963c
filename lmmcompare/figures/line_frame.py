"""The frame of a picture of lines: axes, margins, shading where there are no data, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .axes import Axes, Look
from .axis_layout import axis
from .escaped_text import wrapped
from .population_lines import LINE_HEIGHT
from .theme import PAGE, SMALL

TOP, BOTTOM, HEIGHT, LEGEND = 12, 50, 440, 29
LOW = 300
"""Pixels below which a figure has neither a legend nor words above it: its page says the same beside it."""
STRIP = 20
MOST_NAMES = 12
"""Most levels or groups that are named along a phone's axis."""
NO_DATA = "no data here: intercepts are extrapolations"
Annotation = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """The frame of a picture.

    Parameters
    ----------
    notes : str
        A note in small type below the picture.
    legend : bool
        Whether there is room for one.
    """

    axes: Axes
    look: Look
    notes: str
    legend: bool

    @property
    def height(self) -> int:
        """In pixels."""
        return self.look.height or HEIGHT

    @property
    def room(self) -> int:
        """The height between the axes' ends, in pixels."""
        return self.height - self._top - self._bottom

    @property
    def _top(self) -> int:
        return TOP + STRIP * bool(self._beyond[1]) + LEGEND * self._has_legend

    @property
    def _has_legend(self) -> bool:
        return self.legend and self.height >= LOW

    @property
    def _bottom(self) -> int:
        return BOTTOM + LINE_HEIGHT * len(self._lines)

    @property
    def _ticks(self) -> Mapping[float, str] | None:
        """The names along the axis, of many on a phone some."""
        ticks, step = self.axes.x_ticks, -(-len(self.axes.x_ticks or ()) // MOST_NAMES)
        return dict(list(ticks.items())[::step]) if ticks and self.look.narrow else ticks

    @property
    def _lines(self) -> list[str]:
        return wrapped(self.notes, 52)

    @property
    def _beyond(self) -> tuple[list[Annotation], list[Annotation]]:
        shapes, strip = _no_data(self.axes)
        return shapes, strip if self.height >= LOW else []

    def layout(self, ends: Sequence[Annotation], annotations: Sequence[Annotation]) -> dict[str, Any]:
        """The layout with these annotations and room on the right for any of these labels, which may be others than those drawn."""
        axes, (shapes, strip) = self.axes, self._beyond
        widest = max((len(line) for end in ends for line in str(end["text"]).split("<br>")), default=0)
        return {
            "xaxis": axis(axes.x_title or axes.x_label, axes.x_range, self._ticks),
            "yaxis": axis(axes.y_title or axes.y_label, axes.y_range),
            "margin": {"l": 56, "r": 14 + 7 * widest if ends else 16, "t": self._top, "b": self._bottom},
            "shapes": shapes,
            "annotations": [*strip, *_note(self._lines), *annotations],
            "showlegend": self._has_legend,
            "legend": {"y": 1 + STRIP * bool(strip) / self.room},
        }


def _no_data(axes: Axes) -> tuple[list[Annotation], list[Annotation]]:
    """Shade the axis range beyond the data, with a label above it where it contains zero."""
    if axes.data_x_range is None:
        return [], []
    low, high = min(axes.x_range), max(axes.x_range)
    shapes: list[Annotation] = []
    strip: list[Annotation] = []
    for start, end in ((low, min(axes.data_x_range)), (max(axes.data_x_range), high)):
        if end - start < 0.05 * (high - low):
            continue
        band = {"type": "rect", "x0": start, "x1": end, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}}
        shapes.append(band | {"fillcolor": PAGE.shade, "layer": "below"})
        if start <= 0 <= end:
            left = start == low
            strip.append(
                {
                    "text": NO_DATA,
                    "x": start if left else end,
                    "xanchor": "left" if left else "right",
                    "yref": "paper",
                    "y": 1,
                    "yanchor": "bottom",
                    "align": "left" if left else "right",
                    "showarrow": False,
                    "font": {"size": SMALL - 0.5, "color": PAGE.muted},
                }
            )
    return shapes, strip


def _note(lines: list[str]) -> list[Annotation]:
    if not lines:
        return []
    font = {"size": SMALL, "color": PAGE.muted}
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -44}
    return [{"text": "<br>".join(lines), "align": "left", "showarrow": False, "font": font} | place]
