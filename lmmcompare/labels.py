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


def plural(name: str) -> str:
    """A grouping factor's plural: "ID" gives "IDs", "Batch" gives "Batches", "country" gives "countries"."""
    if name.endswith("s") and not name.endswith("ss"):
        return name
    if name.endswith(("x", "ss", "ch", "sh", "z")):
        return name + "es"
    if name.endswith("y") and name[-2:-1] not in "aeiou" and name[-2:-1].islower():
        return name[:-1] + "ies"
    return name + "s"


def an(name: str) -> str:
    """A name with its article."""
    return f"{'an' if name[:1].upper() in 'AEIO' or name.upper() == 'ID' else 'a'} {name}"
