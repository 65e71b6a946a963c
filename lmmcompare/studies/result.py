"""The results of a study, with the replicates computed so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..model_catalogue import Model
from .batch_run import Batch
from .performance import Tally
from .plan import Plan


@dataclass(frozen=True, eq=False)
class Study:
    """A study as far as it has got.

    Parameters
    ----------
    estimates : (C, S) array
        Of the first replicates, at most `batch_run.SAMPLE`; NaN where one could not be used.
    """

    plan: Plan
    done: int
    tally: Tally
    estimates: Array

    @classmethod
    def begin(cls, plan: Plan) -> Study:
        """A study without replicates yet."""
        size = len(plan.cells)
        return cls(plan, 0, Tally.empty(size), np.empty((size, 0)))

    def after(self, batch: Batch, replicates: range) -> Study:
        """With the batch of these replicates, the next ones."""
        estimates = np.hstack([self.estimates, batch.estimates]) if batch.estimates.size else self.estimates
        return replace(self, done=replicates.stop, tally=self.tally + batch.tally, estimates=estimates)

    @property
    def finished(self) -> bool:
        """Whether all replicates are there."""
        return self.done == self.plan.replicates

    @property
    def absent(self) -> dict[str, str]:
        """Each model that cannot be fitted to such data, with a sentence that gives the reason."""
        return dict(self.plan.absent)

    def table(self) -> pd.DataFrame:
        """A row for each model and term; see `study` for the columns."""
        model, term, truth = zip(*self.plan.cells, strict=True)
        used, failed = self.tally.counts[:, 0], self.tally.counts[:, 1]
        frame = pd.DataFrame({"model": model, "term": term, "truth": truth, "replicates": used, "failed": failed})
        measures = pd.DataFrame(self.tally.measures())
        mixed = frame["model"].isin([m for m in Model if m.is_mixed])
        measures.loc[~mixed, ["singular", "singular_mcse"]] = np.nan  # least squares knows no boundary
        return pd.concat([frame, measures], axis=1)

    def distribution(self) -> pd.DataFrame:
        """The estimates of the first replicates, at most 10,000: ``model, term, truth, replicate, estimate``."""
        size = self.estimates.shape[1]
        model, term, truth = (np.repeat(np.array(column), size) for column in zip(*self.plan.cells, strict=True))
        frame = pd.DataFrame({"model": model, "term": term, "truth": truth})
        frame["replicate"] = np.tile(np.arange(size), len(self.plan.cells))
        frame["estimate"] = self.estimates.ravel()
        return frame.dropna(subset="estimate").reset_index(drop=True)
