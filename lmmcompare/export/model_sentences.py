"""The models of a comparison as sentences for a paper: what was fitted beside what."""

from __future__ import annotations

import numpy as np

from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..examples.references import PINHEIRO_BATES
from ..explain.confounded_in_dummies import lost_in_dummies, mixed_in_dummies
from ..explain.residual_structure import structure_phrase
from ..model_catalogue import Model
from ..models import MixedResult
from ..tables.coefficients import term_label
from ..tables.inference import Inferred
from ..text.english import listed
from ..text.labels import bare, noun, plural
from . import references
from .citations import in_text

CORRELATIONS = {
    "diag": "no correlations (a diagonal covariance matrix)",
    "cs": "one correlation for all pairs (compound symmetry)",
    "ar1": "correlations that are powers of that of neighbouring levels (first-order autoregressive, AR(1))",
}


def model_sentences(comparison: Comparison, inferred: Inferred) -> list[str]:
    """What was fitted beside what."""
    fixed, asked = comparison.spec.fixed_only().formula, comparison.spec.formula
    ols = "Ordinary" if comparison.design.weights is None else "Weighted"
    result = [
        f"{ols} least squares (complete pooling) was fitted as {fixed}, with its usual standard errors and with "
        f"cluster-robust ones ({inferred.robust} with Satterthwaite’s degrees of freedom, clustered by {bare(comparison.group)}; "
        f"{in_text(*references.CR2)}).",
        _dummies(comparison),
        f"The linear mixed model (partial pooling) was {asked}: {random_part_phrase(comparison.mixed)}.",
        _other_mixed_models(comparison),
        _structured_model(comparison),
    ]
    return [sentence for sentence in result if sentence]


def _dummies(comparison: Comparison) -> str:
    """The model with group dummies, and what it cannot estimate; empty where there is none, or no predictor."""
    dummies = comparison.fits.get(Model.NO_POOLING)
    if dummies is None or not comparison.design.fixed:
        return ""
    one, known = noun(comparison.group), np.isfinite(dummies.params)
    known &= ~dummies.params.index.isin(means_in_dummies(comparison))
    mixed = [term_label(comparison, name) for name in mixed_in_dummies(comparison)]
    unseen = [term_label(comparison, name) for name in lost_in_dummies(comparison)] if mixed else []
    lost = [label for name in dummies.params.index[~known] if (label := term_label(comparison, name)) not in unseen]
    what = f"A model with a dummy for each {one} (no pooling)"
    if not known.any():
        return f"{what} cannot estimate {listed(lost)}, which the dummies absorb."
    tail = f", but not {listed(lost)}, which the dummies absorb" if lost else ""
    if mixed:
        tail += (
            f"; within {plural(comparison.group)} {listed(unseen)} cannot be told apart from the other predictors and was left "
            f"out there, so its estimate of {listed(mixed)} mixes both and is not reported"
        )
    return f"{what} gave every {one} its own intercept and estimated common coefficients{tail}."


def _other_mixed_models(comparison: Comparison) -> str:
    """The mixed models beside the formula's own; empty where there is none."""
    one = noun(comparison.group)
    others = [
        f"a mixed model with {random_part_phrase(fit)}"
        for key, fit in comparison.mixed_fits().items()
        if key in (Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE) and key != comparison.formula_model
    ]
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
    return f"Fitted beside it: {'; '.join(others)}." if others else ""


def _structured_model(comparison: Comparison) -> str:
    """The model with structured residuals; empty where there is none."""
    fit = comparison.structured
    if fit is None:
        return ""
    variance = f"variance by {fit.variance}" if fit.variance else ""
    written = " and ".join(filter(None, [str(fit.correlation or ""), variance]))
    return f"A further model had structured residuals, {written} ({in_text(PINHEIRO_BATES)}): {structure_phrase(fit)}."


def random_part_phrase(fit: MixedResult) -> str:
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
