"""Data that is written down as Python code, as people post it: lists and dictionaries, perhaps in ``pd.DataFrame(…)``.

Python's own parser reads the code, and nothing of it is run: known are what writes data down, such as ``["a"] * 3``,
``np.repeat`` or ``pd.Timestamp``. What comes out are JSON's values (`records.read`).
"""

from __future__ import annotations

import ast
import json
from typing import Any, NamedTuple

from .data_in_code import Unknown, not_run, refuse_long
from .prompts import without_python_prompts
from .python_expressions import Expressions, word_of
from .python_frames import Frame, frame_of, with_levels
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
    script, problem = _Script(limits), "no line of it writes a table down"
    lines, others = _parsed(text)
    skipped = []
    for line in lines:
        try:
            script.read(line)
        except Unknown as unknown:
            skipped.append(" ".join(ast.unparse(line).split())[:40])
            problem = f"it has {unknown}"
            script.forget(line)
    if script.table is None and others:
        raise Unreadable(_NOT_WHOLE, WAY_OUT)
    if script.table is None:
        raise not_run("Python", problem, WAY_OUT)
    table = script.table
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


class _Script(Expressions):
    """Lines of code, one after the other, and the objects that they have made."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.unnamed: Any = None

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
            is_fit = isinstance(line.value, ast.Call) and word_of(line.value.func) in (
                "fit",
                "mixedlm",
                "ols",
                "from_formula",
            )
            if not is_fit:
                self.names[line.targets[0].id] = self.value(line.value)
        elif (
            isinstance(line, ast.Assign)
            and len(line.targets) == 1
            and isinstance(target := line.targets[0], ast.Subscript)
            and isinstance(target.value, ast.Name)
            and isinstance(frame := self.names.get(target.value.id), Frame)
            and isinstance(target.slice, ast.Constant)
        ):
            column = {str(target.slice.value): self.value(line.value)}
            self.names[target.value.id] = frame_of({**frame, **column}, None)
        elif not isinstance(line, ast.Expr):
            raise Unknown(f"“{ast.unparse(line).split(chr(10))[0][:40]}”")
        elif not isinstance(line.value, ast.Name) and word_of(getattr(line.value, "func", None)) not in (
            "print",
            "summary",
            "seed",
        ):
            self.unnamed = self.value(line.value)
