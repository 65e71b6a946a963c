"""A plotly figure from traces and layout, unchecked and with packed numbers until something looks into it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from .theme import template
from .traces import Trace

PACKED = {"float64": "f8", "float32": "f4", "int32": "i4", "int8": "i1"}
"""Kinds of numbers that are sent packed, by numpy's name, and plotly's names for them."""


class Figure(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that plotly checks, value by value, only when something looks into it; to send ``_made`` is enough.

    The checks are most of what a figure takes. The tests look into every figure.
    """

    def __init__(self, made: dict[str, Any]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        if "_data" in vars(self) or "_made" not in vars(self):
            raise AttributeError(name)
        super().__init__(**self._made)
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Give what plotly.js draws, unchecked as long as nothing has looked into it."""
        parts: dict[str, Any] = super().to_dict() if "_data" in vars(self) else _packed(self._made)
        return parts


def _packed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: part if name == "template" else _packed(part) for name, part in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict | list | np.ndarray):  # else numbers and names
        return [_packed(part) for part in value]
    if isinstance(value, np.ndarray) and value.dtype.name in PACKED and value.ndim == 1:
        return {"dtype": PACKED[value.dtype.name], "bdata": b64encode(value.tobytes()).decode()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic | pd.Series) else value


def figure(
    data: list[Trace], layout: dict[str, Any], *, alt: str, height: int, frames: Sequence[Trace] = ()
) -> go.Figure:
    """Put traces and layout together with what all figures share."""
    shared = {"template": template(), "uirevision": "keep", "meta": {"alt": alt}, "height": height}
    return Figure({"data": data, "layout": shared | layout, "frames": list(frames)})
