"""What each bundled example is and asks, and how its rows are loaded."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import pandas as pd

from ..errors import DataError
from ..text.number_order import in_number_order
from .classics import CLASSICS
from .example import Example
from .pshp2 import pshp2
from .question_examples import QUESTIONS

FOLDER = Path(__file__).parent
EXAMPLES = QUESTIONS + CLASSICS


@dataclass(frozen=True, slots=True)
class _Columns:
    """How a file's columns are arranged: the order they are shown in, and which are categories or ids."""

    first: tuple[str, ...]
    categories: tuple[str, ...]


_COLUMNS = {
    "cv161703": _Columns(("Y", "X", "ID"), ("ID",)),
    "drug": _Columns(("Score", "Drug", "ID"), ("ID",)),
    "dragons": _Columns(("testScore", "bodyLength2", "mountainRange"), ("mountainRange",)),
    "chapter7": _Columns(("y", "groups"), ("groups",)),
    "dyestuff": _Columns(("Yield", "Batch"), ("Batch",)),
    "dyestuff2": _Columns(("Yield", "Batch"), ("Batch",)),
    "penicillin": _Columns(("diameter", "sample", "plate"), ("sample", "plate")),
    "pastes": _Columns(("strength", "batch", "cask", "sample"), ("batch", "cask", "sample")),
    "sleepstudy": _Columns(("Reaction", "Days", "Subject"), ("Subject",)),
    "oats": _Columns(("Y", "V", "N", "B"), ("V", "N", "B")),
    "exam": _Columns(
        ("normexam", "standLRT", "school", "sex", "schgend", "schavg"),
        ("school", "sex", "schgend", "vr", "intake", "type", "student"),
    ),
    "hsb82": _Columns(("mAch", "cses", "school", "sector", "meanses", "ses"), ("school", "sector", "minrty", "sx")),
    "insteval": _Columns(("y", "service", "d", "s"), ("service", "d", "s", "studage", "lectage", "dept")),
    "orthodont": _Columns(("distance", "age", "Sex", "Subject"), ("Sex", "Subject")),
    "sleep": _Columns(("extra", "drug", "patient"), ("drug", "patient")),
    "machines": _Columns(("score", "Machine", "Worker"), ("Machine", "Worker")),
    "rail": _Columns(("travel", "Rail"), ("Rail",)),
    "ergostool": _Columns(("effort", "Type", "Subject"), ("Type", "Subject")),
    "orange": _Columns(("circumference", "age", "Tree"), ("Tree",)),
    "bodyweight": _Columns(("weight", "Time", "Diet", "Rat"), ("Diet", "Rat")),
    "chickweight": _Columns(("weight", "Time", "Diet", "Chick"), ("Diet", "Chick")),
    "co2": _Columns(("uptake", "Treatment", "Type", "conc", "Plant"), ("Treatment", "Type", "Plant")),
    "grunfeld": _Columns(("invest", "value", "capital", "firm", "year"), ("firm",)),
    "gapminder": _Columns(("lifeExp", "gdpPercap", "year", "country", "continent"), ("country", "continent")),
}
_NOT_SEEN_AT_TEN = ("F03", "F06", "F09", "F10", "M02", "M05", "M12", "M13", "M16")
"""The children whose values at 10 Little and Rubin (1987) took for missing."""


def names() -> list[str]:
    """The names of the bundled examples, in the order in which they are shown."""
    return [example.name for example in EXAMPLES]


def get(name: str) -> Example:
    """One example's story, question, opening formula and citation.

    Raises
    ------
    DataError
        When there is no such example; the message names the closest ones.
    """
    for example in EXAMPLES:
        if example.name == name:
            return example
    close = difflib.get_close_matches(str(name).lower(), names(), n=3, cutoff=0.5)
    listed = " or ".join(f"“{match}”" for match in close) if close else ", ".join(names())
    raise DataError(f"There is no example “{str(name)[:60]}”.", f"{'Try' if close else 'Choose one of'} {listed}.")


def search(words: str) -> list[Example]:
    """The examples whose texts hold every one of these words, or its beginning; all of them without any."""
    wanted = _split(words[:200])
    texts = {example.name: _words(example) for example in EXAMPLES}
    return [e for e in EXAMPLES if all(any(w.startswith(word) for w in texts[e.name]) for word in wanted)]


@cache
def _words(example: Example) -> frozenset[str]:
    """The words by which an example can be searched."""
    return frozenset(_split(" ".join(str(getattr(example, field.name)) for field in fields(example))))


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def load(name: str) -> pd.DataFrame:
    """An example's rows as a table of the caller's own: outcome, predictor and group first.

    Ids and categories are categoricals of text, their levels in natural order ("2" before "10").
    """
    return _frame(get(name).name).copy(deep=False)  # pandas copies a column when someone writes to it


@cache
def _frame(name: str) -> pd.DataFrame:
    if name == "pshp2":
        return pshp2(pd.read_csv(FOLDER / "pshp2_clusters.csv"))
    if name == "orthodont_gaps":
        whole = _frame("orthodont")
        return whole[(whole["age"] != 10) | ~whole["Subject"].isin(_NOT_SEEN_AT_TEN)].reset_index(drop=True)
    path = next(path for suffix in (".csv", ".csv.gz") if (path := FOLDER / f"{name}{suffix}").exists())
    columns = _COLUMNS[name]
    types = dict.fromkeys(columns.categories, "str")
    frame = pd.read_csv(path, dtype=types, keep_default_na=False)
    for column in columns.categories:
        levels = frame[column].unique()
        frame[column] = pd.Categorical(frame[column], categories=in_number_order(levels) or sorted(levels))
    return frame[[*columns.first, *(c for c in frame.columns if c not in columns.first)]]
