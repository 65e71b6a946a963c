"""The paragraph below the headline, sentence by sentence."""

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.explain.paragraph import group_sizes, paragraph, pull_sentence, times_larger
from lmmcompare.text.numbers import number
from tests.helpers import example


def of_example(name):
    return paragraph(example(name))


def grouped(y, g, **columns):
    return pd.DataFrame({"g": g, "y": y, **columns})


def test_cv161703():
    said = of_example("cv161703")
    assert (
        "The standard error of the X coefficient is 0.127 under OLS and 0.124 in the mixed model: OLS's is 2% larger."
        in said
    )
    assert "71% lies between IDs (intraclass correlation 0.71)." in said
    assert (
        "Each ID keeps 88% of its own distance from the line of an average ID (shrinkage); furthest moved is ID 20, its intercept from "
        "4.5 to 4.2." in said
    )
    assert "AIC prefers one slope for all, by 3.98." in said


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("dragons", ["furthest moved is mountainRange Bavarian, its intercept from 23.8 to 24.1"]),
        ("drug", ["Each ID keeps over 99% of its own distance", "OLS's is 8.51 times as large"]),
        ("chapter7", ["1.97 under OLS and 2.98 in the mixed model", "Each group keeps 99% of its own distance"]),
        ("dyestuff", ["Of the variance, 42% lies between Batches", "0.59 times as large"]),
        ("dyestuff2", ["0.678 in both", "The rows of a Batch are no more alike", "nothing of its own distance is left"]),
        ("sleepstudy", ["with SD 5.92 about 10.5, and AIC prefers letting it vary"]),
        ("pshp2", ["Each cluster keeps 99% or more", "does not vary between clusters beyond chance (fitted SD 0)"]),
        ("insteval", ["Beside the effects of the s groups, a d group keeps 66% to 99%"]),
    ],
)  # fmt: skip
def test_the_examples(name, parts):
    said = of_example(name)
    for part in parts:
        assert part in said


@pytest.mark.parametrize("name", [n for n in examples.names() if n != "pshp2"])
def test_a_pull_has_two_ends_that_differ(name):
    ends = re.search(r"intercept from (\S+) to (\S+?)\. ?", of_example(name) + " ")
    if ends:
        assert ends[1] != ends[2]


@pytest.mark.parametrize("name", examples.names())
def test_every_sentence_starts_and_ends_as_one(name):
    said = of_example(name)
    assert "nan" not in said and "·" not in said and "  " not in said
    for sentence in re.split(r"(?<=[a-z0-9)])\. ", said.rstrip(".")):
        assert sentence[0].isupper(), sentence


def test_groups_hardly_alike_and_nearly_all_alike_are_no_false_zero_or_one():
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(10), 10)
    apart = grouped(1e3 * g + rng.normal(size=100), g)
    assert "over 99% lies between g groups (intraclass correlation over 0.99)" in paragraph(
        compare("y ~ 1 + (1 | g)", apart)
    )
    g = np.repeat(np.arange(400), 50)
    faint = grouped(rng.normal(size=20_000) + 0.05 * rng.normal(size=400)[g], g)
    assert "under 1% lies between g groups (intraclass correlation under 0.01)" in paragraph(
        compare("y ~ 1 + (1 | g)", faint)
    )


def test_names_do_not_break_out_of_the_text():
    rng = np.random.default_rng(1)
    g, x = np.repeat(np.arange(8), 5), rng.normal(size=40)
    data = pd.DataFrame({"*g*": [f"*{k}*" for k in g], "**x**": x, "y": 3 * g + x + rng.normal(size=40)})
    said = paragraph(compare("y ~ `**x**` + (1 | `*g*`)", data))
    assert r"\*\*x\*\*" in said
    assert not re.search(r"(?<!\\)\*", said)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1.02, "2% larger"), (0.76, "24% smaller"), (8.5, "8.50 times as large"), (1 / 33, "0.030 times as large"),
        (1.5, "1.50 times as large"), (383_405, "380,000 times as large"),
    ],
)  # fmt: skip
def test_ratios_in_words(ratio, words):
    assert times_larger(ratio) == words


@pytest.mark.parametrize(
    ("sizes", "name", "words"),
    [
        ([3, 3, 3], "ID", "3 IDs of 3 rows each"),
        ([2, 5, 3], "groups", "3 groups of 2 to 5 rows"),
        ([1, 4], "d", "2 d groups of 1 to 4 rows"),
    ],
)
def test_sizes_in_words(sizes, name, words):
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(len(sizes)), sizes)
    data = pd.DataFrame({name: g, "y": rng.normal(size=len(g))})
    assert group_sizes(compare(f"y ~ 1 + (1 | {name})", data)) == words


EQUAL = "so all move by the same share of their distance from the line."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dragons", f"All mountainRanges have 60 rows, {EQUAL}"),
        ("cv161703", f"All IDs have 3 rows, {EQUAL}"),
        ("sleepstudy", "Intercept and slope of a Subject move together"),
        ("dyestuff2", "Every Batch moves all the way to the line."),
        ("insteval", "Each moves by its own share of its distance from the line; the fewer rows, the larger the share."),
        ("exam", "Intercept and slope of a school move together"),
    ],
)  # fmt: skip
def test_how_far_the_groups_are_pulled(name, said):
    fit = example(name).mixed
    assert pull_sentence(fit).startswith(said)
    weight = shrinkage(fit).groupby("n", sort=True)["weight"].first()
    if "the fewer rows" in said:
        assert weight.is_monotonic_increasing


def test_a_slope_without_an_intercept_is_set_beside_the_random_intercept_that_aic_compares_it_with() -> None:
    frame = examples.load("exam")
    both = compare("normexam ~ standLRT + (0 + standLRT | school)", frame)
    better = both.by_ml["random_slope"].aic - both.by_ml["random_intercept"].aic
    assert better > 2 and f"AIC prefers a random intercept in its place, by {better:.0f}." in paragraph(both)
    assert "AIC prefers one slope for all" in of_example("cv161703")


@pytest.mark.parametrize("seed", range(6))
def test_standard_errors_are_one_number_only_where_both_are_that_number(seed):
    """A large group and small ones: the two errors are a percent or two apart."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(6), [400, 5, 6, 7, 5, 6])
    x = rng.normal(size=len(g))
    both = compare("y ~ x + (1 | g)", grouped(x + rng.normal(size=6)[g] + rng.normal(0, 2, len(g)), g, x=x))
    said = paragraph(both, "x")
    ols, mixed = (number(float(fit.bse["x"])) for fit in (both.ols, both.mixed))
    assert (f"is {mixed} in both" in said) == (ols == mixed)
    assert ols == mixed or f"{ols} under OLS and {mixed} in the mixed model" in said


def test_every_grouping_factor_has_its_share():
    """By lme4's SDs of 0.847, 1.932 and 0.550 (reference/penicillin_crossed.json): 0.717, 3.731 and 0.303 of 4.751."""
    both = compare("diameter ~ 1 + (1 | plate) + (1 | sample)", examples.load("penicillin"))
    assert (
        "Of the variance, 15% lies between plates (intraclass correlation 0.15) and 79% between samples (0.79)."
        in paragraph(both)
    )


@pytest.mark.parametrize(
    ("random", "said"),
    [
        ("arm", "Intercept and difference of a person move together, each also by what the other says;"),
        ("0 + arm", "Means of a person move together,"),
        ("arm + week", "Intercept, difference and slope of a person move together, each also by what the others say;"),
    ],
)
def test_what_varies_is_called_by_what_it_is(random: str, said: str) -> None:
    """A random difference between two arms was told as a slope over time."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"person": np.repeat(np.arange(12), 8), "arm": list("aabb") * 24, "week": [0, 1] * 48})
    own = rng.normal(size=(3, 12))[:, frame["person"]]
    frame["y"] = own[0] + own[1] * (frame["arm"] == "b") + own[2] * frame["week"] + rng.normal(size=96)
    comparison = compare(f"y ~ arm + week + ({random} | person)", frame)
    assert pull_sentence(comparison.mixed).startswith(said)


def test_a_random_intercept_of_zero_beside_a_random_slope_is_told_as_that_model_s():
    """Rows with large x are alike where slopes differ: that they are as at random is the random intercept's word."""
    rng = np.random.default_rng(22)
    g = np.repeat(np.arange(15), 10)
    x = rng.normal(size=150)
    y = 2 + 0.4 * x + 0.5 * rng.normal(size=15)[g] * x + rng.normal(size=150)
    found = compare("y ~ x + (0 + x | g)", grouped(y, g, x=x))
    assert found.random_intercept.icc == 0 < found.mixed.icc
    assert "(intraclass correlation 0, by the random-intercept model)" in paragraph(found, "x")
