"""Find repeated measurements that stand beside each other: score_1, score_2, score_3 or bp.pre, bp.post or 2019, 2020, 2021."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DataError
from ..text.column_words import UNITS
from .columns import is_number
from .name_hints import GROUP_WORDS, name_score
from .readers.header import FIRST_YEAR, LAST_YEAR
from .reshape import Families, Time, common_start, free_name

LETTERS = "dwmyv"
"""Days, weeks, months, years, visits where something else is measured (score_w4); by themselves they are what is measured."""
COUNTED = "|".join((*(unit + end for unit in UNITS for end in ("", "s")), "wk", "yr", "t", f"[{LETTERS}]"))
"""Words before a number that say what it counts."""
STAGES = (
    "pretest",
    "pre",
    "before",
    "baseline",
    "base",
    "start",
    "midpoint",
    "mid",
    "middle",
    "during",
    "posttest",
    "post",
    "after",
    "end",
    "final",
    "followup",
    "follow_up",
    "fu",
)
"""Words that are times themselves, in their order."""
_SEPARATOR = r"[ ._\-]+"
_BREAK = r"(?:^|(?<=[ ._\-\d])|(?<=[a-z])(?=[A-Z]))"  # a word begins: "scoreT1" as well as "score_t1"
_TIME = rf"(?P<unit>{_BREAK}(?i:{COUNTED}))?[ ._\-]*(?P<number>\d{{1,9}}(?:\.\d{{1,9}})?)"
_STAGE = rf"(?P<stage>{_BREAK}(?i:{'|'.join(map(re.escape, STAGES))}))"
_SHAPES = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<stem>.*?)[ ._\-]*{_STAGE}(?:[ ._\-]?\d{{0,2}})",  # bp.pre, bpPost, bp_fu1
        rf"{_STAGE}(?:{_SEPARATOR}|(?=[A-Z]))(?P<stem>.+)",  # pre_bp, preBp
        rf"(?P<stem>.*?)[ ._\-]*{_TIME}",  # score_1, score.week4, Days0, 2019
        rf"{_TIME}{_SEPARATOR}(?P<stem>.+)",  # t1_score, 1.score
    )
]

_SAID_AGAIN = re.compile(r"(?<=\d) \[[A-Za-z]*\d+\]$")
"""The World Bank's "2019 [YR2019]"."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands among repeated measurements: of what (``stem``) and when."""

    column: str
    stem: str
    unit: str
    number: float | None
    stage: str

    @property
    def order(self) -> tuple[float, float]:
        """Sorts stages as they follow each other, then numbers."""
        stage = next((k for k, word in enumerate(STAGES) if self.stage.lower().startswith(word)), 0)
        return (stage if self.number is None else STAGES.index("mid"), self.number or 0.0)


def suggest_wide(frame: pd.DataFrame) -> Families | None:
    """The measurements of a table that holds several a row, or None where no columns' names say so.

    Parameters
    ----------
    frame : DataFrame
        Judged by its columns' names; of the values only whether they are numbers and, for the id, whether all differ.
    """
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        return None
    by_stem: dict[str, list[_Place]] = defaultdict(list)
    for name in names:
        place = _place(name)
        if place is not None:
            by_stem[place.stem].append(place)
    alike: dict[tuple[Time, ...], list[list[_Place]]] = defaultdict(list)
    for places in by_stem.values():
        if _enough(places) and not _are_dummies(frame[[place.column for place in places]]):
            places.sort(key=lambda place: place.order)
            alike[_times(places)].append(places)
    numeric = {name for k, name in enumerate(names) if is_number(frame.iloc[:, k])}
    best = max(alike.values(), key=lambda result: _promise(result, numeric), default=None)
    if best is None or not _promise(best, numeric)[0]:
        return None
    return _families(frame, best)


def wide(frame: pd.DataFrame, columns: Sequence[str]) -> Families:
    """The measurements that stand in columns a person picked, whatever their names; as one measurement if need be.

    Raises
    ------
    DataError
        When fewer than two of the table's columns are named.
    """
    names = [str(name) for name in frame.columns]
    columns = [name for name in names if name in set(columns)]
    if len(columns) < 2:
        raise DataError("One measurement a row is what the table has already.", "Pick two columns or more.")
    places = [_place(name) for name in columns]
    by_stem: dict[str, list[_Place]] = defaultdict(list)
    for place in places:
        if place is not None:
            by_stem[place.stem].append(place)
    result = [sorted(group, key=lambda place: place.order) for group in by_stem.values()]
    times = {_times(group) for group in result}
    if None not in places and len(times) == 1 and all(len(t) == len(set(t)) > 1 for t in times):
        return _families(frame, result)
    stem, labels = _common(columns)
    others = [name for name in names if name not in set(columns)]
    return _named(frame, others, [(stem or "value", tuple(columns))], labels, "condition")


def _are_dummies(columns: pd.DataFrame) -> bool:
    """Whether each row has at most one number of three columns and more that is not 0: dummies of a factor, or a trend of each state."""
    if columns.shape[1] < 3 or not all(is_number(columns[name]) for name in columns):
        return False
    values = columns.to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(values).any():
        return False
    others = np.count_nonzero(values, axis=1)
    return bool((others <= 1).all()) and 2 * others.sum() >= len(others)


def _place(column: str) -> _Place | None:
    said = _SAID_AGAIN.sub("", column)
    for shape in _SHAPES:
        match = shape.fullmatch(said)
        if match:
            result = match.groupdict()
            stem, unit, number = match["stem"].strip(" ._-"), result.get("unit") or "", result.get("number")
            stage = said.replace(match["stem"], "", 1).strip(" ._-") if "stage" in result else ""
            if not stem and unit in LETTERS:
                stem, unit = unit, ""
            return _Place(column, stem, unit, float(number) if number else None, stage)
    return None


def _enough(places: list[_Place]) -> bool:
    """Two columns are enough, three where they are a letter and a number: x1 and x2 are two predictors as a rule."""
    times = {(place.number, place.stage.lower()) for place in places}
    bare = all(re.fullmatch(r"[^\W\d_]\d{1,3}", place.column) and not place.unit for place in places)
    return len(times) == len(places) >= (3 if bare else 2)


def _times(places: list[_Place]) -> tuple[Time, ...]:
    """Numbers where all are; among stages such as "pre", all as words."""
    if all(place.number is not None for place in places):
        return tuple(place.number for place in places if place.number is not None)
    return tuple(place.stage or f"{place.unit}{place.number:g}" for place in places)


def _promise(result: list[list[_Place]], numeric: set[str]) -> tuple[bool, int]:
    """Whether anything measured is a number, and how many columns there are."""
    return any(place.column in numeric for places in result for place in places), sum(map(len, result))


def _families(frame: pd.DataFrame, result: list[list[_Place]]) -> Families:
    taken = {place.column for places in result for place in places}
    others = [str(name) for name in frame.columns if str(name) not in taken]
    times = _times(result[0])
    measures = [(places[0].stem or "value", tuple(place.column for place in places)) for places in result]
    unit = result[0][0].unit
    years = all(isinstance(time, float) and FIRST_YEAR <= time <= LAST_YEAR for time in times)
    if years and measures[0][0] == "X":  # R writes X2019 for a column called 2019
        measures[0] = ("value", measures[0][1])
    time = "year" if years else unit if len(unit) > 1 else "time"  # a letter is too little of a name
    return _named(frame, others, measures, times, time)


def _named(
    frame: pd.DataFrame,
    others: list[str],
    measures: Iterable[tuple[str, tuple[str, ...]]],
    times: tuple[Time, ...],
    time: str,
) -> Families:
    """With names that no other column has, and the column that tells the rows apart."""
    taken = set(others)
    row = _row_id(frame, others)
    if not row:
        row = free_name("id", taken)
        taken.add(row)
    time = free_name(time, taken)
    taken.add(time)
    named = []
    for name, columns in measures:
        named.append((free_name(name, taken), columns))
        taken.add(named[-1][0])
    return Families(tuple(named), times, row, time)


def _row_id(frame: pd.DataFrame, others: list[str]) -> str:
    """The column that identifies the rows: no value twice, none missing, and text or named as ids are."""
    best, best_score = "", -1.0
    for name in others:
        column, score = frame[name], name_score(name, GROUP_WORDS)
        if is_number(column) and (score == 0 or pd.api.types.is_float_dtype(column.dtype)):
            continue
        if score > best_score and not column.hasnans and column.is_unique:
            best, best_score = name, score
    return best


def _common(columns: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What all names begin or end with, and the rest of each: rt_cold and rt_warm are rt, and cold, warm."""
    start = re.sub(r"[^ ._\-]*$", "", common_start(columns))
    turned = common_start([name[len(start) :][::-1] for name in columns])[::-1]
    end = re.sub(r"^[^ ._\-]*", "", turned)
    rest = tuple(name[len(start) : len(name) - len(end)] for name in columns)
    if not all(rest):
        return "", tuple(columns)
    return re.sub(r"([ ._\-])[ ._\-]+", r"\1", start + end).strip(" ._-"), rest
