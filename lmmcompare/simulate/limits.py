"""The label and the limits of each setting, the same for the library, files, links and controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_ROWS = 200_000
"""Most rows of one simulated table."""
MAX_LISTED = 500
"""Most groups whose sizes can be given one by one: they have to fit into a link."""
WHOLE = ("groups", "size", "seed")


@dataclass(frozen=True)
class Limit:
    """A number from ``low`` to ``high``, or one of the keys of ``options``, whose values are their labels."""

    words: str
    low: float = 0
    high: float = 0
    options: Mapping[str, str] = field(default_factory=dict)


PREDICTORS = {"continuous": "continuous", "binary": "binary (0 or 1)", "time": "time (0, 1, 2, …)", "none": "none"}
VARIES = {"both": "within and between", "within": "within groups only", "between": "between groups only"}
LEAVES = {"chance": "by chance", "outcome": "those whose last outcome was low"}
EFFECTS = {
    "normal": "normal",
    "heavy": "heavy-tailed (t, 5 df)",
    "skewed": "skewed (exponential)",
    "two-point": "two kinds of groups",
    "outlier": "one outlying group",
}

LIMITS = {
    "groups": Limit("number of groups", 2, 20_000),
    "size": Limit("rows in each group", 1, 20_000),
    "spread": Limit("spread of the group sizes", 0, 2),
    "dropout": Limit("share that drops out", 0, 0.9),
    "dropout_by": Limit("way of dropping out", options=LEAVES),
    "intercept": Limit("intercept", -1e6, 1e6),
    "slope": Limit("slope", -1e6, 1e6),
    "tau0": Limit("SD of the intercepts", 0, 1e6),
    "tau1": Limit("SD of the slopes", 0, 1e6),
    "rho": Limit("correlation of intercepts and slopes", -1, 1),
    "sigma": Limit("residual SD", 1e-3, 1e6),
    "predictor": Limit("kind of predictor", options=PREDICTORS),
    "varies": Limit("place where the predictor varies", options=VARIES),
    "x_icc": Limit("ICC of the predictor", 0, 0.99),
    "x_mean": Limit("mean of the predictor", -1e6, 1e6),
    "x_sd": Limit("SD of the predictor", 1e-3, 1e6),
    "share": Limit("share of ones", 0.01, 0.99),
    "rho_mean": Limit("correlation of the predictor's group mean with the intercepts", -1, 1),
    "effects": Limit("distribution of the random effects", options=EFFECTS),
    "sigma_by_x": Limit("factor of the residual SD by predictor", 0.25, 4),
    "sigma_by_group": Limit("factor of the residual SD by group", 1, 4),
    "autocorrelation": Limit("autocorrelation of the residuals", -0.99, 0.99),
    "exchangeable": Limit("correlation of any two residuals of a group", -1, 0.99),
    "seed": Limit("seed", 0, 2**53 - 1),
}
