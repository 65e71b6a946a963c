"""The picture of a comparison without some rows, with the excluded rows and the lines fitted to all rows added to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ..design.design import Design
from .picture import Picture


def with_numbers(picture: Picture, design: Design) -> Picture:
    """The picture with each point's ``number``, that of its row in the table from 1; as it is where a point is no row of its own."""
    if picture.x is None or len(picture.points) != design.n or design.is_sample:
        return picture
    held = np.arange(design.n) if design.rows is None else np.asarray(design.rows)
    return replace(picture, points=picture.points.assign(number=held[picture.points["row"]] + 1))


def with_left_out(picture: Picture, before: Picture, rows: Collection[int]) -> Picture:
    """The picture with the points and axes that it had with all rows, those of these numbers apart, and the lines before.

    Parameters
    ----------
    picture : Picture
        Without these rows.
    before : Picture
        With all of them.
    """
    lines = before.lines[before.lines["kind"] == "population"]
    (low, high), heights = before.y_range, picture.lines["y"].to_numpy()
    if np.nanmin(heights) < low or np.nanmax(heights) > high:
        low, high = min(low, picture.y_range[0]), max(high, picture.y_range[1])
    result = replace(picture, before=lines, y_range=(low, high))  # where there is room, a reader's zoom stays
    if "number" not in before.points:
        return result
    out = before.points["number"].isin([*rows])
    return replace(
        result,
        points=before.points[~out],
        left_out=before.points[out],
        x_range=before.x_range,
        data_x_range=before.data_x_range,
    )
