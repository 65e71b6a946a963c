"""Influence diagnostics: how every estimate of a mixed model changes when a group is left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DesignError
from ..inference.group_refits import WithoutGroup
from ..inference.influence import leave_one_group_out
from ..inference.influence_crossed import leave_each_level_out
from ..inference.t_tests import t_quantile
from ..models import MixedResult
from ..models.gathering import crossed_rows
from ..text.labels import group_phrase, noun, plural
from ..text.numbers import count, decimals_for, number
from .diagnostic_result import Diagnostic


def influence(result: MixedResult) -> Diagnostic:
    """The influence of each group, computed without interruption; see `influence_in_steps`."""
    *_, (_, diagnostic) = influence_in_steps(result)
    assert diagnostic is not None
    return diagnostic


def influence_in_steps(result: MixedResult) -> Iterator[tuple[int, Diagnostic | None]]:
    """Refit without each group in turn, variances included, and report the changes of the estimates.

    A change of a coefficient by more than ``2 / sqrt(J)`` of its standard errors, and a Cook's distance of more than ``4 / J``,
    are called large (Belsley, Kuh and Welsch 1980; Van der Meer, Te Grotenhuis and Pelzer 2010, Am. Sociol. Rev. 75(1)).

    With several grouping factors the groups are those of the factor that is shown, and each is left out of the whole model.

    Yields
    ------
    int, Diagnostic or None
        How many groups have been left out; the diagnostic comes with the last one.
        ``frame``: a row per group and coefficient, ``group, n, term, estimate, without, change`` (in standard errors),
        ``large, cooks`` (the group's, of all coefficients), ``verdict_changes`` (whether the coefficient differs from 0 at 5% with
        the group but not without it, or the other way, each by its own fit's standard error and degrees of freedom), ``differs``
        (whether it does without the group). ``lines``: a row
        per group and SD, ``group, n, factor, term, sd, without``; the residual SD has the term ``residual``. NaN where the other
        groups cannot carry the model.

    Raises
    ------
    DesignError
        Where there is no coefficient, and with several grouping factors where the table is an engine's.
    """
    if not result.names:
        raise DesignError("The model has no coefficient that a group could move.", "Write ~ 1 for a mean.")
    if len(result.factors) == 1:
        yield (
            result.moments.n_groups,
            _diagnostic(result, leave_one_group_out(result.fit, result.moments, result.columns)),
        )
        return
    if result.design.is_sample:
        raise DesignError(
            "Leaving groups out of a model with several grouping factors takes its rows; of this table an engine has them.",
            "Keep one grouping factor, or read the table whole.",
        )
    for done, without in leave_each_level_out(result.fit, crossed_rows(result), result.focal):
        yield done, _diagnostic(result, without) if done == result.moments.n_groups else None


def _diagnostic(result: MixedResult, without: WithoutGroup) -> Diagnostic:
    labels = np.array(result.groupings[result.focal].labels, dtype=object)
    n, n_groups = result.moments.n.astype(int), len(labels)
    change, cooks = without.changes(result.fit), without.cooks_distance(result.fit)
    df = result.df_satterthwaite.to_numpy()
    se = np.sqrt(np.einsum("ppj->pj", without.vcov))
    was = np.abs(result.tvalues.to_numpy()) > t_quantile(df)
    own = np.where(np.isnan(without.df), df[:, None], without.df)
    with np.errstate(invalid="ignore"):
        now = np.abs(without.beta / se) > t_quantile(own)
    parts = [
        pd.DataFrame(
            {
                "group": labels,
                "n": n,
                "term": term,
                "estimate": float(result.params[term]),
                "without": without.beta[k],
                "change": change[k],
                "large": np.abs(change[k]) > 2 / np.sqrt(n_groups),
                "cooks": cooks,
                "verdict_changes": (now[k] != was[k]) & np.isfinite(without.beta[k]),
                "differs": now[k] & np.isfinite(without.beta[k]),
            }
        )
        for k, term in enumerate(result.names)
    ]
    frame = pd.concat(parts, ignore_index=True)
    well = (
        f"If no {noun(result.group)} stood out, about 95% would move a coefficient that all {plural(result.group)} tell alike by less than "
        f"2/√{n_groups:,} = {number(2 / np.sqrt(n_groups), 2)} of its standard errors; one that part of them tell, as of a treatment of "
        "some, is moved further by these. A p value near 5% may come to lie on the other side without any one of them."
    )
    return Diagnostic(
        frame,
        _influence_sentence(result, frame),
        well,
        _spreads(result, without.covariance, without.sigma, labels, n),
        _note(result, without.sigma),
    )


def _influence_sentence(result: MixedResult, frame: pd.DataFrame) -> str:
    if not frame["change"].notna().any():
        return f"Without any one {noun(result.group)} the others cannot carry the model."
    top = frame.loc[frame["change"].abs().idxmax()]
    group, named = noun(result.group), _named(result, str(top["term"]))
    places = decimals_for(abs(top["without"] - top["estimate"]))
    large = frame.loc[frame["large"], "group"].nunique()
    which = f"one of the {len(result.names)} coefficients" if len(result.names) > 1 else "the coefficient"
    turned = frame.loc[frame["verdict_changes"], ["group", "term", "differs"]]
    text = (
        f"Leaving out {group_phrase(result.group, top['group'])} changes most: {named} is then "
        f"{number(top['without'], decimals=places)} instead of {number(top['estimate'], decimals=places)}, "
        f"{number(abs(top['change']), 2)} standard errors away. {f'{large:,}' if large else 'None'} of "
        f"{frame['group'].nunique():,} {plural(result.group)} {'move' if large > 1 else 'moves'} {which} by more than 2/√"
        f"{frame['group'].nunique():,} of its standard errors. "
    )
    if turned.empty:
        return text + "None changes which coefficients differ from 0 at the 5% level."
    first, several = turned.iloc[0], turned["group"].nunique()
    return text + (
        f"Whether a coefficient differs from 0 at the 5% level depends on {count(several, group, plural(result.group))}: without "
        f"{group_phrase(result.group, first['group'])}{', for example' if len(turned) > 1 else ''}, {_named(result, str(first['term']))} "
        f"{'does, though it does not with all' if first['differs'] else 'no longer does'}."
    )


def _named(result: MixedResult, term: str) -> str:
    """A coefficient within a sentence."""
    return "the intercept" if term == result.design.constant else result.label(term)


def _spreads(result: MixedResult, covariance: Array, sigma: Array, labels: Array, n: Array) -> pd.DataFrame:
    """The SDs with all groups and without each."""
    factor, terms = result.group, result.terms_of(result.group)
    fitted = np.sqrt(np.diag(result.cov_re[factor].to_numpy()))
    own = result.fit.problem.factor_rows[result.focal]
    without = np.sqrt(np.maximum(np.einsum("kkj->kj", covariance[own, own]), 0.0))
    rows = [(factor, term, fitted[k], without[k]) for k, term in enumerate(terms)] + [
        ("", "residual", result.sigma, sigma)
    ]
    parts = [
        pd.DataFrame({"group": labels, "n": n, "factor": f, "term": t, "sd": s, "without": w}) for f, t, s, w in rows
    ]
    return pd.concat(parts, ignore_index=True)


def _note(result: MixedResult, sigma: Array) -> str:
    lost = int(np.isnan(sigma).sum())
    if not lost:
        return ""
    which = f"one {noun(result.group)}" if lost == 1 else f"any of {lost:,} {plural(result.group)}"
    return f"Without {which} the others cannot carry the model."
