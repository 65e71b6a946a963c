"""The parts of scripts and methods that report the effect in question at each value of its moderator."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from ..assess.effects_at import EffectsAt
from ..explain.effects_at import place_words, subject
from ..text.english import listed
from .comments import comment
from .r_formula import RFormula, r_string
from .r_means import emmeans_obstacle, models_for_emmeans
from .snapshot import Snapshot


def python_effects(snapshot: Snapshot) -> str:
    """Python that prints the effects by OLS, with both kinds of error, and by the formula's model; empty where there is one effect."""
    effects = snapshot.effects
    if effects is None:
        return ""
    question, at = effects.question, {name: [_plain(v) for v in values] for name, values in _at(effects).items()}
    method = "None" if snapshot.inferred.kenward_roger else "'satterthwaite'"
    call = f"model.slopes({question.predictor!r}, by={question.by!r}, at=at, ddf=method)"
    if question.base:
        call = f"model.emmeans({question.predictor!r}, by={question.by!r}, at=at, ddf=method).contrasts('revpairwise', 'none')"
    return "\n".join(
        [
            f"# {_what(effects)}",
            f"at = {at!r}",
            f"robust = dataclasses.replace(comparison.ols, cluster={snapshot.comparison.group!r}, kind={snapshot.inferred.robust!r})",
            f"for model, method in ((comparison.ols, None), (robust, None), (comparison.mixed, {method})):",
            f'    print({call}, end="\\n\\n")',
        ]
    )


def r_effects(snapshot: Snapshot, write: RFormula) -> list[str]:
    """The lines that compute the effects by emmeans; none where there is one effect."""
    effects, comparison = snapshot.effects, snapshot.comparison
    if effects is None:
        return []
    if reason := emmeans_obstacle(comparison, write.file):
        return [comment(f"{_what(effects)}: left out, {reason}")]
    question = effects.question
    of, by = write.name(question.predictor), write.name(question.by)
    at = ", ".join(f"{write.name(name)} = {_vector(values)}" for name, values in _at(effects).items())
    ddf = snapshot.inferred.methods.small_sample
    how, variable = f'at = list({at}), lmer.df = "{ddf}"', r_string(write.file.field(question.predictor).alias)
    fits, _, model = models_for_emmeans(comparison, write)
    call = f"emmeans::emtrends({model}, ~ {by}, var = {variable}, {how})"
    if question.base:
        means = f"emmeans::emmeans({model}, ~ {of} | {by}, {how})"
        call = f'emmeans::contrast({means}, "revpairwise", adjust = "none")'
    return [
        "\n".join(
            [
                comment(_what(effects)),
                'if (requireNamespace("emmeans", quietly = TRUE)) tryCatch({',
                f"  emmeans::emm_options(pbkrtest.limit = {comparison.design.n}, lmerTest.limit = {comparison.design.n})",
                *fits,
                f"  effects_at <- as.data.frame(summary({call}, infer = c(TRUE, TRUE)))",
                "  print(effects_at, digits = 8)",
                '}, error = function(e) message("emmeans: ", conditionMessage(e)))',
            ]
        )
    ]


def effects_sentences(snapshot: Snapshot) -> list[str]:
    """What was done, for a methods paragraph."""
    effects = snapshot.effects
    if effects is None:
        return []
    places = listed([place_words(effects, k) for k in range(len(effects.values))])
    return [
        f"The {_kind(effects)} was estimated at {places} as a linear combination of the coefficients; its p values and intervals are "
        "not adjusted for several."
    ]


def _what(effects: EffectsAt) -> str:
    text = _kind(effects)
    return f"{text[0].upper()}{text[1:]} at each {effects.question.by}"


def _kind(effects: EffectsAt) -> str:
    return f"difference {subject(effects)}" if effects.question.base else subject(effects)


def _at(effects: EffectsAt) -> dict[str, list[Any]]:
    """At which values of which predictors, the base before the level that is compared with it."""
    result = {name: [value] for name, value in effects.held.items()}
    if effects.question.base:
        result[effects.question.predictor] = [*effects.levels]
    return result | {effects.question.by: [*effects.values]}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _vector(values: list[Any]) -> str:
    """Values as a vector of R."""
    are_numbers = all(isinstance(v, numbers.Real) and not isinstance(v, bool | np.bool_) for v in values)
    texts = [repr(float(v)) if are_numbers else r_string(str(v)) for v in values]
    return f"c({', '.join(texts)})"
