"""What the parts of the dial share: the path along the ratio, the lines that it moves, and what is derived from these once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..text.numbers import decimals_for, number
from . import dial_traces
from .axes import Axes, Look
from .dial_traces import LIMIT
from .escaped_text import safe
from .theme import group_colours
from .traces import Trace

MOST = 60
WORST = 12.0


@dataclass(frozen=True, eq=False)
class RatioPath:
    """A coefficient along the variance ratio.

    Parameters
    ----------
    curve : DataFrame
        ``ratio``, ``estimate``, ``se``, ``weight_within``, ``drop``: a row per step. The first ratio is 0 and the last
        stands for infinity; both are drawn one step beyond their neighbours.
    chosen : int
        The step of the fitted ratio.
    method : str
        What chose the fitted ratio: REML or ML.
    """

    curve: pd.DataFrame
    chosen: int
    term_label: str
    method: str = "REML"


@dataclass(frozen=True, eq=False)
class MovingLines:
    """The lines that the dial moves.

    Parameters
    ----------
    group_x, group_y : array (J, 2) and (steps, J, 2)
        The ends of each group's line, the groups in the axes' order.
    population_x, population_y, ols_y : array (2,), (steps, 2) and (2,)
        The ends of the population line at every step, and of the OLS line.
    """

    group_x: Array
    group_y: Array
    population_x: Array
    population_y: Array
    ols_y: Array


@dataclass(frozen=True, eq=False)
class Scene:
    """What the parts of the dial share: the arguments of `dial_figure`, and what several parts derive from them."""

    path: RatioPath
    lines: MovingLines
    axes: Axes
    look: Look

    @cached_property
    def groups(self) -> list[str]:
        """The groups whose lines are drawn."""
        return _drawn(self.axes.group_order, self.look.highlight)

    @cached_property
    def colours(self) -> dict[str, str]:
        """Each group's colour."""
        return group_colours(self.axes.group_order)

    @cached_property
    def bundles(self) -> list[tuple[list[str], Trace]]:
        """The groups that one trace draws, with its look."""
        return _bundles(self.groups, self.colours, self.look.highlight)

    @cached_property
    def places(self) -> Array:
        """Each step's place on the axis of the ratio."""
        return dial_traces.positions(self.path.curve["ratio"].to_numpy(float))

    @cached_property
    def sentences(self) -> list[str]:
        """The values at each step in words."""
        return _sentences(self.path.curve, self.path.term_label, self.axes.group_name)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The axis of the coefficient."""
        return dial_traces.estimate_limits(self.path.curve)

    @cached_property
    def worst(self) -> float:
        """The largest drop in log-likelihood on its axis."""
        return min(WORST, max(1.3 * LIMIT, 1.1 * float(self.path.curve["drop"].max())))

    @property
    def x_decimals(self) -> int:
        """Decimals that the x axis has room for."""
        return dial_traces.decimals(self.axes.x_range)

    @property
    def y_decimals(self) -> int:
        """Decimals that the y axis has room for."""
        return dial_traces.decimals(self.axes.y_range)

    @property
    def group_hover(self) -> str:
        """A group's name, to be seen when it is pointed at."""
        return f"<b>{safe(self.axes.group_name)} %{{hovertext}}</b>"

    def line_ends(self, values: Array, members: Sequence[str], decimals: int) -> list[Any]:
        """Both ends of these groups' lines, and a gap after each; at every step where ``values`` has several."""
        own = values[..., [self._position[group] for group in members], :]
        with_gaps = np.concatenate([own, np.full((*own.shape[:-1], 1), np.nan)], axis=-1)
        return dial_traces.rounded(with_gaps.reshape(*own.shape[:-2], -1), decimals)

    @cached_property
    def group_heights(self) -> list[list[Any]]:
        """For each bundle the line ends' y at every step."""
        return [self.line_ends(self.lines.group_y, members, self.y_decimals) for members, _ in self.bundles]

    @cached_property
    def population_heights(self) -> list[Any]:
        """The population line's y at every step."""
        return dial_traces.rounded(self.lines.population_y, self.y_decimals)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {group: i for i, group in enumerate(self.axes.group_order)}


def _drawn(group_order: Sequence[str], highlight: str | None) -> list[str]:
    """The groups whose lines are drawn: evenly along the order, and always the highlighted one."""
    keep = np.unique(np.linspace(0, len(group_order) - 1, min(MOST, len(group_order))).round().astype(int))
    groups = [group_order[i] for i in keep]
    if highlight in group_order and highlight not in groups:
        groups[len(groups) // 2] = str(highlight)
    return groups


def _bundles(groups: Sequence[str], colours: dict[str, str], highlight: str | None) -> list[tuple[list[str], Trace]]:
    """The groups that one trace draws, by colour, and its look; the highlighted group apart and last."""
    marked = highlight in groups
    out: list[tuple[list[str], Trace]] = []
    for colour in dict.fromkeys(colours[group] for group in groups):
        members = [group for group in groups if colours[group] == colour and group != highlight]
        if members:
            out.append((members, {"line": {"color": colour, "width": 1.75}, "opacity": 0.25 if marked else 1.0}))
    if marked:
        out.append(([str(highlight)], {"line": {"color": colours[str(highlight)], "width": 4.5}}))
    return out


def _sentences(curve: pd.DataFrame, term_label: str, group_name: str) -> list[str]:
    """The values at each step in words."""
    decimals = decimals_for(float(curve["se"].min()))
    names = dial_traces.step_labels(curve)
    names[0] += " (OLS)"
    names[-1] += f" ({dial_traces.far_end(curve, group_name)})"
    return [
        f"ratio {name}: {safe(term_label, 24)} <b>{number(estimate, decimals=decimals)}</b>"
        for name, estimate in zip(names, curve["estimate"], strict=True)
    ]
