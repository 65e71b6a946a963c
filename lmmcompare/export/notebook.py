"""A Jupyter notebook that reproduces every number of a comparison, with a sentence on each step."""

from __future__ import annotations

import html
import json
import re

from ..comparison.comparison import Comparison
from ..panels import Note, Panel, Sentence
from ..panels.adjusted_means import adjusted_means
from ..panels.advice import advice
from ..panels.model_table import numbers
from ..tables.coefficients import term_label
from ..text.labels import literal, noun
from .data_file import DataFile, data_file
from .effects_code import python_effects
from .methods import methods
from .python_code import asked_means, data_code, explain_code, fit_code, imports, means_code
from .snapshot import Snapshot
from .source import Source
from .statsmodels_code import statsmodels_code


def notebook(snapshot: Snapshot) -> str:
    """The notebook as the text of an .ipynb file (nbformat 4.5), without outputs: running it makes them.

    Rows that stand in a file beside the Python script stand in the same file beside the notebook.

    Raises
    ------
    DataError
        For a column name or a level that code cannot hold.
    """
    comparison, source, term = snapshot.comparison, snapshot.source, snapshot.coefficient
    inferred, file = snapshot.inferred, data_file(comparison, source)
    opening = snapshot.answer
    done = methods(snapshot).split("\n\n")[0]
    cells = [
        _text(*_panel_words(opening, "#"), _code_span(comparison.spec.text)),
        _text("## The data", _markdown(literal(_data_words(comparison, source, file)))),
        _code(f"{imports(source, file, 'dataclasses')}\n\n{data_code(source, file)}\ndata"),
        _text("## All models on the same rows", _markdown(literal(done))),
        _code(fit_code(snapshot), "inferred.within()"),
        _text(
            "Standard deviations and correlations of what varies between groups; likelihoods, all by maximum likelihood."
        ),
        _code("comparison.variances()"),
        _code("comparison.statistics()"),
        _text(*_panel_words(numbers(comparison, term, inferred))),
        *([_code(_figure_code(snapshot))] if comparison.terms else []),
    ]
    if why := explain_code(snapshot):
        group = noun(comparison.group)
        words = (
            f"Each model's {term_label(comparison, term)} coefficient is a weighted mean of an estimate from comparisons within each "
            f"{group} and one from comparisons between them; weight_within is the weight on the first."
        )
        cells += [_text("## Why they differ", _markdown(literal(words))), _code(why)]
    if effects := python_effects(snapshot):
        cells.append(_code(effects))
    if means := means_code(snapshot):
        panel = adjusted_means(comparison, asked_means(snapshot))
        assert panel is not None
        cells += [_text(*_panel_words(panel)), _code(means)]
    if (report := advice(comparison, term, inferred)) is not None:
        cells.append(_text(*_panel_words(report)))
    cells += [
        _text("## The same by statsmodels"),
        _code(statsmodels_code(comparison, file)),
    ]
    for k, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{k}"
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": python, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _data_words(comparison: Comparison, source: Source, file: DataFile) -> str:
    rows = comparison.design.rows_sentence
    if source.example:
        return f"The example {source.example} that comes with lmmcompare. {rows}"
    if source.settings is not None:
        return f"Simulated: the same settings and seed give the same rows everywhere. {rows}"
    if file.inline:
        return f"The columns used of {source.title}. {rows}"
    return f"The columns used of {source.title}, in the file {file.name} that belongs beside this notebook. {rows}"


def _figure_code(snapshot: Snapshot) -> str:
    """The panel of the coefficient that was looked at: every model's estimate of it with its interval."""
    return (
        "from lmmcompare.panels import Page\n"
        "from lmmcompare.panels.coefficients import coefficient\n\n"
        f"(figure,) = coefficient(comparison, {snapshot.coefficient!r}, inferred).figures\n"
        "figure.draw(Page()).show()"
    )


def _panel_words(panel: Panel, level: str = "##") -> list[str]:
    """The words of a panel, a paragraph each, below its heading."""
    words = [block.text for block in panel.flat if isinstance(block, Sentence | Note)]
    return [f"{level} {_markdown(literal(panel.title))}", *map(_markdown, filter(None, [panel.lead, *words]))]


def _text(*paragraphs: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(paragraphs)}


def _code(*lines: str) -> dict[str, object]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "\n".join(lines)}


def _markdown(text: str) -> str:
    """Markdown whose names set no link, picture, formula or tag; bold stays."""
    snapshot = html.escape(" ".join(text.split()), quote=False)
    return re.sub(r"([`\[\]$_#~|])", r"\\\1", snapshot)


def _code_span(text: str) -> str:
    """A text in the letters of code, backquotes in it and all."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {' '.join(text.split())} {fence}"
