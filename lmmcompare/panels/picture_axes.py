"""The axes of a picture, for every panel that draws its rows and lines."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..figures.axes import Axes
from ..text.labels import noun

MOST = 40
"""Letters of a column's label at an axis: more would be longer than the axis."""


def picture_axes(comparison: Comparison, picture: Picture) -> Axes:
    """The axis titles of a picture, and the noun for its groups."""
    return Axes(
        picture.x_label,
        picture.y_label,
        picture.x_range,
        picture.y_range,
        x_ticks=picture.x_ticks,
        data_x_range=picture.data_x_range,
        group_order=picture.group_order,
        group_name=noun(comparison.group),
        joined=picture.joined,
        has_levels=picture.has_levels,
        x_title=_title(picture, picture.x_label),
        y_title=_title(picture, picture.y_label),
    )


def _title(picture: Picture, name: str) -> str:
    """A column's label with its name, by which the formula calls it; empty where it has none that says more."""
    label = " ".join(picture.titles.get(name, "").split())
    if not label or label.lower() == name.lower():
        return ""
    return f"{label if len(label) <= MOST else label[: MOST - 1] + '…'} ({name})"
