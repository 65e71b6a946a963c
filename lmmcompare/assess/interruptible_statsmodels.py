"""statsmodels' mixed model and working correlation, with a check for cancellation in each iteration.

Slow to import, like statsmodels itself: to be imported where it is needed only. `MixedLM.fit` takes no callback, so it is the
public methods that its search and the estimating equations call that ask.
"""

from __future__ import annotations

from typing import Any

import statsmodels.api as sm

from ..work.interruption import check


class InterruptibleMixedLM(sm.MixedLM):  # type: ignore[misc]  # statsmodels has no types
    """`statsmodels.api.MixedLM` whose fit can be interrupted."""

    def loglike(self, *given: Any, **more: Any) -> Any:
        """The log-likelihood, as the search asks for it."""
        check()
        return super().loglike(*given, **more)

    def score(self, *given: Any, **more: Any) -> Any:
        """Its gradient."""
        check()
        return super().score(*given, **more)


class InterruptibleExchangeable(sm.cov_struct.Exchangeable):  # type: ignore[misc]  # statsmodels has no types
    """`statsmodels.api.cov_struct.Exchangeable`, by which a fit of GEE can be interrupted."""

    def update(self, params: Any) -> None:
        """Estimate the working correlation anew, once an iteration."""
        check()
        super().update(params)
