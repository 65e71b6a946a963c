"""Names of a bootstrap's parameters, and bootstrap intervals in the same form as the other kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..inference.bootstrap import Bootstrap
from ..models import MixedResult
from ..models.random_structures import parameters
from ..text.numbers import count, percent


def parameter_names(result: MixedResult) -> pd.DataFrame:
    """A row for each column of a bootstrap's draws: ``name, kind, factor``, with the names of `intervals`."""
    rows = [(name, "coefficient", "") for name in result.names]
    blocks = [(b, parameters(b, c)) for b, c in zip(result.blocks, result.fit.covariances, strict=True)]
    for block, own in blocks:
        rows += [(name, kind, result.factors[block.factor]) for name, kind, _ in own if kind == "sd"]
    for block, own in blocks:
        if not block.is_full:
            rows += [(name, kind, result.factors[block.factor]) for name, kind, _ in own if kind != "sd"]
            continue
        pairs = zip(*np.tril_indices(len(block.names), -1), strict=True)
        rows += [(f"{block.names[j]}, {block.names[i]}", "correlation", result.factors[block.factor]) for i, j in pairs]
    return pd.DataFrame([*rows, ("Residual", "residual", "")], columns=["name", "kind", "factor"])


def bootstrap_intervals(result: MixedResult, bootstrap: Bootstrap) -> pd.DataFrame:
    """95% percentile limits of everything that was drawn: ``name, kind, factor, estimate, lower, upper, mcse``.

    ``mcse`` is the larger Monte Carlo standard error of the two limits.
    """
    limits = bootstrap.intervals(0.05)
    error = np.fmax(limits.lower_mcse, limits.upper_mcse)
    columns = {"estimate": bootstrap.estimate, "lower": limits.lower, "upper": limits.upper, "mcse": error}
    return parameter_names(result).assign(**columns)


def bootstrap_sentence(result: Bootstrap) -> str:
    """A sentence on how the replicates were drawn and how many of them were singular or left out."""
    how = "whole groups drawn with replacement" if result.kind == "case" else "outcomes simulated from the fit"
    words = f"{count(result.done, 'sample')} of {how}, each fitted again"
    share = result.singular_share
    if share > 0:
        words += f"; {percent(share)} of the fits end on the boundary, a variance 0 or a correlation of 1"
    if result.failed:
        words += (
            f"; {count(result.failed, 'fit')} did not converge and {'is' if result.failed == 1 else 'are'} left out"
        )
    return f"{words}."
