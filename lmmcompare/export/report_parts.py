"""The sections of the report in order: the app's panels, and sections that only the report has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape

from .. import examples
from ..assess.autocorrelation import autocorrelation as autocorrelation_of
from ..assess.candidate_structures import fit_candidate_structures
from ..assess.hypotheses import Ddf, anova
from ..assess.icc_by_row import icc_at
from ..assess.implied_row_weights import row_weights as row_weights_of
from ..assess.model_choice import which_model
from ..assess.related_structures import nugget
from ..assess.reml_ml import reml_and_ml, reml_sentence
from ..assess.structured_shares import structured_shares
from ..assess.time_order import opening_clock
from ..assess.variance_explained import design_effects, predictor_icc, shares
from ..comparison.picture import make_picture
from ..design.design import Design
from ..errors import LmmCompareError
from ..explain.paragraph import group_sizes
from ..explain.residual_structure import sampled_rows_sentence
from ..model_catalogue import Model
from ..panels import Note, Panel, model_tests
from ..panels.adjusted_means import adjusted_means, johnson_neyman
from ..panels.advice import advice
from ..panels.autocorrelation import autocorrelation
from ..panels.coefficients import all_coefficients
from ..panels.correlation_profile import correlation_profile, has_profile
from ..panels.effects_at import effects_forest_panel, effects_table_panel
from ..panels.implied_row_weights import effective_rows, row_weights
from ..panels.lines import lines
from ..panels.model_differences import gap, has_two_slopes, intercept, two_slopes
from ..panels.model_table import model_table, numbers
from ..panels.residual_structures import residual_structures
from ..panels.shrinkage import arrows
from ..panels.simulation_truth import truth
from ..panels.slope_weights import identity_parts, weights
from ..panels.standard_errors import standard_errors
from ..text.labels import literal
from ..version import VERSION
from .methods import methods_with_references
from .panel_html import PanelWriter, heading, paragraph_of
from .python_code import python_code
from .r_code import r_code
from .snapshot import Snapshot


def parts(snapshot: Snapshot, made: datetime, writer: PanelWriter) -> list[str]:
    """The sections in order; the writer keeps the figures that they leave room for."""
    comparison, term, inferred = snapshot.comparison, snapshot.coefficient, snapshot.inferred
    settings = snapshot.source.settings
    result = [
        _lines(snapshot),
        *_effects(snapshot),
        numbers(comparison, term, inferred),
        model_table(comparison, inferred),
        all_coefficients(comparison, inferred),
        truth(comparison, settings, inferred) if settings else None,
    ]
    return [
        _answer(snapshot),
        *map(writer.panel, result),
        *_section(writer, "Why they differ", _why(snapshot)),
        writer.panel(standard_errors(comparison, term, inferred)),
        *_section(writer, "Adjusted means", _adjusted(snapshot)),
        *_section(writer, "What the structure of the residuals does", _structured(snapshot)),
        *_section(writer, "Which model?", _which(snapshot)),
        writer.panel(advice(comparison, term, inferred)),
        *_section(writer, "Shrinkage", _shrinkage(snapshot)),
        *_code(snapshot),
        _made(snapshot, made),
    ]


def _section(writer: PanelWriter, title: str, panels: Iterable[Panel | None]) -> list[str]:
    """Panels under a common heading; nothing where there are none."""
    written = [writer.panel(panel, 3) for panel in panels]
    return [heading(title), *written] if any(written) else []


def _facts(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names with their values; pairs with an empty value are left out."""
    return f"<dl>{''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in pairs if v)}</dl>"


def _answer(snapshot: Snapshot) -> str:
    comparison, source = snapshot.comparison, snapshot.source
    panel = snapshot.answer
    example = examples.get(source.bundled) if source.bundled else None
    words = _facts(
        [
            ("Question", example.question if example else ""),
            ("Data", example.summary if example else source.title),
            ("From", example.citation if example else ""),
            ("Changed", " ".join(source.changes)),
            ("Groups", group_sizes(comparison)),
            ("Rows", f"{comparison.design.rows_sentence} {_sample(comparison.design)}".strip()),
            ("Model", comparison.spec.text),
            ("Fitted by", "restricted maximum likelihood (REML)" if comparison.reml else "maximum likelihood (ML)"),
        ]
    )
    noted = "".join(paragraph_of(block.text) for block in panel.blocks if isinstance(block, Note))
    return f"<h1>{escape(panel.title)}</h1>{paragraph_of(panel.lead, 'lead')}{words}{noted}"


def _sample(design: Design) -> str:
    """Which rows the figures show, where they cannot show all."""
    return f"Figures show a part: {design.sample_sentence}" if design.is_sample else ""


def _lines(snapshot: Snapshot) -> Panel:
    models = (Model.OLS, snapshot.comparison.formula_model) if snapshot.models is None else snapshot.models
    return lines(
        snapshot.comparison,
        snapshot.picture,
        snapshot.coefficient,
        models,
        highlight=snapshot.highlight,
        settings=snapshot.source.settings,
        bands=snapshot.bands,
    )


def _effects(snapshot: Snapshot) -> list[Panel]:
    """The effect at each value of a predictor, as a picture and as a table; nothing where it is told at one."""
    effects = snapshot.effects
    if effects is None:
        return []
    return [
        effects_forest_panel(snapshot.comparison, effects, snapshot.inferred),
        effects_table_panel(snapshot.comparison, snapshot.coefficient, effects, snapshot.inferred),
    ]


def _why(snapshot: Snapshot) -> list[Panel | None]:
    """The exact identity in figures and numbers, the slopes, the groups that pull, the intercept."""
    comparison, term = snapshot.comparison, snapshot.coefficient
    if term == comparison.constant:
        return []
    plain = make_picture(
        comparison, snapshot.source.frame, snapshot.axis, keep=snapshot.highlight
    )  # the axis need not reach to 0
    return [
        weights(comparison, term),
        identity_parts(comparison, term),
        two_slopes(comparison, plain, term, highlight=snapshot.highlight)
        if has_two_slopes(comparison, plain, term)
        else None,
        gap(comparison, term, highlight=snapshot.highlight),
        intercept(comparison),
    ]


def _adjusted(snapshot: Snapshot) -> list[Panel | None]:
    """Adjusted means or simple slopes with their differences, and where along a moderator an effect is not zero."""
    try:
        result = snapshot.adjusted_means
    except LmmCompareError as error:
        return [Panel("adjusted-means", "Adjusted means", literal(str(error)))]
    return [adjusted_means(snapshot.comparison, result), johnson_neyman(snapshot.comparison, result)]


def _structured(snapshot: Snapshot) -> list[Panel | None]:
    """One group's rows with their weights, the correlation's interval, and what is left between rows; nothing without a structure."""
    comparison = snapshot.comparison
    if comparison.structured is None:
        return []
    interval = comparison.structured.correlation_interval() if has_profile(comparison) else None
    if sentence := sampled_rows_sentence(comparison, "errors"):
        return [Panel("left-out", "What needs all rows", sentence), correlation_profile(comparison, interval)]
    clock = opening_clock(comparison, comparison.design.rows_of(snapshot.source.frame))
    weighed = row_weights_of(comparison, clock, snapshot.highlight)
    return [
        row_weights(comparison, weighed),
        effective_rows(comparison, weighed),
        correlation_profile(comparison, interval),
        autocorrelation(comparison, autocorrelation_of(comparison, clock), None),
    ]


def _which(snapshot: Snapshot) -> list[Panel | None]:
    """Tests, information criteria, REML beside ML, the table of terms, and shares of variance."""
    comparison, fit = snapshot.comparison, snapshot.comparison.mixed
    result = which_model(comparison, snapshot.inferred.methods.small_sample)
    structures = fit_candidate_structures(comparison, snapshot.source.frame) if comparison.structured else None
    with_nugget = nugget(comparison, snapshot.source.frame, structures) if structures else None
    return [
        model_tests.tests(comparison, snapshot.coefficient, result, snapshot.inferred),
        model_tests.information(result),
        residual_structures(comparison, structures, with_nugget),
        model_tests.reml(reml_sentence(comparison, reml_and_ml(comparison))),
        _terms(snapshot),
        model_tests.shares(
            comparison, shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit), structured_shares(comparison)
        ),
    ]


def _terms(snapshot: Snapshot) -> Panel | None:
    """The table of terms, with the degrees of freedom chosen; None without a predictor, or where it cannot be had."""
    if not snapshot.comparison.design.fixed:
        return None
    ddf: Ddf = snapshot.inferred.methods.small_sample
    try:
        return model_tests.terms(snapshot.comparison, anova(snapshot.comparison.mixed, "III", ddf), "III", ddf)
    except LmmCompareError as error:
        return Panel("terms", "Does each predictor matter?", literal(str(error)))


def _shrinkage(snapshot: Snapshot) -> list[Panel]:
    """For each random coefficient the groups' own estimates and the partially pooled ones."""
    comparison = snapshot.comparison
    names = comparison.mixed.random_names
    return [arrows(comparison, comparison.formula_model, term, highlight=snapshot.highlight) for term in names]


def _code(snapshot: Snapshot) -> list[str]:
    def folded(title: str, write: Callable[..., str]) -> str:
        try:
            text = write(snapshot)
        except LmmCompareError as error:
            return paragraph_of(f"**{title}:** {literal(str(error))}")
        return f'<details class="code"><summary>{title}</summary><pre tabindex="0">{escape(text)}</pre></details>'

    done, found, cited = methods_with_references(snapshot).split("\n\n")
    entries = "".join(f"<li>{escape(entry)}</li>" for entry in cited.splitlines()[1:])
    words = f"{heading('Methods')}<p>{escape(done)}</p><p>{escape(found)}</p>{heading('References')}<ul>{entries}</ul>"
    return [
        words,
        heading("Code that finds the same numbers"),
        '<p class="on-paper">It is in the file of this report, and in the ZIP that the app gives.</p>',
        folded("In R", r_code),
        folded("In Python", python_code),
    ]


def _made(snapshot: Snapshot, made: datetime) -> str:
    words = _facts(
        [("Made", f"{made:%d %B %Y, %H:%M} UTC by lmmcompare {VERSION}"), ("Formula", snapshot.comparison.spec.text)]
    )
    link = (
        f'<p><a href="{escape(snapshot.link)}" rel="noreferrer">Open this comparison again</a></p>'
        if snapshot.link
        else ""
    )
    return heading("How this report was made") + words + link
