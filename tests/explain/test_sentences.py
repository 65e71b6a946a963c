"""Sentences claim no more than dense computations hold: their levels, numbers, signs and verdicts, on 100 random designs,
500 with -m slow.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.gap_sentences import gap_sentence, intercept_sentence, mundlak_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.paragraph import paragraph
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.explain.two_slopes_sentences import simpson, slopes_sentence
from lmmcompare.text.numbers import MINUS
from tests.effort import first
from tests.explain.dense_identity import Dense
from tests.explain.dense_ols_errors import dense_ols_errors
from tests.explain.random_tables import RandomTable, fitted, variance_of_means

NUMBER = rf"{MINUS}?[\d,]+(?:\.\d+)?"


def value(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", ""))


def near(text: str, wanted: float) -> bool:
    """Whether a printed number is a value rounded to the decimals printed."""
    decimals = len(text.partition(".")[2])
    return abs(value(text) - wanted) <= 0.5001 * 10.0**-decimals + 1e-6 * abs(wanted)


@cache
def dense_of(seed: int) -> tuple[Comparison, RandomTable, Dense] | None:
    pair = fitted(seed)
    if pair is None:
        return None
    both, drawn = pair
    return both, drawn, Dense.of(drawn.frame, list(drawn.columns.values()), "y", "g")


def each(start: int, count: int):
    for made in filter(None, map(dense_of, range(start, start + count))):
        both, drawn, dense = made
        for k, term in enumerate(drawn.columns):
            yield both, dense, term, k


@pytest.mark.parametrize("start", first(range(0, 500, 100), 1))
def test_what_is_said_of_the_level_holds_for_the_column_itself(start: int) -> None:
    for both, dense, term, k in each(start, 100):
        reason = headline(both, term).reason
        varies = dense.within_ss()[k] > 1e-12 * dense.total_ss()[k]
        apart = (dense.n * (dense.Xbar[:, k] - dense.X[:, k].mean()) ** 2).sum() > 1e-12 * dense.total_ss()[k]
        assert not ("is the same in all rows" in reason and varies), reason
        assert not ("has the same mean in every" in reason and apart), reason
        if not varies:
            assert "**within**" not in reason and "of the weight" not in reason, reason
        if not apart:
            assert "**between**" not in reason, reason


@pytest.mark.parametrize("start", first(range(0, 500, 100), 1))
def test_slopes_and_weights_that_are_said_are_those_of_dense_matrices(start: int) -> None:
    blends = 0
    for both, dense, term, k in each(start, 100):
        reason = headline(both, term).reason
        ratio = float(both.random_intercept.fit.optimum.solution.theta[0]) ** 2
        for found in re.findall(rf"({NUMBER})(?: \(95% interval [^)]*\))? \*\*within\*\*", reason):
            assert near(found, dense.within()[k]), reason
        slopes = dense.between(0.0, *variance_of_means(both, dense))
        for found in re.findall(rf"({NUMBER}) \(95% interval ({NUMBER}) to ({NUMBER})\) \*\*between\*\*", reason):
            assert near(found[0], slopes[0][k]), reason
            assert slopes[1][k] < 10 * max(abs(slopes[0][k]), float(both.ols.bse[term])), (
                "a slope whose standard error is ten times its size and OLS's error is not said"
            )
            blends += 1
        shares = re.search(
            r"OLS puts ([\d.]+)% of the weight on the \w+ within, the random intercept ([\d.]+)%", reason
        )
        if shares:
            for text, at in zip(shares.groups(), (0.0, ratio), strict=True):
                assert near(text, 100 * dense.parts(at)[0][k, k]), reason
    assert blends > 20


@pytest.mark.parametrize("start", first(range(0, 500, 100), 1))
def test_models_are_said_to_agree_only_where_they_do(start: int) -> None:
    for both, dense, term, k in each(start, 100):
        title = headline(both, term).title
        a, b = dense.parts(0.0)[1][k], float(both.mixed.params[term])
        close = abs(a - b) < 0.1 * float(min(both.ols.bse[term], both.mixed.bse[term]))
        assert ("agree" not in title) or close, title
        said = re.match(rf"OLS says ({NUMBER}) (more|less)", title)
        if said:
            assert near(said[1], abs(a)) and (a > 0) == (said[2] == "more"), title
        if "must agree" in headline(both, term).reason:
            assert abs(a - b) < 1e-6 * (abs(a) + float(both.ols.bse[term])), title


@pytest.mark.parametrize("start", first(range(0, 500, 100), 1))
def test_standard_errors_are_judged_as_a_dense_computation_does(start: int) -> None:
    offset = 0
    for both, dense, term, k in each(start, 100):
        said, factor = errors_sentence(both, term), dense.moulton(k)
        if both.formula_model == "several" or "keep little of their own" in said:
            one = np.ones((len(dense.y), 1))
            fixed, levels = np.hstack([one, dense.X]), {of.name: of.codes for of in both.design.groupings}
            errors = dense_ols_errors(both, pd.DataFrame(levels), fixed, dict.fromkeys(levels, one))
            factor = errors[k + 1] / both.ols.bse[term]
        if "offset each other" in said:
            assert dense.residual_correlation() < 0 and dense.p_less_alike() < 0.025, said
            offset += 1
        elif "are alike" in said:
            assert dense.residual_correlation() > 0.01, said
        moulton = re.search(rf"\*\*({NUMBER})\*\*", said)
        if moulton and ("Moulton" in said or "random slopes" not in said):
            assert near(moulton[1], factor), said
        slopes_vary = re.search(r"But (by AIC the \w+ varies|the formula lets the \w+ vary) between", said)
        if by_the_one := re.search(r"OLS's is ([\w ]+) by the one and ([\w ]+) by the other", said):
            robust = float(both.ols.robust("CR2").se[both.ols.names.index(term)] / both.ols.bse[term])
            for size, ratio in zip(by_the_one.groups(), (factor, robust), strict=True):
                assert (size == "too large") == (ratio < 0.95) and (size == "too small") == (ratio > 1.05), said
            continue
        if by_slopes := re.search(rf"With the formula's random slopes, .*?\*\*({NUMBER})\*\*", said):
            one, names = np.ones((len(dense.y), 1)), [n for n in both.mixed.names if n != both.constant]
            columns = {both.constant: one[:, 0], **dict(zip(names, dense.X.T, strict=True))}
            z = np.column_stack([columns[n] for n in both.mixed.random_names])
            groups = pd.DataFrame({both.group: both.grouping.codes})
            errors = dense_ols_errors(both, groups, np.hstack([one, dense.X]), {both.group: z})
            implied = errors[k + 1] / both.ols.bse[term]
            assert near(by_slopes[1], implied), said
            assert ("is too large" in said) <= (implied < 0.95) and ("is too small" in said) <= (implied > 1.05), said
            continue
        if "That factor is too small here" in said:
            one = np.ones((len(dense.y), 1))
            groups = pd.DataFrame({both.group: both.grouping.codes})
            errors = dense_ols_errors(both, groups, np.hstack([one, dense.X]), {both.group: one})
            implied = errors[k + 1] / both.ols.bse[term]
            assert near(re.findall(rf"\*\*({NUMBER})\*\*", said)[1], implied) and implied > 1.1 * factor, said
            assert ("too small:" in said) == (implied > 1.05), said
            continue
        if "Here they are not equally alike" in said or "Moulton's factor says little here" in said:
            robust = float(both.ols.robust("CR2").se[both.ols.names.index(term)] / both.ols.bse[term])
            assert ("too large" in said) == (robust < 0.95) and ("too small" in said) == (robust > 1.05), said
            continue
        if not slopes_vary and "opposite directions" not in said:
            assert ("too large" in said) <= (factor < 0.951) and ("too small" in said) <= (factor > 1.049), said
    assert offset > 5


@pytest.mark.parametrize("start", first(range(0, 200, 50), 1))
def test_no_sentence_has_a_number_that_is_none_or_a_grammar_that_breaks(start: int) -> None:
    for both, _, term, _ in each(start, 50):
        texts = [
            *vars(headline(both, term)).values(), paragraph(both, term), errors_sentence(both, term),
            intercept_sentence(both), gap_sentence(both, term), mundlak_sentence(both, term), simpson(both, term),
            *slopes_sentence(both, term), *(t for a in which_to_report(both, term) for t in vars(a).values()),
        ]  # fmt: skip
        for text in texts:
            assert "nan" not in text and "·" not in text and "None" not in text and "∞" not in text, text
            assert "  " not in text and ".." not in text and " ." not in text, text
            percentages = [value(p) for p in re.findall(rf"({NUMBER})% of the weight", text)]
            assert all(0 <= p <= 100 for p in percentages), text


def test_rows_that_offset_each_other_are_named_and_what_it_means() -> None:
    """Four rows of a litter compete: their sum is nearly fixed."""
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(30), 4)
    e = rng.normal(size=120)
    e -= 0.9 * (np.bincount(g, e) / 4)[g]
    frame = pd.DataFrame({"litter": g, "dose": np.repeat(rng.integers(0, 2, 30), 4), "x": rng.normal(size=120)})
    frame["x"] -= frame.groupby("litter")["x"].transform("mean")
    frame["y"] = e
    both = compare("y ~ dose + x + (1 | litter)", frame)
    assert both.random_intercept.singular
    assert "too large" in errors_sentence(both, "dose") and "too small" in errors_sentence(both, "x")
    for said in (errors_sentence(both, "dose"), paragraph(both, "dose")):
        assert "offset each other" in said and "variance stops at 0" in said
    mean = headline(compare("y ~ 1 + (1 | litter)", frame)).reason
    assert "the mean is known better" in mean


@pytest.mark.parametrize("seed", range(5))
def test_chance_alone_is_not_called_negative_correlation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"g": np.repeat(np.arange(10), 3), "y": rng.normal(size=30)})
    assert "offset" not in errors_sentence(compare("y ~ 1 + (1 | g)", frame), "Intercept")
