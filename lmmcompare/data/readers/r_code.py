"""Data that is written down as R code, as ``dput()`` prints it or people type it: ``structure(list(…))``, ``data.frame(…)``.

The code is read and never run: of R's functions those are known that write data down (`r_constructors`). A line that does
anything else is passed over, and what is made by it is not there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .data_in_code import Unknown, not_run, refuse_long
from .prompts import without_r_prompts
from .r_code_tokens import ARROWS
from .r_expressions import WAY_OUT, Expressions
from .r_frame_changes import column_of, is_frame, names_of, with_cells, with_column, with_names, with_values
from .r_values import Value
from .result import Limits

_NO_DATA = "no line of it writes data down"
_NAMES = ("names", "colnames", "levels", "setnames")
_CHANGES = re.compile(r"<-|->|:=|%<>%|(?<![=!<>])=(?!=)|\(")
"""What a line has that may change a table; one without it shows something, or is words round the code."""
_HARMLESS = re.compile(
    r"(?:[\w.]+\s*(?:<-|=)\s*)?(?:\w+::)?(?:lm|lmer|lme|gls|glmmTMB|anova|confint|ranef|fixef|coef|VarCorr|update)\("
    r"|(?:library|require|install\.packages|options|dput|print|head|str|summary|plot|set\.seed)\("
)
"""Lines without which the data are the same."""


class _Target(NamedTuple):
    """What a line assigns to: an object, a column of it (``d$x <-``), their names or levels (``levels(d$x) <-``), some of its values.

    Attributes
    ----------
    is_names : bool
        Whether the names of its columns are meant, or its levels.
    places : int
        The token at which the bracket is that chooses values; 0 where there is none.
    """

    name: str = ""
    column: str = ""
    is_names: bool = False
    places: int = 0


def parse(content: bytes, limits: Limits) -> tuple[Value, list[str]]:
    """The objects that code makes, as pairs, and in words what of it was passed over.

    Raises
    ------
    Unreadable
        Where no line makes data.
    """
    refuse_long(content, "R", 'In R: write.csv(d, "d.csv", row.names = FALSE), with the name of the table for d.')
    script = _Script(without_r_prompts(content.decode("utf-8-sig", "replace")), limits)
    script.read()
    names = sorted(script.objects, key=lambda name: name in script.parts)
    if not names or (script.problem != _NO_DATA and all(value.kind != "list" for value in script.objects.values())):
        raise not_run("R", script.problem, WAY_OUT)
    return Value("pairs", [script.objects[name] for name in names], names), script.skipped


class _Script(Expressions):
    """Lines of code, one after the other, and the objects that they have made."""

    def __init__(self, text: str, limits: Limits) -> None:
        super().__init__(text, limits)
        self.skipped: list[str] = []
        self.problem = _NO_DATA

    def read(self) -> None:
        """Read all lines."""
        while self.at < len(self.tokens):
            if self.tokens[self.at].kind == "line":
                self.at += 1
                continue
            begin, parts, target = self.at, set(self.parts), self._target()
            try:
                value = self.value()
                if self.tokens[self.at].text == "->" and not target.name:
                    target = _Target(self.tokens[self.at + 1].text.strip("`"))
                    self.at += 2
                if self.tokens[self.at].kind != "line":
                    raise Unknown(f"“{self.tokens[self.at].text[:20]}”")
                self._assign(target, value)
            except Unknown as unknown:
                self.parts, self.depth, self.inner = parts, 0, []
                self._pass_over(begin, target, str(unknown))
            else:
                self.parts = self.parts - {target.name} if target.name else parts

    def _assign(self, target: _Target, value: Value) -> None:
        known = self.objects.get(target.name)
        part = (
            column_of(known, target.column) if target.column and known and (target.is_names or target.places) else known
        )
        if target.places and known and is_frame(known) and known.data and not (target.column or target.is_names):
            end, self.at = self.at, target.places
            value = with_cells(known, *self.cells(known), value)
            self.at = end
        elif target.places:
            old = names_of(part) if target.is_names else part
            if old is None:
                raise Unknown("values of what is not there")
            end, self.at = self.at, target.places
            value = with_values(old, self.places(len(old)), value)
            self.at = end
        if target.is_names:
            value = with_names(part, value)
        if target.column:
            value = with_column(known, target.column, value)
        if target.name or not any(value is other for other in self.objects.values()):
            self.objects[target.name or self._free_name()] = value

    def _free_name(self) -> str:
        """A name for what no line gives one: table, table 2."""
        k = sum(re.fullmatch(r"table(?: \d+)?", name) is not None for name in self.objects)
        return f"table {k + 1}" if k else "table"

    def _target(self) -> _Target:
        """What stands before an arrow; an empty one where there is none."""
        begin, words = self.at, [token.text for token in self.tokens[self.at : self.at + 2]]
        is_names = words[0] in _NAMES and words[1] == "("
        try:
            self.at += 2 * is_names
            if self.tokens[self.at].kind != "name":
                raise Unknown("no name")
            name, column, places = self.tokens[self.at].text.strip("`"), "", 0
            self.at += 1
            if self.tokens[self.at].text == "$" or [t.text for t in self.tokens[self.at : self.at + 2]] == ["[", "["]:
                column = self.column()
            if is_names:
                self.expect(")")
            if self.tokens[self.at].text == "[":
                places = self.at
                self.at += 1
                self.skip(("]",))
                self.at += 1
            if self.tokens[self.at].text not in (*ARROWS, "="):
                raise Unknown("no arrow")
        except Unknown:
            self.at = begin
            return _Target()
        self.at += 1
        return _Target(name, column, is_names, places)

    def _pass_over(self, begin: int, target: _Target, why: str) -> None:
        """Leave a line out. What it makes anew is not there then; a table that it changes stays as it was, and that is said."""
        self.at = begin
        self.skip(())
        if _CHANGES.search(self._line(begin)) and not _HARMLESS.match(self._line(begin)):
            self.skipped.append(self._line(begin))
        words = [token.text.strip("`") for token in self.tokens[begin : self.at]]
        arrow = next((k for k, word in enumerate(words) if word in ARROWS), 1 if target.name else 0)
        changed = target.name or next((word for word in words[:arrow] if word in self.objects), "")
        is_table = changed in self.objects and self.objects[changed].kind == "list"
        if changed and not (is_table and (arrow > 1 or changed in words[arrow:])):
            self.objects.pop(changed, None)
            self.missed[changed] = why if target.name else f"“{self._line(begin)}”"
        if target.name or (self.problem == _NO_DATA and not _HARMLESS.match(self._line(begin))):
            self.problem = f"it has {why}"

    def _line(self, begin: int) -> str:
        words = self.text[self.tokens[begin].position : self.tokens[self.at].position]
        words = " ".join(words.split())
        return words if len(words) <= 40 else f"{words[:39]}…"
