"""Where the bundled examples were published, as entries of a bibliography."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"^@(\w+)\{(\S+),\n(.*?)^\}$", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^ *(\w+) = \{(.*)\},?$", re.MULTILINE)


@dataclass(frozen=True)
class Reference:
    """A work to cite.

    Parameters
    ----------
    kind : str
        BibTeX's kind: article, book, inproceedings, manual, misc.
    fields : dict
        BibTeX's fields, in LaTeX's letters.
    """

    key: str
    kind: str
    fields: dict[str, str]


def read_bibliography(path: Path) -> dict[str, Reference]:
    """The works of a BibTeX file with a field a line, by key."""
    entries = _ENTRY.findall(path.read_text(encoding="utf-8"))
    return {key: Reference(key, kind, dict(_FIELD.findall(fields))) for kind, key, fields in entries}


_WORKS = read_bibliography(Path(__file__).with_suffix(".bib"))
_KEYS = {
    "cv161703": ["crossvalidated161703"],
    "drug": ["crossvalidated161703"],
    "dragons": ["codingclub"],
    "dyestuff": ["davies1972"],
    "dyestuff2": ["box1973", "davies1972"],
    "penicillin": ["davies1972"],
    "pastes": ["davies1972"],
    "sleepstudy": ["belenky2003"],
    "oats": ["yates1935"],
    "exam": ["goldstein1993"],
    "hsb82": ["raudenbush2002"],
    "orthodont": ["potthoff1964"],
    "orthodont_gaps": ["little1987", "potthoff1964"],
    "sleep": ["cushny1905", "student1908"],
    "machines": ["milliken1992", "pinheiro2000"],
    "rail": ["devore2000", "pinheiro2000"],
    "ergostool": ["wretenberg1993", "pinheiro2000"],
    "orange": ["draper1998"],
    "bodyweight": ["crowder1990", "pinheiro2000"],
    "chickweight": ["crowder1990"],
    "co2": ["potvin1990"],
    "grunfeld": ["grunfeld1958", "kleiber2010"],
    "gapminder": ["gapminder"],
}
DATA = {example: tuple(_WORKS[key] for key in keys) for example, keys in _KEYS.items()}
"""Example to what to cite for its rows; `Example.citation` says of those that are not here where they come from."""
PINHEIRO_BATES = _WORKS["pinheiro2000"]
