"""The marks of models that stand side by side, one each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model_catalogue import Model
from .theme import MODELS, PAGE


def model_marker(models: Sequence[str], size: int, *, ring: float = 1.5) -> dict[str, Any]:
    """A marker whose points are models' marks; OLS with clustered errors has a ring so wide, for its estimate is OLS's."""
    paper = PAGE.background
    hollow = [model == Model.OLS_ROBUST for model in models]
    colours = [MODELS[model].colour for model in models]
    return {
        "symbol": [MODELS[model].symbol.removesuffix("-open") for model in models],
        "size": size,
        "color": [paper if h else c for h, c in zip(hollow, colours, strict=True)],
        "line": {
            "color": [c if h else paper for h, c in zip(hollow, colours, strict=True)],
            "width": [ring if h else 1.5 for h in hollow],
        },
        "opacity": 1,
    }
