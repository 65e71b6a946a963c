"""What the groups of a formula's factors are called."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.paragraph import group_sizes
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.formula.factor_names import factor_name
from lmmcompare.formula.parser import parse
from lmmcompare.models.prediction import variances_carried
from lmmcompare.text.labels import noun, plural

LONG = "In which school were you in your last year?"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ x + (1 | district/school)", ["district", "school"]),
        ("y ~ x + (1 | district) + (1 | school:district)", ["district", "school"]),
        ("y ~ x + (1 | a/b/pupil)", ["a group", "b group", "pupil"]),
        ("y ~ x + (1 | district:school)", ["district:school"]),  # nothing says that it is nested
        ("y ~ x + (1 | subject) + (1 | item) + (1 | subject:item)", ["subject", "item", "subject:item"]),  # crossed
        ("y ~ variety + (1 | block/variety)", ["block", "block:variety"]),  # a plot, not a variety
        (f"y ~ x + (1 | `{LONG}`)", ["group"]),
    ],
)
def test_words_by_the_other_parts_of_the_formula(formula: str, words: list[str]) -> None:
    spec = parse(formula)
    assert [noun(factor_name(spec, group)) for group in spec.groupings] == words


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    d, s = np.repeat(np.arange(6), 20), np.tile(np.repeat(np.arange(4), 5), 6)
    y = rng.normal(size=6)[d] + rng.normal(size=24)[4 * d + s] + rng.normal(size=120)
    return pd.DataFrame({"district": d, "school": s, "x": rng.normal(size=120), "y": y})


def test_an_average_school_is_in_an_average_district(schools: pd.DataFrame) -> None:
    comparison = compare("y ~ x + (1 | district/school)", schools, group="district:school")
    assert comparison.group == "district:school" and plural(comparison.group) == "schools"
    assert variances_carried(comparison.mixed, "population").startswith(
        "The line of an average school in an average district, whose"
    )
    assert "For a school or a district never seen it carries" in variances_carried(comparison.mixed, "group")


def test_no_sentence_has_the_formulas_word_for_it(schools: pd.DataFrame) -> None:
    from lmmcompare.export.methods import methods
    from lmmcompare.export.report import report

    comparison = compare("y ~ x + (1 | district/school)", schools)
    snapshot = Snapshot(comparison, Source("schools.csv", schools))
    text = report(snapshot).partition("Code that finds the same numbers")[0].replace(comparison.spec.text, "")
    assert "district:school" not in text and "combinations of" not in text
    assert "a random intercept for school" in methods(snapshot)


def test_a_long_name_is_told_whole_once(schools: pd.DataFrame) -> None:
    comparison = compare(f"y ~ x + (1 | `{LONG}`)", schools.rename(columns={"district": LONG}))
    assert group_sizes(comparison) == f"6 groups by “{LONG}” of 20 rows each"
    assert variances_carried(comparison.mixed, "population").startswith("The line of an average group, whose")
