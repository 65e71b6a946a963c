"""A first guess where the order of the rows, or a column worked out from others, says less than it seems to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.data.suggest import suggest


def crossed(*sizes: int) -> tuple[np.ndarray, ...]:
    """Numbers from 0 of crossed factors, the first changing slowest."""
    return tuple(index.ravel() for index in np.indices(sizes))


def test_a_side_by_which_the_table_is_sorted_is_no_treatment_that_sets_in():
    rng = np.random.default_rng(1)
    person, eye, lens = crossed(7, 2, 4)
    lag = (110 + rng.normal(0, 4, 7)[person] + 2 * lens + rng.normal(0, 3, len(lens))).round()
    frame = pd.DataFrame({"lag": lag, "lens": np.array(["6/6", "6/18", "6/36", "6/60"])[lens]})
    frame["eye"], frame["subject"] = np.array(["left", "right"])[eye], person + 1
    assert suggest(frame).formula == "lag ~ lens + (1 | subject)"


def test_a_treatment_that_changes_from_row_to_row_comes_before_the_numbers_of_what_was_shown():
    rng = np.random.default_rng(2)
    person, text, tone = crossed(6, 7, 2)
    pitch = (
        190 + rng.normal(0, 40, 6)[person] + rng.normal(0, 9, 7)[text] - 15 * tone + rng.normal(0, 9, len(tone))
    ).round(1)
    frame = pd.DataFrame(
        {"subject": np.char.add("S", (person + 1).astype(str)), "scenario": text + 1, "tone": tone, "pitch": pitch}
    )
    frame["tone"] = np.array(["formal", "plain"])[tone]
    assert suggest(frame).predictors == ("tone",)


def test_sites_that_are_others_on_each_wafer_lie_within_it_whatever_it_is_called():
    rng = np.random.default_rng(3)
    wafer, site, step = crossed(8, 6, 5)
    volt = np.array([0.8, 1.2, 1.6, 2.0, 2.4])[step]
    on_wafer = rng.normal(0, 1, (8, 6))[wafer, site]
    frame = pd.DataFrame({"Wafer": wafer + 1, "Site": site + 1, "volt": volt})
    frame["current"] = (6 * volt + on_wafer + rng.normal(0, 0.1, len(volt))).round(3)
    assert suggest(frame).formula == "current ~ volt + (1 | Wafer/Site)"
    frame["current"] = (6 * volt + rng.normal(0, 1, 6)[site] + rng.normal(0, 0.1, len(volt))).round(3)
    assert "Wafer/Site" not in str(suggest(frame).formula)  # site 1 has the same place on every wafer


def test_what_grows_beside_a_calendar_year_is_no_time():
    rng = np.random.default_rng(4)
    state, year = crossed(12, 20)
    crowd = rng.lognormal(8, 1, 12)[state] * (1 + 0.01 * year)
    income = (9 + rng.normal(0, 0.2, 12)[state] + rng.normal(0, 0.05, len(year))).round(4)
    price = (5 + 0.5 * income + rng.normal(0, 0.2, 12)[state] + rng.normal(0, 0.05, len(year))).round(4)
    frame = pd.DataFrame(
        {"state": state + 1, "year": year + 1980, "price": price, "income": income, "pop": crowd.round(1)}
    )
    assert suggest(frame).formula == "price ~ income + (1 | state)"


def test_years_of_experience_are_a_time_beside_the_year():
    rng = np.random.default_rng(5)
    person, wave = crossed(40, 6)
    began = rng.integers(1, 20, 40)[person]
    wage = (2 + 0.03 * (began + wave) + rng.normal(0, 0.3, 40)[person] + rng.normal(0, 0.1, len(wave))).round(3)
    frame = pd.DataFrame({"id": person + 1, "year": wave + 1990, "exper": began + wave, "wage": wage})
    assert suggest(frame).formula == "wage ~ exper + (1 | id)"


def test_an_interaction_worked_out_beforehand_is_not_what_was_measured():
    rng = np.random.default_rng(6)
    person, wave = crossed(60, 5)
    south = (rng.random(60) < 0.5)[person].astype(int)
    south[::17] = 1 - south[::17]
    member = (rng.normal(0, 1, 60)[person] + rng.normal(0, 1, len(wave)) > 0.5).astype(int)
    age = rng.integers(20, 40, 60)[person] + wave
    frame = pd.DataFrame({"idcode": person + 1, "year": 70 + wave, "age": age, "south": south, "union": member})
    frame["t0"] = wave
    frame["southXt"] = south * wave
    assert suggest(frame).formula == "union ~ age + (1 | idcode)"


def test_two_words_written_as_one_are_both_read():
    rng = np.random.default_rng(7)
    school = np.repeat(np.arange(20), 12)
    before = rng.normal(460, 40, 240).round()
    gain = (60 - 0.4 * (before - 460) + rng.normal(0, 10, 20)[school] + rng.normal(0, 25, 240)).round()
    frame = pd.DataFrame(
        {"mathkind": before, "mathgain": gain, "ses": rng.normal(0, 1, 240).round(2), "schoolid": school + 1}
    )
    assert suggest(frame).outcome == "mathgain"
