"""A Python script that finds every number of a comparison again, with lmmcompare and with statsmodels."""

from __future__ import annotations

from dataclasses import fields

from ..compare import Comparison
from ..simulate.settings import Settings
from .comments import head
from .datafile import DataFile, data_file
from .source import Source
from .statsmodels_code import statsmodels_code

TABLES = """\
# Estimates, standard errors, degrees of freedom, tests and 95% intervals; SDs and correlations; likelihoods
for table in (comparison.coefficients(), comparison.variances(), comparison.statistics()):
    print(table.to_string(index=False), end="\\n\\n")"""


def python_code(comparison: Comparison, source: Source) -> str:
    """A Python script that fits the models of a comparison and prints them.

    Bundled and simulated data are made by lmmcompare itself; other rows stand in the script up to 200 of them, else it
    reads the file ``source.csv_name`` beside it, whose text is ``data_file(comparison, source).text``.

    Parameters
    ----------
    comparison : Comparison
    source : Source

    Raises
    ------
    DataError
        For a column name or a level that code cannot hold.
    """
    file = data_file(comparison, source)
    cells = [head(comparison, source), imports(source, file), data_code(source, file), fit_code(comparison)]
    cells += [TABLES, explain_code(comparison), statsmodels_code(comparison, file)]
    return "\n\n".join(filter(None, cells)) + "\n"


def imports(source: Source, file: DataFile) -> str:
    """The modules that the script uses."""
    io = not (source.example or source.settings) and file.inline
    modules = [
        "import numpy as np",
        "import pandas as pd",
        "import statsmodels.formula.api as smf",
        "",
        "import lmmcompare as lc",
    ]
    return "\n".join(["import io", "", *modules] if io else modules)


def data_code(source: Source, file: DataFile) -> str:
    """The table: an example, simulated rows, or a file as it was read."""
    if source.example:
        return f"data = lc.examples.load({source.example!r})"
    if source.settings is not None:
        return f"data = lc.simulate({_arguments(source.settings)})"
    return _read(file)


def fit_code(comparison: Comparison) -> str:
    """The comparison itself."""
    shown = f", group={comparison.group!r}" if comparison.group != comparison.factors[0] else ""
    return f"comparison = lc.compare({comparison.spec.formula!r}, data, reml={comparison.reml}{shown})"


def explain_code(comparison: Comparison) -> str:
    """The exact reason why the slopes differ, for the first predictor."""
    names = [n for n in comparison.design.fixed_names if n != "Intercept"]
    if not names:
        return ""
    return (
        "# Each model's weight on the slope within groups, and the two slopes it weighs\n"
        f'print(lc.explain(comparison, {names[0]!r}).to_string(index=False), end="\\n\\n")'
    )


def _arguments(settings: Settings) -> str:
    """The settings that are not as by default, and the seed."""
    usual = Settings()
    changed = [
        f.name for f in fields(Settings) if getattr(settings, f.name) != getattr(usual, f.name) and f.name != "seed"
    ]
    return ", ".join(f"{name}={getattr(settings, name)!r}" for name in [*changed, "seed"])


def _read(file: DataFile) -> str:
    """Reading the rows with the types that they had."""
    rows = "io.StringIO(ROWS)" if file.inline else repr(file.name)
    kinds = {"text": "str", "logical": "boolean", "date": "str"}
    types = {f.alias: kinds[f.kind] for f in file.fields if f.kind in kinds and not f.numbered}
    lines = [f"ROWS = '''\\\n{file.quoted}'''"] if file.inline else []
    lines.append(f'data = pd.read_csv({rows}, dtype={types!r}, keep_default_na=False, na_values=[""])')
    for field in file.fields:
        column = f"data[{field.alias!r}]"
        if field.numbered and field.levels:
            lines.append(
                f"{column} = pd.Categorical.from_codes({column}.fillna(0).astype(int) - 1, {list(field.levels)!r})"
            )
        elif field.levels:
            lines.append(f"{column} = pd.Categorical({column}, categories={list(field.levels)!r})")
    renamed = {f.alias: f.name for f in file.fields if f.alias != f.name}
    if renamed:
        lines.append(f"data = data.rename(columns={renamed!r})")
    return "\n".join(lines)
