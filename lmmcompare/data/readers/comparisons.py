"""Comparisons by their signs, as R and jamovi write them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray | float], np.ndarray]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
