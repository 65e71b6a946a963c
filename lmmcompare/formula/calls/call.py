"""A model call of another program as frozen data, in our terms."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import ModelSpec

Value = float | str
"""A number or a text that rows are compared with."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that rows must meet: a column compared with values; a missing value never meets it.

    Attributes
    ----------
    operator : str
        "==", "!=", "<", "<=", ">", ">=", "in", "not in" or "present".
    values : tuple of float or str
        One for comparisons, several for "in" and "not in", none for "present".
    """

    column: str
    operator: str
    values: tuple[Value, ...] = ()

    def __str__(self) -> str:
        if self.operator == "present":
            return f"{self.column} is not missing"
        display = [v if isinstance(v, str) else f"{v:g}" for v in self.values]
        sign = {"==": "is", "!=": "is not", "in": "is one of", "not in": "is none of"}.get(self.operator, self.operator)
        return f"{self.column} {sign} {', '.join(display)}"


ONLY = "Of what was pasted only {} is read."
"""A remark where something else was pasted too."""


@dataclass(frozen=True, slots=True, repr=False)
class ModelCall:
    """The model that a call of another program specifies.

    Attributes
    ----------
    origin : str
        What was read, such as "a call of lmer() in R".
    reml : bool or None
        Whether the program fits by REML there, its default included; None for least squares.
    data : str
        What the table is called there; empty where it is not named.
    conditions : tuple of Condition
        The rows that are used: those which meet all of them.
    cluster : str
        A column; empty where there is none.
    remarks : tuple of str
        Sentences on what is read differently or left aside.
    """

    origin: str
    spec: ModelSpec
    reml: bool | None = None
    data: str = ""
    conditions: tuple[Condition, ...] = ()
    cluster: str = ""
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<ModelCall: {self.sentence}>"

    @property
    def formula(self) -> str:
        """The model as lme4 formula text."""
        return self.spec.formula

    @property
    def method(self) -> str:
        """REML or ML; OLS for least squares."""
        return {True: "REML", False: "ML", None: "OLS"}[self.reml]

    @property
    def sentence(self) -> str:
        """What was read from what, and how it is fitted there."""
        how = {"OLS": "least squares", "ML": "maximum likelihood (ML)", "REML": "REML"}[self.method]
        rows = f", rows where {' and '.join(map(str, self.conditions))}" if self.conditions else ""
        return f"Read as {self.spec.text}, by {how}{rows}, from {self.origin}."
