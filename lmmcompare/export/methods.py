"""Methods and results of a comparison as sentences for a paper."""

from __future__ import annotations

from pathlib import PurePath

import numpy as np

from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..design.aliasing import aliased_sentence
from ..examples.references import PINHEIRO_BATES
from ..explain.confounded_in_dummies import lost_in_dummies, mixed_in_dummies
from ..explain.paragraph import sizes_of_groups
from ..explain.residual_structure import structure_phrase
from ..model_catalogue import Model
from ..models import MixedResult
from ..tables.coefficients import has_kenward_roger, term_label
from ..tables.inference import Inferred, Resampling
from ..text.english import listed
from ..text.labels import bare, model_label, model_phrase, noun, plural
from ..text.numbers import count, number
from ..version import VERSION
from . import references
from .bibtex import cited_works, data_works, small_sample_works
from .citations import in_text, reference_list
from .comments import visible
from .effects_code import effects_sentences
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

    Parameters
    ----------
    snapshot : Snapshot
    """
    comparison, inferred = snapshot.comparison, snapshot.inferred
    sentences = [
        _data(snapshot),
        *_models(comparison, inferred),
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


def _models(comparison: Comparison, inferred: Inferred) -> list[str]:
    """What was fitted beside what."""
    fixed, one = comparison.spec.fixed_only().formula, noun(comparison.group)
    ols = "Ordinary" if comparison.design.weights is None else "Weighted"
    result = [
        f"{ols} least squares (complete pooling) was fitted as {fixed}, with its usual standard errors and with "
        f"cluster-robust ones ({inferred.robust} with Satterthwaite’s degrees of freedom, clustered by {bare(comparison.group)}; "
        f"{in_text(*references.CR2)})."
    ]
    dummies = comparison.fits.get(Model.NO_POOLING)
    if dummies and comparison.design.fixed:
        known = np.isfinite(dummies.params)
        known &= ~dummies.params.index.isin(means_in_dummies(comparison))
        mixed = [term_label(comparison, name) for name in mixed_in_dummies(comparison)]
        unseen = [term_label(comparison, name) for name in lost_in_dummies(comparison)] if mixed else []
        lost = [label for name in dummies.params.index[~known] if (label := term_label(comparison, name)) not in unseen]
        what = f"A model with a dummy for each {one} (no pooling)"
        if known.any():
            tail = f", but not {listed(lost)}, which the dummies absorb" if lost else ""
            if mixed:
                tail += (
                    f"; within {plural(comparison.group)} {listed(unseen)} cannot be told apart from the other predictors and was left "
                    f"out there, so its estimate of {listed(mixed)} mixes both and is not reported"
                )
            result.append(f"{what} gave every {one} its own intercept and estimated common coefficients{tail}.")
        else:
            result.append(f"{what} cannot estimate {listed(lost)}, which the dummies absorb.")
    asked = comparison.spec.formula
    result.append(f"The linear mixed model (partial pooling) was {asked}: {_random_part(comparison.mixed)}.")
    others = [
        _random_part(fit)
        for key, fit in comparison.mixed_fits().items()
        if key in (Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE) and key != comparison.formula_model
    ]
    others = [f"a mixed model with {part}" for part in others]
    if Model.WITHIN_BETWEEN in comparison.fits:
        names = [
            term_label(comparison, comparison.design.names[k])
            for k in comparison.mixed_fits()[Model.WITHIN_BETWEEN].means_of
        ]
        means = f"the mean of {names[0]}" if len(names) == 1 else f"the means of {listed(names)}"
        others.append(
            f"a mixed model with a random intercept for {one} and {means} in each {one} as "
            f"{'further predictors' if len(names) > 1 else 'a further predictor'} (within–between model; {in_text(references.MUNDLAK)})"
        )
    if others:
        result.append(f"Fitted beside it: {'; '.join(others)}.")
    if (fit := comparison.structured) is not None:
        written = " and ".join(
            filter(None, [str(fit.correlation or ""), f"variance by {fit.variance}" if fit.variance else ""])
        )
        result.append(
            f"A further model had structured residuals, {written} ({in_text(PINHEIRO_BATES)}): {structure_phrase(fit)}."
        )
    return result


CORRELATIONS = {
    "diag": "no correlations (a diagonal covariance matrix)",
    "cs": "one correlation for all pairs (compound symmetry)",
    "ar1": "correlations that are powers of that of neighbouring levels (first-order autoregressive, AR(1))",
}


def _random_part(fit: MixedResult) -> str:
    """What varies between the levels of which factor: "a random intercept for patient"."""
    parts = []
    for at, factor in enumerate(fit.factors):
        whole = [b for b in fit.blocks if b.factor == at]
        blocks = [b for b in whole if b.is_full]
        names, constant = [n for b in blocks for n in b.names], fit.design.constant
        what = ["a random intercept"] if constant in names else []
        kinds: dict[str, list[str]] = {}
        for name in (n for n in names if n != constant):
            kinds.setdefault(fit.design.by_name[name].random_noun, []).append(fit.label(name))
        for kind, labels in kinds.items():
            what.append(f"{f'a random {kind}' if len(labels) == 1 else f'random {kind}s'} of {listed(labels)}")
        if blocks:
            text = f"{listed(what)} for {bare(factor)}"
            if len(names) > 1:
                text += " (correlated)" if len(blocks) == 1 else " (uncorrelated)" if len(blocks) == len(names) else ""
            parts.append(text)
        for block in (b for b in whole if not b.is_full):
            sds = "one standard deviation" if block.homogeneous else "a standard deviation each"
            label = block.label.removeprefix("0 + ")
            parts.append(
                f"random coefficients of {label} for {bare(factor)} with {sds} and {CORRELATIONS[block.structure]}"
            )
    return listed(parts)


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
