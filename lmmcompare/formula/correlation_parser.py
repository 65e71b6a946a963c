"""Structures of the residuals from text: ``cs(1 | g)``, ``ar1(time | g)``, ``car1(time | g)``, ``us(visit | g)``."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from .correlation import KINDS, Correlation, Kind
from .spec import ModelSpec
from .tokens import TokenReader


def parse_correlation(text: str) -> Correlation:
    """Read text such as ``ar1(Days | Subject)``.

    Raises
    ------
    FormulaError
        With the position of the first character that cannot be read and what may stand there.
    """
    reader = StructureReader(text)
    result = reader.correlation()
    if (rest := reader.peek()) is not None:
        reader.fail(f"Nothing may stand after the structure, but found “{rest.text}”.", "Remove it.", rest)
    return result


def with_residuals(spec: ModelSpec, correlation: Correlation | None = None, variance: str = "") -> ModelSpec:
    """A model with residuals of another structure: independent ones of one variance where none is given."""
    return replace(spec, correlation=correlation, variance=variance)


class StructureReader(TokenReader):
    """Reads a structure: a kind, and in parentheses a column or 1, a bar and the grouping factor."""

    def correlation(self) -> Correlation:
        """The structure that begins here."""
        token = self.peek()
        remedy = "Write cs(1 | group), ar1(time | group), car1(time | group) or us(visit | group)."
        if token is None or token.text not in KINDS:
            self.fail(f"“{token.text if token else ''}” is no correlation structure known here.", remedy, token)
        kind = cast(Kind, self.take().text)
        self.expect("(", remedy)
        first = self.peek()
        if first is not None and first.text == "1":
            self.take()
            if kind != "cs":
                what = "visits" if kind == "us" else "times"
                self.fail(
                    f"{kind}() needs a column of {what} before the bar.", f"Write {kind}({what[:-1]} | group).", first
                )
            order = None
        else:
            order = self.column_name()
            if kind == "cs":
                self.fail(
                    "cs() takes no column before the bar: all rows of a group are alike.", "Write cs(1 | group).", first
                )
        self.expect("|", remedy)
        group = [self.column_name()]
        while self.accept(":"):
            group.append(self.column_name())
        self.expect(")", remedy)
        return Correlation(kind, tuple(group), order)

    def column_name(self) -> str:
        """A column's name, plain or in backquotes."""
        token = self.take()
        if token.kind not in ("name", "quoted"):
            self.fail(f"Expected a column name but found “{token.text}”.", "", token)
        return token.text.strip("`")
