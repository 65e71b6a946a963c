"""The Simulate page: presets, controls and their mistakes, the way to the other pages, and the address that holds it all."""

import pandas as pd
import pytest
from streamlit.proto.Block_pb2 import Block

from lmmcompare.simulate import link
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.session.state import ANALYSIS
from lmmcompare.ui.simulate import current_settings

from .conftest import charts, errors, said, texts

CLASH = preset("clash").settings
NAMES = [p.name for p in PRESETS]
BLACK = "#111418"


def shown(at):
    """The settings in the address."""
    value = at.query_params["simulated"]
    return link.decode(value if isinstance(value, str) else value[0])


def widget(at, name):
    """The control of a setting, whatever its kind."""
    kinds = (at.slider, at.number_input, at.selectbox, at.text_input)
    return next(w for kind in kinds for w in kind if w.key == f"simulate {name}")


def has(at, name):
    return any(
        w.key == f"simulate {name}" for kind in (at.slider, at.number_input, at.selectbox, at.text_input) for w in kind
    )


def true_lines(at):
    """The traces of the first figure that are as black as the truth."""
    spec = charts(at)[0].spec
    return [t for t in spec["data"] if t.get("line", {}).get("color") == BLACK and t["mode"] == "lines"]


def test_it_opens_with_between_against_within(open_page):
    at = open_page("simulate")
    assert not errors(at)
    said = texts(at)
    assert "The true slope within groups is 0.4. OLS says 1.16 ± 0.10, the mixed model 0.51 ± 0.10." in said
    assert preset("clash").see in said
    assert at.markdown[0].value == "$y_{ij} = 2.9 + 0.4\\,x_{ij} + u_{0j} + e_{ij}$"
    assert shown(at) == CLASH
    assert len(true_lines(at)) == 2  # the groups' and the ordinary group's


def test_every_preset_opens(open_page):
    at = open_page("simulate", preset=NAMES[-1])
    for name in reversed(NAMES):
        if name != NAMES[-1]:
            widget(at, "preset").set_value(name).run()
        assert not errors(at)
        assert shown(at) == preset(name).settings
        assert widget(at, "preset").value == name
        said = texts(at)
        assert preset(name).see in said and "Truth" in said and "Residual SD" in said
        assert len(true_lines(at)) == 2


def test_picking_a_preset_and_changing_it(open_page):
    at = open_page("simulate")
    widget(at, "preset").set_value("slopes").run()
    assert shown(at) == preset("slopes").settings
    widget(at, "tau1").set_value(3.0).run()
    assert not errors(at)
    assert shown(at) == preset("slopes").settings.change(tau1=3)
    assert widget(at, "preset").value is None
    assert preset("slopes").see not in texts(at)


def test_draw_again_changes_the_seed_alone(open_page):
    at = open_page("simulate")
    before = texts(at)
    at.button(key="draw again").click().run()
    assert shown(at) == CLASH.change(seed=CLASH.seed + 1)
    assert widget(at, "seed").value == CLASH.seed + 1 and widget(at, "preset").value == "clash"
    assert texts(at) != before
    widget(at, "seed").set_value(CLASH.seed).run()
    assert texts(at) == before


CHANGES = [
    # control, value, the settings that follow
    ("groups", 12, {"groups": 12}),
    ("size", 7, {"size": 7}),
    ("intercept", -1.5, {"intercept": -1.5}),
    ("slope", 0.0, {"slope": 0}),
    ("tau0", 0.0, {"tau0": 0}),
    ("tau1", 0.4, {"tau1": 0.4}),
    ("rho_mean", 0.0, {"rho_mean": 0}),
    ("sigma", 2.0, {"sigma": 2}),
    ("autocorrelation", 0.5, {"autocorrelation": 0.5}),
    ("sigma_by_x", 2.0, {"sigma_by_x": 2}),
    ("sigma_by_group", 2.0, {"sigma_by_group": 2}),
    ("x_icc", 0.0, {"x_icc": 0}),
    ("x_mean", -2.5, {"x_mean": -2.5}),
    ("x_sd", 4.0, {"x_sd": 4}),
    ("effects", "two-point", {"effects": "two-point"}),
    ("varies", "between", {"varies": "between"}),
    ("varies", "within", {"varies": "within", "rho_mean": 0}),
    ("predictor", "binary", {"predictor": "binary"}),
    ("predictor", "time", {"predictor": "time", "rho_mean": 0}),
    ("predictor", "none", {"predictor": "none", "rho_mean": 0}),
    ("sizes", "spread", {"spread": 0.5}),
    ("sizes", "dropout", {"dropout": 0.1}),
    ("sizes", "listed", {"size": [3] * 20}),
    ("seed", 99, {"seed": 99}),
]  # fmt: skip


def test_every_control_changes_what_it_says(open_page):
    at = open_page("simulate")
    for name, value, follows in CHANGES:
        widget(at, name).set_value(value).run()
        assert not errors(at), name
        assert shown(at) == CLASH.change(**follows), name
        assert widget(at, name).value == value
        if name != "seed":
            widget(at, "preset").set_value("clash").run()
            assert shown(at) == CLASH


def test_who_leaves_is_asked_where_someone_does(open_page):
    at = open_page("simulate")
    assert not has(at, "dropout_by")
    widget(at, "sizes").set_value("dropout").run()
    widget(at, "dropout_by").set_value("outcome").run()
    assert not errors(at) and shown(at) == CLASH.change(dropout=0.1, dropout_by="outcome")
    widget(at, "sizes").set_value("equal").run()
    assert shown(at) == CLASH


def test_what_does_not_apply_has_no_control_and_comes_back(open_page):
    at = open_page("simulate")
    widget(at, "tau1").set_value(0.5).run()
    widget(at, "rho").set_value(-0.5).run()
    widget(at, "varies").set_value("between").run()
    assert not errors(at)
    assert not has(at, "tau1") and not has(at, "rho") and not has(at, "x_icc") and has(at, "rho_mean")
    assert shown(at).tau1 == shown(at).rho == 0
    widget(at, "predictor").set_value("none").run()
    assert not errors(at) and not has(at, "slope") and not has(at, "rho_mean") and not has(at, "sigma_by_x")
    widget(at, "predictor").set_value("continuous").run()
    widget(at, "varies").set_value("both").run()
    assert shown(at) == CLASH.change(tau1=0.5, rho=-0.5)


MISTAKES = [
    ("groups", 1, "Number of groups is 1, below 2"),
    ("groups", 10**9, "above 20,000"),
    ("size", 0, "Rows in each group is 0, below 1"),
    ("size", 1, "20 rows cannot carry 20 random effects"),
    ("size", 20_000, "400,000 rows; the limit is 200,000"),
    ("x_sd", 0.0, "SD of the predictor is 0, below 0.001"),
    ("seed", -3, "Seed is −3, below 0"),
]


def test_a_mistake_is_explained_and_kept(open_page):
    at = open_page("simulate")
    before = texts(at)
    for name, value, message in MISTAKES:
        widget(at, name).set_value(value).run()
        (said,) = errors(at)
        assert message in said
        assert widget(at, name).value == value
        assert "Still shown are the last settings that could be drawn." in texts(at)
        assert shown(at) == CLASH and "The true slope within groups is 0.4." in texts(at)
        widget(at, name).set_value(getattr(CLASH, name)).run()
        assert not errors(at) and texts(at) == before


def test_an_impossible_pair_of_correlations_names_the_limit(open_page):
    at = open_page("simulate")
    widget(at, "tau1").set_value(0.5).run()
    widget(at, "rho").set_value(0.6).run()
    (said,) = errors(at)
    assert "Keep the correlation with the slopes between −0.52 and 0.52" in said
    assert widget(at, "rho").value == 0.6 and shown(at).rho == 0
    widget(at, "rho_mean").set_value(0.5).run()
    assert not errors(at)
    assert shown(at) == CLASH.change(tau1=0.5, rho=0.6, rho_mean=0.5)


LISTS = [
    ("3, x, 4", "Size 2 in the list is “x”"),
    ("", "0 sizes are listed"),
    ("7", "1 size is listed"),
    ("3 0 2", "Size 2 in the list is 0"),
    ("9" * 30 + " 4", "not a whole number"),
    (", ".join(["2"] * 600), "600 sizes are listed"),
    ("3, ٣", "not a whole number"),
]


def test_a_list_with_a_mistake_is_kept(open_page):
    at = open_page("simulate")
    widget(at, "sizes").set_value("listed").run()
    for typed, message in LISTS:
        widget(at, "listed").set_value(typed).run()
        (said,) = errors(at)
        assert message in said
        assert widget(at, "listed").value == typed
    widget(at, "listed").set_value("4; 5 6\n7").run()
    assert not errors(at)
    assert shown(at) == CLASH.change(size=(4, 5, 6, 7))


@pytest.mark.parametrize("address", ["", "1", "1.abc", "<script>", "1." + "A" * 20_000, "2.eJyrVgIAAQYAgw"])
def test_a_broken_link_is_said_and_the_first_preset_shown(open_page, address):
    at = open_page("simulate", simulated=address)
    assert not errors(at)
    assert "Note. The link's simulation could not be read" in texts(at).replace(
        "  ", " "
    ) or "could not be read" in texts(at)
    assert shown(at) == CLASH
    assert "could not be read" in texts(at.run())  # a phone's page is drawn twice


def test_an_unknown_preset_is_said(open_page):
    at = open_page("simulate", preset="simpsons")
    assert "There is no preset “simpsons”. Choose “simpson”" in texts(at)


def test_links_beyond_the_sliders_reach_are_kept(open_page):
    settings = Settings(tau0=400, slope=-3_000, intercept=1e5, sigma=0.002, autocorrelation=-0.99, seed=2**53 - 1)
    at = open_page("simulate", simulated=link.encode(settings))
    assert not errors(at)
    assert shown(at) == settings
    at.button(key="draw again").click().run()
    assert not errors(at) and shown(at).seed == 0


def test_data_that_no_model_can_compare_are_said(open_page):
    # two groups of three: x may be the same in all rows
    settings = next(
        s
        for s in (Settings(2, 3, predictor="binary", share=0.02, seed=k) for k in range(50))
        if table(s)["x"].nunique() == 1
    )
    at = open_page("simulate", simulated=link.encode(settings))
    (said,) = errors(at)
    assert "same value in all rows" in said
    widget(at, "share").set_value(0.5).run()
    assert shown(at).share == 0.5


# ------------------------------------------------------------------------------------------------- the other pages


@pytest.mark.parametrize("name", ["clash", "false-alarms", "chapter7", "dropout"])
def test_the_comparison_of_a_preset_opens_from_its_link_alone(open_page, name):
    settings = preset(name).settings
    at = open_page("compare", simulated=link.encode(settings))
    assert not errors(at)
    said = texts(at)
    assert "Truth beside the estimates" in said
    assert at.sidebar.selectbox(key="pick data").value == f"table {table_sources.simulated_id(settings)}"
    assert at.session_state[ANALYSIS].formula == settings.formula
    assert len(true_lines(at)) == 2


def test_the_link_to_compare_carries_data_and_formula(open_page):
    at = open_page("simulate", preset="dropout")
    (query,) = [p.proto.query_string for p in at.get("page_link") if p.proto.label == "Send to compare"]
    assert link.encode(preset("dropout").settings) in query and "formula=" in query


def test_the_comparisons_address_is_whole(open_page):
    settings = Settings(8, 6, tau1=0.5, seed=4)
    at = open_page("compare", simulated=link.encode(settings), formula="y ~ x + (1 | group)", mark="3", method="ml")
    assert not errors(at)
    written = {k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}
    assert written["simulated"] == link.encode(settings) and "example" not in written
    assert written["formula"] == "y ~ x + (1 | group)" and written["mark"] == "3" and written["method"] == "ml"
    again = open_page("compare", **written)
    assert texts(again) == texts(at)
    assert again.session_state[ANALYSIS] == at.session_state[ANALYSIS]


def test_other_pages_show_simulated_data_too(open_page):
    text = link.encode(Settings(8, 6, seed=4))
    at = open_page("data", simulated=text)
    assert not errors(at)
    assert "simulated data: 48 rows, 3 columns" in texts(at)
    pd.testing.assert_frame_equal(
        at.dataframe[-1].value, table(Settings(8, 6, seed=4)), check_categorical=False, check_dtype=False
    )
    at = open_page("shrinkage", simulated=text)
    assert not errors(at)
    at = open_page("compare", simulated=text)
    at.sidebar.selectbox(key="pick data").set_value("example drug").run()
    assert not errors(at)
    assert "Truth beside the estimates" not in texts(at) and at.session_state[ANALYSIS].table == "drug"


def test_a_broken_link_to_a_comparison_is_said(open_page):
    at = open_page("compare", simulated="1.AAAA")
    assert errors(at)[0].endswith("Copy it again. Meanwhile the first example is shown.")
    assert at.session_state[ANALYSIS].table == "cv161703"


def test_examples_show_no_truth(open_page):
    at = open_page("compare", example="cv161703")
    assert not true_lines(at)


# ------------------------------------------------------------------------------------------- what the controls mean


@pytest.mark.parametrize("settings", [*(p.settings for p in PRESETS), Settings(size=[4, 5, 6])])
def test_controls_say_the_settings_and_settings_the_controls(settings):
    found, wrong = current_settings.read(current_settings.control_values(settings))
    assert found == settings and not wrong


def test_the_ways_on_from_a_draw_stand_on_one_line(open_page):
    """Links and buttons are not equally high, so their middles are what is aligned."""
    at = open_page("simulate")

    def rows_with(block, label):
        for child in getattr(block, "children", {}).values():
            if getattr(child.proto, "label", None) == label:
                yield block
            yield from rows_with(child, label)

    (row,) = rows_with(at.main, "Save CSV")
    assert [row] == [*rows_with(at.main, "Send to compare")]
    assert row.proto.flex_container.align == Block.FlexContainer.ALIGN_CENTER


def test_true_sds_are_those_that_data_can_tell_where_residuals_of_a_group_are_alike(open_page):
    """tau0^2 + r sigma^2 = 1.5 between groups and (1 - r) sigma^2 = 0.5 within, not the 1 and 1 that were set."""
    for r, words in ((0.5, True), (0.0, False)):
        at = open_page("simulate", simulated=link.encode(Settings(30, 6, tau0=1, sigma=1, exchangeable=r)))
        text = said(at)
        assert ("counts as its intercept in the true SDs" in text) == words
        assert ("SD between groups 1.22 " in text and "Residual SD 0.707 " in text) == words
