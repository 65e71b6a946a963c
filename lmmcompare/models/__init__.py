"""Fits with names on them: statsmodels' words, and lme4's where statsmodels has none."""

from .linear import NoPoolingResult, OLSResult
from .mixed import MixedResult
from .result import Result

__all__ = ["MixedResult", "NoPoolingResult", "OLSResult", "Result"]
