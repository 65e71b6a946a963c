"""How many groups a study needs, found by simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

from ..design.coefficients import INTERCEPT
from ..errors import SettingsError
from ..model_catalogue import Model
from ..simulate.limits import LIMITS, MAX_ROWS
from ..simulate.settings import Settings
from ..simulate.truth import contextual_effect
from .curve import vary
from .models import terms_of, truth_of
from .plan import Plan
from .power_search import GroupsForPower, Search
from .replication import Replication, Where
from .study import as_settings

REPLICATES = 4_000
"""Replicates of each of the last three studies."""
TESTED = (
    Model.RANDOM_INTERCEPT,
    Model.RANDOM_SLOPE,
    Model.WITHIN_BETWEEN,
    Model.NO_POOLING,
    Model.OLS_ROBUST,
    Model.OLS,
)
"""The models whose tests are offered, those that are right more often first."""


def groups_for_power(
    settings: Settings | Mapping[str, Any] | str,
    power: float = 0.8,
    *,
    model: str | None = None,
    term: str | None = None,
    replicates: int = REPLICATES,
    seed: int = 1,
    alpha: float = 0.05,
    **where: Unpack[Where],
) -> GroupsForPower:
    """How many groups a test needs to find an effect of this size this often, all other settings as they are.

    Parameters
    ----------
    settings : Settings, mapping or str
        As `study` has them; the search begins at their number of groups.
    power : float
        The share of tests that should reject 0.
    model : str, optional
        Whose test; `default_model`'s when left out.
    term : str, optional
        Of which coefficient; the slope when left out, or the intercept where there is no predictor.
    replicates : int
        Of each of the last three studies; fewer where the data are large.
    seed, alpha
        As `study` has them.
    **where
        ``workers`` and ``cluster``, as `study` has them.

    Returns
    -------
    GroupsForPower
        ``groups`` with its Monte Carlo interval ``lower`` to ``upper``; ``words`` says it in a sentence.

    Raises
    ------
    SettingsError
        Where the effect is 0, where no number of groups that can be simulated reaches the power, and for settings that
        cannot be simulated.

    Examples
    --------
    >>> result = groups_for_power({"size": 30, "varies": "between", "tau0": 0.5}, replicates=200)
    >>> result.term, 10 < result.groups < 20
    ('x', True)
    """
    how = Replication(replicates, seed, alpha=alpha, **where)
    *_, last = search_groups(settings, power, how, model=model, term=term)
    return last


def search_groups(
    settings: Settings | Mapping[str, Any] | str,
    power: float,
    how: Replication,
    *,
    model: str | None = None,
    term: str | None = None,
) -> Iterator[GroupsForPower]:
    """`groups_for_power` as it goes on: what is known after each study. What was asked for is checked at once.

    The models of ``how`` are not looked at: one is tested.
    """
    settings = as_settings(settings)
    model = model or default_model(settings)
    term = term or (settings.x_name if settings.has_slope else INTERCEPT)
    if not 0.01 <= power <= 0.99:
        raise SettingsError(
            f"A power of {power} cannot be looked for.", "Give a share from 0.01 to 0.99.", setting="power"
        )
    how.plan(settings, [model])
    vary(settings, "groups", settings.groups)
    terms = terms_of(settings, model)
    if term not in terms:
        listed = " or ".join(f"“{t}”" for t in terms)
        raise SettingsError(
            f"The model “{model}” has no coefficient “{term[:40]}”.", f"Choose {listed}.", setting="term"
        )
    if truth_of(settings, model)[terms.index(term)] == 0:
        raise SettingsError(
            f"The true value of “{term}” is 0, so there is no effect to find.",
            "Set it to the smallest effect that would matter.",
            setting="slope",
        )
    assert isinstance(settings.size, int)
    most = min(int(LIMITS["groups"].high), MAX_ROWS // settings.size)
    fewest = next(j for j in range(2, most + 1) if j == settings.groups or _possible(settings, model, j))
    return Search(settings, power, model, term, how, fewest, most).run()


def default_model(settings: Settings, offered: Sequence[str] = TESTED) -> str:
    """Whose test is meant where no model is named: the model that the data come from, as far as it is offered.

    Where the slopes within and between groups differ it is within-between, which alone is right about both; with random slopes as
    well its intervals are too narrow, while those of a random slope miss the truth.
    """
    if Model.WITHIN_BETWEEN in offered and settings.where == "both" and contextual_effect(settings):
        return Model.WITHIN_BETWEEN
    if Model.RANDOM_SLOPE in offered and settings.tau1 > 0:
        return Model.RANDOM_SLOPE
    return next((model for model in TESTED if model in offered), offered[0])


def _possible(settings: Settings, model: str, groups: int) -> bool:
    try:
        Plan.of(vary(settings, "groups", groups), 1, models=[model])
    except SettingsError:
        return False
    return True
