"""Models for users: fits with named coefficients, in statsmodels' vocabulary or lme4's where statsmodels has none."""

from .linear import NoPoolingResult, OLSResult
from .mixed import MixedResult
from .result import Result

__all__ = ["MixedResult", "NoPoolingResult", "OLSResult", "Result"]
