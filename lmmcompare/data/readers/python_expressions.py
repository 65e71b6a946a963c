"""Values in Python code: numbers, texts, lists, dictionaries, and calls of the functions that write data down."""

from __future__ import annotations

import ast
import math
from typing import Any

from .data_in_code import Unknown
from .python_frames import Array, Frame, Levels, frame_of, label_of
from .result import Limits

_SAME = ("array", "asarray", "Series", "list", "tuple", "Timestamp", "to_datetime", "Categorical", "datetime64")
"""Functions of one argument whose values are that argument's."""
_KNOWN = {
    *_SAME,
    "DataFrame",
    "from_dict",
    "from_records",
    "concat",
    "range",
    "arange",
    "repeat",
    "tile",
    "float",
    "zip",
    "astype",
}
_OF_PANDAS = {"data", "columns", "index", "dtype", "copy", "schema"}
"""Arguments of DataFrame() that are no columns."""
_SAME_TYPES = ("'category'", "float", "'float'", "'float64'", "np.float64", "'float32'")
"""Types to which a column can be turned without another value."""


class Expressions:
    """Finds the values of expressions, with the objects that lines before have made."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.names: dict[str, Any] = {}
        self.parts: list[Any] = []
        """Data frames that another was made of."""

    def value(self, node: ast.expr) -> Any:
        """The value of an expression.

        Raises
        ------
        Unknown
            Where the code does more than write data down.
        """
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return None if isinstance(value, float) and math.isnan(value) else value
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self.value(part) for part in parts]
            case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
                return {
                    label_of(self.value(k)): self.value(v) for k, v in zip(keys, values, strict=True) if k is not None
                }
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                number = self.value(operand)
                if isinstance(number, int | float):
                    return -number if isinstance(sign, ast.USub) else number
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._repeated(self.value(left), self.value(right))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self.value(left), self.value(right)
                if type(first) is list and type(second) is list:
                    return self._bounded(first + second)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in ("nan", "NaN", "NA", "NaT"):
                return None
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as column)):
                if isinstance(frame := self.names.get(name), Frame) and isinstance(frame.get(column), list):
                    return Array(frame[column])
            case ast.Call():
                return self._call(node)
        raise Unknown(f"“{ast.unparse(node)[:30]}”")

    def _call(self, node: ast.Call) -> Any:
        word = word_of(node.func)
        if word not in _KNOWN:
            raise Unknown(f"{word[:30]}()")
        if word == "DataFrame" and not node.args and node.keywords and not {k.arg for k in node.keywords} & _OF_PANDAS:
            return frame_of({str(k.arg): self.value(k.value) for k in node.keywords}, None)  # as Julia writes it
        if word == "astype":
            return self._converted(node)
        given = {k.arg: self.value(k.value) for k in node.keywords if k.arg in ("data", "columns", "categories")}
        values = [self.value(part) for part in node.args]
        first = values[0] if values else given.get("data")
        keywords = {k.arg for k in node.keywords}
        if (
            word in ("Series", "concat", "to_datetime") and keywords - {"ignore_index", "data", "name", "dtype"}
        ) or "orient" in keywords:
            raise Unknown(f"{word}() with such arguments")
        if word in ("DataFrame", "from_dict", "from_records"):
            return self._labelled(frame_of(first, given.get("columns")), node)
        if word == "concat":
            return self._stacked(first)
        if word == "zip" and values and all(isinstance(part, list) for part in values):
            return [list(row) for row in zip(*values, strict=False)]
        if word == "Categorical" and keywords <= {"values", "categories", "ordered"} and isinstance(first, list):
            return Levels(first, given["categories"]) if isinstance(given.get("categories"), list) else Array(first)
        if word in ("range", "arange") and all(isinstance(v, int) for v in values) and 1 <= len(values) <= 3:
            numbers = range(*values) if len(values) < 3 or values[2] else range(0)
            self._bounded(numbers)
            return (Array if word == "arange" else list)(numbers)
        if word == "repeat" and len(values) == 2 and isinstance(first, list) and isinstance(values[1], int):
            self._bounded(range(len(first) * max(values[1], 0)))
            return Array(value for value in first for _ in range(values[1]))
        if word == "tile" and len(values) == 2 and isinstance(first, list):
            return Array(self._repeated(list(first), values[1]))
        if word == "float":
            return None if str(first).lower() == "nan" else first
        if word in ("list", "tuple") and len(values) == 1 and isinstance(first, list | str):
            return list(first)
        if word in _SAME and len(values) == 1:
            return Array(first) if isinstance(first, list) else first
        raise Unknown(f"{word}() with such arguments")

    def _repeated(self, left: Any, right: Any) -> Any:
        values, n = (left, right) if isinstance(left, list) else (right, left)
        if type(values) is not list or not isinstance(n, int):
            raise Unknown("a product")
        self._bounded(range(len(values) * max(n, 0)))
        return values * n

    def _stacked(self, frames: Any) -> Any:
        """``pd.concat([df1, df2])`` of data frames with the same columns."""
        if not isinstance(frames, list) or not frames or not all(isinstance(frame, Frame) for frame in frames):
            raise Unknown("concat() of what are no data frames")
        if any(
            set(frame) != set(frames[0]) or not all(isinstance(v, list) for v in frame.values()) for frame in frames
        ):
            raise Unknown("concat() of data frames with different columns")
        self._bounded(range(sum(len(next(iter(frame.values()), [])) for frame in frames)))
        self.parts += frames
        result = Frame({name: [value for frame in frames for value in frame[name]] for name in frames[0]})
        for name, cells in frames[0].items():
            if isinstance(cells, Levels) and all(
                getattr(frame[name], "levels", None) == cells.levels for frame in frames
            ):
                result[name] = Levels(result[name], cells.levels)
        return result

    def _labelled(self, frame: Any, node: ast.Call) -> Any:
        """A data frame with the labels of its rows that ``index=`` gives as a column, where they are names."""
        given = next((k.value for k in node.keywords if k.arg == "index"), None)
        if given is None or not isinstance(frame, Frame):
            return frame
        labels = self.value(given)
        if not isinstance(labels, list) or any(isinstance(c, list) and len(c) != len(labels) for c in frame.values()):
            raise Unknown("index= of another length")
        return frame if all(type(label) is int for label in labels) else Frame({"row": labels, **frame})

    def _converted(self, node: ast.Call) -> Any:
        """``x.astype("category")`` and its like, which change no value; levels where a type has them."""
        if not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
            raise Unknown("astype() with such arguments")
        values, kind = self.value(node.func.value), node.args[0]
        if isinstance(kind, ast.Call) and word_of(kind.func) == "CategoricalDtype":
            levels = [k.value for k in kind.keywords if k.arg == "categories"] or kind.args
            if levels and isinstance(values, list) and isinstance(levels := self.value(levels[0]), list):
                return Levels(values, levels)
        if ast.unparse(kind) not in _SAME_TYPES:
            raise Unknown(f"astype({ast.unparse(kind)[:20]})")
        return values

    def _bounded(self, values: Any) -> Any:
        if len(values) > self.limits.rows:
            self.limits.check(len(values), 1)
        return values


def word_of(function: ast.AST | None) -> str:
    """The last word of a function's name."""
    return getattr(function, "attr", "") or getattr(function, "id", "")
