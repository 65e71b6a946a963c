"""Settings: what is refused and where, and the way to files and links and back."""

import json
import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare import LmmCompareError
from lmmcompare.errors import SettingsError
from lmmcompare.simulate import link
from lmmcompare.simulate.limits import LIMITS, MAX_ROWS
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.sizes import group_sizes

REFUSED = [
    # settings, the one to change, part of the message
    ({"groups": 1}, "groups", "Number of groups is 1, below 2"),
    ({"groups": 0}, "groups", "from 2 to 20,000"),
    ({"groups": -(10**400)}, "groups", "below 2"),
    ({"groups": 10**400}, "groups", "above 20,000"),
    ({"groups": 2.5}, "groups", "not a whole number"),
    ({"groups": "many"}, "groups", "“many”, not a whole number"),
    ({"groups": True}, "groups", "not a whole number"),
    ({"groups": None}, "groups", "not a whole number"),
    ({"size": 0}, "size", "Rows in each group is 0, below 1"),
    ({"size": [4, 0, 4]}, "size", "Size 2 in the list is 0"),
    ({"size": [4, "x"]}, "size", "Size 2 in the list is “x”"),
    ({"size": [4]}, "size", "1 size is listed. List between 2 and 500"),
    ({"size": []}, "size", "0 sizes are listed"),
    ({"size": [3] * 501}, "size", "501 sizes are listed"),
    ({"size": {"a": 1}}, "size", "not a whole number"),
    ({"groups": 20_000, "size": 20_000}, "groups", f"400,000,000 rows; the limit is {MAX_ROWS:,}"),
    ({"groups": 100, "size": 6_000}, "size", "600,000 rows; the limit is 200,000"),
    ({"size": 1}, "size", "20 rows cannot carry 20 random effects"),
    ({"size": 2, "tau1": 1}, "size", "40 rows cannot carry 40 random effects"),
    ({"groups": 2, "size": 2}, "size", "4 rows cannot carry 4 parameters"),
    ({"groups": 2, "varies": "between"}, "groups", "Take at least 3 groups"),
    ({"tau0": float("nan")}, "tau0", "SD of the intercepts is nan, not a number"),
    ({"tau0": -1}, "tau0", "below 0"),
    ({"sigma": 0}, "sigma", "Residual SD is 0, below 0.001"),
    ({"sigma": float("inf")}, "sigma", "inf, not a number"),
    ({"slope": -1e7}, "slope", "below −1,000,000"),
    ({"rho": 1.1, "tau1": 1}, "rho", "above 1"),
    ({"tau1": 1, "rho": 0.9, "rho_mean": 0.6}, "rho", "between −0.80 and 0.80"),
    ({"tau1": 1, "rho": -0.9, "rho_mean": 0.6}, "rho", "squares add up to more than 1"),
    ({"x_icc": 1}, "x_icc", "above 0.99"),
    ({"share": 0}, "share", "below 0.01"),
    ({"autocorrelation": 1}, "autocorrelation", "above 0.99"),
    ({"sigma_by_x": 0.1}, "sigma_by_x", "from 0.25 to 4"),
    ({"seed": -1}, "seed", "below 0"),
    ({"seed": 2**53}, "seed", "above"),
    ({"effects": "cauchy"}, "effects", "Choose one of “normal”, “heavy”"),
    ({"predictor": 3}, "predictor", "“3”"),
    ({"varies": ["both"]}, "varies", "Choose one of"),
    ({"tau1": 1, "varies": "between"}, "tau1", "one value in each group"),
    ({"tau1": 1, "predictor": "none"}, "tau1", "Without a predictor"),
    ({"rho_mean": 0.5, "varies": "within"}, "rho_mean", "do not differ"),
    ({"rho_mean": 0.5, "predictor": "time"}, "rho_mean", "do not differ"),
    ({"spread": 1, "dropout": 0.1}, "dropout", "exclude each other"),
    ({"size": [3, 4, 5], "spread": 1}, "spread", "is listed"),
    ({"size": [3, 4, 5], "dropout": 0.1}, "dropout", "is listed"),
    ({"groups": 3, "spread": 1.5}, "spread", "the most is 1.41"),
    ({"groups": 5, "dropout": 0.9}, "size", "cannot carry"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "setting", "message"), REFUSED)
def test_what_cannot_be_is_refused_at_its_setting(values, setting, message):
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        Settings(**values)
    assert caught.value.setting == setting
    assert caught.value.remedy
    assert isinstance(caught.value, LmmCompareError)


def test_limits_are_there_for_every_setting():
    assert list(LIMITS) == list(Settings.__dataclass_fields__)
    for name, limit in LIMITS.items():
        default = getattr(Settings(), name)
        assert default in limit.options if limit.options else limit.low <= default <= limit.high


def test_the_bounds_of_the_correlations_are_allowed():
    Settings(tau1=1, rho=0.8, rho_mean=0.6)
    Settings(tau1=1, rho=1)
    Settings(rho_mean=-1)


@pytest.mark.parametrize("sizes", [[3, 4, 5], (3, 4, 5), np.array([3, 4, 5]), pd.Series([3.0, 4.0, 5.0])])
def test_a_list_of_sizes_says_how_many_groups_there_are(sizes):
    settings = Settings(size=sizes)
    assert settings == Settings(3, (3, 4, 5))
    assert all(type(s) is int for s in settings.size)


def test_numbers_of_numpy_are_plain_numbers():
    settings = Settings(np.int64(5), 10.0, sigma=np.float32(0.5), slope=-0.0)
    assert settings == Settings(5, 10, sigma=0.5, slope=0)
    assert str(settings.slope) == "0.0"
    json.dumps(settings.to_dict())


# ------------------------------------------------------------------------------------------------- files and links

numbers = st.floats(0.25, 4).map(lambda v: round(v, 4))


@st.composite
def settings_that_can_be(draw):
    """Any settings that are not refused."""
    sizes = draw(st.sampled_from(["equal", "spread", "listed", "dropout"]))
    values = {
        "groups": draw(st.integers(3, 12)), "size": draw(st.integers(4, 9)), "intercept": draw(numbers), "slope": -draw(numbers),
        "tau0": draw(numbers), "sigma": draw(numbers), "effects": draw(st.sampled_from(sorted(LIMITS["effects"].options))),
        "predictor": draw(st.sampled_from(sorted(LIMITS["predictor"].options))),
        "varies": draw(st.sampled_from(sorted(LIMITS["varies"].options))),
        "x_icc": draw(st.floats(0, 0.99)), "x_mean": draw(numbers), "x_sd": draw(numbers), "share": draw(st.floats(0.1, 0.9)),
        "sigma_by_x": draw(numbers), "sigma_by_group": 1 + draw(numbers) / 2, "autocorrelation": draw(st.floats(-0.9, 0.9)),
        "seed": draw(st.integers(0, 2**53 - 1)),
    }  # fmt: skip
    if sizes == "spread":
        values["spread"] = draw(st.floats(0.1, 0.9))
    elif sizes == "listed":
        values["size"] = draw(st.lists(st.integers(4, 9), min_size=3, max_size=9))
    elif sizes == "dropout":
        values["dropout"] = draw(st.floats(0.05, 0.15))
    where = Settings(**values).where
    if where == "both" or where == "between":
        values["rho_mean"] = draw(st.floats(-0.7, 0.7))
    if where in ("both", "within") and sizes != "dropout" and sizes != "spread":
        values |= {"tau1": draw(numbers), "rho": draw(st.floats(-0.7, 0.7))}
    return Settings(**values)


@given(settings_that_can_be())
def test_settings_survive_files_and_links(settings):
    values = settings.to_dict()
    assert Settings.from_dict(values) == settings
    assert Settings.from_dict(json.loads(json.dumps(values))) == settings
    toml = "\n".join(f"{k} = {json.dumps(v)}" for k, v in values.items())
    assert Settings.from_dict(tomllib.loads(toml)) == settings
    text = link.encode(settings)
    assert link.decode(text) == settings
    assert re.fullmatch(r"1\.[\w-]+", text) and len(text) < 450


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tua0": 1}, "There is no setting “tua0”. Did you mean “tau0”"),
        ({"groups": 5, "": 1}, "There is no setting “”."),
        ({"version": 2}, "of version 2; this program reads version 1"),
        ({"version": True}, "of version True"),
        ({"version": "1; drop"}, "of version 1; drop"),
        ([1, 2], "not a table of names and values"),
        ("x", "not a table of names and values"),
    ],
)
def test_what_is_no_setting_is_refused_by_name(values, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        Settings.from_dict(values)


def _bomb() -> str:
    import base64
    import zlib

    return "1." + base64.urlsafe_b64encode(zlib.compress(b"[" * 10_000_000, 9)).decode().rstrip("=")[:1990]


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.", "x.abc", "1.!!!!", "1.abc", "1." + "a" * 5000, "7." + link.encode(Settings())[2:], link.encode(Settings())[:-9],
     link.encode(Settings())[:60] + "A" + link.encode(Settings())[61:], _bomb(), "1.eJyrVgIAAQYAgw", "1.é", "1.eJwDAAAAAAE", "1.abc\n"],
)  # fmt: skip
def test_a_broken_link_is_said(text):
    with pytest.raises(SettingsError) as caught:
        link.decode(text)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=300))
def test_no_text_does_more_than_be_refused(text):
    with pytest.raises(SettingsError):
        link.decode(text)


def test_the_longest_list_fits_into_a_link():
    settings = Settings(size=np.random.default_rng(1).integers(1, 700, 500))
    assert link.decode(link.encode(settings)) == settings


# ----------------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("spread", [0.1, 0.5, 1.0, 1.5])
def test_sizes_have_the_spread_and_mean_that_were_asked(spread):
    sizes = group_sizes(200, 100, spread)
    assert sizes.std() / sizes.mean() == pytest.approx(spread, rel=0.01)  # rounding to rows
    assert sizes.mean() == pytest.approx(100, rel=0.01)
    assert (np.diff(sizes) >= 0).all() and sizes.min() >= 1


def test_sizes_under_dropout_are_the_rounded_shares():
    sizes = group_sizes(100, 5, dropout=0.2)
    assert [(sizes > t).sum() for t in range(5)] == [100, 80, 64, 51, 41]
    assert sizes.max() == 5


def test_sizes_of_many_groups_are_found_quickly():
    assert group_sizes(20_000, 10, spread=2.0).sum() < MAX_ROWS * 1.1


# --------------------------------------------------------------------------------------------------------- presets


def test_presets_have_names_and_sentences_of_their_own():
    assert (
        len({p.name for p in PRESETS})
        == len({p.title for p in PRESETS})
        == len({p.see for p in PRESETS})
        == len(PRESETS)
    )
    for p in PRESETS:
        assert p.see.endswith(".") and preset(p.name) is p


def test_an_unknown_preset_names_the_close_ones():
    with pytest.raises(SettingsError, match=r"“simpsons”\. Choose “simpson”"):
        preset("simpsons")
