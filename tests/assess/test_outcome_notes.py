"""Outcomes that are no measurements are told from those that are, and what a linear model of them is stands on the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.outcome_notes import measurement_scale, outcome_sentence
from tests.helpers import example

RNG = np.random.default_rng(20)
OUTCOMES = {
    "a yes or no": (RNG.integers(0, 2, 200), "binary"),
    "two values, not 0 and 1": (1 + RNG.integers(0, 2, 200), "binary"),
    "answers from 1 to 5": (RNG.integers(1, 6, 200), "ordinal"),
    "answers from -3 to 3": (RNG.integers(-3, 4, 200), "ordinal"),
    "answers from 1 to 5, most of them 1": (1 + RNG.binomial(4, 0.15, 300), "ordinal"),
    "Poisson counts": (RNG.poisson(2, 300), "count"),
    "negative binomial counts": (RNG.negative_binomial(2, 0.2, 300), "count"),
    "counts with many zeros": (RNG.poisson(4, 300) * RNG.integers(0, 2, 300), "count"),
    # none of these is taken for anything else than a measurement
    "ages": (RNG.integers(18, 90, 300), ""),
    "ages from birth on": (RNG.integers(0, 90, 300), ""),
    "test scores": (np.round(RNG.normal(60, 15, 300)), ""),
    "test scores out of 20": (RNG.binomial(20, 0.7, 300), ""),
    "easy tests out of 10": (RNG.binomial(10, 0.8, 300), ""),
    "ratings from 1 to 10": (RNG.integers(1, 11, 300), ""),
    "milliseconds": (np.round(RNG.normal(400, 80, 300)), ""),
    "incomes, some of them 0": (np.round(np.exp(RNG.normal(10, 1, 300))) * RNG.integers(0, 2, 300), ""),
    "measurements": (RNG.normal(size=300), ""),
    "measurements with one decimal": (np.round(RNG.uniform(1, 5, 300), 1), ""),
    "four rounded measurements": (np.array([1, 2, 2, 3]), ""),
    "eight different whole numbers": (np.arange(1, 9), ""),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_kind_of_an_outcome(name):
    values, expected = OUTCOMES[name]
    assert measurement_scale(values.astype(float)) == expected


def test_of_all_examples_only_the_ratings_are_remarked_on():
    found = {n: outcome_sentence(example(n)) for n in examples.names()}
    (said,) = (text for text in found.values() if text)
    assert found["insteval"] == said and "only the 5 whole values 1 to 5" in said and "ordinal" in said


def grouped(y: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"g": np.repeat(np.arange(len(y) // 10), 10), "x": RNG.normal(size=len(y)), "y": y})


def test_a_yes_or_no_is_said_to_be_a_linear_probability_model_with_its_share():
    y = np.zeros(100)
    y[::4] = 1
    (remark,) = remarks(compare("y ~ x + (1 | g)", grouped(y)))
    assert (
        remark.formula == ""
        and "linear probability model" in remark.sentence
        and "(25% of the rows)" in remark.sentence
    )
    assert "logistic" in remark.sentence and "times" not in remark.sentence
    (twice,) = remarks(compare("y ~ x + (1 | g)", grouped(10 * y)))
    assert "with 10 (times 10)" in twice.sentence  # a coefficient is then no difference of shares, but ten times one


def test_a_count_is_said_with_its_mean_and_variance_and_not_once_it_is_transformed():
    y = RNG.permutation(np.tile([0, 0, 1, 2, 7], 20))  # mean 2, variance (4 + 4 + 1 + 0 + 25) / 5 = 6.8
    (remark,) = remarks(compare("y ~ x + (1 | g)", grouped(y)))
    assert "mean of 2.00 and a variance of 6.80" in remark.sentence and "Poisson" in remark.sentence
    assert not remarks(compare("sqrt(y) ~ x + (1 | g)", grouped(y)))


def test_of_a_sample_it_is_said_to_be_one(tmp_path):
    grouped(RNG.integers(0, 2, 22_000)).to_parquet(tmp_path / "votes.parquet")
    said = outcome_sentence(compare("y ~ x + (1 | g)", tmp_path / "votes.parquet"))
    assert "only two values, 0 and 1" in said and "of 22,000 rows" in said


def test_an_outcome_of_one_value_in_most_groups_is_said_to_rest_on_the_others():
    """Not that it piles up at an end, which its groups' rows made it do; nor where two values are all that there are."""
    y = np.repeat(RNG.normal(size=20), 10)
    y[[3, 14, 15]] += 1  # in groups 0 and 1
    (remark,) = remarks(compare("y ~ x + (1 | g)", grouped(y)))
    assert "the same in all rows of 18 of 20 g groups" in remark.sentence and "rests on the 2 others" in remark.sentence
    lone = pd.concat([grouped(y), grouped(y)[:1].assign(g="alone")])  # a group of one row has one value whatever it is
    (remark,) = remarks(compare("y ~ x + (1 | g)", lone))
    assert "in all rows of 18 of 20 g groups of two rows or more," in remark.sentence
    binary = np.where(np.arange(200) % 97 == 5, 1.0, 0.0)  # 17 of 20 groups have none
    assert not any("same in all rows" in one.sentence for one in remarks(compare("y ~ x + (1 | g)", grouped(binary))))


def test_ranks_of_all_rows_are_said_to_be_ranks_and_what_they_do_to_effects_that_add_up():
    """An effect of 1 at one level and of 2 at the other is nearly the same in ranks: what interacts there is another thing."""
    y = RNG.normal(size=200)
    ranks = y.argsort().argsort() + 1.0
    (remark,) = remarks(compare("y ~ x + (1 | g)", grouped(ranks)))
    assert "1 to 200 as ranks of the rows do" in remark.sentence
    tied = pd.Series(np.round(y, 1)).rank().to_numpy()
    assert any("as ranks" in one.sentence for one in remarks(compare("y ~ x + (1 | g)", grouped(tied))))
    assert not any("as ranks" in one.sentence for one in remarks(compare("y ~ x + (1 | g)", grouped(ranks + 1))))
    cells = np.concatenate([RNG.normal(mean, 0.5, 4000) for mean in (0, 1, 1, 3)])
    a, b, c, d = pd.Series(cells).rank().to_numpy().reshape(4, 4000).mean(axis=1)
    assert abs((d - c) - (b - a)) < 0.5 * (b - a)  # 2 and 1 on the scale itself
