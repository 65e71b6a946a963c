"""What can be wrong with settings: each thing named, with its limit and the remedy, at the setting to change."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import SettingsError
from ..text.numbers import MINUS, count, number
from .limits import LIMITS, MAX_LISTED, MAX_ROWS, WHOLE
from .sizes import group_sizes


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values as plain Python numbers where they are numbers; a list of sizes says how many groups there are."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        if name == "size" and hasattr(value, "__len__") and not isinstance(value, str | Mapping):
            out[name] = tuple(_plain_number(v, whole=True) for v in value)
        else:
            out[name] = value if LIMITS[name].options else _plain_number(value, whole=name in WHOLE)
    if isinstance(out["size"], tuple):
        out["groups"] = len(out["size"])
    return out


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _plain_number(value: Any, *, whole: bool) -> Any:
    if not _is_number(value) or (isinstance(value, int) and abs(value) > 2**53):
        return value
    if whole and math.isfinite(value) and value == int(value):
        return int(value)
    return float(value) + 0.0  # no negative zero: it would be another link to the same data


def problems(values: Mapping[str, Any]) -> list[SettingsError]:
    """Everything that is wrong with these settings; first what is wrong with one alone, then what does not go together.

    Parameters
    ----------
    values : mapping
        Every setting by name, as `plain` gives them.
    """
    listed = isinstance(values["size"], tuple)
    alone = [e for name, value in values.items() if not (listed and name == "groups") for e in _alone(name, value)]
    return alone or list(_together(values))


def _alone(name: str, value: Any) -> Iterator[SettingsError]:
    limit = LIMITS[name]
    words = limit.words[:1].upper() + limit.words[1:]
    if limit.options:
        if value not in tuple(limit.options):
            listed = ", ".join(f"“{o}”" for o in limit.options)
            yield SettingsError(f"{words} is “{str(value)[:40]}”.", f"Choose one of {listed}.", setting=name)
        return
    if name == "size" and isinstance(value, tuple):
        if not 2 <= len(value) <= MAX_LISTED:
            listed = f"{len(value):,} {'size is' if len(value) == 1 else 'sizes are'} listed."
            yield SettingsError(listed, f"List between 2 and {MAX_LISTED} sizes, one for each group.", setting=name)
            return
        for position, size in enumerate(value):
            error = next(_number(name, size, f"Size {position + 1} in the list"), None)
            if error:
                yield error
                return
        return
    yield from _number(name, value, words)


def _number(name: str, value: Any, words: str) -> Iterator[SettingsError]:
    limit = LIMITS[name]
    low, high = _in_words(limit.low), _in_words(limit.high)
    kind = "a whole number" if name in WHOLE else "a number"
    remedy = f"Give {kind} from {low} to {high}."
    if not _is_number(value):
        yield SettingsError(f"{words} is “{str(value)[:40]}”, not {kind}.", remedy, setting=name)
    elif not isinstance(value, int) and (name in WHOLE or not math.isfinite(value)):
        yield SettingsError(f"{words} is {value}, not {kind}.", remedy, setting=name)
    elif not limit.low <= value <= limit.high:
        side = f"below {low}, the least" if value < limit.low else f"above {high}, the most"
        yield SettingsError(f"{words} is {_in_words(value)}, {side} that can be simulated.", remedy, setting=name)


def _in_words(value: float) -> str:
    if abs(value) > 1e15:  # a whole number may be too long for a float, and for a sentence
        return "a number of more than 15 digits"
    return f"{value:,.10g}".replace("-", MINUS)  # as it was given, not rounded


def _together(values: Mapping[str, Any]) -> Iterator[SettingsError]:
    yield from _sizes(values)
    yield from _predictor(values)
    yield from _residuals(values)
    if values["tau1"] > 0 and values["rho"] ** 2 + values["rho_mean"] ** 2 > 1 + 1e-12:
        reach = math.sqrt(1 - values["rho_mean"] ** 2)
        most = number(math.floor(reach * 100) / 100, decimals=2)
        yield SettingsError(
            f"The intercepts cannot correlate {number(values['rho'])} with the slopes and {number(values['rho_mean'])} with the "
            "group means of the predictor at once: the squares add up to more than 1.",
            f"Keep the correlation with the slopes between −{most} and {most}, or bring the other nearer to 0.",
            setting="rho",
        )


def _sizes(values: Mapping[str, Any]) -> Iterator[SettingsError]:
    groups, size, listed = values["groups"], values["size"], isinstance(values["size"], tuple)
    for name in ("spread", "dropout"):
        if values[name] and listed:
            yield SettingsError(
                f"Each group's size is listed, so it leaves no room for {LIMITS[name].words}.",
                "Set it to 0, or give one size.",
                setting=name,
            )
            return
    if values["spread"] and values["dropout"]:
        yield SettingsError(
            "Sizes that are spread and sizes that shrink by dropout exclude each other.",
            "Set one of the two to 0.",
            setting="dropout",
        )
        return
    if (rows := sum(size) if listed else groups * size) > MAX_ROWS:
        yield SettingsError(
            f"These would be {rows:,} rows; the limit is {MAX_ROWS:,}.",
            "Take fewer groups or fewer rows in each.",
            setting="size" if listed or size > groups else "groups",
        )
        return
    if values["spread"] > (most := math.sqrt(groups - 1)):
        yield SettingsError(
            f"{groups} groups cannot have sizes with a spread of {number(values['spread'])}: the most is {number(most)}.",
            "Take less spread or more groups.",
            setting="spread",
        )
        return
    sizes = group_sizes(groups, size, values["spread"], values["dropout"])
    rows, effects = int(sizes.sum()), (2 if values["tau1"] > 0 else 1) * groups
    fixed = 1 if values["predictor"] == "none" else 2
    parameters = fixed + (4 if values["tau1"] > 0 else 2)
    if rows <= max(effects, parameters):
        each = "an intercept and a slope" if values["tau1"] > 0 else "an intercept"
        what = (
            f"{effects:,} random effects ({each} for each group)"
            if effects >= parameters
            else f"{parameters} parameters"
        )
        more = "larger groups" if effects >= parameters else "larger groups, or more of them"
        yield SettingsError(
            f"{count(rows, 'row')} cannot carry {what}.",
            f"Take more than {max(effects, parameters)} rows: {more}.",
            setting="size",
        )


def _residuals(values: Mapping[str, Any]) -> Iterator[SettingsError]:
    r = values["exchangeable"]
    if r and values["autocorrelation"]:
        yield SettingsError(
            "Residuals cannot resemble the row before and all rows of their group alike at once.",
            "Set one of the two correlations to 0; for both kinds of likeness, raise the SD of the intercepts.",
            setting="exchangeable",
        )
        return
    if r >= 0:
        return
    size = values["size"]
    listed = isinstance(size, tuple)
    sizes = np.array(size) if listed else group_sizes(values["groups"], size, values["spread"], values["dropout"])
    most = int(sizes.max())
    if r * (most - 1) < -1 - 1e-12:
        least = math.floor(100 / (most - 1)) / 100
        yield SettingsError(
            f"Any two of {most:,} residuals cannot correlate {number(r)}: not all of them can be unlike all others. "
            f"The least for groups of {most:,} is {MINUS}1/{most - 1:,}.",
            f"Give {MINUS}{number(least, decimals=2)} or more." if least else "Give 0, or take smaller groups.",
            setting="exchangeable",
        )


def _predictor(values: Mapping[str, Any]) -> Iterator[SettingsError]:
    kind, varies = values["predictor"], values["varies"]
    between = kind in ("continuous", "binary") and varies == "between"
    if values["tau1"] > 0 and (between or kind == "none"):
        yield SettingsError(
            "Without a predictor there is no slope that could differ between groups."
            if kind == "none"
            else "A predictor with one value in each group has no slope in any of them that could differ between groups.",
            "Set the SD of the slopes to 0, or let the predictor vary within groups.",
            setting="tau1",
        )
    if values["rho_mean"] and (kind in ("time", "none") or varies == "within"):
        yield SettingsError(
            "The group means of this predictor do not differ, so they cannot correlate with the intercepts.",
            "Set that correlation to 0, or let the predictor vary between groups.",
            setting="rho_mean",
        )
    if between and values["groups"] < 3:
        yield SettingsError(
            "Two groups cannot carry an intercept, a slope between groups and a variance between groups.",
            "Take at least 3 groups, or let the predictor vary within groups.",
            setting="groups",
        )
