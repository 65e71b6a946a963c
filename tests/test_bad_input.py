"""Bad input gives a sentence that names the column and says what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DataError, DesignError, FormulaError, LmmCompareError

N = 60
RANDOM = np.random.default_rng(1)
GOOD = pd.DataFrame({"y": RANDOM.normal(size=N), "x": RANDOM.normal(size=N), "g": np.repeat(np.arange(12), 5)})
GOOD["z"] = np.repeat(RANDOM.normal(size=12), 5)
FORMULA = "y ~ x + (1 | g)"

# what is wrong -> (formula, frame, kind of error, words that must be said: the column, and the remedy)
CASES: dict[str, tuple[str, pd.DataFrame, type[LmmCompareError], tuple[str, ...]]] = {
    "no rows": (FORMULA, GOOD.head(0), DataError, ("no rows", "Load a table")),
    "one row": (FORMULA, GOOD.head(1), DataError, ("one row", "Load a table")),
    "one complete row": (
        FORMULA,
        GOOD.assign(x=GOOD["x"].where(GOOD.index == 0)),
        DataError,
        ("Only one row", "“x”", "59 of 60", "Choose other"),
    ),
    "fewer rows than coefficients": (
        "y ~ x + I(x^2) + I(x^3) + (1 | g)",
        GOOD.iloc[[0, 1, 5, 6]],
        DesignError,
        ("4 complete rows", "4 coefficients", "fewer predictors"),
    ),
    "a spline of fewer df than its degree": (
        "y ~ bs(x, df=2) + (1 | g)",
        GOOD,
        DesignError,
        ("bs(x, df=2)", "at least 3"),
    ),
    "group of one level": (FORMULA, GOOD.assign(g="a"), DesignError, ("“g”", "one level only", "at least two groups")),
    "group of a row each": (
        FORMULA,
        GOOD.assign(g=range(N)),
        DesignError,
        ("“g”", "different value in every row", "values repeat"),
    ),
    "group of a complete row each": (
        FORMULA,
        GOOD.assign(x=GOOD["x"].where(~GOOD["g"].duplicated())),
        DesignError,
        ("“g”", "in every complete row", "fewer missing values"),
    ),
    "constant text predictor": (FORMULA, GOOD.assign(x="a"), DesignError, ("“x”", "same value", "Remove it")),
    "constant outcome": (
        FORMULA,
        GOOD.assign(y=1.5),
        DesignError,
        ("“y”", "same value in all 60 rows", "another outcome"),
    ),
    "outcome constant within groups": (
        FORMULA,
        GOOD.assign(y=GOOD["z"]),
        DesignError,
        ("“y”", "constant within every g", "another outcome"),
    ),
    "outcome among the predictors": ("y ~ y + (1 | g)", GOOD, DesignError, ("“y”", "exact combination", "Remove")),
    "outcome computed from a predictor": (
        FORMULA,
        GOOD.assign(y=GOOD["x"] * 2 + 1),
        DesignError,
        ("“y”", "exact combination", "Remove"),
    ),
    "outcome told by a predictor, where groups leave no row over": (
        FORMULA,
        pd.DataFrame({"y": [0, 1, 0], "x": [2, 5, 2], "g": ["a", "a", "b"]}),
        DesignError,
        ("“y”", "exact combination", "Remove"),
    ),
    "text in a numeric predictor": (
        FORMULA,
        GOOD.assign(x=GOOD["x"].astype(str).where(GOOD.index != 3, "n/a?")),
        DataError,
        ("“x”", "1 row", "“n/a?”", "Mend these cells"),
    ),
    "text in a numeric outcome": (
        FORMULA,
        GOOD.assign(y=GOOD["y"].astype(str).where(GOOD.index > 1, "??")),
        DataError,
        ("“y”", "2 rows", "“??”", "Mend these cells"),
    ),
    "text outcome": (
        FORMULA,
        GOOD.assign(y=np.where(GOOD["x"] > 0, "a", "b")),
        DataError,
        ("“y”", "text", "Choose a numeric column"),
    ),
    "dates as outcome": (
        FORMULA,
        GOOD.assign(y=pd.Timestamp("2020") + pd.to_timedelta(GOOD.index, "D")),
        DataError,
        ("“y”", "dates", "Choose a numeric column"),
    ),
    "text inside a function": (
        "y ~ log(x) + (1 | g)",
        GOOD.assign(x=np.where(GOOD["x"] > 0, "a", "b")),
        DataError,
        ("“x”", "text", "numeric"),
    ),
    "infinite predictor": (
        FORMULA,
        GOOD.assign(x=GOOD["x"].where(GOOD.index != 3, np.inf)),
        DataError,
        ("“x”", "1 infinite value", "Replace"),
    ),
    "infinite outcome": (
        FORMULA,
        GOOD.assign(y=GOOD["y"].where(GOOD.index > 1, -np.inf)),
        DataError,
        ("“y”", "2 infinite values", "Replace"),
    ),
    "numbers beyond squaring": (
        FORMULA,
        GOOD.assign(x=GOOD["x"] * 1e200),
        DataError,
        ("“x”", "beyond 1e+150", "Replace"),
    ),
    "logarithm of negative numbers": (
        "y ~ log(x) + (1 | g)",
        GOOD,
        DataError,
        ("log(x)", "not a finite number", "zeros and negative"),
    ),
    "division by zero": (
        "y ~ I(1 / x) + (1 | g)",
        GOOD.assign(x=GOOD.index % 3),
        DataError,
        ("I(1 / x)", "20 rows", "zeros"),
    ),
    "all rows missing": (FORMULA, GOOD.assign(x=np.nan), DataError, ("No row", "“x”", "60 of 60", "other columns")),
    "no row has all columns": (
        FORMULA,
        GOOD.assign(x=GOOD["x"].where(GOOD.index < 30), y=GOOD["y"].where(GOOD.index > 29)),
        DataError,
        ("No row", "30 of 60", "other columns"),
    ),
    "all groups missing": (FORMULA, GOOD.assign(g=None), DataError, ("No row", "“g”", "other columns")),
    "slope of a predictor constant within groups": (
        "y ~ x + z + (z | g)",
        GOOD,
        DesignError,
        ("“z”", "constant within every g", "(1 | g)"),
    ),
    "more random terms than groups carry": (
        "y ~ x + (x + I(x^2) + I(x^3) + I(x^4) | g)",
        GOOD,
        DesignError,
        ("“g”", "5 random coefficients", "12 groups", "60 rows", "(1 | g)"),
    ),
    "groups of one row but for a pair": (
        "y ~ x + (x | g)",
        GOOD.assign(g=[0, 0, *range(1, N - 1)]),
        DesignError,
        ("“g”", "2 random coefficients", "(1 | g)"),
    ),
    "two factors with the same groups": (
        "y ~ x + (1 | g) + (1 | z)",
        GOOD,
        DesignError,
        ("“z”", "same groups", "“g”", "Keep one"),
    ),
    "a second factor that is overloaded": (
        "y ~ x + (1 | g) + (x | pair)",
        GOOD.assign(pair=np.arange(N) % 30),
        DesignError,
        ("60", "“pair”", "(1 | pair)"),
    ),
    "a factor with a level for each row": (
        "y ~ x + (1 | g) + (1 | row)",
        GOOD.assign(row=range(N)),
        DesignError,
        ("“row”", "different value in every row", "repeat"),
    ),
    "nested groups of a row each": (
        "y ~ x + (1 | g/row)",
        GOOD.assign(row=range(N)),
        DesignError,
        ("“g” and “row”", "no group of “g:row” has two rows", "(1 | a)"),
    ),
    "unknown predictor": ("y ~ X + (1 | g)", GOOD, DataError, ("no column “X”", "Did you mean “x”?", "y, x, g, z")),
    "unknown outcome": ("weight ~ x + (1 | g)", GOOD, DataError, ("no column “weight”", "y, x, g, z")),
    "unknown group": (
        "y ~ x + (1 | gruop)",
        GOOD.rename(columns={"g": "group"}),
        DataError,
        ("no column “gruop”", "Did you mean “group”?"),
    ),
    "unknown group that is like a predictor": (
        "y ~ x + (1 | XX)",
        GOOD,
        DataError,
        ("no column “XX” in the table. Its columns are y, x, g",),  # no guess: x is the predictor
    ),
    "unknown group that is like a predictor and another": (
        "y ~ x + (1 | XX)",
        GOOD.rename(columns={"g": "xxx"}),
        DataError,
        ("no column “XX”", "Did you mean “xxx”?"),
    ),
    "unknown among 300 columns": (
        "y ~ c2999 + (1 | g)",
        pd.concat([GOOD, pd.DataFrame(0.0, GOOD.index, [f"c{k}" for k in range(300)])], axis=1),
        DataError,
        ("no column “c2999”", "Did you mean “c299”?", "…"),
    ),
    "300 predictors": (
        "y ~ " + " + ".join(f"c{k}" for k in range(300)) + " + (1 | g)",
        pd.concat([GOOD, pd.DataFrame(RANDOM.normal(size=(N, 300)), columns=[f"c{k}" for k in range(300)])], axis=1),
        DesignError,
        ("60 complete rows", "301 coefficients", "fewer predictors"),
    ),
    "predictor's name twice": (
        FORMULA,
        pd.concat([GOOD, GOOD[["x"]]], axis=1),
        DataError,
        ("2 columns named “x”", "Rename"),
    ),
    "group's name twice": (
        FORMULA,
        pd.concat([GOOD, GOOD[["g"]]], axis=1),
        DataError,
        ("2 columns named “g”", "Rename"),
    ),
    "outcome's name twice, with holes": (
        FORMULA,
        pd.concat([GOOD.assign(y=np.nan), GOOD[["y"]]], axis=1),
        DataError,
        ("2 columns named “y”", "Rename"),
    ),
    "too many levels": (
        "y ~ x + c + (1 | g)",
        pd.concat([GOOD] * 5, ignore_index=True).assign(
            c=[f"c{k}" for k in range(5 * N)], x=RANDOM.normal(size=5 * N), y=RANDOM.normal(size=5 * N)
        ),
        DesignError,
        ("“c”", "300 different values", "grouping factor"),
    ),
    "polynomial of few values": (
        "y ~ poly(x, 5) + (1 | g)",
        GOOD.assign(x=GOOD.index % 4),
        DesignError,
        ("poly(x, degree=5)", "there are 4", "Lower it"),
    ),
    "outcome of several columns": (
        "poly(y, 2) ~ x + (1 | g)",
        GOOD,
        DesignError,
        ("poly(y, degree=2)", "several columns", "one column"),
    ),
    "typo": ("y ~ x + (1 | g", GOOD, FormulaError, ("never closed", "Add a “)”")),
    "a forgotten tilde": ("y x + (1 | g)", GOOD, FormulaError, ("“~”", "outcome ~ predictors")),
    "code": ("y ~ __import__('os').system('x') + (1 | g)", GOOD, FormulaError, ("“_” cannot stand", "backquotes")),
    "nothing": ("", GOOD, FormulaError, ("“~”", "outcome ~ predictors")),
}

WAYS: dict[str, Callable[[str, pd.DataFrame], object]] = {"lmer": lmmcompare.lmer, "compare": lmmcompare.compare}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_named_with_its_remedy(case: str, way: str) -> None:
    formula, frame, kind, words = CASES[case]
    before = frame.copy()
    with pytest.raises(LmmCompareError) as error:
        WAYS[way](formula, frame)
    assert type(error.value) is kind
    assert error.value.problem and error.value.remedy
    for word in words:
        assert word in str(error.value)
    pd.testing.assert_frame_equal(frame, before)  # what the user had is kept


LM_CASES = [
    "one row",
    "constant outcome",
    "text in a numeric predictor",
    "text outcome",
    "infinite predictor",
    "all rows missing",
    "unknown predictor",
    "predictor's name twice",
    "a forgotten tilde",
    "code",
]


@pytest.mark.parametrize("case", LM_CASES)
def test_lm_says_the_same(case: str) -> None:
    formula, frame, kind, words = CASES[case]
    with pytest.raises(kind) as error:
        lmmcompare.lm(formula.replace(" + (1 | g)", ""), frame)
    assert error.value.remedy
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: lmmcompare.lm("y ~ x + (1 | g)", GOOD), FormulaError, ("no random part", "(1 | g)", "lmer()")),
        (lambda: lmmcompare.lmer("y ~ x", GOOD), FormulaError, ("needs a random part", "lm()")),
        (lambda: lmmcompare.compare("y ~ x", GOOD), FormulaError, ("no grouping factor", "(1 | group)")),
        (lambda: lmmcompare.lm("y ~ x", GOOD, cluster="q"), DataError, ("no column “q”", "y, x, g, z")),
        (
            lambda: lmmcompare.lm("y ~ x", GOOD.assign(g=1), cluster="g"),
            DesignError,
            ("“g”", "one level only", "two groups"),
        ),
    ],
)
def test_the_wrong_function_is_said(
    call: Callable[[], object], kind: type[LmmCompareError], words: tuple[str, ...]
) -> None:
    with pytest.raises(kind) as error:
        call()
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("x", "g", "formula"),
    [
        ("возраст", "ομάδα", "y ~ возраст + (возраст | ομάδα)"),
        ("年齢", "组", "y ~ 年齢 + (年齢 | 组)"),
        ("आयु", "समूह", "y ~ `आयु` + (`आयु` | `समूह`)"),
        ("العمر", "مجموعة", "y ~ العمر + (العمر | مجموعة)"),
        ("my x (cm)", "group-id", "y ~ `my x (cm)` + (`my x (cm)` | `group-id`)"),
        ("eval(x)", "__class__", "y ~ `eval(x)` + (`eval(x)` | `__class__`)"),
        ("😀", "1", "y ~ `😀` + (`😀` | `1`)"),
    ],
)
def test_names_in_any_writing_work(x: str, g: str, formula: str) -> None:
    both = lmmcompare.compare(formula, GOOD.rename(columns={"x": x, "g": g}))
    expected = lmmcompare.compare("y ~ x + (x | g)", GOOD)
    assert both.mixed.names == ["Intercept", x] and both.group == g
    np.testing.assert_allclose(both.mixed.params, expected.mixed.params)
    assert list(lmmcompare.explain(both, x)["model"]) == list(lmmcompare.explain(expected, "x")["model"])
    assert both.spec.formula == formula


def test_wide_tables_are_no_trouble() -> None:
    wide = pd.concat([GOOD, pd.DataFrame(RANDOM.normal(size=(N, 300)), columns=[f"c{k}" for k in range(300)])], axis=1)
    assert lmmcompare.lmer(FORMULA, wide).criterion == lmmcompare.lmer(FORMULA, GOOD).criterion


def test_unused_columns_may_be_anything() -> None:
    odd = pd.concat([GOOD.assign(w=np.inf, v="text", u=None), GOOD[["z"]]], axis=1)
    assert lmmcompare.lmer(FORMULA, odd).criterion == lmmcompare.lmer(FORMULA, GOOD).criterion
