"""Repeated measures by ANOVA, MANOVA and mixed models: a row for each method, a column for each effect."""

from __future__ import annotations

from ..assess.repeated_measures import Method, RepeatedMeasures
from ..explain.repeated_measures import Names, agreement_of_complete, sentences
from ..tables.table import NOTHING, Cell, Row, Table, bare_p, degrees
from ..text.labels import literal, plural
from ..text.numbers import number
from .panel import Block, Panel, Sentence, TableBlock

LABELS: dict[Method, str] = {
    "anova": "Repeated-measures ANOVA",
    "greenhouse-geisser": "… Greenhouse–Geisser",
    "huynh-feldt": "… Huynh–Feldt",
    "manova": "MANOVA (Pillai)",
    "us_complete": "Mixed model, by visit (us)",
    "cs": "Mixed model, one correlation (cs)",
    "us": "Mixed model, by visit (us)",
}
OF_ALL: tuple[Method, ...] = ("cs", "us")


def repeated_measures(result: RepeatedMeasures, names: Names, whole: RepeatedMeasures | None = None) -> Panel:
    """The tests with what they mean.

    Parameters
    ----------
    whole : RepeatedMeasures, optional
        The same data with nothing missing, where they are known.
    """
    blocks: list[Block] = [_table(result, names), *map(Sentence, sentences(result, names))]
    if whole is not None and (agreement := agreement_of_complete(whole, names)):
        blocks += [Sentence(f"**Before any value was taken away.** {agreement}"), _table(whole, names)]
    lead = (
        f"Does the mean change over {literal(names.visit)}"
        + (f", and in the same way for each {literal(names.between)}" if names.between else "")
        + "? The same questions, asked in every way that is taught."
    )
    return Panel("repeated-measures", "Repeated-measures ANOVA, MANOVA, mixed model", lead, tuple(blocks))


def _table(result: RepeatedMeasures, names: Names) -> TableBlock:
    subjects, k = plural(names.subject), len(result.visits)
    gaps = result.complete < result.subjects
    rows = []
    for method, label in LABELS.items():
        if not any(method in tests for tests in result.tests.values()) or (method == "us_complete" and not gaps):
            continue
        n, values = (result.subjects, result.rows) if method in OF_ALL else (result.complete, result.complete * k)
        cells = [Cell(f"{n:,}", "", f"{values:,} values")]
        for tests in result.tests.values():
            test = tests.get(method)
            if test is None:
                cells.append(NOTHING)
                continue
            df = f"{degrees(test.num_df).removesuffix(' df')} and {degrees(test.den_df)}"
            cells.append(Cell(f"F {number(test.statistic)}", "", df, f"p {bare_p(test.p)}"))
        rows.append(Row(label, tuple(cells), "all" if gaps and method == OF_ALL[0] else ""))
    heads = ((subjects, ""), *((names.effect(kind), "") for kind in result.tests))
    caption = (
        "Tests of unweighted means (type III). Mixed models by REML with Kenward and Roger’s degrees of freedom, a mean for each "
        f"{names.visit}{f' and {names.between}' if names.between else ''}. Comparisons between {subjects} need no correction."
    )
    return TableBlock(Table(("",) * len(heads), heads, tuple(rows)), literal(caption), "Tests of repeated measures")
