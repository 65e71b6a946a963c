"""Fits with names on them: statsmodels' words, and lme4's where statsmodels has none."""

from .base import Result
from .linear import NoPoolingResult, OLSResult
from .mixed import MixedResult

__all__ = ["MixedResult", "NoPoolingResult", "OLSResult", "Result"]
