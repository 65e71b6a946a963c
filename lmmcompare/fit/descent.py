"""Where the steps of a search have led, for any number of problems at once."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class Descent:
    """Where the steps of B problems led.

    Parameters
    ----------
    theta : (m, B) array
        After the last step. That one is not checked: where it promised next to nothing, `settle` does.
    decrement : (B,) array
        By how much the last step promised to lower each criterion; that of Newton's own Hessian unless scoring did to the
        end. Not finite where there is no criterion.
    arrived : (B,) bool array
        Whether no step is left to make.
    before : (m, B) array
        Theta before the last step.
    value : (B,) array
        The criterion there.
    """

    theta: Array
    decrement: Array
    arrived: Array
    before: Array
    value: Array

    @classmethod
    def begin(cls, theta: Array) -> Descent:
        """No step made yet."""
        size = theta.shape[1]
        return cls(theta.copy(), np.full(size, np.inf), np.zeros(size, bool), theta.copy(), np.full(size, np.nan))

    def put(self, index: Array, other: Descent) -> None:
        """Replace those of some problems."""
        for f in fields(self):
            getattr(self, f.name)[..., index] = getattr(other, f.name)
