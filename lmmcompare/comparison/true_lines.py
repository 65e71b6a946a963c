"""The true lines of simulated data, added to the frames of the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..model_catalogue import Model
from ..simulate.design import Design
from ..simulate.dropout import groups_of_table
from ..simulate.settings import Settings
from ..simulate.table import group_labels
from ..simulate.truth import true_group_lines, true_line
from .picture import Picture

OUTCOME = "y"


def with_true_lines(picture: Picture, settings: Settings) -> Picture:
    """The picture with the true lines of the groups and of an ordinary group, as those of the model "truth".

    The picture stays as it is where its axes are not the simulated outcome and predictor.
    """
    by_x = picture.x_label == settings.x_name and picture.x_ticks is None
    by_group = picture.x_label.startswith("group, ") and len(picture.group_order) == settings.groups
    if picture.y_label != OUTCOME or not (by_x or by_group):
        return picture
    drawn, own_effects = groups_of_table(settings)
    position = {label: j for j, label in enumerate(group_labels(settings))}
    display = np.array([position[label] for label in picture.group_order])
    at = _ends_by_x(drawn, display, picture.x_range) if by_x else _means(drawn)[display][:, None].repeat(2, axis=1)
    groups = display.repeat(2)
    own = true_group_lines(settings, own_effects, groups, at.ravel())
    where = at if by_x else np.arange(len(display))[:, None] + np.array([-0.42, 0.42])
    common = np.array(picture.x_range)
    middle = true_line(settings, common if by_x else np.full(2, drawn.x.mean()))
    lines = pd.concat(
        [
            picture.lines,
            pd.DataFrame(
                {"model": Model.TRUTH, "kind": "population", "group": "", "level": "", "x": common, "y": middle}
            ),
            pd.DataFrame(
                {
                    "model": Model.TRUTH,
                    "kind": "group",
                    "group": np.repeat(picture.group_order, 2),
                    "level": "",
                    "x": where.ravel(),
                    "y": own,
                }
            ),
        ],
        ignore_index=True,
    ).astype({"model": object, "kind": object, "group": object, "level": object})
    low, high = min(own.min(), middle.min()), max(own.max(), middle.max())
    air = 0.02 * (picture.y_range[1] - picture.y_range[0])
    y_range = (min(picture.y_range[0], float(low) - air), max(picture.y_range[1], float(high) + air))
    return replace(picture, lines=lines, y_range=y_range)


def _ends_by_x(drawn: Design, display: Array, x_range: tuple[float, float]) -> Array:
    """Where each group's line starts and ends, (G, 2); groups with one value of x get a short line."""
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    low, high = (ufunc.reduceat(drawn.x[0], starts)[display] for ufunc in (np.minimum, np.maximum))
    reach = np.where(low == high, 0.012 * (x_range[1] - x_range[0]), 0.0)
    return np.stack([low - reach, high + reach], axis=1)


def _means(drawn: Design) -> Array:
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    return np.add.reduceat(drawn.x[0], starts) / drawn.sizes
