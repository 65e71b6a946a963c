"""Choice of the residual structure: the likelihood and criteria of each, and the tests between them."""

from __future__ import annotations

from ..assess.related_structures import Nugget, slopes_versus_free
from ..assess.residual_structures import INDEPENDENT, StructureComparison
from ..comparison.comparison import Comparison
from ..explain.related_structures import nugget_sentence, slopes_sentence
from ..model_catalogue import Model
from ..tables.table import Cell, Row, Table, bare_p, plain_table
from ..text.labels import literal, model_phrase
from ..text.numbers import number
from .panel import Block, Fold, Note, Panel, Sentence, TableBlock

LABELS = {"cs": "One correlation", "ar1": "Serial", "car1": "Serial, any times", "us": "Free, by visit"}
PHRASES = {
    "cs": "one correlation (cs)",
    "ar1": "serial correlation (ar1)",
    "car1": "serial correlation (car1)",
    "us": "a free covariance (us)",
}
WORDS = {"converged": "checked", "boundary": "on the boundary"}


def residual_structures(
    comparison: Comparison, result: StructureComparison | None, nugget: Nugget | None = None
) -> Panel | None:
    """A row for each structure, the best AICc first, and a sentence for each test; None where no correlation was asked for.

    Parameters
    ----------
    nugget : Nugget or None
        Serial correlation with an independent residual beside it, where it could be fitted.
    """
    if result is None:
        return None
    rows, best = [], result.information["aicc"].min()
    for row in result.information.itertuples():
        above = "best" if row.aicc == best else f"+{number(row.aicc - best, decimals=1)}"
        cells = [Cell(f"{row.parameters:,}"), Cell(number(row.loglik, decimals=1)), Cell(number(row.aic, decimals=1))]
        cells += [Cell(number(row.aicc, decimals=1), "", above), Cell(number(row.bic, decimals=1))]
        cells.append(Cell(WORDS.get(str(row.outcome), str(row.outcome))))
        rows.append(Row(_label(str(row.structure)), tuple(cells)))
    heads = ("Parameters", "Log-likelihood", "AIC", "AICc", "BIC", "Optimiser’s end point")
    table = plain_table(heads, rows)
    method = (
        "REML, which may be compared here: all have the same fixed part" if comparison.reml else "maximum likelihood"
    )
    fit = comparison.structured
    nugget_note = ""
    if fit is not None and fit.cov_re:
        nugget_note = (
            f" All stand here without a random part, so that they differ in the structure alone; {model_phrase(Model.STRUCTURED)} above "
            "has the formula’s random part too, and is ranked with the other models in the table of AIC."
        )
    caption = f"Smaller AIC, AICc and BIC are better; by {method}.{nugget_note}"
    blocks: list[Block] = [
        Sentence(f"**{literal(_in_words(t.question, result))}** {literal(_in_words(t.verdict, result))}")
        for t in result.tests
    ]
    blocks.append(TableBlock(table, literal(caption), "Structures of the residuals"))
    slopes = slopes_versus_free(comparison, result)
    blocks += [Sentence(nugget_sentence(nugget))] if nugget else []
    blocks += [Sentence(slopes_sentence(slopes))] if slopes else []
    tests = tuple(
        Row(t.name, (Cell(number(t.statistic)), Cell(t.distribution), Cell(bare_p(t.p)))) for t in result.tests
    )
    heads_of_tests = (("Statistic", ""), ("Held against", ""), ("p", ""))
    notes = [Note(f"**{literal(t.name)}.** {literal(t.note)}") for t in result.tests]
    statistics = TableBlock(Table(("",) * 3, heads_of_tests, tests), "", "Tests between structures")
    blocks.append(Fold("structure-tests", "Every test with its statistic", (statistics, *notes)))
    lead = (
        "Rows of one group may be correlated in several ways; each structure is tested against those that it contains."
    )
    return Panel("residual-structures", "How are the residuals correlated?", lead, tuple(blocks))


def _in_words(text: str, result: StructureComparison) -> str:
    """A text with each structure named in words, not as it is written in a formula."""
    for structure in sorted(map(str, result.information["structure"]), key=len, reverse=True):  # car1(…) ends as ar1(…)
        text = text.replace(structure, PHRASES.get(structure.partition("(")[0], structure))
    return text


def _label(structure: str) -> str:
    """A structure for readers: in words, and as it is written."""
    kind = structure.partition("(")[0]
    return "Independent" if structure == INDEPENDENT else f"{LABELS[kind]}: {structure}"
