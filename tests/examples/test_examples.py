"""The bundled examples: shapes, orders, stories, and the twin of pSHP2 against its recipe."""

from __future__ import annotations

import dataclasses
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.data
import pytest
from statsmodels.datasets import grunfeld

from lmmcompare import examples, lmer
from lmmcompare.errors import DataError
from lmmcompare.examples.pshp2 import pshp2
from lmmcompare.formula import parse
from tests.helpers import reference

DATA = Path(__file__).parent.parent / "data_files"
FORMULAS = {
    "cv161703": "Y ~ X + (1 | ID)",
    "drug": "Score ~ Drug + (1 | ID)",
    "pshp2": "pSHP2 ~ condition + (1 | cluster)",
    "dragons": "testScore ~ bodyLength2 + (1 | mountainRange)",
    "chapter7": "y ~ 1 + (1 | groups)",
    "dyestuff": "Yield ~ 1 + (1 | Batch)",
    "dyestuff2": "Yield ~ 1 + (1 | Batch)",
    "penicillin": "diameter ~ sample + (1 | plate)",
    "pastes": "strength ~ 1 + (1 | batch) + (1 | batch:cask)",
    "sleepstudy": "Reaction ~ Days + (Days | Subject)",
    "oats": "Y ~ V * N + (1 | B) + (1 | B:V)",
    "exam": "normexam ~ standLRT + (standLRT | school)",
    "hsb82": "mAch ~ cses + (cses | school)",
    "insteval": "y ~ service + (1 | d) + (1 | s)",
    "orthodont": "distance ~ age * Sex + (1 | Subject)",
    "orthodont_gaps": "distance ~ age * Sex + (1 | Subject)",
    "sleep": "extra ~ drug + (1 | patient)",
    "machines": "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)",
    "rail": "travel ~ 1 + (1 | Rail)",
    "ergostool": "effort ~ Type + (1 | Subject)",
    "orange": "circumference ~ age + (age | Tree)",
    "bodyweight": "weight ~ Time * Diet + (Time | Rat)",
    "chickweight": "weight ~ Time * Diet + (Time | Chick)",
    "co2": "uptake ~ Treatment * Type + log(conc) + (1 | Plant)",
    "grunfeld": "invest ~ value + capital + (1 | firm)",
    "gapminder": "lifeExp ~ log10(gdpPercap) + year + (1 | country)",
}
NAMES = list(FORMULAS)  # in the order in which they are shown
CLASSICS = reference("classics")
OF_FILES = [name for name in NAMES if name not in {"pshp2", "orthodont_gaps", "grunfeld", "gapminder", *CLASSICS}]
FILES = {"dragons": "dragons_twin.csv", "chapter7": "chapter7_twin.csv", "insteval": "insteval.csv.gz"}


def test_the_names_and_their_order():
    assert examples.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_story(name):
    example = examples.get(name)
    assert (example.name, example.formula) == (name, FORMULAS[name])
    assert example.title and example.summary.endswith(".") and len(example.citation) > 30
    assert example.question.endswith("?")
    assert not re.search(r"\d\.\d", example.summary), "no computed figures"
    assert bool(example.predictor) == ("~ 1 +" not in example.formula)
    with pytest.raises(dataclasses.FrozenInstanceError):
        example.name = "other"


@pytest.mark.parametrize("name", NAMES)
def test_outcome_predictor_and_group_come_first(name):
    frame, spec = examples.load(name), parse(FORMULAS[name])
    group = spec.random[0].group[0]
    right = re.sub(r"log\d*\((\w+)\)", r"\1", FORMULAS[name]).split("~")[1].split("(")[0]
    used = [FORMULAS[name].split(" ~")[0], *dict.fromkeys(re.findall(r"[A-Za-z]\w*", right)), group]
    assert list(frame.columns[: len(used)]) == used
    assert isinstance(frame[group].dtype, pd.CategoricalDtype)
    levels = list(frame[group].cat.categories)
    assert all(isinstance(level, str) for level in levels)
    assert levels == sorted(levels, key=lambda t: (int(t) if t.isdecimal() else 0, t))
    assert pd.api.types.is_numeric_dtype(frame[used[0]])
    assert not frame.isna().any().any()


@pytest.mark.parametrize("name", OF_FILES)
def test_the_rows_are_those_of_the_file(name):
    source = pd.read_csv(DATA / FILES.get(name, f"{name}.csv"), dtype=str, keep_default_na=False)
    frame = examples.load(name)
    assert sorted(frame.columns) == sorted(source.columns)
    for column in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[column]):
            assert frame[column].tolist() == [float(value) for value in source[column]]
        else:
            assert frame[column].astype(str).tolist() == source[column].tolist()


@pytest.mark.parametrize(
    ("name", "column", "levels"),
    [
        ("insteval", "service", ["0", "1"]),
        ("pshp2", "condition", ["unstim", "stim"]),
        ("cv161703", "ID", [str(k) for k in range(1, 21)]),
        ("oats", "V", ["Golden.rain", "Marvellous", "Victory"]),
    ],
)
def test_levels(name, column, levels):
    assert list(examples.load(name)[column].cat.categories) == levels


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_is_that_of_r(name):
    """Its rows by their sums, its fit by the best of three of lme4's optimisers; a lower criterion is a better fit.

    lme4 stops within 1e-6 of its criterion; where two parameters are correlated by -0.98 the deviations move by 1e-3.
    """
    known, frame = CLASSICS[name], examples.load(name)
    assert len(frame) == known["rows"]
    assert {c: frame[c].sum() for c in known["sums"]} == pytest.approx(known["sums"], rel=1e-12)
    result = lmer(FORMULAS[name], frame)
    assert -2 * result.llf <= known["criterion"] + 1e-6
    np.testing.assert_allclose(np.sort(result.params), np.atleast_1d(known["estimate"]), rtol=1e-5)
    if -2 * result.llf > known["criterion"] - 1e-4:
        mine = [*np.concatenate([np.sqrt(np.diag(c)) for c in result.cov_re.values()]), result.sigma]
        np.testing.assert_allclose(np.sort(mine), np.atleast_1d(known["sd"]), rtol=1e-3)


def test_panels_of_other_libraries_are_theirs():
    theirs = plotly.data.gapminder().sort_values(["country", "year"]).reset_index(drop=True)
    mine = examples.load("gapminder").sort_values(["country", "year"]).reset_index(drop=True)
    assert mine["country"].astype(str).tolist() == theirs["country"].tolist()
    np.testing.assert_allclose(mine["gdpPercap"], theirs["gdpPercap"], atol=0.005)
    assert (mine[["lifeExp", "pop", "year"]] == theirs[["lifeExp", "pop", "year"]]).all(axis=None)
    investment = grunfeld.load_pandas().data
    mine = examples.load("grunfeld")
    assert mine["firm"].astype(str).tolist() == investment["firm"].tolist()
    assert (mine[["invest", "value", "capital"]] == investment[["invest", "value", "capital"]]).all(axis=None)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", NAMES),
        ("crossed", ["insteval"]),
        ("NESTED factors", ["pastes", "oats", "machines"]),
        ("growth diet", ["bodyweight", "chickweight"]),
        ("lifeExp", ["gapminder"]),
        ("no such thing", []),
        ("(1 | school", ["exam", "hsb82"]),
    ],
)
def test_examples_are_searched_by_the_beginnings_of_their_words(words, names):
    assert {example.name for example in examples.search(words)} >= set(names)
    if words not in ("", "(1 | school"):
        assert [example.name for example in examples.search(words)] == names


def test_the_drug_stays_a_number():
    assert set(examples.load("drug")["Drug"].tolist()) == {0, 1}
    assert pd.api.types.is_integer_dtype(examples.load("drug")["Drug"])


def test_a_loaded_table_is_the_callers_own():
    frame = examples.load("cv161703")
    frame.loc[0, "Y"] = 99.0
    frame["new"] = 1
    again = examples.load("cv161703")
    assert "new" not in again.columns and again.loc[0, "Y"] == 1


@pytest.fixture
def noise():
    """The noise of each row of the twin: what it differs by from the mean of its cluster and condition."""
    frame = examples.load("pshp2")
    cells = frame.groupby(["cluster", "condition"], observed=True)["pSHP2"]
    return frame.assign(noise=frame["pSHP2"] - cells.transform("mean"))


def test_the_twin_follows_its_recipe(noise):
    recipe = pd.read_csv(files("lmmcompare.examples") / "pshp2_clusters.csv", dtype={"cluster": str})
    assert len(noise) == recipe["n"].sum() == 326_362
    cells = noise.groupby(["cluster", "condition"], observed=True)["pSHP2"]
    means, sizes = (part.unstack().loc[recipe["cluster"]] for part in (cells.mean(), cells.size()))
    assert sizes["stim"].tolist() == recipe["n_stim"].tolist()
    assert sizes.sum(axis=1).tolist() == recipe["n"].tolist()
    np.testing.assert_allclose(means["unstim"], recipe["mean_unstim"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(means["stim"] - means["unstim"], -0.097687517, rtol=0, atol=1e-12)
    assert float(noise["noise"] @ noise["noise"]) == pytest.approx(147999.2954, rel=1e-12)


def test_the_twins_noise_is_skewed_and_independent(noise):
    z = (noise["noise"] / noise["noise"].std()).to_numpy()
    low, middle, high = np.quantile(z, [0.25, 0.5, 0.75])
    assert high - middle > 1.9 * (middle - low)
    assert (np.abs(z) > 6).sum() == 2 and (np.abs(z) > 5.5).sum() == 3  # the rows that are printed as farthest off
    assert abs(np.mean(z[1:] * z[:-1])) < 4 / np.sqrt(len(z))


def test_the_twin_is_the_same_everywhere():
    recipe = pd.read_csv(files("lmmcompare.examples") / "pshp2_clusters.csv")
    values = pshp2(recipe)["pSHP2"].to_numpy()
    np.testing.assert_allclose(
        values[[0, 1, 100_000, -1]], [1.1206108529, -0.2158445515, -0.3127469941, 1.0314762770], atol=1e-9
    )


@pytest.mark.parametrize(
    ("name", "hint"), [("sleepstdy", "sleepstudy"), ("Dyestuf", "dyestuff"), ("PSHP2", "pshp2"), ("zzz", "cv161703")]
)
def test_an_unknown_name_is_answered_with_the_closest(name, hint):
    with pytest.raises(DataError, match=name) as caught:
        examples.load(name)
    assert hint in caught.value.remedy


def test_those_who_are_missing_at_ten_are_the_shortest_of_their_sex_at_eight():
    """As the example and its story say; of all children together they are not."""
    before, after = (examples.load(name) for name in ("orthodont", "orthodont_gaps"))
    gone = set(before["Subject"]) - set(after.loc[after["age"] == 10, "Subject"])
    at_eight = before[before["age"] == 8].set_index("Subject")
    assert len(gone) == 9
    for _, children in at_eight.groupby("Sex", observed=True):
        absent = children.index.isin(gone)
        assert children.loc[absent, "distance"].max() <= children.loc[~absent, "distance"].min()
    absent = at_eight.index.isin(gone)
    assert at_eight.loc[absent, "distance"].max() > at_eight.loc[~absent, "distance"].min()
    assert "of their sex" in examples.get("orthodont_gaps").summary
