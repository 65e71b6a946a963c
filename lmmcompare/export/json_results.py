"""All results of a comparison as JSON, every double with all its digits."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ..assess.effects_at import EffectsAt, moderator_text
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..explain.identity import explain
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult
from ..models.gls import GLSResult
from ..tables.coefficients import has_kenward_roger
from ..tables.inference import Inferred, Resampling
from ..version import VERSION
from .snapshot import Snapshot
from .source import Source

SCHEMA = 1


def json_results(snapshot: Snapshot) -> str:
    """The results as JSON text; numbers read back as the same doubles, and missing or infinite values are null.

    Version 1 of the schema, an object with

    - ``version`` (1), ``software`` (``name``, ``version``)
    - ``data``: ``title``, ``example`` (null for other tables), ``settings`` (of simulated data, else null), ``changes`` (what was done
      to the table before, a sentence each), ``rows`` (after that), ``rows_used``,
      ``missing`` (column to the number of rows without it), ``weight_zero`` (rows left out for a weight of
      0), ``columns`` used, ``counted`` (date to the unit in which the models count it), ``levels`` (categorical predictor to its levels,
      the baseline first), ``groups`` (factor to ``levels`` and ``sizes`` in the same order)
    - ``model``: ``formula``, ``not_estimable`` (coefficient to why it is left out of every model), ``weights`` (prior weights; null
      for none), ``offset`` (a list),
      ``method`` ("REML" or "ML"), ``outcome``, ``shown`` (the grouping factor compared), ``asked`` (the key of
      the formula's own model), ``coefficient`` (the term that the page is about), ``alpha`` (0.05: limits are of 95% intervals),
      ``df`` (how degrees of freedom are found, by model), ``intervals`` (``kind``: "Wald", "profile", "parametric bootstrap" or
      "case bootstrap"; ``samples`` and ``seed`` of a bootstrap; ``models`` that have them, where others have Wald's)
    - ``models``: model key to ``label``, ``pooling``, ``rows``, ``sigma`` (residual SD), ``loglik``, ``aic``, ``bic`` (all by ML),
      ``coefficients`` (list of ``term, estimate, se, df, t, p, lower, upper``), and of mixed models ``criterion``, ``theta``,
      ``converged``, ``singular``, ``icc``, ``variances`` (list of ``factor, name, kind, value``; kind "sd" or "correlation"),
      ``random_effects`` (factor to ``levels``, ``terms``, and ``estimate`` and ``se`` as lists by level); of group dummies
      ``group_intercepts`` (``levels``, ``estimate``, ``se``); of structured residuals ``correlation``, ``variance`` (null for
      none), ``outcome``, ``notes`` and ``variances``. ``ols_robust`` has coefficients only.
    - ``absent``: model key to why it could not be fitted
    - ``effects``: the coefficient's effect at each value of another predictor: ``of``, ``by``, ``level`` and ``base`` (of a predictor with
      levels, else empty), ``held`` (other predictors to their values), ``values``, and ``estimates``, model to a list of
      ``at, estimate, se, df, t, p, lower, upper``, ``at`` counting the values from 0; null where it is told at one
    - ``adjusted_means``: what was asked (``predictor``, ``by``, ``family``, ``adjust``, ``weights``), and lists of ``means`` (or slopes)
      and ``differences``, by model; null where there is nothing to ask or a model cannot answer
    - ``explanation``: term to a list of ``model, weight_within, estimate_within, estimate_between, estimate``
    """
    comparison, source, inferred = snapshot.comparison, snapshot.source, snapshot.inferred
    intervals = inferred.intervals
    result = {
        "version": SCHEMA,
        "software": {"name": "lmmcompare", "version": VERSION},
        "data": _data(comparison, source),
        "model": {
            "formula": comparison.spec.formula,
            "not_estimable": {one.name: one.reason for one in comparison.design.aliased},
            "weights": None if comparison.spec.weights is None else str(comparison.spec.weights),
            "offset": [str(one) for one in comparison.spec.offset],
            "method": "REML" if comparison.reml else "ML",
            "outcome": comparison.design.names[-1],
            "shown": comparison.group,
            "asked": comparison.formula_model,
            "coefficient": snapshot.coefficient,
            "alpha": 0.05,
            "df": {
                Model.OLS: "residual",
                Model.NO_POOLING: "residual",
                Model.OLS_ROBUST: f"Satterthwaite ({inferred.robust})",
                "mixed": "Kenward-Roger" if inferred.kenward_roger else "Satterthwaite",
                Model.STRUCTURED: _of_structured(comparison, inferred),
            },
            "intervals": {
                "kind": f"{intervals.kind} bootstrap" if isinstance(intervals, Resampling) else intervals,
                "samples": intervals.samples if isinstance(intervals, Resampling) else None,
                "seed": intervals.seed if isinstance(intervals, Resampling) else None,
                "models": list(inferred.other_limits),
            },
        },
        "models": _models(comparison, inferred),
        "absent": comparison.absent,
        "effects": None if snapshot.effects is None else _effects(snapshot.effects),
        "adjusted_means": _adjusted_means(snapshot),
        "explanation": {
            t: _records(explain(comparison, t)) for t in comparison.design.fixed_names if t != comparison.constant
        },
    }
    return json.dumps(_plain(result), indent=1, ensure_ascii=False, allow_nan=False)


def _effects(effects: EffectsAt) -> dict[str, Any]:
    """An effect at each value of another predictor."""
    question, parts = effects.question, effects.frame.groupby("model", sort=False)
    return {
        "of": question.predictor,
        "by": question.by,
        "level": question.level,
        "base": question.base,
        "held": {name: moderator_text(value) for name, value in effects.held.items()},
        "values": [v if isinstance(v, float) else moderator_text(v) for v in effects.values],
        "estimates": {str(model): _records(part.drop(columns="model")) for model, part in parts},
    }


def _adjusted_means(snapshot: Snapshot) -> dict[str, Any] | None:
    """Adjusted means or slopes with their differences."""
    try:
        means = snapshot.adjusted_means
    except LmmCompareError:
        return None
    if means is None:
        return None
    differences = means.differences().drop(columns="words") if means.contrasts else pd.DataFrame()
    return asdict(means.question) | {"means": _records(means.frame()), "differences": _records(differences)}


def _of_structured(comparison: Comparison, inferred: Inferred) -> str | None:
    """How the degrees of freedom of the model with structured residuals are found; None where there is none."""
    if comparison.structured is None:
        return None
    return "Kenward-Roger" if inferred.kenward_roger and has_kenward_roger(comparison.structured) else "Satterthwaite"


def _data(comparison: Comparison, source: Source) -> dict[str, Any]:
    design = comparison.design
    return {
        "title": source.title,
        "example": source.example or None,
        "settings": source.settings.to_dict() if source.settings else None,
        "changes": list(source.changes),
        "rows": design.n_total,
        "rows_used": design.n,
        "missing": design.missing,
        "weight_zero": design.unweighted,
        "columns": list(comparison.spec.columns),
        "counted": {name: design.encoder.unit(name) for name in design.encoder.origins},
        "levels": {name: list(map(str, levels)) for name, levels in design.encoder.levels.items()},
        "groups": {
            g.name: {"levels": g.labels, "sizes": moments.n.astype(int)}
            for g, moments in zip(design.groupings, comparison.crossing.factors, strict=True)
        },
    }


def _models(comparison: Comparison, inferred: Inferred) -> dict[str, dict[str, Any]]:
    coefficients = dict(list(inferred.within().groupby("model", sort=False)))
    variances = comparison.variances()
    statistics = comparison.statistics().set_index("model")
    result: dict[str, dict[str, Any]] = {}
    for key, rows in coefficients.items():
        result[key] = {
            "label": Model(key).label,
            "pooling": Model(key).pooling,
            "coefficients": _records(rows.drop(columns="model")),
        }
    for key, fit in comparison.fits.items():
        one = result.setdefault(key, {"label": Model(key).label, "pooling": Model(key).pooling, "coefficients": []})
        likelihood = {name: statistics.loc[key, name] for name in ("loglik", "aic", "bic")}
        one |= {"rows": fit.nobs, "sigma": fit.sigma, **likelihood}
        if isinstance(fit, MixedResult):
            own = variances[(variances["model"] == key) & (variances["factor"] != "")]
            one |= {
                "criterion": fit.criterion,
                "theta": fit.theta,
                "converged": fit.converged,
                "singular": fit.singular,
                "icc": fit.icc,
                "variances": _records(own.drop(columns="model")),
                "random_effects": _random_effects(fit),
            }
        elif isinstance(fit, GLSResult):
            own = variances[variances["model"] == key]
            one |= {
                "correlation": None if fit.correlation is None else str(fit.correlation),
                "variance": fit.variance,
                "outcome": fit.outcome,
                "notes": fit.notes,
                "variances": _records(own.drop(columns="model")),
            }
        elif isinstance(fit, NoPoolingResult):
            own = fit.group_intercepts
            one["group_intercepts"] = {
                "levels": list(map(str, own.index)),
                "estimate": own["estimate"],
                "se": own["se"],
            }
    return result


def _random_effects(fit: MixedResult) -> dict[str, dict[str, Any]]:
    errors = fit.random_effects_se
    return {
        factor: {
            "levels": list(map(str, modes.index)),
            "terms": list(modes.columns),
            "estimate": modes.to_numpy(),
            "se": errors[factor].to_numpy(),
        }
        for factor, modes in fit.random_effects.items()
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")


def _plain(value: Any) -> Any:
    """Lists, dicts, texts, truth values and finite numbers of Python's own; None for what is not finite."""
    match value:
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case np.ndarray() | pd.Series():
            return _plain(value.tolist())
        case np.generic():
            return _plain(value.item())
        case float() if not math.isfinite(value):
            return None
    return value
