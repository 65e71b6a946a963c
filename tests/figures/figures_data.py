"""Small invented frames of the shapes that the figures receive."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from lmmcompare.figures.axes import Axes, Look

AXES = Axes("X", "Y", (0.0, 8.3), (-2.0, 10.0), group_name="ID")


def sorted_options(axes: Axes = AXES, **options: Any) -> tuple[Axes, Look, dict[str, Any]]:
    """Options by where they belong: changed axes, the look, and the figure's own."""

    def of(kind: type) -> dict[str, Any]:
        return {field.name: options.pop(field.name) for field in fields(kind) if field.name in options}

    return replace(axes, **of(Axes)), Look(**of(Look)), options


def straight(model: str, kind: str, group: str, ends: tuple[float, float], y: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame({"model": model, "kind": kind, "group": group, "x": ends, "y": y})


def table(groups: list[str], models: tuple[str, ...] = ("random_intercept",)) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three points for each group, a group line for each group and model, and three population lines."""
    points = pd.DataFrame(
        {
            "group": np.repeat(groups, 3),
            "x": np.tile([2.0, 4.0, 6.0], len(groups)),
            "y": np.linspace(0, 9, 3 * len(groups)),
        }
    )
    own = [straight(m, "group", g, (2, 6), (i, i + 1)) for m in models for i, g in enumerate(groups)]
    common = [
        straight("ols", "population", "", (0, 8.3), (-1.13, 8.7)),
        straight("random_intercept", "population", "", (0, 8.3), (1.68, 6.97)),
    ]
    return points, pd.concat([*own, *common], ignore_index=True)
