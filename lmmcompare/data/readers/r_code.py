"""Data that is written down as R code, as ``dput()`` prints it or people type it: ``structure(list(…))``, ``data.frame(…)``.

The code is read and never run: of R's functions those are known that write data down (`r_constructors`). A line that does
anything else is passed over, and what is made by it is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

import numpy as np

from .r_constructors import Argument, Unknown, arithmetic, integers, numbers, taken, texts, vector
from .r_frame_constructors import CONSTRUCTORS, column_of, renamed, with_column
from .r_values import MISSING, Value
from .result import Limits, Unreadable

DEEPEST = 50
"""Brackets within brackets; a data frame has four."""
MOST = 5_000_000
"""Bytes of code that are read."""
WAY_OUT = "In R: dput(d), with the name of the table for d; paste what it prints."
_TOKEN = re.compile(
    r"""(?P<blank>[^\S\n]+|\#[^\n]*)
      | (?P<line>\n|;)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[“”][^“”]*[“”])
      | (?P<number>0[xX][0-9a-fA-F]+L?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
      | (?P<name>`[^`]+`|(?:[^\W\d_]|\.)[\w.]*(?::::?[\w.]+)?)
      | (?P<other><(?:pointer|environment)[^>\n]*>)
      | (?P<sign><<?-|->|\|>|%[^%\n]*%|.)""",
    re.VERBOSE | re.DOTALL,
)
_ARROWS = ("<-", "<<-")
_GOES_ON = (*_ARROWS, "+", "|>", "%>%")
"""Signs after which a line goes on below."""
_OPERATORS = (("+", "-"), ("*", "/"), (":",))
"""Those between two values, the weakest first; a sign before a value and ``^`` bind closer."""
_NO_DATA = "no line of it writes data down"
_HARMLESS = re.compile(
    r"(?:[\w.]+\s*(?:<-|=)\s*)?(?:\w+::)?(?:lm|lmer|lme|gls|glmmTMB|anova|confint|ranef|fixef|coef|VarCorr|update)\("
    r"|(?:library|require|install\.packages|options|dput|print|head|str|summary|plot|set\.seed)\("
)
"""Lines without which the data are the same."""
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u\{?[0-9a-fA-F]{1,4}\}?|U\{?[0-9a-fA-F]{1,8}\}?|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CONSTANTS = {
    "TRUE": ("logical", 1),
    "T": ("logical", 1),
    "FALSE": ("logical", 0),
    "F": ("logical", 0),
    "NA": ("logical", MISSING),
    "NA_integer_": ("integer", MISSING),
    "NA_real_": ("double", np.nan),
    "NaN": ("double", np.nan),
    "Inf": ("double", np.inf),
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int = 0


class _Target(NamedTuple):
    """What a line assigns to: an object, a column of it (``d$x <-``), or the names of its columns (``names(d) <-``)."""

    name: str = ""
    column: str = ""
    is_names: bool = False


def parse(content: bytes, limits: Limits) -> tuple[Value, list[str]]:
    """The objects that code makes, as pairs, and in words what of it was passed over.

    Raises
    ------
    Unreadable
        Where no line makes data.
    """
    if len(content) > MOST:
        raise Unreadable(
            f"{{file}} has {len(content) / 1e6:.0f} MB of R code; at most {MOST / 1e6:.0f} are read.",
            'In R: write.csv(d, "d.csv", row.names = FALSE), with the name of the table for d.',
        )
    text = re.sub(r"^[>+](?= )", " ", content.decode("utf-8-sig", "replace"), flags=re.MULTILINE)
    script = _Script(text, limits)
    script.read()
    names = sorted(script.objects, key=lambda name: name in script.parts)
    if not names or (script.problem != _NO_DATA and all(value.kind != "list" for value in script.objects.values())):
        raise Unreadable(f"{{file}} is R code, and code is not run here: {script.problem}.", WAY_OUT)
    return Value("pairs", [script.objects[name] for name in names], names), script.skipped


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens without blanks, comments, and line ends inside of brackets or where a line goes on below."""
    depth, last = 0, ""
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match.group()
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}")) if kind == "sign" else 0
        if kind != "blank" and not (word == "\n" and (depth > 0 or last in _GOES_ON)):
            yield _Token(kind, word, match.start())
            last = word
    if depth > 0:
        raise Unreadable(
            "{file} is R code in which a bracket is never closed.",
            "Copy it whole, from structure( to the last bracket.",
        )
    yield from [_Token("line", "\n", len(text))] * 2


class _Script:
    """Lines of code, one after the other, and the objects that they have made."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text, self.tokens, self.limits = text, list(_tokens(text)), limits
        self.at = self.depth = 0
        self.objects: dict[str, Value] = {}
        self.skipped: list[str] = []
        self.missed: dict[str, str] = {}
        self.parts: set[str] = set()
        """Tables that another was made of."""
        self.inner: list[dict[str, Value]] = []
        """The columns so far of each tibble() that is being read: they go before objects of the same name."""
        self.problem = _NO_DATA

    def read(self) -> None:
        """Read all lines."""
        while self.at < len(self.tokens):
            if self.tokens[self.at].kind == "line":
                self.at += 1
                continue
            begin, parts, target = self.at, set(self.parts), self._target()
            try:
                value = self._value()
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
        if target.column:
            value = with_column(known, target.column, value)
        elif target.is_names:
            value = renamed(known, value)
        if target.name or not any(value is other for other in self.objects.values()):
            self.objects[target.name or "table"] = value

    def _target(self) -> _Target:
        """What stands before an arrow; an empty one where there is none."""
        ahead = self.tokens[self.at : self.at + 5]
        words = [token.text for token in ahead]
        for length, at, form in ((1, 0, ""), (3, 0, "$"), (4, 2, "(")):
            if len(ahead) <= length or words[length] not in (*_ARROWS, "=") or ahead[at].kind != "name":
                continue
            if form and (words[1] != form or (form == "(" and words[0] not in ("names", "colnames", "setnames"))):
                continue
            self.at += length + 1
            column = words[2].strip("`\"'") if form == "$" else ""
            return _Target(words[at].strip("`"), column, form == "(")
        return _Target()

    def _pass_over(self, begin: int, target: _Target, why: str) -> None:
        """Leave a line out. What it makes anew is not there then; a table that it changes stays as it was, and that is said."""
        self.at = begin
        self._skip(())
        if not _HARMLESS.match(self._line(begin)):
            self.skipped.append(self._line(begin))
        words = [token.text.strip("`") for token in self.tokens[begin : self.at]]
        arrow = next((k for k, word in enumerate(words) if word in _ARROWS), 1 if target.name else 0)
        changed = target.name or next((word for word in words[:arrow] if word in self.objects), "")
        is_table = changed in self.objects and self.objects[changed].kind == "list"
        if changed and not (is_table and (arrow > 1 or changed in words[arrow:])):
            self.objects.pop(changed, None)
            self.missed[changed] = why if target.name else f"“{self._line(begin)}”"
        if self.problem == _NO_DATA or target.name:
            self.problem = f"it has {why}"

    def _skip(self, ends: tuple[str, ...]) -> None:
        """Go on to the end of the line, or to one of these signs, outside of brackets."""
        depth = 0
        while self.tokens[self.at].kind != "line" or depth > 0:
            token = self.tokens[self.at]
            if depth == 0 and token.kind == "sign" and token.text in ends:
                return
            depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
            self.at += 1

    def _line(self, begin: int) -> str:
        words = self.text[self.tokens[begin].position : self.tokens[self.at].position]
        words = " ".join(words.split())
        return words if len(words) <= 40 else f"{words[:39]}…"

    def _value(self) -> Value:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("{file} is nested too deeply.", WAY_OUT)
        value = self._operated(0)
        self.depth -= 1
        return value

    def _operated(self, level: int) -> Value:
        """Values between which stand operators of this level or of closer ones."""
        if level == len(_OPERATORS):
            return self._signed()
        left = self._operated(level + 1)
        while (sign := self.tokens[self.at]).kind == "sign" and sign.text in _OPERATORS[level]:
            self.at += 1
            right = self._operated(level + 1)
            left = self._run(left, right) if sign.text == ":" else arithmetic(sign.text, left, right)
        return left

    def _signed(self) -> Value:
        """A value with signs before it, or none."""
        signs = ""
        while self.tokens[self.at].kind == "sign" and self.tokens[self.at].text in "+-":
            signs += self.tokens[self.at].text
            self.at += 1
        value = self._power()
        if signs and value.kind not in ("integer", "double", "logical"):
            raise Unknown(f"“{signs[:1]}” before what is no number")
        return arithmetic("-", integers(np.zeros(1)), value) if signs.count("-") % 2 else value

    def _power(self) -> Value:
        """``2^3``, ``d$x``, ``letters[1:3]``, or a value by itself."""
        value = self._single()
        while self.tokens[self.at].kind == "sign" and self.tokens[self.at].text in ("[", "$"):
            if self.tokens[self.at].text == "[":
                value = self._chosen(value)
            else:
                value = column_of(value, self.tokens[self.at + 1].text.strip("`\"'"))
                self.at += 2
        if self.tokens[self.at].text == "^" and self.tokens[self.at].kind == "sign":
            self.at += 1
            self.depth += 1
            if self.depth > DEEPEST:
                raise Unreadable("{file} is nested too deeply.", WAY_OUT)
            value = arithmetic("^", value, self._signed())
            self.depth -= 1
        return value

    def _chosen(self, value: Value) -> Value:
        """``letters[1:3]``."""
        self.at += 1
        places = numbers(self._value()) - 1
        self._expect("]")
        if (
            value.kind not in ("logical", "integer", "double", "text")
            or not ((places >= 0) & (places < len(value))).all()
        ):
            raise Unknown("values chosen in brackets")
        return taken(value, places.astype(int))

    def _run(self, first: Value, last: Value) -> Value:
        low, high = (float(numbers(end)[0]) if len(end) == 1 else np.nan for end in (first, last))
        n = abs(high - low) + 1
        self.check(n)
        return integers(np.arange(n) * (1 if high >= low else -1) + low)

    def check(self, n: float) -> None:
        """Refuse a vector that is longer than any column, or of no known length."""
        if not n <= self.limits.rows:
            self.limits.check(self.limits.rows + 1, 1)

    def _single(self) -> Value:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "text":
            return texts([_unescaped(token.text[1:-1])])
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "other":
            return Value("pointer")
        if token.kind == "sign" and token.text == "~":
            return self._formula(Value("symbol", "~"))
        if token.kind == "sign" and token.text == "(":
            value = self._value()
            self._expect(")")
            return value
        if token.kind != "name":
            self.at -= 1
            raise Unknown(f"“{token.text.strip()[:20]}”" if token.kind != "line" else "a line that does not end")
        if self.tokens[self.at].text == "(" and self.tokens[self.at].kind == "sign":
            return self._call(token.text.rpartition(":")[2].strip("`"))
        return self._named(token.text)

    def _named(self, name: str) -> Value:
        if name in _CONSTANTS:
            kind, value = _CONSTANTS[name]
            return Value(kind, np.array([value], float if kind == "double" else np.int32))
        if name == "NA_character_":
            return texts([None])
        if name == "NULL":
            return Value("NULL")
        bare = name.strip("`")
        for columns in reversed(self.inner):
            if bare in columns:
                return columns[bare]
        if bare in self.objects:
            if self.objects[bare].kind == "list" and self.tokens[self.at].text not in ("$", "["):
                self.parts.add(bare)
            return self.objects[bare]
        if bare in self.missed:
            raise Unknown(self.missed[bare])
        if name in ("letters", "LETTERS"):
            return texts(list(ascii_lowercase if name == "letters" else ascii_uppercase))
        raise Unknown(f"“{bare[:20]}”, which no line makes")

    def _call(self, function: str) -> Value:
        self.at += 1
        constructor = CONSTRUCTORS.get(function)
        if constructor is None:
            raise Unknown(f"{function[:30]}()")
        if function == "c" and (value := self._flat()) is not None:
            return value
        arguments: list[Argument] = []
        in_tibble = function in ("tibble", "data_frame")
        if in_tibble:
            self.inner.append({})
        while self.tokens[self.at].text != ")" or self.tokens[self.at].kind != "sign":
            arguments.append(self._argument(function))
            if in_tibble:
                self.inner[-1][arguments[-1].name] = arguments[-1].value
            if self.tokens[self.at].text == ",":
                self.at += 1
            elif self.tokens[self.at].text != ")":
                raise Unknown(f"“{self.tokens[self.at].text.strip()[:20]}” in {function}()")
        self.at += 1
        if in_tibble:
            self.inner.pop()
        return constructor(arguments, self.check)

    def _flat(self) -> Value | None:
        """The value of a ``c()`` of numbers alone, or of texts alone; None of others. Tables are mostly such."""
        end, words = self.at, []
        while (token := self.tokens[end]).kind in ("number", "text") or token.text in ("NA", "-", ","):
            words.append(token)
            end += 1
        if token.text != ")" or any(left.text == right.text == "," for left, right in pairwise(words)):
            return None
        kinds = {word.kind for word in words if word.text not in ("NA", "-", ",")}
        if kinds == {"text"} and all(word.text != "-" for word in words):
            given = [word for word in words if word.text != ","]
            value = texts([_unescaped(word.text[1:-1]) if word.kind == "text" else None for word in given])
        elif kinds == {"number"}:
            given_numbers = "".join(word.text for word in words).split(",")
            whole = all(word.endswith("L") or word == "NA" for word in given_numbers)
            try:
                found = [float("nan" if word == "NA" else word.removesuffix("L")) for word in given_numbers]
            except ValueError:
                return None
            if whole and any(abs(number) >= -MISSING for number in found):
                return None
            value = vector("double", found)
            if whole:
                value = vector("integer", np.where(np.isnan(value.data), MISSING, value.data))
        else:
            return None
        self.at = end + 1
        return value

    def _argument(self, function: str) -> Argument:
        name, sign = self.tokens[self.at], self.tokens[self.at + 1]
        given = name.kind in ("name", "text") and sign.kind == "sign" and sign.text == "="
        if not given:
            word = name.text.strip("`") if name.kind == "name" and sign.text in (",", ")") else ""
            return Argument("", self._value(), word)
        self.at += 2
        text = name.text.strip("`") if name.kind == "name" else _unescaped(name.text[1:-1])
        if function == "structure":
            return Argument(text, self._attribute(text))
        return Argument(text, self._value())

    def _attribute(self, name: str) -> Value:
        """An attribute; of one that is no data, such as a function that nlme keeps with a table, nothing."""
        if name == "formula":
            return self._formula(None)
        begin, depth = self.at, self.depth
        try:
            return self._value()
        except Unknown:
            self.at, self.depth = begin, depth
            self._skip((",", ")"))
            return Value("NULL")

    def _formula(self, tilde: Value | None) -> Value:
        """``~ x`` of tribble(), or ``y ~ x | g`` that nlme keeps with a table, as R's calls; of other formulas nothing."""
        names = []
        while self.tokens[self.at].text not in (",", ")") and self.tokens[self.at].kind != "line":
            names.append(self.tokens[self.at])
            self.at += 1
        words = [token.text.strip("`") for token in names]
        symbols = [Value("symbol", word) for word in words if word not in ("~", "|", "/")]
        if tilde is not None and len(words) == 1:
            return Value("call", [tilde, symbols[0]], ["", ""])
        signs = [word for word in words if word in ("~", "|", "/")]
        if tilde is None and signs == ["~", "|"] and len(symbols) == 3:
            right = Value("call", [Value("symbol", "|"), *symbols[1:]], [""] * 3)
            return Value("call", [Value("symbol", "~"), symbols[0], right], [""] * 3)
        return Value("NULL")

    def _expect(self, sign: str) -> None:
        if self.tokens[self.at].text != sign:
            raise Unknown(f"“{self.tokens[self.at].text.strip()[:20]}”")
        self.at += 1


def _number(text: str) -> Value:
    whole = text.removesuffix("L")
    value = float(int(whole, 16)) if whole[:2].lower() == "0x" else float(whole)
    if text.endswith("L") and value == int(value) and abs(value) < -MISSING:
        return integers(np.array([value]))
    return vector("double", [value])


def _unescaped(text: str) -> str:
    """A text without R's escapes."""

    def sign(match: re.Match[str]) -> str:
        word = match[1]
        if word[0] in "xuU" and len(word) > 1:
            code = int(word[1:].strip("{}"), 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
        if word.isdigit():
            return chr(int(word, 8)) if not set(word) & {"8", "9"} else word
        return _LETTERS.get(word, word)

    return _ESCAPE.sub(sign, text) if "\\" in text else text
