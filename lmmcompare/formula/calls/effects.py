"""Effects and covariance types as SPSS and SAS write them: ``a*b``, ``b(a)``, VC, UN."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NoReturn

from ...errors import FormulaError
from ..expressions import quote
from ..tokens import MAX_LENGTH
from .build import Kinds, as_factor, as_in_table

_EFFECT = re.compile(r"[^\W\d][\w.$#]*(?:\s*[*|]\s*[^\W\d][\w.$#]*)*(?:\s*@\s*\d)?(?:\s*\([^()]*\))?")
MAX_EFFECTS = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a command takes by their levels, and those of the table."""

    classes: frozenset[str]
    kinds: Kinds
    baselines: Mapping[str, str | None] = field(default_factory=dict)
    """By names in small letters, the levels with which others are compared where the command says so; None for the first."""

    def name(self, text: str) -> str:
        """A column's name as the table writes it."""
        return as_in_table(text, self.kinds)

    def is_class(self, name: str) -> bool:
        """Whether the command takes it by its levels."""
        return name.lower() in self.classes

    def text(self, name: str) -> str:
        """A column as formula text."""
        baseline = self.baselines.get(name.lower())
        name = self.name(name)
        if not self.is_class(name):
            return quote(name)
        factor = as_factor(name, self.kinds)
        return factor if baseline is None else f"relevel({factor}, ref={json.dumps(baseline)})"

    def term(self, effect: tuple[str, ...]) -> str:
        """An effect as formula text; a product of one column with itself is its power."""
        once = dict.fromkeys(effect)
        powers = {n: effect.count(n) for n in once}
        return ":".join(
            self.text(n) if k == 1 or self.is_class(n) else f"I({quote(self.name(n))}^{k})" for n, k in powers.items()
        )


def refuse(problem: str, remedy: str, text: str = "", position: int | None = None) -> NoReturn:
    """Refuse a command."""
    raise FormulaError(problem, remedy, text=text, position=position)


def refuse_long(text: str) -> None:
    """Refuse a command that is longer than any is."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"The command has {len(text):,} characters; {MAX_LENGTH:,} are allowed.")


def read_effects(text: str, command: str) -> list[tuple[str, ...]]:
    """Effects such as ``a b a*b b(a) a|b``, each as the columns that it multiplies.

    Parameters
    ----------
    text : str
        Effects with blanks between them.
    command : str
        The whole command, for the place of what cannot be read.
    """
    result: dict[tuple[str, ...], None] = {}
    rest = _EFFECT.sub(lambda m: " " * len(m[0]), text).replace(",", " ")
    if rest.strip():
        strange = rest.strip()[0]
        place = command.find(text)
        refuse(
            f"“{strange}” cannot stand among the effects “{text.strip()[:60]}”.",
            "Write columns, a*b or b(a).",
            command,
            None if place < 0 else place + rest.index(strange),
        )
    for match in _EFFECT.finditer(text):
        whole, _, nested = match[0].partition("(")
        whole, _, limit = whole.partition("@")
        outer = tuple(re.findall(r"[^\s*()]+", nested.rstrip(") ")))
        bars = [tuple(p.strip() for p in piece.split("*")) for piece in whole.split("|")]
        most = int(limit) if limit.strip() else len(bars)
        if len(bars) > 8:
            refuse("More than 8 columns are joined by bars.", "Write the effects one by one.", command)
        for size in range(1, len(bars) + 1):
            for chosen in combinations(bars, size) if size <= most else ():
                result[(*outer, *(n for b in chosen for n in b))] = None
    if len(result) > MAX_EFFECTS:
        refuse(f"There are more than {MAX_EFFECTS} effects.", "Write fewer.", command)
    return list(result)


def random_terms(
    effects: Sequence[tuple[str, ...]], intercept: bool, subject: Sequence[str], kind: str, columns: Columns
) -> list[str]:
    """A random statement as random-effects terms ``… | group``.

    Parameters
    ----------
    effects : sequence of tuples of str
        Without the intercept.
    subject : sequence of str
        The columns whose combinations are the subjects; none for a statement without a subject.
    kind : str
        The covariance type in capitals: VC, ID, DIAG, UN, UNR, ...
    """
    group = ":".join(quote(columns.name(s)) for s in subject)
    levels = [e for e in effects if all(columns.is_class(n) for n in e)]
    numbers = [e for e in effects if not any(columns.is_class(n) for n in e)]
    if len(levels) + len(numbers) < len(effects):
        refuse(
            "A random product of categories and numbers is not read.", "Write it as lme4 does, such as (0 + x | g:a)."
        )
    single = len(effects) + intercept == 1
    if not group and (numbers or intercept):
        refuse("A random statement names no subject.", "Add SUBJECT(group) in SPSS, / subject=group in SAS.")
    if kind in ("UN", "UNR", "CHOL", "FA0") and not (single and levels and not group):
        if levels and (intercept or numbers or len(levels) > 1):
            refuse(
                "Categories beside an intercept make a covariance matrix that the data cannot tell apart.",
                "Leave the intercept out, or write (1 + a | g) as lme4 does.",
            )
        inner = [columns.term(e) for e in (*numbers, *levels)]
        return [f"{' + '.join(['1' if intercept else '0', *inner])} | {group}"]
    independent = kind in ("VC", "UN(1)", "SIMPLE") or (kind in ("DIAG", "ID") and not levels)
    if kind == "ID" and levels and single:
        independent = True
    if not (independent or (single and not levels)) or (kind == "ID" and not single):
        refuse(
            f"The covariance type {kind[:12]} of random effects is not fitted here.",
            "Write VC (independent) or UN (correlated).",
        )
    result = []
    if intercept or numbers:
        inner = [columns.term(e) for e in numbers]
        bar = "||" if intercept + len(numbers) > 1 else "|"
        result.append(f"{' + '.join(['1' if intercept else '0', *inner])} {bar} {group}")
    for effect in levels:  # one variance for all levels, independent: an intercept for each cell
        cell = ":".join(dict.fromkeys([*filter(None, [group]), *(quote(columns.name(n)) for n in effect)]))
        result.append(f"1 | {cell}")
    return result
