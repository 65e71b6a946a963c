"""jamovi's and JASP's files: labels, declared missing values, filters; and the mixed models that were set up in them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from lmmcompare.data.read import read
from lmmcompare.data.table import Table
from lmmcompare.errors import DataError
from lmmcompare.formula.parser import parse
from tests.data import made


def said(table: Table) -> str:
    return " ".join(table.notes)


def values(frame: pd.DataFrame, name: str) -> list:
    return [None if pd.isna(value) else value for value in frame[name].tolist()]


# jamovi


def test_the_order_of_labels_is_the_order_of_categories():
    assert list(read(made.omv(), "a.omv").frame["group"].cat.categories) == ["a", "b"]  # whose codes are 1, 0


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [(["== 3"], [1, 2, None, -4]), (["> 1", "== -4"], [1, None, None, None]), (["!= 2"], [None, 2, None, None])],
)
def test_missing_values_that_jamovi_declares(conditions, expected):
    table = read(made.omv(n={"missingValues": conditions, "description": "A count"}), "a.omv")
    assert values(table.frame, "n") == expected and f"“n ({', '.join(conditions)})”" in said(table)
    assert table.labels == {"n": "A count"}


def test_missing_values_among_labels_and_conditions_that_say_nothing():
    table = read(made.omv(group={"missingValues": ["== 'b'", "is odd"]}), "a.omv")
    assert values(table.frame, "group") == ["a", "a", None, None] and "group: is odd" in said(table)


@pytest.mark.parametrize(("active", "rows"), [(True, 1), (False, 4)])
def test_a_filter_of_jamovi_leaves_rows_out_and_it_is_said(active, rows):
    table = read(made.omv(n={"columnType": "Filter", "active": active}), "a.omv")  # 1 in the first row alone
    assert len(table.frame) == rows and "n" not in table.frame and "“n”" in said(table)


def test_data_of_another_length_than_the_file_says():
    with pytest.raises(DataError, match=r"not as long as it says. In jamovi: File, Export"):
        read(made.omv(n={"type": "number"}), "a.omv")


OLD = {
    "dep": "y",
    "modelTerms": [["n"]],
    "randomTerms": [[["Intercept", "group"], ["n", "group"]]],
    "correlatedEffects": "nocorr",
}
NEW = {"dep": "y", "model_terms": [["n"], ["n", "note"]], "re": [[["Intercept", "group"]]], "fixed_intercept": False}


@pytest.mark.parametrize(
    ("name", "settings", "formula"),
    [
        ("gamljMixed", OLD, "y ~ n + (1 + n || group)"),
        ("gamljmixed", NEW, "y ~ 0 + n + n:note + (1 | group)"),
        ("gamljmixed", {**NEW, "model_terms": []}, "y ~ 0 + (1 | group)"),
        (
            "gamljmixed",
            {**NEW, "re": [[["Intercept", "group/note"]]]},
            "y ~ 0 + n + n:note + (1 | group) + (1 | group:note)",
        ),
        (
            "gamljmixed",
            {**NEW, "re_corr": "block", "re": [[["Intercept", "group:note"]]]},
            "y ~ 0 + n + n:note + (1 | group:note)",
        ),
        ("gamljmixed", {**NEW, "dep": "no column"}, ""),
        ("gamljmixed", {**NEW, "re": []}, ""),
        ("ancova", NEW, ""),
    ],
)
def test_the_mixed_model_of_gamlj_is_suggested(name, settings, formula):
    table = read(made.omv(made.gamlj(name, settings)), "a.omv")
    assert table.formula == formula and ("suggested" in said(table)) == bool(formula)
    if formula:
        assert parse(formula)


def test_correlated_residuals_of_gamlj_are_told():
    table = read(made.omv(made.gamlj("gamljmixed", {**NEW, "res_struct": "ar1"})), "a.omv")
    assert table.formula and "“ar1”" in said(table)


def test_an_analysis_that_is_no_message_is_left_alone():
    parts = {"01 gamljmixed/analysis": b"\xff" * 50, "02 gamljmixed/analysis": made.option([]) * 500}
    assert read(made.omv(parts), "a.omv").formula == ""


# JASP


def test_missing_values_that_jasp_declares():
    table = read(made.jasp(statements=["UPDATE DataSet_1 SET Column_3_DBL = 77 WHERE rowNumber = 2"]), "a.jasp")
    assert values(table.frame, "n") == [1, None, 3, -4] and "missing: “n (77)”" in said(table)
    other = 'UPDATE Columns SET emptyValuesJson = \'{"custom": true, "strings": ["blue"]}\' WHERE name = \'note\''
    table = read(made.jasp(statements=[other]), "a.jasp")
    assert values(table.frame, "note")[1] is None and "blue" not in table.frame["note"].cat.categories


@pytest.mark.parametrize(
    ("own", "of_table", "missing"),
    [
        (None, {"custom": True, "strings": ["3"]}, True),
        ({"custom": True, "strings": []}, {"custom": True, "strings": ["3"]}, False),  # no value of this column
        ({"custom": False, "strings": []}, {"custom": True, "strings": ["3"]}, True),
        (None, {"workspaceEmptyValues": ["3"], "emptyValuesPerColumn": {"n": ["8"]}}, False),  # JASP 0.18, 0.19
        (None, {"workspaceEmptyValues": ["8"], "emptyValuesPerColumn": {"n": ["3"]}}, True),
        (None, {"workspaceEmptyValues": ["3"], "emptyValuesPerColumn": {"y": ["8"]}}, True),
    ],
)
def test_a_column_of_jasp_has_its_own_missing_values_or_those_of_the_table(own, of_table, missing):
    statements = [f"UPDATE DataSets SET emptyValuesJson = '{json.dumps(of_table)}'"]
    statements += [f"UPDATE Columns SET emptyValuesJson = '{json.dumps(own)}' WHERE name = 'n'"] * (own is not None)
    table = read(made.jasp(statements=statements), "a.jasp")
    assert (values(table.frame, "n")[2] is None) == missing == ("missing: “n (3)”" in said(table))


def test_labels_of_jasp_in_their_order_and_numbers_without_one():
    relabelled = "UPDATE Labels SET label = 'first', ordering = 9 WHERE columnId = 1 AND value = 5"
    number = "UPDATE DataSet_1 SET Column_1_INT = -1, Column_1_DBL = 2.5 WHERE rowNumber = 4"
    frame = read(made.jasp(statements=[relabelled, number]), "a.jasp").frame
    assert values(frame, "group") == ["first", "first", "b", "2.5"]
    assert list(frame["group"].cat.categories) == ["b", "first", "2.5"]


def test_the_filter_of_jasp_leaves_rows_out_and_it_is_said():
    table = read(made.jasp(statements=["UPDATE DataSet_1 SET Filter_1 = 0 WHERE rowNumber > 2"]), "a.jasp")
    assert len(table.frame) == 2 and "2 of 4 rows were left out, as JASP" in said(table)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER UPDATE ON Labels BEGIN DELETE FROM Labels; END",
        "CREATE VIEW DataSet_9 AS SELECT load_extension('x') AS a",
    ],
)
def test_nothing_of_a_database_is_run(statement):
    assert len(read(made.jasp(statements=[statement]), "a.jasp").frame) == 4


def test_a_view_in_place_of_the_table_is_refused():
    swap = ["ALTER TABLE DataSet_1 RENAME TO Other", "CREATE VIEW DataSet_1 AS SELECT * FROM Other"]
    with pytest.raises(DataError, match="without a table"):
        read(made.jasp(statements=swap), "a.jasp")


def jasp_model(name: str = "MixedModelsLMM", **options: object) -> list[dict]:
    """Settings as JASP 0.96 stores them."""
    parts = [("Intercept", True), ("n", True), ("note", False)]
    random = {
        "correlations": True,
        "randomComponents": {"types": [], "value": [{"randomSlopes": on, "value": [part]} for part, on in parts]},
        "value": {"types": ["nominal"], "value": ["group"]},
    }
    known = {
        "dependent": {"types": ["scale"], "value": "y"},
        "fixedEffects": {"types": [], "value": [{"components": ["n"]}, {"components": ["n", "note"]}]},
        "includeIntercept": True,
        "randomEffects": [random],
    }
    return [{"name": "Descriptives", "options": {}}, {"name": name, "options": {**known, **options}}]


def test_the_mixed_model_of_jasp_is_suggested():
    table = read(made.jasp(jasp_model()), "a.jasp")
    assert table.formula == "y ~ n + n:note + (1 + n | group)" and f"suggested: {table.formula}." in said(table)
    assert parse(table.formula)
    poisson = read(made.jasp(jasp_model("MixedModelsGLMM", family="poisson")), "a.jasp")
    assert poisson.formula == table.formula and "family “poisson”; the models here are linear" in said(poisson)
    other = jasp_model(dependent={"types": [], "value": "no column"})
    assert (
        read(made.jasp(other), "a.jasp").formula
        == ""
        == read(made.jasp([1, {"name": "MixedModelsLMM"}]), "a.jasp").formula
    )


def test_an_old_jasp():
    about = json.dumps({"jaspArchiveVersion": "3"})
    with pytest.raises(DataError, match=r"old JASP.*Open it in a newer JASP"):
        read(made.zipped({"manifest.json": about, "analyses.json": "[]", "x.bin": b""}), "a.jasp")
