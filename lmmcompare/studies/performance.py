"""What a study keeps of its replicates: counts and exact sums, from which every performance measure follows.

Morris, White and Crowther (2019), Using simulation studies to evaluate statistical methods, Statistics in Medicine 38,
2074-2102: the measures and their Monte Carlo standard errors, table 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from . import exact_sums
from .estimators import Estimates

MEASURES = ("bias", "se_empirical", "se_model", "coverage", "rejection", "rmse", "singular")
COUNTS = ("used", "failed", "covered", "rejected", "singular")
SUMS = ("error", "error^2", "error^4", "variance", "variance^2")


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts and sums over replicates of C coefficients, of one model or of several.

    Parameters
    ----------
    counts : (C, 5) int array
        Replicates used and left out; of those used, intervals that cover the truth, tests that reject 0, singular fits.
    sums : (C, 5, LIMBS) array
        Over the replicates used: deviations from the truth, their squares and fourth powers, squared standard errors,
        and the squares of those.
    """

    counts: Array
    sums: Array

    @classmethod
    def empty(cls, size: int) -> Tally:
        """Of no replicates."""
        return cls(np.zeros((size, len(COUNTS)), dtype=np.int64), exact_sums.zeros((size, len(SUMS))))

    @classmethod
    def of(cls, estimates: Estimates, truth: Array, alpha: float) -> Tally:
        """Of one model's replicates, given the true value of each of its coefficients."""
        fine = estimates.usable
        error, reach = (estimates.estimate - truth)[fine], estimates.reach(alpha)[fine]
        variance, size = estimates.se[fine] ** 2, (len(truth), int(fine.sum()))
        counts = [
            np.broadcast_to(value, size[:1])
            for value in (
                fine.sum(),
                (~fine).sum(),
                (np.abs(error) <= reach).sum(axis=0),
                (np.abs(estimates.estimate[fine]) > reach).sum(axis=0),
                estimates.singular[fine].sum(),
            )
        ]
        terms = np.stack([error, error**2, error**4, variance, variance**2]).transpose(2, 0, 1)
        return cls(np.stack(counts, axis=1).astype(np.int64), exact_sums.exact_sum(terms))

    @classmethod
    def beside(cls, tallies: Sequence[Tally]) -> Tally:
        """Of the models together."""
        return cls(np.concatenate([t.counts for t in tallies]), np.concatenate([t.sums for t in tallies]))

    def __add__(self, other: Tally) -> Tally:
        """The tally of both sets of replicates; independent of the order of addition."""
        return Tally(self.counts + other.counts, self.sums + other.sums)

    def measures(self) -> dict[str, Array]:
        """Each measure and, with the ending ``_mcse``, its Monte Carlo standard error, (C,) each; NaN where none is known."""
        used, _, covered, rejected, singular = self.counts.T.astype(float)
        error, error2, error4, variance, variance2 = exact_sums.rounded(self.sums).T
        with np.errstate(all="ignore"):
            bias, mse = error / used, error2 / used
            spread = np.maximum(error2 - error * bias, 0.0) / (used - 1)
            mse_mcse = np.sqrt(np.maximum(error4 - error2 * mse, 0.0) / (used * (used - 1)))
            se_model = np.sqrt(variance / used)
            variance_spread = np.maximum(variance2 - variance * variance / used, 0.0) / (used - 1)
            result = {
                "bias": (bias, np.sqrt(spread / used)),
                "se_empirical": (np.sqrt(spread), np.sqrt(spread / (2 * (used - 1)))),
                "se_model": (se_model, np.sqrt(variance_spread / (4 * used)) / se_model),
                "coverage": _share(covered, used),
                "rejection": _share(rejected, used),
                "rmse": (np.sqrt(mse), mse_mcse / (2 * np.sqrt(mse))),
                "singular": _share(singular, used),
            }
        return {f"{m}{end}": v for m in MEASURES for end, v in zip(("", "_mcse"), result[m], strict=True)}


def _share(count: Array, used: Array) -> tuple[Array, Array]:
    share = count / used
    return share, np.sqrt(share * (1 - share) / used)
