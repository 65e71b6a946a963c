"""The sections of the report, from the answer to how it was made, as HTML; every name from a table is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape

from .. import examples
from ..assess.formula_notes import remarks
from ..assess.which_model import which_model
from ..design.build import Design
from ..errors import LmmCompareError
from ..explain.advice import which_to_report
from ..explain.effect import baseline
from ..explain.gap import intercept_sentence, mundlak_sentence
from ..explain.headline import headline
from ..explain.identity import explain
from ..explain.paragraph import group_sizes, paragraph
from ..tables.coefficients import OPTIMUM, coefficient_table, term_label
from ..tables.model_tests import information_table, tests_table, told
from ..tables.simulation_truth import TRUTH_CAPTION, expectation, truth_table
from ..tables.simulation_truth import headline as true_headline
from ..tables.table import Cell, Row, Table, to_html
from ..text.labels import literal, model_label, rich
from ..text.numbers import decimals_for, number, percent
from ..version import VERSION
from .drawings import (
    Drawing,
    coefficients_drawing,
    errors_drawing,
    gap_drawing,
    lines_drawing,
    shrinkage_drawings,
    slopes_drawing,
    weights_drawing,
)
from .methods import methods
from .python_code import python_code
from .r_code import r_code
from .shown import Shown


def parts(shown: Shown, made: datetime) -> tuple[list[str], list[Drawing]]:
    """The sections in order, and the figures that they leave room for."""
    why, why_drawn = _why(shown)
    lines, every, errors = lines_drawing(shown), coefficients_drawing(shown), errors_drawing(shown)
    pulled = shrinkage_drawings(shown)
    sections = [
        _answer(shown), section(lines.title, lines.see), figure(lines, titled=False), _numbers(shown), figure(every), *_truth(shown), *why,
        section(errors.title, errors.see), figure(errors, titled=False), *_which(shown), *_advice(shown), section("Shrinkage"),
        *map(figure, pulled), *_code(shown), _made(shown, made),
    ]  # fmt: skip
    return sections, [lines, every, *why_drawn, errors, *pulled]


def section(title: str, *sentences: str) -> str:
    """A heading with paragraphs below it."""
    return f"<h2>{escape(title)}</h2>" + "".join(map(paragraph_of, sentences))


def paragraph_of(text: str, kind: str = "") -> str:
    """A paragraph of Markdown; nothing for nothing."""
    return f"<p{f' class={kind}' if kind else ''}>{rich(text)}</p>" if text else ""


def figure(drawing: Drawing, *, titled: bool = True) -> str:
    """Room for a figure, its heading and what to see in it where it is ``titled``, and the buttons that save it."""
    alt = drawing.light.layout.meta["alt"]
    buttons = "".join(
        f'<button type="button" data-figure="{drawing.name}" data-save="{kind}">Save as {kind.upper()}'
        f"<span hidden> the figure “{escape(drawing.title)}”</span></button>"
        for kind in ("svg", "png")
    )
    title = f"<figcaption><h3>{escape(drawing.title)}</h3>{paragraph_of(drawing.see)}</figcaption>" if titled else ""
    return (
        f'<figure aria-label="{escape(alt)}">{title}'
        f'<div id="{drawing.name}" class="plot"></div><div class="save">{buttons}</div></figure>'
    )


def _whole(table: Table, caption: str, label: str) -> str:
    """A table that is whole on a phone too: there its columns stand below each other."""
    return to_html(table, caption, label, stacks=True)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what they stand for; those that stand for nothing are left out."""
    return f"<dl>{''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in pairs if v)}</dl>"


def _answer(shown: Shown) -> str:
    comparison, source = shown.comparison, shown.source
    answer = headline(comparison, shown.coefficient)
    example = examples.get(source.example) if source.example else None
    said = facts([
        ("Question", example.question if example else ""), ("Data", example.summary if example else source.title),
        ("From", example.citation if example else ""), ("Groups", group_sizes(comparison)),
        ("Rows", f"{comparison.design.rows_sentence} {_sample(comparison.design)}".strip()), ("Model", comparison.spec.text),
        ("Fitted by", "restricted maximum likelihood (REML)" if comparison.reml else "maximum likelihood (ML)"),
    ])  # fmt: skip
    noted = "".join(paragraph_of(f"**Note.** {literal(r.sentence)}") for r in remarks(comparison))
    return f"<h1>{escape(answer.title)}</h1>{paragraph_of(answer.reason, 'lead')}{said}{noted}"


def _sample(design: Design) -> str:
    """Which rows the figures show, where they cannot show all."""
    return f"Figures show a part: {design.sample_sentence}" if design.is_sample else ""


def _numbers(shown: Shown) -> str:
    comparison, found = shown.comparison, shown.inferred
    table = coefficient_table(comparison, found.frame, found.limits, p_values=found.p_values)
    what = "p value against 0" if found.p_values else "degrees of freedom (df)"
    if found.other_limits and not found.p_values:
        what += " of intervals that rest on them"
    caption = f"Estimate (standard error), 95% interval and {what}. {found.said}; cluster-robust errors are {found.robust}. {OPTIMUM}"
    absent = "".join(
        paragraph_of(literal(f"Not shown: {model_label(model, comparison.group)}. {reason}"), "lmm-note")
        for model, reason in comparison.absent.items()
    )
    said = section("The numbers of all models", paragraph(comparison, shown.coefficient))
    return said + _whole(table, caption, "Coefficients of all models") + absent


def _truth(shown: Shown) -> list[str]:
    settings = shown.source.settings
    if settings is None:
        return []
    said = section("The truth", literal(true_headline(shown.comparison, settings)), literal(expectation(settings)))
    table = truth_table(shown.comparison, settings, shown.inferred.within())
    return [said, _whole(table, TRUTH_CAPTION, "Truth and estimates")]


def _why(shown: Shown) -> tuple[list[str], list[Drawing]]:
    """The exact identity in numbers and figures, and the intercept."""
    comparison, term = shown.comparison, shown.coefficient
    if term == comparison.constant:
        return [], []
    decimals, rows = decimals_for(float(comparison.ols.bse[term])), []
    what = "Difference" if baseline(comparison, term) else "Slope"
    for part in explain(comparison, term).itertuples():
        cells = [Cell(percent(float(part.weight_within)))]
        cells += [
            Cell(number(float(v), decimals=decimals))
            for v in (part.estimate_within, part.estimate_between, part.estimate)
        ]
        rows.append(Row(model_label(str(part.model), comparison.group), tuple(cells)))
    heads = (("Weight on within", ""), (f"{what} within", ""), (f"{what} between", ""), ("Coefficient", ""))
    caption = (
        f"Each coefficient is the weight times the {what.lower()} within plus the rest of the weight times the {what.lower()} between, "
        f"exactly. A random slope weighs every group by itself, so its two {what.lower()}s are its own."
    )
    table = _whole(Table(("",) * 4, heads, tuple(rows)), caption, "The identity's parts")
    found: list[Drawing] = [weights_drawing(shown)]
    found += [d for d in (slopes_drawing(shown), gap_drawing(shown)) if d is not None]
    said = section("Why they differ")
    intercept = f"<h3>And the intercept?</h3>{paragraph_of(intercept_sentence(comparison))}"
    return [said + table, *map(figure, found), intercept], found


def _which(shown: Shown) -> list[str]:
    found = which_model(shown.comparison)
    asked = [f"**{literal(test.question)}** {literal(test.verdict)}" for test in told(found)]
    said = section("Which model?", *asked, mundlak_sentence(shown.comparison, shown.coefficient))
    tests = _whole(tests_table(found), "A variance cannot be negative: the naive p does not know that.", "Tests")
    notes = [paragraph_of(f"**{literal(t.name)}.** {literal(t.note)}", "lmm-note") for t in found.tests]
    notes += [
        paragraph_of(f"**{literal(name)}** is left out: {literal(reason)}", "lmm-note")
        for name, reason in found.left_out.items()
    ]
    information = _whole(information_table(found), "Smaller is better; all by maximum likelihood.", "AIC, AICc and BIC")
    return [said, tests, *notes, paragraph_of(literal(found.sentence)), information]


def _advice(shown: Shown) -> list[str]:
    if shown.coefficient == shown.comparison.constant:
        return []
    said = section(f"Which {term_label(shown.comparison, shown.coefficient)} coefficient to report", _plainer(shown))
    return [said] + [
        paragraph_of(f"**{a.question}** {a.answer}.") + paragraph_of(a.reason, "lmm-note")
        for a in which_to_report(shown.comparison, shown.coefficient)
    ]


def _plainer(shown: Shown) -> str:
    """What to know of errors and intervals that are not of the kind that the reader chose."""
    inferred = shown.inferred
    if not inferred.kenward_roger and inferred.intervals == "Wald":
        return ""
    return (
        "Intervals in this section are estimate ± t quantile × standard error, those of mixed models with Satterthwaite’s degrees of "
        "freedom; the table of all models has the ones that were chosen."
    )


def _code(shown: Shown) -> list[str]:
    def folded(title: str, write: Callable[..., str]) -> str:
        try:
            text = write(shown)
        except LmmCompareError as error:
            return paragraph_of(f"**{title}:** {literal(str(error))}")
        return f'<details><summary>{title}</summary><pre tabindex="0">{escape(text)}</pre></details>'

    said = section("Methods") + "".join(f"<p>{escape(part)}</p>" for part in methods(shown).split("\n\n"))
    return [
        said, section("Code that finds the same numbers"), folded("In R", r_code),
        folded("In Python", python_code),
    ]  # fmt: skip


def _made(shown: Shown, made: datetime) -> str:
    said = facts(
        [("Made", f"{made:%d %B %Y, %H:%M} UTC by lmmcompare {VERSION}"), ("Formula", shown.comparison.spec.text)]
    )
    link = (
        f'<p><a href="{escape(shown.link)}" rel="noreferrer">Open this comparison again</a></p>' if shown.link else ""
    )
    return section("How this report was made") + said + link
