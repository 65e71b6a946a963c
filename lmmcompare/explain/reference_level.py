"""The level that others are meant to be compared with, by its name, and whether it is to be proposed as the baseline."""

from __future__ import annotations

import re

from ..comparison.compare import Comparison
from ..comparison.moderator_values import level_names
from ..formula import baselines

CONTROLS = re.compile(
    r"control\w*|ctrl|placebo|baseline|none|no|0|false|untreated|sham|usual( care)?|reference|before|pre|unstim\w*",
    re.IGNORECASE,
)
MOST_LEVELS = 12


def control_level(comparison: Comparison, name: str) -> str:
    """The one level that is called as those are which others are compared with, such as "placebo"; empty without one."""
    names = level_names(comparison, name)
    controls = [level for level in names if CONTROLS.fullmatch(level)]
    return controls[0] if len(controls) == 1 and 1 < len(names) <= MOST_LEVELS else ""


def proposed_baseline(comparison: Comparison, name: str) -> str:
    """The control level where the formula names no baseline and another level stands first; empty otherwise."""
    control, names = control_level(comparison, name), level_names(comparison, name)
    unnamed = baselines.baseline_of(comparison.spec, name) == ""
    return control if control and unnamed and control != names[0] else ""
