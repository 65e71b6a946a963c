"""The table of all models with a caption that explains the marks and columns it has, and sentences on its numbers."""

from __future__ import annotations

from dataclasses import replace

from ..comparison.comparison import Comparison
from ..explain.boundary_intervals import boundary_sentence
from ..explain.clustered_errors import clusters_clause
from ..explain.log_scale import log_scale_sentence
from ..explain.paragraph import group_sizes, paragraph
from ..explain.residual_structure import structure_phrase, structure_sentences
from ..model_catalogue import Model, Pooling
from ..tables.coefficients import END_POINT, NOT_RANKED, OPTIMUM, coefficient_table
from ..tables.inference import Inferred
from ..tables.table import Table
from ..text.labels import literal, model_label, noun, plural
from ..work.memo import memoised
from .bounded_degrees import interval_notes
from .panel import Note, Panel, Sentence, TableBlock

ABBREVIATIONS = (
    "OLS = ordinary least squares; df = degrees of freedom; SD = standard deviation; ML = maximum likelihood; AIC = Akaike’s information "
    "criterion."
)


def model_table(comparison: Comparison, inferred: Inferred, *, asked_early: bool = False) -> Panel:
    """Coefficients, variation and fit of all models.

    Parameters
    ----------
    asked_early : bool
        Whether the model that the formula asks for stands right after OLS, where there is room for two columns.
    """
    table = coefficient_table(
        comparison, inferred.frame, inferred.limits, p_values=inferred.p_values, asked_early=asked_early
    )
    block = TableBlock(table, _caption(comparison, table, inferred), "Coefficients of all models")
    return Panel("models", "The numbers of all models", "", (block,))


def paper_table(comparison: Comparison, inferred: Inferred) -> TableBlock:
    """The same table as a paper prints it: with p values, without the optimiser's state."""
    table = coefficient_table(comparison, inferred.frame, inferred.limits, p_values=True)
    table = replace(table, rows=tuple(row for row in table.rows if row.label != END_POINT))
    caption = f"{_caption(comparison, table, replace(inferred, p_values=True))} {ABBREVIATIONS}"
    return TableBlock(table, caption, f"Coefficients, variation and fit of all models of {comparison.design.names[-1]}")


def _caption(comparison: Comparison, table: Table, inferred: Inferred) -> str:
    what = "p value against 0" if inferred.p_values else "degrees of freedom (df)"
    if inferred.other_limits and not inferred.p_values:
        what += " of intervals that rest on them"
    meant = {
        Pooling.COMPLETE: "one line for all",
        Pooling.NONE: f"each {noun(comparison.group)} by itself",
        Pooling.PARTIAL: "in between",
    }
    pooling = "; ".join(f"{kind}: {meant[kind]}" for kind in meant if kind in {kind for _, kind in table.heads})
    robust = f"; standard errors that allow for rows that are alike (cluster-robust) are {inferred.robust}{clusters_clause(comparison)}"
    structured = ""
    if comparison.structured is not None:
        structured = f" {model_label(Model.STRUCTURED)}: {structure_phrase(comparison.structured)}."
    ranks = ""
    if NOT_RANKED in table.marks:
        groups = literal(plural(comparison.group))
        ranks = f"AIC of dummies is about further rows of these {groups}, that of the others about new {groups}. "
    optimum = OPTIMUM if any(mark.startswith("checked") for mark in table.marks) else ""
    further = interval_notes(comparison, inferred.within())
    cells = f"Estimate (standard error), 95% interval and {what}. " if comparison.terms else ""
    return (
        f"{cells}{comparison.design.rows_sentence} {pooling[:1].upper()}{pooling[1:]}."
        f"{structured} "
        f"{inferred.words}{robust}. {further} {ranks}{optimum}"
    ).strip()


@memoised
def numbers(comparison: Comparison, term: str, inferred: Inferred) -> Panel:
    """Sentences on the numbers beyond the headline, and on models that are not shown."""
    absent = comparison.absent if comparison.design.fixed else {}
    notes = [f"Not shown: {model_label(model, comparison.group)}. {reason}" for model, reason in absent.items()]
    if comparison.structured is not None:
        notes = [*(f"{model_label(Model.STRUCTURED)}: {note}" for note in comparison.structured.notes), *notes]
    frame = inferred.within()
    structure, boundary = (
        structure_sentences(comparison, term, frame),
        boundary_sentence(comparison, term, inferred.frame),
    )
    return Panel(
        "numbers",
        "What the numbers say",
        literal(f"{group_sizes(comparison)}."),
        (
            *map(Sentence, structure),
            Sentence(paragraph(comparison, term, frame)),
            *([Sentence(ratio)] if (ratio := log_scale_sentence(comparison, term, frame)) else []),
            *([Sentence(boundary)] if boundary else []),
            *(Note(literal(text)) for text in notes),
        ),
    )
