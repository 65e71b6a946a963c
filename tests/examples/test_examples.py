"""The bundled examples: shapes, orders, stories, and the twin of pSHP2 against its recipe."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.errors import DataError
from lmmcompare.formula import parse

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
}
NAMES = list(FORMULAS)  # in the order in which they are shown
FILES = {"dragons": "dragons_twin.csv", "chapter7": "chapter7_twin.csv", "insteval": "insteval.csv.gz"}


def test_the_names_and_their_order():
    assert examples.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_story(name):
    example = examples.get(name)
    assert (example.name, example.formula) == (name, FORMULAS[name])
    assert example.title and example.summary.endswith(".") and len(example.citation) > 30
    assert example.question.endswith("?")
    assert example.question_id in {"", "Q1", "Q2", "Q3", "Q4"}
    assert not re.search(r"\d\.\d", example.summary), "no computed figures"
    assert bool(example.predictor) == ("~ 1 +" not in example.formula)
    with pytest.raises(dataclasses.FrozenInstanceError):
        example.name = "other"


def test_each_question_has_its_example():
    assert {examples.get(name).question_id for name in NAMES} >= {"Q1", "Q2", "Q3", "Q4"}
    assert [examples.get(name).question_id for name in ("cv161703", "pshp2", "dragons")] == ["Q1", "Q2", "Q3"]


@pytest.mark.parametrize("name", NAMES)
def test_outcome_predictor_and_group_come_first(name):
    frame, spec = examples.load(name), parse(FORMULAS[name])
    group = spec.random[0].group[0]
    right = FORMULAS[name].split("~")[1].split("(")[0]
    used = [FORMULAS[name].split(" ~")[0], *dict.fromkeys(re.findall(r"[A-Za-z]\w*", right)), group]
    assert list(frame.columns[: len(used)]) == used
    assert isinstance(frame[group].dtype, pd.CategoricalDtype)
    levels = list(frame[group].cat.categories)
    assert all(isinstance(level, str) for level in levels)
    assert levels == sorted(levels, key=lambda t: (int(t) if t.isdecimal() else 0, t))
    assert pd.api.types.is_numeric_dtype(frame[used[0]])
    assert not frame.isna().any().any()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pshp2"])
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


def test_the_drug_stays_a_number():
    assert set(examples.load("drug")["Drug"].tolist()) == {0, 1}
    assert pd.api.types.is_integer_dtype(examples.load("drug")["Drug"])


def test_a_loaded_table_is_the_callers_own():
    frame = examples.load("cv161703")
    frame.loc[0, "Y"] = 99.0
    frame["new"] = 1
    again = examples.load("cv161703")
    assert "new" not in again.columns and again.loc[0, "Y"] == 1


def test_the_twin_has_the_layout_of_the_reference():
    frame, twin = examples.load("pshp2"), pd.read_csv(DATA / "pshp2_twin.csv.gz")
    assert frame["cluster"].astype(str).tolist() == twin["cluster"].astype(str).tolist()
    assert frame["condition"].astype(str).tolist() == twin["condition"].tolist()


def test_the_twin_follows_its_recipe():
    frame = examples.load("pshp2")
    recipe = pd.read_csv(DATA / "pshp2_twin_clusters.csv").set_index("cluster")
    cells = frame.groupby(["cluster", "condition"], observed=True)["pSHP2"]
    means = cells.mean().unstack()
    means.index = means.index.astype(int)
    np.testing.assert_allclose(means["unstim"], recipe["mean_unstim"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(means["stim"] - means["unstim"], -0.097679807, rtol=0, atol=1e-12)
    noise = frame["pSHP2"] - cells.transform("mean")
    assert float(noise @ noise) == pytest.approx(147999.37820848552, rel=1e-12)


def test_the_twins_noise_is_normal_and_the_same_everywhere():
    frame = examples.load("pshp2")
    values = frame["pSHP2"].to_numpy()
    noise = frame["pSHP2"] - frame.groupby(["cluster", "condition"], observed=True)["pSHP2"].transform("mean")
    z = (noise / noise.std()).to_numpy()
    # four standard errors of each moment of 326,362 independent normal draws
    n = len(z)
    assert abs(np.mean(z**3)) < 4 * np.sqrt(6 / n)
    assert abs(np.mean(z**4) - 3) < 4 * np.sqrt(24 / n)
    assert abs(np.mean(z[1:] * z[:-1])) < 4 / np.sqrt(n)
    np.testing.assert_allclose(values[[0, 1, 100_000, -1]], [1.075262, -0.188847, -0.488919, 1.042259], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "hint"), [("sleepstdy", "sleepstudy"), ("Dyestuf", "dyestuff"), ("PSHP2", "pshp2"), ("zzz", "cv161703")]
)
def test_an_unknown_name_is_answered_with_the_closest(name, hint):
    with pytest.raises(DataError, match=name) as caught:
        examples.load(name)
    assert hint in caught.value.remedy
