"""A Python script that reproduces every number of a comparison, with lmmcompare and with statsmodels."""

from __future__ import annotations

from dataclasses import fields

from ..assess.adjusted_means import AdjustedMeans
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..simulate.settings import Settings
from ..tables.inference import QUANTITIES, Resampling
from .comments import head
from .data_file import DataFile, data_file
from .effects_code import python_effects
from .page_results import PAGE
from .pandas_steps import pandas_steps
from .snapshot import Snapshot
from .source import Source
from .statsmodels_code import statsmodels_code

TABLES = """\
# Every estimate with standard error, degrees of freedom, test and 95% interval; SDs and correlations; likelihoods
numbers = inferred.numbers(comparison)
for table in (numbers, comparison.statistics()):
    print(table.to_string(index=False), end="\\n\\n")"""
MATCH = f"""\
# The page's numbers beside these, where {PAGE} lies beside this script: here of the coefficient that was looked at, all in
# match_python.csv
if pathlib.Path("{PAGE}").exists():
    key, quantities = ["model", "kind", "number"], {list(QUANTITIES)!r}
    page = pd.read_csv("{PAGE}")
    page = page.melt([*key, "name", "chosen"], quantities, "quantity", "page", ignore_index=False)
    compared = page.sort_index(kind="stable").dropna().merge(numbers.melt(key, quantities, "quantity", "python"), how="left")
    compared["difference"] = compared["python"] - compared["page"]
    compared = compared.drop(columns=["kind", "number"])
    compared.to_csv("match_python.csv", index=False)
    print(compared[compared["chosen"] == "yes"].drop(columns="chosen").to_string(index=False), end="\\n\\n")"""


def python_code(snapshot: Snapshot) -> str:
    """A Python script that fits the models of a comparison and prints them, with the inference that the page shows.

    Bundled and simulated data are made by lmmcompare itself; other rows stand in the script up to 200 of them, else it
    reads the file ``source.csv_name`` beside it, whose text is ``data_file(comparison, source).text``. Where
    `page_results.PAGE` lies beside the script, it sets the page's numbers beside its own and writes them to
    ``match_python.csv``.

    Raises
    ------
    DataError
        For a column name or a level that code cannot hold.
    """
    comparison, source = snapshot.comparison, snapshot.source
    file = data_file(comparison, source)
    cells = [
        head(snapshot, file),
        imports(source, file, "dataclasses", "pathlib"),
        data_code(source, file),
        fit_code(snapshot),
        TABLES,
    ]
    cells += [
        explain_code(snapshot),
        python_effects(snapshot),
        means_code(snapshot),
        MATCH,
        statsmodels_code(comparison, file),
    ]
    return "\n\n".join(filter(None, cells)) + "\n"


def imports(source: Source, file: DataFile, *more: str) -> str:
    """The modules that the script uses, ``more`` of the standard library among them."""
    inline = any(one.inline for one in (file, *file.joined))
    io = ["io"] if not (source.example or source.settings) and inline else []
    standard = [f"import {name}" for name in sorted([*io, *more])]
    modules = [
        "import numpy as np",
        "import pandas as pd",
        "import statsmodels.formula.api as smf",
        "",
        "import lmmcompare as lc",
    ]
    return "\n".join([*standard, "", *modules] if standard else modules)


def data_code(source: Source, file: DataFile) -> str:
    """The table: an example, simulated rows, or a file as it was read."""
    if source.example:
        return f"data = lc.examples.load({source.example!r})"
    if source.settings is not None:
        return f"data = lc.simulate({settings_arguments(source.settings)})"
    return _read(file)


def fit_code(snapshot: Snapshot) -> str:
    """The comparison itself, and the inference."""
    comparison, inferred = snapshot.comparison, snapshot.inferred
    group = f", group={comparison.group!r}" if comparison.group != comparison.factors[0] else ""
    asked = ["kenward_roger=True"] if inferred.kenward_roger else []
    if inferred.robust != "CR2":
        asked.append(f"robust={inferred.robust!r}")
    match inferred.intervals:
        case Resampling(kind, samples, seed):
            asked.append(f"intervals=lc.Resampling({kind!r}, {samples}, seed={seed})")
        case "profile":
            asked.append('intervals="profile"')
            if set(inferred.other_limits) != set(comparison.mixed_fits()):
                asked.append(f"models={list(inferred.other_limits)!r}")
    return (
        f"comparison = lc.compare({comparison.spec.formula!r}, data, reml={comparison.reml}{group}{_arguments_behind(comparison)})\n"
        f"inferred = lc.infer({', '.join(['comparison', *asked])})\n"
        "print(inferred.words)"
    )


def _arguments_behind(comparison: Comparison) -> str:
    """The prior weights and the residuals' structure as further arguments; empty where there are none."""
    spec = comparison.spec
    behind = {"weights": spec.weights, "correlation": spec.correlation, "variance": spec.variance or None}
    return "".join(f", {name}={str(what)!r}" for name, what in behind.items() if what is not None)


def explain_code(snapshot: Snapshot) -> str:
    """The code that decomposes the differences between the models' estimates of the coefficient in question."""
    if snapshot.coefficient == snapshot.comparison.constant:
        return ""
    return (
        "# Each model's weight on the comparison within groups, and the two estimates that it weighs\n"
        f'print(lc.explain(comparison, {snapshot.coefficient!r}).to_string(index=False), end="\\n\\n")'
    )


def means_code(snapshot: Snapshot) -> str:
    """Adjusted means, or slopes, with their contrasts, by least squares with cluster-robust errors and by the formula's model."""
    comparison, result = snapshot.comparison, asked_means(snapshot)
    if result is None:
        return ""
    question = result.question
    given = [repr(question.predictor)]
    if question.by:
        given += [f"by={question.by!r}", f"at={{{question.by!r}: {list(result.values)!r}}}"]
    if question.weights != "equal":
        given.append(f"weights={question.weights!r}")
    lines = [
        f"# {'Simple slopes' if result.slopes else 'Adjusted (estimated marginal) means'}, as emmeans in R has them",
        f"clustered = dataclasses.replace(comparison.ols, cluster={comparison.group!r}, kind={snapshot.inferred.robust!r})",
        "ddf = None  # Kenward and Roger's where it can be had"
        if snapshot.inferred.kenward_roger
        else "ddf = 'satterthwaite'",
        "for model, method in ((clustered, None), (comparison.mixed, ddf)):",
        f"    means = model.{'slopes' if result.slopes else 'emmeans'}({', '.join(given)}, ddf=method)",
        '    print(means, end="\\n\\n")',
    ]
    if result.contrasts:
        lines.append(f'    print(means.contrasts({question.family!r}, {question.adjust!r}), end="\\n\\n")')
    return "\n".join(lines)


def asked_means(snapshot: Snapshot) -> AdjustedMeans | None:
    """The adjusted means shown; None where there are none, or a model cannot estimate them."""
    try:
        return snapshot.adjusted_means
    except LmmCompareError:
        return None


def settings_arguments(settings: Settings) -> str:
    """The settings that are not as by default, and the seed."""
    usual = Settings()
    changed = [
        f.name for f in fields(Settings) if getattr(settings, f.name) != getattr(usual, f.name) and f.name != "seed"
    ]
    return ", ".join(f"{name}={getattr(settings, name)!r}" for name in [*changed, "seed"])


def _read(file: DataFile) -> str:
    """Reading the rows with the types that they had, and what was done to them."""
    lines = [*read_lines(file, "data", "ROWS"), *pandas_steps(file, read_lines)]
    if file.steps_in_code:
        lines += [
            f"data[{field.name!r}] = pd.Categorical(data[{field.name!r}], categories={list(field.levels)!r})"
            for field in file.made_columns
            if field.kind == "text" and field.levels
        ]
    return "\n".join(lines)


def read_lines(file: DataFile, variable: str, rows: str) -> list[str]:
    """Reading a file into a variable, under the table's own names; rows that stand in the script are called ``rows``."""
    kinds = {"text": "str", "logical": "boolean", "date": "str"}
    types = {f.alias: kinds[f.kind] for f in file.inputs if f.kind in kinds and not f.numbered}
    source = f"io.StringIO({rows})" if file.inline else repr(file.name)
    lines = [f"{rows} = '''\\\n{file.quoted}'''"] if file.inline else []
    lines.append(f'{variable} = pd.read_csv({source}, dtype={types!r}, keep_default_na=False, na_values=[""])')
    for field in file.inputs:
        column = f"{variable}[{field.alias!r}]"
        if field.numbered and field.levels:
            lines.append(
                f"{column} = pd.Categorical.from_codes({column}.fillna(0).astype(int) - 1, {list(field.levels)!r})"
            )
        elif field.levels:
            lines.append(f"{column} = pd.Categorical({column}, categories={list(field.levels)!r})")
    renamed = {f.alias: f.name for f in file.inputs if f.alias != f.name}
    if renamed:
        lines.append(f"{variable} = {variable}.rename(columns={renamed!r})")
    return lines
