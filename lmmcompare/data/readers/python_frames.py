"""What code in Python makes: arrays, categories in their order, and data frames, as far as they are written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .data_in_code import Unknown


class Array(list[Any]):
    """Values with which Python calculates, where it repeats and joins lists."""


class Levels(Array):
    """Categories in their order."""

    def __init__(self, values: Sequence[Any], levels: Sequence[Any]) -> None:
        known = {*levels}
        super().__init__(value if value in known else None for value in values)
        self.levels = list(levels)


class Frame(dict[str, Any]):
    """A data frame's columns by name."""


def with_levels(frame: Frame) -> dict[str, Any]:
    """The columns of a frame; with categories among them, records and their schema, as ``to_json(orient="table")`` writes both."""
    levels = {name: cells.levels for name, cells in frame.items() if isinstance(cells, Levels)}
    if not levels:
        return frame
    fields = [{"name": name, **({"constraints": {"enum": levels[name]}} if name in levels else {})} for name in frame]
    records = [dict(zip(frame, row, strict=True)) for row in zip(*frame.values(), strict=True)]
    return {"schema": {"fields": fields}, "data": records}


def label_of(key: Any) -> str:
    """A name in a dictionary as text."""
    return str(tuple(key)) if isinstance(key, list) else str(key)


def frame_of(data: Any, columns: Any) -> Any:
    """What ``pd.DataFrame`` makes of data: columns of one length, or rows with their names."""
    if isinstance(data, dict):
        lengths = {len(value) for value in data.values() if isinstance(value, list)}
        chosen = {str(name): data[str(name)] for name in columns if str(name) in data} if columns else data
        if len(lengths) > 1:
            raise Unknown("DataFrame() of columns of different lengths")
        n = lengths.pop() if lengths else 1
        return Frame({k: v if isinstance(v, list | dict) else [v] * n for k, v in chosen.items()})
    if columns and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return Frame({"columns": columns, "data": data})
    return data
