"""What a study can go along: values that suit every preset, what is typed, and axes that stay."""

import numpy as np
import pytest

from lmmcompare.errors import SettingsError
from lmmcompare.share.study_address import ALONG, MEASURES
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies.curve import curve
from lmmcompare.ui.study import curve_form, state
from lmmcompare.ui.study.curve_form import CurveRequest

CLASSIC = preset("false-alarms").settings


@pytest.mark.parametrize("name", [p.name for p in PRESETS])
def test_every_proposed_value_of_every_preset_can_be_simulated(name):
    settings = preset(name).settings
    offered = [a for a in ALONG if len(curve_form.proposed_values(settings, a)) > 1]
    assert {"groups", "size", "icc"} <= set(offered)
    assert ("slope" in offered) == settings.has_slope
    for along in offered:
        values = tuple(curve_form.proposed_values(settings, along))
        assert list(values) == sorted(values)
        curve_form.check(CurveRequest(settings, state.possible_models(settings), along, values, 1000))


def test_a_list_of_sizes_leaves_no_room_for_others():
    listed = Settings(size=[4, 5, 6])
    assert curve_form.proposed_values(listed, "groups") == curve_form.proposed_values(listed, "size") == []
    assert len(curve_form.proposed_values(listed, "icc")) > 1


READ = [
    ("5, 10,20", "groups", (5, 10, 20)),
    ("20; 10 5\n10", "groups", (5, 10, 20)),
    ("0.5 −0.5", "slope", (-0.5, 0.5)),
    ("1e1, 2e1,", "size", (10, 20)),
]


@pytest.mark.parametrize(("text", "along", "values"), READ)
def test_what_is_typed(text, along, values):
    found = curve_form.read_values(text, along)
    assert found == values and all(type(a) is type(b) for a, b in zip(found, values, strict=True))


@pytest.mark.parametrize(
    "text", ["", "5", "5, 5", "a, b", "5, nan", "5, inf", "٣ 4", "1 " * 50 + "2 " + " ".join(map(str, range(30)))]
)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(SettingsError):
        curve_form.read_values(text, "groups")


def test_too_many_rows_are_refused():
    with pytest.raises(SettingsError, match="would simulate 1,260,000,000 rows; the most is 200,000,000"):
        curve_form.check(CurveRequest(CLASSIC.change(size=1000), ("ols",), "groups", (26, 100), 10_000))


def test_the_last_look_is_the_curve_itself_and_its_axes_stay():
    asked = CurveRequest(CLASSIC, ("ols", "random_intercept"), "groups", (5, 20), 300)
    states = list(curve_form.curve_states(asked))
    first, last = states[0], states[-1]
    assert first.ranges is last.ranges and set(first.table["value"]) == {5, 20}
    same = curve(CLASSIC, "groups", (5, 20), 300, CLASSIC.seed, models=("ols", "random_intercept"))
    assert last.table.equals(same) and last.done == 600
    for measure in MEASURES:
        low, high = last.ranges[measure, "x"]
        assert last.table.loc[last.table["term"] == "x", measure].between(low, high).all()
        assert np.isfinite([low, high]).all()


def test_intercepts_that_do_not_vary_correlate_with_nothing():
    assert curve_form.proposed_values(Settings(tau0=0), "rho_mean") == []
    assert len(curve_form.proposed_values(Settings(), "rho_mean")) > 1
