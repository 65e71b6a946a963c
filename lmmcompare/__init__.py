"""OLS, group dummies and mixed models side by side, and exactly why their coefficients differ."""

from . import examples
from .api import lm, lmer
from .compare import Comparison, compare
from .errors import LmmCompareError
from .explain.identity import explain
from .simulate import simulate

__all__ = ["Comparison", "LmmCompareError", "compare", "examples", "explain", "lm", "lmer", "simulate"]
