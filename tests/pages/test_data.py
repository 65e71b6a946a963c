"""The data page: examples, uploads good and bad, what the columns are."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.errors import DataError
from lmmcompare.ui.server import comparison_cache
from tests.data.made import popularity

from .conftest import DESIGNS, errors, figures, said, texts


def give(at, content, name="mine.csv"):
    """Drop a file on the page."""
    return at.file_uploader(key="upload").upload(name, content, "text/csv").run()


def csv(frame):
    return frame.to_csv(index=False).encode()


@pytest.fixture
def clustered():
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(12), 5)
    x = rng.normal(size=60)
    return pd.DataFrame({"school": [f"s{k}" for k in g], "score": x + g + rng.normal(size=60), "hours": x})


@pytest.mark.parametrize("name", DESIGNS)
def test_every_example_is_described(open_page, name):
    at = open_page("data", example=name)
    assert not errors(at)
    frame = examples.load(name)
    said = texts(at)
    assert f"{name}: {len(frame):,} rows, {len(frame.columns)} columns" in said
    columns = at.dataframe[0].value
    assert columns["Column"].tolist() == frame.columns.tolist()
    assert examples.get(name).citation in said


def test_columns_say_how_they_vary(open_page):
    columns = open_page("data", example="cv161703").dataframe[0].value.set_index("Column")
    assert "within and between" in columns.loc["X", "Varies"]
    assert columns.loc["ID", "Varies"] == "the grouping factor"
    drug = open_page("data", example="drug").dataframe[0].value.set_index("Column")
    assert "within groups only" in drug.loc["Drug", "Varies"]


def test_an_upload_is_described_and_offered_for_comparison(open_page, clustered):
    at = give(open_page("data"), csv(clustered))
    assert not errors(at)
    assert "mine.csv: 60 rows, 3 columns" in texts(at)
    assert "upload" in at.query_params and at.query_params["formula"] == "score ~ hours + (1 | school)"
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared)
    assert "more score per unit of hours" in texts(compared)


BAD_FILES = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b" \n \n", "empty"),
    "header.csv": (b"a,b,c\n", "no rows"),
    "book.csv": (b"PK\x03\x04" + bytes(50), "damaged"),
    "page.csv": (b"<!doctype html><html><body>404</body></html>", "web page"),
    "binary.csv": (bytes(range(256)) * 20, "not text"),
    "one_column.csv": (b"a\n1\n2\n3\n", "one column"),
    "uneven.csv": (b"a,b\n1,2\n3,4,5\n", "Line 3"),
    "prose.csv": (b"Dear reader\nthis is no table at all\nbut a letter\n", "one column"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_table_is_explained_and_the_table_before_it_stays(open_page, name):
    content, reason = BAD_FILES[name]
    at = give(open_page("data", example="drug"), content, name)
    (said,) = errors(at)
    assert name in said and reason in said
    assert said.count(".") >= 2  # what is wrong, and what to do
    assert "drug: 40 rows, 3 columns" in texts(at)
    assert at.query_params["example"] == "drug"


def test_the_file_after_a_bad_one_is_taken(open_page, clustered):
    at = give(open_page("data"), b"", "empty.csv")
    assert errors(at)
    at = at.file_uploader(key="upload").set_value(("good.csv", csv(clustered), "text/csv")).run()
    assert not errors(at)
    assert "good.csv: 60 rows" in texts(at)


def test_the_same_file_can_be_dropped_again(open_page, clustered):
    at = give(open_page("data"), csv(clustered))
    at.selectbox(key="pick example").set_value("drug").run()
    assert "drug: 40 rows" in texts(at) and not errors(at)
    at.run()
    assert "drug: 40 rows" in texts(at)  # the file still lies in the box, and does not come back by itself
    at.file_uploader(key="upload").set_value(("mine.csv", csv(clustered), "text/csv")).run()
    assert "mine.csv: 60 rows" in texts(at)


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("школа,оценка,часы\nа,1.5,2\nа,2.5,3\nб,3.5,1\nб,4.1,7\nв,0.1,2\nв,1.9,9\n", ["школа", "оценка", "часы"]),
        ("学校,点数\n東,1\n東,2\n西,3\n西,5\n", ["学校", "点数"]),
        ("g,y,y,\na,1,2,3\na,2,5,1\nb,3,4,4\nb,7,1,2\n", ["g", "y", "y_2", "column_4"]),
        ("g,![x](http://evil/x.png),*y*\na,1,2\na,2,5\nb,3,4\nb,7,1\n", ["g", "![x](http://evil/x.png)", "*y*"]),
        ("g,<script>alert(1)</script>,y~x\na,1,2\na,2,5\nb,3,4\nb,7,1\n", ["g", "<script>alert(1)</script>", "y~x"]),
    ],
)  # fmt: skip
def test_odd_column_names_go_all_the_way(open_page, content, columns):
    at = give(open_page("data"), content.encode())
    assert not errors(at)
    assert at.dataframe[0].value["Column"].tolist() == columns
    outcome, group = columns[1], columns[0]
    at = at.switch_page("pages/compare.py")
    at.query_params["formula"] = f"`{outcome}` ~ 1 + (1 | `{group}`)"
    at.run()
    assert not errors(at)
    assert f"the mean {outcome} at" in texts(at)
    assert at.sidebar.selectbox(key="pick outcome").value == outcome
    assert at.sidebar.selectbox(key="pick group").value == group


def test_300_columns(open_page):
    rng = np.random.default_rng(2)
    wide = pd.DataFrame(rng.normal(size=(60, 298)).round(3), columns=[f"v{k}" for k in range(298)])
    wide.insert(0, "school", np.repeat([f"s{k}" for k in range(12)], 5))
    wide.insert(1, "score", wide["v7"] + rng.normal(size=60))
    at = give(open_page("data"), csv(wide))
    assert not errors(at)
    assert "60 rows, 300 columns" in texts(at)
    assert len(at.dataframe[0].value) == 300
    at = at.switch_page("pages/compare.py").run()
    assert not errors(at)
    assert len(at.sidebar.multiselect(key="pick predictors").options) == 298  # all but outcome and group


def test_a_table_without_groups_asks_for_the_choice(open_page):
    at = give(open_page("data"), b"a,b\n1.5,2.5\n2.25,1\n3.125,4\n4.5,6.5\n")
    assert not errors(at)
    said = texts(at)
    assert "Choose what to compare" in said and "No column has values that repeat" in said
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared)
    assert "Nothing to compare yet" in texts(compared)


def test_the_choice_begins_with_what_was_guessed_and_names_what_is_lacking(open_page):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"adverts": rng.normal(600, 90, 60).round(3), "plays": rng.integers(0, 60, 60)})
    frame["sales"] = (frame["adverts"] / 5 + rng.normal(0, 9, 60)).round(1)
    at = give(open_page("data"), csv(frame))
    outcome, group = (next(s for s in at.selectbox if s.label.startswith(k)) for k in ("Outcome", "Grouping"))
    (predictors,) = [box for box in at.multiselect if box.label == "Predictors"]
    assert outcome.value == "sales" and predictors.value == ["adverts"] and group.value is None
    next(b for b in at.button if b.label == "Compare").click()
    at = at.run()
    assert "needs an outcome and a grouping column" in errors(at)[0]
    next(s for s in at.selectbox if s.label.startswith("Grouping")).set_value("plays")
    next(b for b in at.button if b.label == "Compare").click()
    at = at.run()
    assert at.query_params["formula"] == "sales ~ adverts + (1 | plays)"


def test_the_choice_leads_to_the_comparison(open_page):
    rows = "\n".join(f"{k % 3 * 5 + 2},{k * 1.37 % 5:.3f}" for k in range(12))
    at = give(open_page("data"), f"part,value\n{rows}\n".encode())
    assert not at.query_params.get("formula")
    outcome, group = (next(s for s in at.selectbox if s.label.startswith(k)) for k in ("Outcome", "Grouping"))
    outcome.set_value("value")
    group.set_value("part")
    next(b for b in at.button if b.label == "Compare").click()
    at = at.run()
    assert not errors(at)
    assert "the mean value" in texts(at)


@pytest.mark.parametrize(
    "formula", ["Y ~ X + (1 | nope)", "nope ~ X + (1 | ID)", "Y ~ X", "Y ~ nope + (1 | ID)", "Y ~ X + (1 | X:ID)"]
)
def test_the_page_stands_whatever_the_formula_names(open_page, formula):
    at = open_page("data", example="cv161703", formula=formula)
    errors(at)  # no traceback
    assert "cv161703: 60 rows, 3 columns" in texts(at)
    assert at.dataframe[0].value["Column"].tolist() == ["Y", "X", "ID"]


def test_an_example_is_said_to_be_shown_only_meanwhile(open_page, clustered):
    at = open_page("data")
    titles = [h.proto.body for h in at.get("html") if 'class="lmm-title' in h.proto.body]
    assert "Bring your own data" in titles[0]
    assert "Shown meanwhile is the example cv161703: 60 rows, 3 columns." in texts(at)
    assert "In the example cv161703." in texts(at)
    said = texts(give(at, csv(clustered)))
    assert "Bring your own data" not in said and "the example" not in said


def test_what_else_may_be_meant_is_one_click_away(open_page):
    at = give(open_page("data"), csv(popularity()))
    first = at.query_params["formula"]
    assert first == "popular ~ extrav + (1 | class)"
    others = [button.key for button in at.button if (button.key or "").startswith("alternative ")]
    assert 2 <= len(others) <= 6
    at = at.button(key=others[0]).click().run()
    assert not errors(at) and at.query_params["formula"] == others[0].removeprefix("alternative ")
    at = at.button(key=f"alternative {first}").click().run()
    assert at.query_params["formula"] == first


def test_groups_that_two_columns_name_are_said_with_the_reason(open_page):
    rng = np.random.default_rng(2)
    arm, room, _ = (index.ravel() for index in np.indices((2, 5, 4)))
    mood = (50 + rng.normal(0, 4, (2, 5))[arm, room] + rng.normal(0, 1, 40)).round(2)
    at = give(
        open_page("data"), csv(pd.DataFrame({"room": room + 1, "condition": np.array(["a", "b"])[arm], "mood": mood}))
    )
    assert at.query_params["formula"] == "mood ~ condition + (1 | condition:room)" and not errors(at)
    assert "both together split the rows into 10 groups of 4 rows each" in texts(at)
    (other,) = [b for b in at.button if (b.key or "").startswith("alternative mood ~ 1")]
    assert "Grouped by  condition:room ." in texts(other.click().run())


def test_a_guess_that_cannot_be_fitted_is_not_shown(open_page, clustered, monkeypatch):
    fit = comparison_cache.comparison

    def refuse_the_first(table, formula, reml, **waiting):
        if formula == "score ~ hours + (1 | school)":
            raise DataError("It cannot be fitted.", "Choose another.")
        return fit(table, formula, reml, **waiting)

    monkeypatch.setattr(comparison_cache, "comparison", refuse_the_first)
    at = give(open_page("data"), csv(clustered.assign(score=clustered["score"] + 1)))
    assert not errors(at)
    assert at.query_params["formula"] == "score ~ 1 + (1 | school)"


def test_a_look_before_fitting_is_drawn_when_it_is_opened(open_page):
    at = open_page("data", example="sleepstudy")
    assert not figures(at)
    at.session_state["look"] = True
    at.run()
    assert not errors(at)
    assert len(figures(at)) == 3 and "Who was measured when" in texts(at)


def test_another_outcome_is_chosen_with_what_is_guessed_of_it(open_page):
    rng = np.random.default_rng(4)
    state, year = np.repeat(np.arange(12), 8), np.tile(np.arange(2000, 2008), 12)
    amounts = {
        name: (20 + rng.normal(0, 3, 12)[state] + rng.normal(0, 1, 96)).round(2) for name in ("gas", "fee", "pay")
    }
    law = (year >= 2002 + state % 4).astype(int)
    frame = pd.DataFrame({"state": [f"s{k}" for k in state], "year": year, **amounts, "law": law})
    at = give(open_page("data"), csv(frame))
    first = at.query_params["formula"]
    assert first == "gas ~ law + (1 | state)"

    def picker():
        return next(box for box in at.selectbox if box.label == "Another outcome")

    assert picker().value is None and set(picker().options) == {"year", "fee", "pay", "law"}
    at = picker().set_value("pay").run()
    assert not errors(at) and at.query_params["formula"] == "pay ~ law + (1 | state)"
    assert picker().value is None and "gas" in picker().options
    others = [button.key for button in at.button if (button.key or "").startswith("alternative pay ~ ")]
    assert others  # what else may be meant, of this outcome
    at = at.button(key=others[0]).click().run()
    assert not errors(at) and at.query_params["formula"] == others[0].removeprefix("alternative ")
    at = at.button(key=f"alternative {first}").click().run()
    assert not errors(at) and at.query_params["formula"] == first


def test_no_outcome_is_to_choose_that_has_a_button_already(open_page):
    at = open_page("data", example="cv161703")
    assert at.button(key="alternative X ~ Y + (1 | ID)")
    assert "Another outcome" not in [box.label for box in at.selectbox]


def test_every_grouping_factor_of_the_first_guess_is_named(open_page):
    assert "Grouping factors: batch, cask within batch . The Compare page" in said(open_page("data", example="pastes"))
