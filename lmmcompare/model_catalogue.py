"""The models that are set beside each other: their keys, what they are called, and the marks that tell them apart."""

from __future__ import annotations

from enum import StrEnum


class Pooling(StrEnum):
    """What a model takes the groups to have in common."""

    COMPLETE = "complete pooling"
    NONE = "no pooling"
    PARTIAL = "partial pooling"
    STRUCTURED = "residuals correlated or unequal"
    SIMULATED = "as simulated"


class Model(StrEnum):
    """A model by its key, in the order in which tables and figures list them; each member is its key, as frames hold it.

    Parameters
    ----------
    label : str
        Its name for readers; `text.labels.model_label` puts the grouping factor's name into it.
    phrase : str
        Its name within a sentence.
    markdown_colour : str
        The colour of its mark in text, of the few that Streamlit has; its shades in figures stand in `figures.theme`.
    symbol, dash : str
        Its marker and the dash of its line, as plotly calls them.
    sign : str
        The marker as a letter.
    """

    label: str
    phrase: str
    pooling: Pooling
    markdown_colour: str
    symbol: str
    dash: str
    sign: str

    def __new__(
        cls,
        key: str,
        label: str = "",
        phrase: str = "",
        pooling: Pooling = Pooling.COMPLETE,
        markdown_colour: str = "",
        symbol: str = "",
        dash: str = "",
        sign: str = "",
    ) -> Model:
        """Make the key a member that knows the rest; without the rest, as in ``Model("ols")``, it is looked up."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.label, member.phrase, member.pooling = label, phrase, pooling
        member.markdown_colour, member.symbol, member.dash, member.sign = markdown_colour, symbol, dash, sign
        return member

    OLS = "ols", "OLS", "OLS", Pooling.COMPLETE, "blue", "circle", "solid", "●"
    OLS_ROBUST = (
        "ols_robust",
        "OLS, cluster-robust",
        "OLS with cluster-robust errors",
        Pooling.COMPLETE,
        "blue",
        "circle-open",
        "solid",
        "○",
    )
    NO_POOLING = "no_pooling", "Group dummies", "group dummies", Pooling.NONE, "orange", "square", "dot", "■"
    PER_GROUP = (
        "per_group",
        "Regression per group",
        "a regression per group",
        Pooling.NONE,
        "orange",
        "square-open",
        "dash",
        "□",
    )
    RANDOM_INTERCEPT = (
        "random_intercept",
        "Random intercept",
        "the random-intercept model",
        Pooling.PARTIAL,
        "green",
        "diamond",
        "solid",
        "◆",
    )
    RANDOM_SLOPE = (
        "random_slope",
        "Random slope",
        "the random-slope model",
        Pooling.PARTIAL,
        "green",
        "triangle-up",
        "dashdot",
        "▲",
    )
    WITHIN_BETWEEN = (
        "within_between",
        "Within–between",
        "the within–between model",
        Pooling.PARTIAL,
        "blue",
        "cross",
        "longdash",
        "✚",
    )
    SEVERAL = (
        "several",
        "All grouping factors",
        "the model with all grouping factors",
        Pooling.PARTIAL,
        "green",
        "hexagon",
        "10px,3px",
        "⬢",
    )
    STRUCTURED = (
        "structured",
        "Structured residuals",
        "the model with structured residuals",
        Pooling.STRUCTURED,
        "violet",
        "pentagon",
        "2px,4px",
        "⬟",
    )
    CS = (
        "cs",
        "Compound symmetry (cs)",
        "compound symmetry",
        Pooling.STRUCTURED,
        "violet",
        "pentagon-open",
        "4px,2px",
        "⬠",
    )
    AR1 = (
        "ar1",
        "Serial correlation (ar1)",
        "serial correlation",
        Pooling.STRUCTURED,
        "violet",
        "hexagon-open",
        "6px,2px",
        "⬡",
    )
    US = (
        "us",
        "Covariance by visit (us)",
        "the covariance by visit",
        Pooling.STRUCTURED,
        "violet",
        "square-x",
        "8px,2px",
        "⊠",
    )
    COMPLETE_CASES = (
        "complete_cases",
        "Complete cases (us)",
        "the covariance by visit of complete cases alone",
        Pooling.STRUCTURED,
        "violet",
        "square-cross",
        "10px,2px",
        "⊞",
    )
    TRUTH = "truth", "Truth", "the truth", Pooling.SIMULATED, "grey", "star", "longdashdot", "★"

    def __repr__(self) -> str:
        return repr(self.value)  # as a user reads it in frames and passes it to functions

    @property
    def is_mixed(self) -> bool:
        """Whether it has random coefficients."""
        return self.pooling is Pooling.PARTIAL

    @property
    def has_lines(self) -> bool:
        """Whether it draws lines over one predictor; within–between has a group's mean for a second one."""
        return self is not Model.WITHIN_BETWEEN
