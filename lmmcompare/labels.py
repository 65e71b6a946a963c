"""What the models are called, the same everywhere."""

from __future__ import annotations

MODELS: dict[str, str] = {
    "ols": "OLS",
    "ols_robust": "OLS, cluster-robust",
    "no_pooling": "Group dummies",
    "per_group": "Regression per group",
    "random_intercept": "Random intercept",
    "random_slope": "Random slope",
    "within_between": "Within–between",
}
POOLING: dict[str, str] = {
    "ols": "complete pooling",
    "ols_robust": "complete pooling",
    "no_pooling": "no pooling",
    "per_group": "no pooling",
    "random_intercept": "partial pooling",
    "random_slope": "partial pooling",
    "within_between": "partial pooling",
}


def model_label(model: str, group: str = "") -> str:
    """A model's name for readers; with the grouping factor's name, "ID dummies" instead of "Group dummies"."""
    if group and model == "no_pooling":
        return f"{group} dummies"
    if group and model == "per_group":
        return f"Regression per {group}"
    return MODELS[model]
