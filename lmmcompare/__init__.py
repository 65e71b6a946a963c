"""OLS, group dummies and mixed models side by side, and exactly why their coefficients differ."""

from . import examples
from .api import lm, lmer
from .compare import Comparison, compare
from .errors import LmmCompareError
from .explain.identity import explain
from .simulate import simulate
from .studies import curve, groups_for_power, study

__all__ = [
    "Comparison",
    "LmmCompareError",
    "compare",
    "curve",
    "examples",
    "explain",
    "groups_for_power",
    "lm",
    "lmer",
    "simulate",
    "study",
]
