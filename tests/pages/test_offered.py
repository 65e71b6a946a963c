"""Tables that the server offers: listed, opened whole or as a sample, and no other file however it is asked for."""

import json

import numpy as np
import pandas as pd
import pytest

from lmmcompare.engines import folder_tables, server_tables
from lmmcompare.ui.server import comparison_cache, table_sources
from lmmcompare.ui.session.state import opening

from .conftest import errors, texts

FORMULA = "score ~ hours + (1 | school)"
TABS = ["errors", "which", "trust", "means", "predict", "shrinkage", "groups", "fitted", "take"]


def forget():
    """What the process keeps of the tables that an earlier test offered."""
    for kept in (
        table_sources.server_tables,
        table_sources.server_table_columns,
        table_sources._open,
        table_sources.server_table_state,
    ):
        kept.cache_clear()


def schools(rows):
    rng = np.random.default_rng(5)
    school = np.arange(rows) % 40
    hours = rng.normal(school / 10, 1)
    score = hours + rng.normal(size=40)[school] + rng.normal(size=rows)
    return pd.DataFrame({"school": [f"s{k}" for k in school], "score": score, "hours": hours})


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """A folder with a small table, a larger one, and a file beside it that is not offered."""
    place = tmp_path / "offered"
    place.mkdir()
    schools(200).to_csv(place / "small.csv", index=False)
    schools(24_000).to_parquet(place / "large.parquet")
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    monkeypatch.setenv(server_tables.VARIABLE, str(place))
    forget()
    yield place
    forget()


@pytest.fixture
def sampled(monkeypatch):
    """As if no table fitted into memory."""
    monkeypatch.setattr(folder_tables, "IN_MEMORY", 1_000)


def picker(at):
    (found,) = [box for box in at.selectbox if box.label == "Table on this server"]
    return found


def test_they_are_listed_with_size_and_columns(open_page, folder):
    at = open_page("data")
    assert not errors(at)
    (listed,) = [d.value for d in at.dataframe if "Size" in d.value]
    assert listed["Table"].tolist() == picker(at).options == ["large.parquet", "small.csv"]
    assert listed["Size"].tolist() == [(folder / name).stat().st_size for name in listed["Table"]]
    assert listed["Columns"].tolist() == ["school, score, hours"] * 2


def test_nothing_is_listed_where_nothing_is_offered(open_page, monkeypatch):
    monkeypatch.delenv(server_tables.VARIABLE)
    at = open_page("data")
    assert not errors(at)
    assert "On this server" not in [tab.label for tab in at.tabs]


def test_choosing_one_opens_it_and_then_another(open_page, sampled):
    at = picker(open_page("data")).set_value("large.parquet").run()
    assert not errors(at)
    assert "large.parquet: 24,000 rows, 3 columns" in texts(at)
    assert "large.parquet" in at.query_params["folder"]
    at = picker(at).set_value("small.csv").run()
    assert not errors(at)
    assert "small.csv: 200 rows, 3 columns" in texts(at) and picker(at).value == "small.csv"


def test_a_small_one_is_read_whole(open_page):
    at = open_page("data", folder="small.csv", formula=FORMULA)
    assert not errors(at)
    assert "small.csv: 200 rows, 3 columns" in texts(at) and "sample" not in texts(at)
    assert "Change the table" in [e.label for e in at.expander]
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared) and "All 200 rows are used" in texts(compared)


def test_of_a_large_one_it_is_said_what_is_a_sample(open_page, sampled):
    at = open_page("data", folder="large.parquet", formula=FORMULA)
    assert not errors(at)
    said = texts(at)
    assert "large.parquet: 24,000 rows, 3 columns" in said
    assert "24,000 rows, all of which the models use; a uniform sample of 20,000 is shown here." in said
    assert "the columns as the sample has them: 20,000 rows" in said and "40 groups of 600 rows each" in said
    assert "200 of 24,000, drawn at random." in said
    assert "Change the table" not in [e.label for e in at.expander]
    assert "Varies" not in at.dataframe[-2].value  # which nobody can tell from some of the rows


def test_a_large_one_is_compared_by_all_its_rows_and_every_tab_opens(open_page, sampled):
    at = open_page("compare", folder="large.parquet", formula=FORMULA)
    assert not errors(at)
    assert "All 24,000 rows are used" in texts(at)
    said = {}
    for tab in TABS:
        shown = open_page("compare", folder="large.parquet", formula=FORMULA, tab=tab)
        assert not errors(shown), tab
        said[tab] = texts(shown)
    assert "sample of" in said["trust"] and "of a row (school s" in said["trust"]
    assert "They would go through all 24,000 rows" in said["fitted"]
    assert "No code for this table" in said["take"] and "the sample of the rows" in said["take"]


def test_its_link_says_that_the_table_stays_here(open_page, sampled):
    at = open_page("compare", folder="large.parquet", formula=FORMULA)
    at.session_state["share this"] = True
    at.run()
    assert not errors(at)
    assert "holds everything but the table, which this server offers" in texts(at)
    (link,) = [c for c in at.get("bidi_component") if c.proto.id.endswith("copy link")]
    assert "folder=large.parquet" in json.loads(link.proto.json)["text"]


@pytest.mark.parametrize("page", ["data", "compare"])
@pytest.mark.parametrize("name", ["nope.csv", "../../etc/passwd", "../secret.csv", "/etc/passwd", "*.csv", ""])
def test_no_other_file_is_reached(open_page, page, name):
    at = open_page(page, folder=name)
    said = " ".join(errors(at)) + texts(at)
    assert ("This server offers no such table." in said) == bool(name)
    assert ("no such table" in texts(at.run())) == bool(name)  # a phone's page is drawn twice
    assert "root:" not in said and "secret" not in said.replace(name, "")


# --------------------------------------------------------------------------------------------- what cannot be read, or changes


def test_one_link_in_a_circle_hides_no_other_table(open_page, folder):
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "parts").mkdir()
    (folder / "parts" / "a.parquet").symlink_to(folder / "parts" / "a.parquet")
    (folder / "lost.csv").symlink_to(folder / "nowhere.csv")
    at = open_page("data")
    assert not errors(at)
    assert picker(at).options == ["large.parquet", "small.csv"]


def test_parts_that_differ_in_columns_are_said(open_page, folder):
    (folder / "parts").mkdir()
    schools(50).to_parquet(folder / "parts" / "a.parquet")
    schools(50).drop(columns="hours").to_parquet(folder / "parts" / "b.parquet")
    at = picker(open_page("data")).set_value("parts").run()
    (said,) = errors(at)
    assert "“hours” is not in all files: “b.parquet” lacks it" in said


@pytest.mark.parametrize("page", ["data", "compare"])
def test_a_part_that_is_cut_off_does_not_tell_where_it_lies(open_page, folder, page):
    whole = (folder / "large.parquet").read_bytes()
    (folder / "large.parquet").write_bytes(whole[: len(whole) // 2])
    (said,) = errors(open_page(page, folder="large.parquet", formula=FORMULA))
    assert "large.parquet" in said and str(folder) not in said and str(folder.parent) not in said


def test_a_file_that_changes_is_opened_anew_with_all_that_was_made_of_it(open_page, folder, sampled):
    at = open_page("compare", folder="large.parquet", formula=FORMULA)
    assert not errors(at) and "24,000 rows" in texts(at)
    open_page("compare", example="drug")
    schools(30_000).to_parquet(folder / "large.parquet")
    table_sources.server_table_state.cache_clear()  # a second later
    at.run()
    assert not errors(at) and comparison_cache.is_fitted(
        *opening("drug").key
    )  # what others look at is not fitted again
    assert "30,000 rows" in texts(at) and "24,000 rows" not in texts(at)
    assert "“large.parquet” has changed on the server, and is opened anew" in texts(at)


def test_a_file_that_changes_while_it_is_read_is_refused(open_page, folder, monkeypatch):
    compare = comparison_cache.compare

    def meanwhile(*args, **more):
        found = compare(*args, **more)
        schools(300).to_csv(folder / "small.csv", index=False)
        return found

    monkeypatch.setattr(comparison_cache, "compare", meanwhile)
    assert (
        "was changed on the server while it was read"
        in errors(open_page("compare", folder="small.csv", formula=FORMULA))[0]
    )
