"""What the models are called, the same everywhere."""

from __future__ import annotations

import re
from html import escape

MODELS: dict[str, str] = {
    "ols": "OLS",
    "ols_robust": "OLS, cluster-robust",
    "no_pooling": "Group dummies",
    "per_group": "Regression per group",
    "random_intercept": "Random intercept",
    "random_slope": "Random slope",
    "within_between": "Within–between",
    "several": "All grouping factors",
    "truth": "Truth",
}
POOLING: dict[str, str] = {
    "ols": "complete pooling",
    "ols_robust": "complete pooling",
    "no_pooling": "no pooling",
    "per_group": "no pooling",
    "random_intercept": "partial pooling",
    "random_slope": "partial pooling",
    "within_between": "partial pooling",
    "several": "partial pooling",
    "truth": "as simulated",
}

_LEVEL = re.compile(r"(?:[^()]+|(?:C|factor)\(.*\))\[.+\]")
"""A level of a categorical predictor in a coefficient's name; "poly(x, 2)[1]" is none."""
SINGULAR_S = ("ss", "us", "is", "series", "species", "gas", "lens", "bias", "canvas", "atlas")
"""Ends of words that are no plurals for all their s."""


def model_label(model: str, group: str = "") -> str:
    """A model's name for readers; with the grouping factor's name, "ID dummies" instead of "Group dummies"."""
    if group and model == "no_pooling":
        return f"{noun(group)} dummies"
    if group and model == "per_group":
        return f"Regression per {noun(group)}"
    return MODELS[model]


def model_phrase(model: str) -> str:
    """A mixed model's name within a sentence: "the random-intercept model"."""
    return (
        "the model with all grouping factors"
        if model == "several"
        else f"the {MODELS[model].lower().replace(' ', '-')} model"
    )


def term_label(term: str) -> str:
    """A coefficient's name for readers: "condition[T.stim]" gives "condition [stim]", "a:b" gives "a × b"."""
    return term.replace("[T.", " [").replace(":", " × ") if "[T." in term or ":" in term else term


def is_level(term: str) -> bool:
    """Whether a coefficient is of a level of categorical predictors: "f[q]", "f[T.q]", "f[T.q]:g[r]", not "x" nor "f[T.q]:x"."""
    return all(_LEVEL.fullmatch(part) for part in term.split(":"))


def level_label(term: str) -> str:
    """The levels that a coefficient is of: "f[q]" and "f[T.q]" give "f [q]"."""
    return " × ".join(part.replace("[T.", "[").replace("[", " [", 1) for part in term.split(":"))


def random_phrase(term: str) -> str:
    """What varies between groups, by a random coefficient's name: "intercept", "Days slope", "f [q] difference", "mean at f [p]".

    A categorical predictor has differences from its first level where the random part has an intercept; without one it has each
    level's own mean.
    """
    if term == "Intercept":
        return "intercept"
    if not is_level(term):
        return f"{term_label(term)} slope"
    if "[T." in term:
        return f"{term_label(term)} difference"
    return f"mean at {level_label(term)}"


def noun(name: str) -> str:
    """The word for one group of a grouping factor: "ID" stays, "groups" gives "group", "d" gives "d group"."""
    if not re.search("[A-Za-z]{2}$", name):
        return name if name.endswith(" group") else f"{name} group"
    if not name.endswith("s") or name.endswith(SINGULAR_S):
        return name
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-2] if name.endswith(("ches", "shes", "sses", "xes")) else name[:-1]


def plural(name: str) -> str:
    """The word for its groups: "ID" gives "IDs", "Batch" gives "Batches", "country" gives "countries"."""
    name = noun(name)
    if name.endswith(("series", "species")):
        return name
    if name.endswith(("s", "x", "ch", "sh", "z")):
        return name + "es"
    if name.endswith("y") and name[-2] not in "aeiou" and name[-2].islower():
        return name[:-1] + "ies"
    return name + "s"


def an(name: str) -> str:
    """The word for one group with its article."""
    name = noun(name)
    return f"{'an' if re.match('(?i)[aeio]|[fhlmnrsx](?![a-z])', name) else 'a'} {name}"


def literal(name: str) -> str:
    """A name inside Markdown text: its asterisks do not set off what stands between them."""
    return name.replace("\\", "\\\\").replace("*", "\\*")


def rich(text: str) -> str:
    """Text with ``**strong**`` and ``*emphasised*`` parts as HTML; all else, column names too, is shown as it is."""
    html = escape(text).replace("\\\\", "&#92;").replace("\\*", "&#42;")  # what `literal` marked
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    return re.sub(r"\*(\S.*?)\*", r"<em>\1</em>", html)
