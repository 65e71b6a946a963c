"""Data that is written down as Python code, as people post it: lists and dictionaries, perhaps in ``pd.DataFrame(…)``.

Python's own parser reads the code, and nothing of it is run: known are what writes data down, such as ``["a"] * 3``,
``np.repeat`` or ``pd.Timestamp``. What comes out are JSON's values (`records.read`).
"""

from __future__ import annotations

import ast
import json
import math
from typing import Any, NamedTuple

from .data_in_code import Unknown, not_run, refuse_long
from .prompts import without_python_prompts
from .python_frames import Array, Frame, Levels, frame_of, label_of, with_levels
from .result import Limits, Unreadable

WAY_OUT = "In Python: print(df.to_csv(index=False)), with the name of the table for df; paste what it prints."


_NOT_WHOLE = "{file} looks like Python code, and is not whole."
MOST_OTHERS, LONGEST_WITH_OTHERS = 100, 200_000
"""Lines that are no Python and are passed over, and signs of a text in which they may be."""


class Read(NamedTuple):
    """The table in code as JSON, the lines that would have changed a table, and those that are no Python."""

    table: bytes
    skipped: list[str]
    others: list[str]


def to_json(content: bytes, limits: Limits) -> Read:
    """Read a table in code.

    Raises
    ------
    Unreadable
        Where no line makes data.
    """
    refuse_long(content, "Python", WAY_OUT)
    text = without_python_prompts(content.decode("utf-8-sig", "replace"))
    reader, problem = _Reader(limits), "no line of it writes a table down"
    lines, others = _parsed(text)
    skipped = []
    for line in lines:
        try:
            reader.read(line)
        except Unknown as unknown:
            skipped.append(" ".join(ast.unparse(line).split())[:40])
            problem = f"it has {unknown}"
            reader.forget(line)
    if reader.table is None and others:
        raise Unreadable(_NOT_WHOLE, WAY_OUT)
    if reader.table is None:
        raise not_run("Python", problem, WAY_OUT)
    table = reader.table
    return Read(json.dumps(with_levels(table) if isinstance(table, Frame) else table).encode(), skipped, others)


def _parsed(text: str) -> tuple[list[ast.stmt], list[str]]:
    """The statements of code, and the lines among them that are none: words of a question, commands of a notebook."""
    lines = text.split("\n")
    others: list[str] = []
    for _ in range(MOST_OTHERS if len(text) < LONGEST_WITH_OTHERS else 1):
        try:
            return ast.parse("\n".join(lines)).body, others
        except SyntaxError as error:
            at = (error.lineno or 1) - 1
            if at >= len(lines) or not lines[at].strip():
                break
            if not lines[at].lstrip().startswith(("%", "!")):  # commands of a notebook
                others.append(lines[at].strip()[:40])
            lines[at] = ""
        except (ValueError, RecursionError, MemoryError):
            break
    raise Unreadable(_NOT_WHOLE, WAY_OUT)


class _Reader:
    """Reads one line after the other, into the objects that they make."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.names: dict[str, Any] = {}
        self.unnamed: Any = None
        self.parts: list[Any] = []
        """Data frames that another was made of."""

    @property
    def table(self) -> Any:
        """The first data frame that no other was made of, else the last list or dictionary; None where there is none."""
        values = [self.unnamed, *self.names.values()]
        frames = [value for value in values if isinstance(value, Frame)]
        others = [value for value in values if isinstance(value, list | dict)]
        whole = [frame for frame in frames if not any(frame is part for part in self.parts)]
        return next(iter([*whole, *frames, *others[::-1]]), None)

    def forget(self, line: ast.stmt) -> None:
        """Forget what a line that is not read makes or changes; a data frame that it changes stays as it was."""
        used = {node.id for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for node in ast.walk(line):
            inner: ast.AST = node
            is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_method:
                inner = node.func  # type: ignore[attr-defined]
            elif not isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
            name = getattr(inner, "id", "")
            if not (isinstance(self.names.get(name), Frame) and (name in used or inner is not node)):
                self.names.pop(name, None)

    def read(self, line: ast.stmt) -> None:
        """Read a line; imports and calls that change nothing are passed over."""
        if isinstance(line, ast.Import | ast.ImportFrom):
            return
        if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
            is_fit = isinstance(line.value, ast.Call) and _word(line.value.func) in (
                "fit",
                "mixedlm",
                "ols",
                "from_formula",
            )
            if not is_fit:
                self.names[line.targets[0].id] = self._value(line.value)
        elif (
            isinstance(line, ast.Assign)
            and len(line.targets) == 1
            and isinstance(target := line.targets[0], ast.Subscript)
            and isinstance(target.value, ast.Name)
            and isinstance(frame := self.names.get(target.value.id), Frame)
            and isinstance(target.slice, ast.Constant)
        ):
            column = {str(target.slice.value): self._value(line.value)}
            self.names[target.value.id] = frame_of({**frame, **column}, None)
        elif not isinstance(line, ast.Expr):
            raise Unknown(f"“{ast.unparse(line).split(chr(10))[0][:40]}”")
        elif not isinstance(line.value, ast.Name) and _word(getattr(line.value, "func", None)) not in (
            "print",
            "summary",
            "seed",
        ):
            self.unnamed = self._value(line.value)

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return None if isinstance(value, float) and math.isnan(value) else value
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self._value(part) for part in parts]
            case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
                return {
                    label_of(self._value(k)): self._value(v) for k, v in zip(keys, values, strict=True) if k is not None
                }
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                number = self._value(operand)
                if isinstance(number, int | float):
                    return -number if isinstance(sign, ast.USub) else number
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._repeated(self._value(left), self._value(right))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._value(left), self._value(right)
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
        word = _word(node.func)
        if word not in _KNOWN:
            raise Unknown(f"{word[:30]}()")
        if word == "DataFrame" and not node.args and node.keywords and not {k.arg for k in node.keywords} & _OF_PANDAS:
            return frame_of({str(k.arg): self._value(k.value) for k in node.keywords}, None)  # as Julia writes it
        if word == "astype":
            return self._converted(node)
        given = {k.arg: self._value(k.value) for k in node.keywords if k.arg in ("data", "columns", "categories")}
        values = [self._value(part) for part in node.args]
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
        labels = self._value(given)
        if not isinstance(labels, list) or any(isinstance(c, list) and len(c) != len(labels) for c in frame.values()):
            raise Unknown("index= of another length")
        return frame if all(type(label) is int for label in labels) else Frame({"row": labels, **frame})

    def _converted(self, node: ast.Call) -> Any:
        """``x.astype("category")`` and its like, which change no value; levels where a type has them."""
        if not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
            raise Unknown("astype() with such arguments")
        values, kind = self._value(node.func.value), node.args[0]
        if isinstance(kind, ast.Call) and _word(kind.func) == "CategoricalDtype":
            levels = [k.value for k in kind.keywords if k.arg == "categories"] or kind.args
            if levels and isinstance(values, list) and isinstance(levels := self._value(levels[0]), list):
                return Levels(values, levels)
        if ast.unparse(kind) not in _SAME_TYPES:
            raise Unknown(f"astype({ast.unparse(kind)[:20]})")
        return values

    def _bounded(self, values: Any) -> Any:
        if len(values) > self.limits.rows:
            self.limits.check(len(values), 1)
        return values


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


def _word(function: ast.AST | None) -> str:
    """The last word of a function's name."""
    return getattr(function, "attr", "") or getattr(function, "id", "")
