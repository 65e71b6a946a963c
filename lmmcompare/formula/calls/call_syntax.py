"""R and Python text as tokens, and their parts: calls, arguments, strings, names. Nothing is ever evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ...errors import FormulaError
from ..tokens import MAX_DEPTH, MAX_LENGTH, Token

_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_COMMENT = re.compile(rf"{_STRING}|`[^`]*`|(#[^\n]*)")
_TOKEN = re.compile(
    rf"""(?P<space>\s+|\\)
      | (?P<string>{_STRING})
      | (?P<quoted>`[^`]+`)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
      | (?P<name>(?:[^\W\d_]|\.(?=[^\W\d])|_)[\w.]*)
      | (?P<operator>::{{1,2}}|<-|->|\|>|%[^%\s]{{0,9}}%|&&?|\|\|?|[<>=!]=|\*\*|.)""",
    re.VERBOSE | re.DOTALL,
)
_COLUMN = re.compile(
    r"(?:name|quoted|string)|\[ string \]|(?:name|quoted) (?:\$ (?:name|quoted|string)|\[ (?:\[ string \] \]|string \]))"
)
"""The kinds of tokens that name a column."""
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "∼": "~", "˜": "~", "−": "-", "\u200b": " "})
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Source:
    """The text of a call and its tokens, brackets matched; length and depth are bounded."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"The call has {len(text):,} characters; {MAX_LENGTH:,} are allowed.")
        self.text = _COMMENT.sub(lambda m: " " * len(m[0]) if m[1] else m[0], text.translate(_PLAIN))
        self.has_comment = self.text != text.translate(_PLAIN)
        self.tokens = [
            Token(str(m.lastgroup), m.group(), m.start()) for m in _TOKEN.finditer(self.text) if m.lastgroup != "space"
        ]
        self.closing = self._match_brackets()

    def fail(self, problem: str, remedy: str = "", at: int | None = None) -> NoReturn:
        """Refuse the call, pointing at a token by its number, or at the end."""
        known = at is not None and at < len(self.tokens)
        position = self.tokens[at].position if known and at is not None else len(self.text)
        raise FormulaError(problem, remedy, text=self.text, position=position)

    def _match_brackets(self) -> dict[int, int]:
        closing: dict[int, int] = {}
        stack: list[int] = []
        for i, token in enumerate(self.tokens):
            if token.text in ("(", "[", "{"):
                stack.append(i)
                if len(stack) > MAX_DEPTH:
                    self.fail(f"Brackets are nested more than {MAX_DEPTH} deep.", at=i)
            elif token.text in _PAIRS:
                if not stack or self.tokens[stack[-1]].text != _PAIRS[token.text]:
                    self.fail(f"This “{token.text}” closes nothing.", "Paste the whole call.", i)
                closing[stack.pop()] = i
        if stack:
            comment = " A comment (#) ends with its line: paste the call without it." if self.has_comment else ""
            self.fail(
                f"This “{self.tokens[stack[-1]].text}” is never closed.", f"Paste the whole call.{comment}", stack[-1]
            )
        return closing


@dataclass(frozen=True, slots=True)
class Part:
    """Some tokens of a source that follow each other, and the name that they have as an argument."""

    source: Source
    start: int
    end: int
    name: str = ""

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens."""
        return self.source.tokens[self.start : self.end]

    @property
    def position(self) -> int:
        """Where its text begins."""
        return self.tokens[0].position if self.tokens else len(self.source.text)

    @property
    def text(self) -> str:
        """Its text in the source, unchanged."""
        if not self.tokens:
            return ""
        last = self.tokens[-1]
        return self.source.text[self.position : last.position + len(last.text)]

    def fail(self, problem: str, remedy: str = "") -> NoReturn:
        """Refuse the call, pointing here."""
        self.source.fail(problem, remedy, self.start)

    def behind_tilde(self) -> Part:
        """What stands behind the "~" that it begins with; all of it where it begins with none."""
        return Part(self.source, self.start + self.text.startswith("~"), self.end)

    def split(self, *separators: str) -> list[Part]:
        """The parts between separators outside of nested brackets; none for an empty part."""
        if self.start == self.end:
            return []
        result, begin, i = [], self.start, self.start
        while i < self.end:
            if self.source.tokens[i].text in separators and self.source.tokens[i].kind == "operator":
                result.append(Part(self.source, begin, i))
                begin = i + 1
            i = self.source.closing.get(i, i) + 1
        return [*result, Part(self.source, begin, self.end)]

    def arguments(self) -> list[Part]:
        """The parts between commas, each with its name where it is ``name = part``; an empty last one is dropped."""
        parts = self.split(",")
        if parts and parts[-1].start == parts[-1].end:
            parts.pop()
        return [p.as_argument() for p in parts]

    def as_argument(self) -> Part:
        """Itself, or what follows the ``=`` with the name before it."""
        if len(self.tokens) >= 2 and self.tokens[1].text == "=" and self.tokens[0].kind in ("name", "string", "quoted"):
            return Part(self.source, self.start + 2, self.end, unquote(self.tokens[0].text))
        return self

    def call(self) -> tuple[str, list[Part]] | None:
        """A function's bare name and its arguments, where the whole part is one call; else None."""
        begin = self.start
        if self.end - begin > 2 and self.source.tokens[begin + 1].text in ("::", ":::"):
            begin += 2
        if (
            self.end - begin < 3
            or self.source.tokens[begin].kind != "name"
            or self.source.tokens[begin + 1].text != "("
        ):
            return None
        if self.source.closing[begin + 1] != self.end - 1:
            return None
        return self.source.tokens[begin].text, Part(self.source, begin + 2, self.end - 1).arguments()

    def string(self) -> str | None:
        """The text of a literal in quotes; of several that follow each other, as Python joins them; else None."""
        if not self.tokens or any(t.kind != "string" for t in self.tokens):
            return None
        return "".join(unquote(t.text) for t in self.tokens)

    def column(self, data: str = "") -> str | None:
        """A column's name: ``g``, ``"g"``, ``data$g``, ``data[["g"]]``, ``data["g"]``, ``data.g``; else None."""
        shape = " ".join(t.text if t.text in ("[", "]", "$") else t.kind for t in self.tokens)
        if not _COLUMN.fullmatch(shape):  # nor is g[x] of fixest, a slope for each group
            return None
        tokens = [t for t in self.tokens if t.text not in ("[", "]", "$")]
        name = unquote(tokens[-1].text)
        return name.removeprefix(f"{data}.") if data and len(tokens) == 1 else name

    def number(self) -> float | None:
        """A number, perhaps with a sign; else None."""
        tokens = list(self.tokens)
        sign = -1.0 if tokens and tokens[0].text == "-" else 1.0
        tokens = tokens[1:] if tokens and tokens[0].text in "+-" else tokens
        if len(tokens) != 1 or tokens[0].kind != "number":
            return None
        return sign * float(tokens[0].text.removesuffix("L"))

    def flag(self) -> bool:
        """TRUE or FALSE, as R or Python writes it; else refused."""
        known = {
            "TRUE": True,
            "T": True,
            "True": True,
            "true": True,
            "1": True,
            "FALSE": False,
            "F": False,
            "False": False,
            "false": False,
            "0": False,
        }
        if self.text not in known:
            self.fail(f"“{self.text[:40]}” is neither TRUE nor FALSE.", "Write the value itself.")
        return known[self.text]


def one_sided(part: Part) -> tuple[Part, Part | None]:
    """What stands after the ``~`` of a formula without a left side, and after its bar."""
    if len(part.tokens) < 2 or part.tokens[0].text != "~":
        part.fail(f"“{part.text[:40]}” is no formula with one side.", "Write form = ~ time | group.")
    sides = Part(part.source, part.start + 1, part.end).split("|")
    if len(sides) > 2 or any(not side.tokens for side in sides):
        part.fail(f"“{part.text[:40]}” is not read.", "Write form = ~ time | group.")
    return sides[0], sides[1] if len(sides) == 2 else None


def column_of(part: Part) -> str:
    """The column that a part names; an expression is refused."""
    name = part.column() if part.tokens else None
    if name is None:
        part.fail(f"“{part.text[:40]}” is no column.", "Compute it as a column of the table, and name that.")
    return name


def unquote(text: str) -> str:
    """A name or text without the quotes around it."""
    if text[:1] in ("'", '"') and len(text) > 1:
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip("`")


def match_arguments(arguments: Sequence[Part], signature: Sequence[str]) -> dict[str, Part]:
    """Arguments by name, as R matches them: whole names, then beginnings of names, then by place.

    Arguments with names outside the signature keep them; an argument given twice is refused.
    """
    result: dict[str, Part] = {}
    for part in arguments:
        if not part.name:
            continue
        alike = [s for s in signature if s.startswith(part.name)]
        name = part.name if part.name in signature or len(alike) != 1 else alike[0]
        if name in result:
            part.fail(f"The argument {name} is given twice.", "Remove one.")
        result[name] = part
    free: Iterator[str] = iter([s for s in signature if s not in result])
    for part in arguments:
        if not part.name:
            name = next(free, "")
            if not name:
                part.fail("There are more arguments than the function takes.", "Write them with their names.")
            result[name] = part
    return result


def named(result: Mapping[str, Part], name: str, data: str = "") -> str:
    """The column that an argument names; empty where it is not given or NULL; an expression is refused."""
    part = result.get(name)
    if part is None or part.text in ("NULL", "None", ""):
        return ""
    column = part.column(data)
    if column is None:
        part.fail(
            f"{name} is “{part.text[:40]}”, which is no column.", "Compute it as a column of the table, and name that."
        )
    return column
