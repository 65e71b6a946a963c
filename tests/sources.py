"""The origin of a table for what is exported: an example's, simulated data's, a file's."""

from __future__ import annotations

import pandas as pd

from lmmcompare import examples
from lmmcompare.export.source import Source
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table


def example_source(name: str) -> Source:
    """A bundled example."""
    return Source(name, examples.load(name), example=name)


def simulated_source(settings: Settings) -> Source:
    """Simulated data."""
    return Source("simulated data", table(settings), settings=settings)


def file_source(name: str, frame: pd.DataFrame) -> Source:
    """A table that a user brought, under its file's name."""
    return Source(name, frame)
