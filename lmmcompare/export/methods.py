"""Methods and results of a comparison as sentences for a paper."""

from __future__ import annotations

from pathlib import PurePath

from ..comparison.comparison import Comparison
from ..design.aliasing import aliased_sentence
from ..explain.paragraph import sizes_of_groups
from ..model_catalogue import Model
from ..tables.coefficients import has_kenward_roger
from ..tables.inference import Resampling
from ..text.english import listed
from ..text.labels import model_label, model_phrase, plural
from ..text.numbers import count, number
from ..version import VERSION
from . import references
from .bibtex import cited_works, data_works, small_sample_works
from .citations import in_text, reference_list
from .comments import visible
from .effects_code import effects_sentences
from .model_sentences import model_sentences
from .python_code import settings_arguments
from .results_paragraph import results
from .snapshot import Snapshot
from .source import Source

NAMELESS = ("pasted text", "table in the link")
"""What tables are called that came without a name of their own."""


def methods_with_references(snapshot: Snapshot) -> str:
    """Both paragraphs, and the list of the works that they cite."""
    return f"{methods(snapshot)}\n\nReferences\n{reference_list(cited_works(snapshot))}\n"


def methods(snapshot: Snapshot) -> str:
    """A methods paragraph and a results paragraph, plain text with an empty line between them.

    The results are of the coefficient that the page is about, with the inference that the page shows.
    """
    comparison, inferred = snapshot.comparison, snapshot.inferred
    sentences = [
        _data(snapshot),
        *model_sentences(comparison, inferred),
        *_estimation(snapshot),
        *effects_sentences(snapshot),
        *_states(comparison),
    ]
    return visible(" ".join(sentences)) + "\n\n" + visible(results(snapshot))


def _data(snapshot: Snapshot) -> str:
    design, source = snapshot.comparison.design, snapshot.source
    outcome = design.response_name
    changed = ""
    if source.changes:
        steps = [f"({k}) {words}" for k, words in enumerate(source.changes, 1)]
        changed = f"The table was changed first, in this order: {' '.join(steps)}"
    used = f"{outcome} was analysed in {count(design.n, 'row')} ({sizes_of_groups(snapshot.comparison)})"
    if design.n < design.n_total:
        without = [f"{k:,} without {name}" for name, k in design.missing.items()]
        reasons = ", ".join([*without, *([f"{design.unweighted:,} with a weight of 0"] if design.unweighted else [])])
        left = design.n_total - design.n
        if design.some_lack_several:
            reasons += "; some lack several"
        used += f"; {left:,} of {count(design.n_total, 'row')} {'was' if left == 1 else 'were'} left out ({reasons})"
    declared = [
        f"{name} ({source.missing_codes[name]})"
        for name in snapshot.comparison.spec.columns
        if name in source.missing_codes
    ]
    codes = f"Values that the file declares to be missing were missing: {listed(declared)}." if declared else ""
    counted = [f"{name} is counted in {design.encoder.unit(name)}." for name in design.encoder.origins]
    known, dropped = _weights_and_offsets(snapshot.comparison), aliased_sentence(design.aliased).strip()
    return " ".join(filter(None, [_origin(source), codes, changed, f"{used}.", *counted, known, dropped]))


def _origin(source: Source) -> str:
    """Where the rows come from."""
    if source.settings is not None:
        return f"Data were simulated: lmmcompare.simulate({settings_arguments(source.settings)})."
    if source.bundled:
        works = data_works(source)
        return f"The data are the example {source.bundled} of lmmcompare{f' ({in_text(*works)})' if works else ''}."
    if source.given_name in NAMELESS:
        return ""
    return f"The data are {'in the file' if PurePath(source.given_name).suffix else 'the table'} “{source.given_name}”."


def _weights_and_offsets(comparison: Comparison) -> str:
    """Prior weights and offsets; empty where there are none."""
    design, sentences = comparison.design, []
    if design.weights is not None:
        low, high = number(design.weights.low), number(design.weights.high)
        sentences.append(
            f"Rows have prior weights, {design.weights.label} ({low} to {high}): a row’s residual variance is that of a row of weight 1 "
            "divided by its weight."
        )
    if design.spec.offset:
        sentences.append(f"{listed(list(map(str, design.spec.offset)))} was an offset, with a coefficient of 1.")
    return " ".join(sentences)


def _estimation(snapshot: Snapshot) -> list[str]:
    comparison, inferred = snapshot.comparison, snapshot.inferred
    method = (
        f"restricted maximum likelihood (REML; {in_text(references.REML)})" if comparison.reml else "maximum likelihood"
    )
    df = (
        "standard errors and degrees of freedom are Kenward and Roger’s"
        if inferred.kenward_roger
        else "degrees of freedom are Satterthwaite’s"
    )
    df += f" ({in_text(*small_sample_works(snapshot))})"
    limits = "95% confidence intervals (CI) are estimate ± t quantile × standard error"
    of = listed(list(map(model_phrase, inferred.other_limits)))
    match inferred.intervals:
        case Resampling(kind, samples, seed):
            how = (
                f"of the coefficients of {of} lie between the 2.5% and 97.5% quantiles of {samples:,} bootstrap samples "
                + (
                    f"(whole {plural(comparison.group)} drawn with replacement"
                    if kind == "case"
                    else "(outcomes simulated from the fitted model"
                )
                + f", seed {seed}; {in_text(references.BOOTSTRAP)})"
            )
            limits = f"95% confidence intervals (CI) {how}; all others are estimate ± t quantile × standard error"
        case "profile":
            limits = (
                f"95% confidence intervals (CI) of {of} are by profile likelihood, from fits by maximum likelihood; all others are "
                "estimate ± t quantile × standard error"
            )
    of_structured = ""
    if comparison.structured is not None and inferred.kenward_roger and not has_kenward_roger(comparison.structured):
        of_structured = f"; {model_phrase(Model.STRUCTURED)} has Satterthwaite’s degrees of freedom"
    return [
        f"Mixed models were estimated by {method}, with lme4’s criterion ({in_text(references.LME4)}); their {df}{of_structured}.",
        f"{limits}. Tests are two-sided t tests against 0.",
        f"All models were fitted to the same rows with lmmcompare {VERSION} ({in_text(references.LMMCOMPARE)}).",
    ]


def _states(comparison: Comparison) -> list[str]:
    """Fits that did not converge, that have a variance that the rows cannot tell, or that lie on the boundary."""
    kinds: dict[str, list[str]] = {
        "did not converge and cannot be relied on": [],
        "has a variance that these rows cannot tell from another": [],
        "lay on the boundary (singular): a variance of 0 or a correlation of 1 or −1": [],
    }
    lost, unknown, edge = kinds.values()
    for key, fit in comparison.mixed_fits().items():
        if not fit.converged or fit.unidentified or fit.singular:
            (lost if not fit.converged else unknown if fit.unidentified else edge).append(
                f"“{model_label(key).lower()}”"
            )
    further = comparison.structured
    if further is not None and further.outcome != "converged":
        which = (
            edge
            if further.outcome in ("boundary", "singular")
            else unknown
            if further.outcome == "not identified"
            else lost
        )
        which.append(f"“{model_label(Model.STRUCTURED).lower()}”")
    result = [
        f"The fit{'s' if len(names) > 1 else ''} of {listed(names)} {what if len(names) == 1 else what.replace('has a', 'have a')}."
        for what, names in kinds.items()
        if names
    ]
    return result or ["All fits converged, none on the boundary of the parameter space."]
