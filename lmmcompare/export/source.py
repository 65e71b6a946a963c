"""The origin of a comparison's rows, from which scripts read them and which the report describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import pandas as pd

from ..data.recipe import Step
from ..data.table import Table
from ..simulate.settings import Settings


@dataclass(frozen=True, eq=False)
class Source:
    """A table and where it comes from.

    Parameters
    ----------
    title : str
        The table's name for readers: an example's, a file's, "simulated data".
    frame : DataFrame
        The rows, those with missing values too.
    example : str
        The name of the bundled example; empty where it is none.
    settings : Settings, optional
        What the rows were simulated from.
    changes : tuple of str
        What was done to the file's table before it was compared, a sentence each; the rows are those after it.
    origin : Table, optional
        The table before those changes, with what was joined to it; None where it is no longer at hand.
    missing_codes : mapping of str to str
        The values that the table's file declares to be missing, in words, by the column's name there.
    labels : mapping of str to str
        What the table's file calls columns at length, by the column's name.
    changed_example : str
        The name of the bundled example that was changed to these rows; empty where there is none.
    """

    title: str
    frame: pd.DataFrame = field(repr=False)
    example: str = ""
    settings: Settings | None = None
    changes: tuple[str, ...] = ()
    origin: Table | None = None
    steps: tuple[Step, ...] = ()
    missing_codes: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    changed_example: str = ""

    @property
    def bundled(self) -> str:
        """The bundled example that the rows come from, changed or as it is; empty where they come from none."""
        return self.example or self.changed_example

    @property
    def given_name(self) -> str:
        """What the table was called when it was brought, before anything was done to it."""
        return self.origin.full_name if self.origin is not None else self.title.removesuffix(", changed")

    @property
    def csv_name(self) -> str:
        """What the file with the rows is called: letters, digits and hyphens, whatever the table is called."""
        stem = re.sub(r"[^A-Za-z0-9]+", "-", PurePath(self.title).stem).strip("-")
        return f"{stem[:40] or 'data'}.csv"
