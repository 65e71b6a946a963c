"""OLS, group dummies and mixed models side by side, and exactly why their coefficients differ."""

from . import examples
from .assess.residual_structures import compare_structures
from .comparison.compare import Comparison, compare
from .errors import LmmCompareError
from .explain.identity import explain
from .formula.calls import read_call
from .models.fitting import lm, lmer
from .models.gls_fitting import gls
from .models.reading import read
from .simulate import simulate
from .studies import curve, groups_for_power, study
from .tables.inference import Resampling, infer

__all__ = [
    "Comparison",
    "LmmCompareError",
    "Resampling",
    "compare",
    "compare_structures",
    "curve",
    "examples",
    "explain",
    "gls",
    "groups_for_power",
    "infer",
    "lm",
    "lmer",
    "read",
    "read_call",
    "simulate",
    "study",
]
