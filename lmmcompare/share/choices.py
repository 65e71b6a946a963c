"""What a reader chose to see of a comparison, as an address holds it: short readable parameters, read as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..labels import MODELS

LONGEST = 200
"""Most characters of a column's or group's name."""
TABS = ("why", "errors", "which", "trust", "predict", "shrinkage", "groups", "fitted", "take")
DFS = ("satterthwaite", "kenward-roger")
INTERVALS = ("wald", "profile", "bootstrap")
NONE = "none"
"""No model drawn, which is something else than saying nothing of models."""

_ONE_OF: dict[str, Iterable[str]] = {"tab": TABS, "df": DFS, "intervals": INTERVALS, "model": MODELS}
_SWITCHES = ("zero", "p", "centre")
_NAMES = ("x", "mark", "effect")


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; None is what the page opens with.

    Parameters
    ----------
    x, mark : str, optional
        The predictor on the x axis; the marked group.
    zero : bool, optional
        Whether the x axis reaches to 0.
    models : tuple of str, optional
        The models drawn.
    tab : str, optional
        The open one of `TABS`.
    df, intervals : str, optional
        One of `DFS`, one of `INTERVALS`.
    p, centre : bool, optional
        Whether p values are shown; whether a slope is shown with rows centred within their groups.
    model, effect : str, optional
        On the shrinkage page: the model, and its random effect.
    """

    x: str | None = None
    mark: str | None = None
    zero: bool | None = None
    models: tuple[str, ...] | None = None
    tab: str | None = None
    df: str | None = None
    intervals: str | None = None
    p: bool | None = None
    centre: bool | None = None
    model: str | None = None
    effect: str | None = None

    def to_address(self) -> dict[str, str]:
        """The parameters, without those that say nothing."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _text(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> tuple[Choices, tuple[str, ...]]:
        """The choices that an address holds, and the names of those that mean nothing; other parameters are let be."""
        found: dict[str, Any] = {}
        odd = []
        for name in address.keys() & {f.name for f in fields(cls)}:
            try:
                found[name] = _value(name, address[name])
            except ValueError:
                odd.append(name)
        return cls(**found), tuple(sorted(odd))


AS_IT_OPENS = Choices()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else ",".join(value) or NONE


def _value(name: str, text: str) -> Any:
    """What a parameter says; ValueError where that is nothing."""
    if name in _NAMES and 0 < len(text) <= LONGEST:
        return text
    if name in _SWITCHES and text in ("0", "1"):
        return text == "1"
    if name == "models" and len(text) <= LONGEST:
        models = () if text == NONE else tuple(dict.fromkeys(text.split(",")))
        if all(model in MODELS for model in models):
            return models
    if text in _ONE_OF.get(name, ()):
        return text
    raise ValueError(name)
