"""The view of a comparison as query parameters of an address: short and readable, and validated when read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..model_catalogue import Model

LONGEST = 200
"""Most characters of a column's or group's name."""
TABS = ("numbers", "why", "errors", "which", "trust", "means", "predict", "shrinkage", "groups", "fitted", "take")
NONE = "none"
"""No model drawn, which is something else than saying nothing of models."""

_ONE_OF: dict[str, Iterable[str]] = {"tab": TABS}
_SWITCHES = ("zero",)
_NAMES = ("x", "term", "mark")

_NAME, _COUNT, _MODEL = r"(?s:.+)", "[0-9]{1,9}", f"(?:{'|'.join(Model)})"
DETAILS = {
    "df": "satterthwaite|kenward-roger",
    "robust": "cr0|cr1|cr1s|cr2|cr3",
    "intervals": "wald|profile|bootstrap",
    "p": "0|1",  # whether p values are shown
    "centre": "0|1",  # whether a slope is shown with rows centred within their groups
    "model": _MODEL,  # on the shrinkage page
    "effect": _NAME,  # there, the random effect
    "bootstrap": "parametric|case",
    "interval": _NAME,  # the parameter whose intervals are drawn
    "tests": "0|1",  # whether every test is shown with its statistic
    "anova": "II|III",
    "test": "satterthwaite|kenward-roger|chi-square",  # the ANOVA table's
    "effects": _NAME,  # the random effects whose quantiles are drawn
    "masses": _NAME,  # the random effect whose mass points are drawn
    "anyhow": "0|1",  # whether they are fitted for many groups too
    "clock": _NAME,  # the column of times by which the residuals' correlation is drawn
    "spread": _NAME,  # the column by whose levels their scatter is drawn
    "from": _MODEL,  # the model that is predicted from
    "each": _NAME,  # the predictor at each of whose values the effect in question is reported
    "means": _NAME,  # the predictor whose adjusted means, or slope, are estimated
    "across": f"{NONE}|{_NAME}",  # the one at whose values
    "contrasts": "revpairwise|trt.vs.ctrl|consec|poly",  # of the means
    "adjust": "tukey|dunnettx|holm|bonferroni|none",  # for several contrasts
    "averages": "equal|proportional",  # the weights of what is averaged over
    "level": "group|new group|population",  # what is predicted for
    "panels": _COUNT,  # the first of the groups with a panel
    "lines": f"{NONE}|{_MODEL}(?:,{_MODEL})*",  # the models in them
    "rows": _COUNT,  # what if a group had so many
    "sd": r"[0-9](?:\.[0-9]{1,9})?",  # what if its residuals were so many times as large
    "dial": "[0-9]{1,2}",  # the step that the dial is turned to
    "ways": "0|1",  # whether the same coefficients are computed by other ways
    "language": "R|Python",  # of the code that is shown
    "bands": "0|1",  # whether the picture's lines for everyone have confidence bands
    "paragraph": "0|1",  # whether the methods paragraph is shown
}
"""What was chosen within one panel, which alone knows what it means: the parameter, and what it may look like."""
INFERENCE = ("df", "robust", "intervals", "p", "centre")
"""Those that are about no table: a reader's choice of them stays when another is opened."""
OF_ANY_COLUMN = ("clock", "spread")
"""Those that name a column, also one that the formula does not use: a table that goes along with a link has it."""
VALUE_OF, GROUP_OF = "at.", "of."
"""What stands before the name of a predictor, or of a grouping factor, in the parameter with what is predicted at."""
MOST_OF_COLUMNS = 40
"""Most of these that an address is read for."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a view; None stands for the page's default.

    Parameters
    ----------
    x, term, mark : str, optional
        The predictor on the x axis; the coefficient that the page is about; the marked group.
    zero : bool, optional
        Whether the x axis reaches to 0.
    models : tuple of str, optional
        The models drawn.
    tab : str, optional
        The open one of `TABS`.
    details : mapping of str to str
        What was chosen within panels, as text: parameters of `DETAILS`, and of predictors and grouping factors.
    """

    x: str | None = None
    term: str | None = None
    mark: str | None = None
    zero: bool | None = None
    models: tuple[str, ...] | None = None
    tab: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    def to_address(self) -> dict[str, str]:
        """The parameters, without defaults and without those that `from_address` could not read back."""
        values = {name: getattr(self, name) for name in _FIELDS}
        result = {name: _text(value) for name, value in values.items() if value is not None}
        return result | {name: text for name, text in self.details.items() if _is_detail(name, text)}

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> tuple[Choices, tuple[str, ...]]:
        """The choices that an address holds, and the names of those with invalid values; other parameters are ignored."""
        result: dict[str, Any] = {}
        details, odd, of_columns = {}, set(), 0
        for name, text in address.items():
            of_column = name.startswith((VALUE_OF, GROUP_OF))
            of_columns += of_column
            if name in _FIELDS:
                try:
                    result[name] = _value(name, text)
                except ValueError:
                    odd.add(name)
            elif _is_detail(name, text) and not (of_column and of_columns > MOST_OF_COLUMNS):
                details[name] = text
            elif name in DETAILS or of_column:
                odd.add(name[:3] + "…" if of_column else name)
        return cls(**result, details=details), tuple(sorted(odd))


_FIELDS = tuple(f.name for f in fields(Choices) if f.name != "details")
AS_IT_OPENS = Choices()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else ",".join(value) or NONE


def _is_detail(name: str, text: str) -> bool:
    """Whether a parameter is one of `DETAILS`, or of a column, and looks as it may."""
    pattern = DETAILS.get(name)
    if pattern is None and name.startswith((VALUE_OF, GROUP_OF)) and 3 < len(name) <= LONGEST:
        pattern = _NAME
    return pattern is not None and len(text) <= LONGEST and re.fullmatch(pattern, text) is not None


def _value(name: str, text: str) -> Any:
    """The value that a parameter's text stands for; ValueError where it is invalid."""
    if name in _NAMES and 0 < len(text) <= LONGEST:
        return text
    if name in _SWITCHES and text in ("0", "1"):
        return text == "1"
    if name == "models" and len(text) <= LONGEST:
        models = () if text == NONE else tuple(dict.fromkeys(text.split(",")))
        if all(model in {*Model} for model in models):
            return models
    if text in _ONE_OF.get(name, ()):
        return text
    raise ValueError(name)
