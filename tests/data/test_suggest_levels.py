"""A first guess where numbers start again in another column: rooms 1, 2, 3 of each condition, persons 1, 2, 3 of each team."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.data.suggest import suggest
from lmmcompare.formula import parse


def rooms(between: float, seed: int = 1, per_room: int = 5) -> pd.DataFrame:
    """Two conditions, each with rooms 1 to 5 of its own, and people there whose mood differs between rooms so much."""
    rng = np.random.default_rng(seed)
    arm, room, _ = (index.ravel() for index in np.indices((2, 5, per_room)))
    mood = 50 + 3 * arm + rng.normal(0, between, (2, 5))[arm, room] + rng.normal(0, 1, len(arm))
    return pd.DataFrame({"room": room + 1, "condition": np.array(["old", "new"])[arm], "mood": mood.round(2)})


def test_rooms_that_differ_between_the_conditions_are_named_by_both_columns():
    found = suggest(rooms(between=4))
    assert found.formula == "mood ~ condition + (1 | condition:room)"
    assert found.group == "room"
    assert found.reasons["group"] == (
        "“room” starts again in each “condition”: both together split the rows into 10 groups of 5 rows each."
    )
    assert len(lmer(found.formula, rooms(between=4)).groupings[0].levels) == 10
    assert all("condition:room" in other.formula and str(parse(other.formula)) for other in found.alternatives)


def test_what_else_is_known_of_each_room_tells_that_they_are_others():
    frame = rooms(between=0)
    size = np.array([[30, 18, 24, 40, 22], [26, 31, 19, 35, 28]])
    frame["size"] = size[(frame["condition"] == "new").astype(int), frame["room"] - 1]
    assert suggest(frame).formula == "mood ~ condition + (1 | condition:room)"


def test_rooms_of_which_nothing_is_told_are_offered_as_both():
    found = suggest(rooms(between=0))
    assert found.formula == "mood ~ condition + (1 | room)"
    offered = {other.formula: other.sentence for other in found.alternatives}
    sentence = (
        "“room” starts again in each “condition”: both name the groups, if number 1 of one is not number 1 of another."
    )
    assert offered["mood ~ condition + (1 | condition:room)"] == sentence


@pytest.mark.parametrize("column", ["condition", "day"])
def test_people_who_are_seen_in_each_condition_are_the_same(column):
    rng = np.random.default_rng(3)
    arm, person, _ = (index.ravel() for index in np.indices((2, 12, 4)))
    mood = (50 + 2 * arm + rng.normal(0, 4, 12)[person] + rng.normal(0, 1, len(arm))).round(2)
    frame = pd.DataFrame({"person": person + 1, column: np.array(["a", "b"])[arm], "mood": mood})
    found = suggest(frame)
    assert found.formula == f"mood ~ {column} + (1 | person)"
    assert not any(":" in other.formula for other in found.alternatives)


def test_persons_of_teams_are_a_level_below_them_and_the_time_is_none():
    rng = np.random.default_rng(4)
    team, person, time = (index.ravel() for index in np.indices((8, 3, 3)))
    inches = (3 + rng.normal(0, 1, 8)[team] + rng.normal(0, 0.5, (8, 3))[team, time] + rng.normal(0, 0.4, 72)).round(2)
    frame = pd.DataFrame({"person": person + 1, "time": time, "team": team + 1, "inches": inches})
    found = suggest(frame)
    assert found.formula == "inches ~ time + (1 | team)"
    offered = {other.formula: other.sentence for other in found.alternatives}
    sentence = "“person” starts again in each “team”: a level below, if number 1 of one is not number 1 of another."
    assert offered["inches ~ time + (1 | team/person)"] == sentence


def test_what_is_yes_or_no_in_each_group_is_no_level_below_it():
    rng = np.random.default_rng(5)
    state, urban = np.repeat(np.arange(1, 21), 30), np.tile([0, 1], 300)
    poor = (20 + rng.normal(0, 4, (20, 2))[state - 1, urban] + rng.normal(0, 2, 600)).round(1)
    frame = pd.DataFrame({"state": state, "urban": urban, "poor": poor, "age": rng.normal(40, 9, 600).round(1)})
    assert "/" not in suggest(frame).formula


@pytest.mark.parametrize("gaps", ["blank", "left out"])
def test_pupils_seen_twice_are_a_level_below_their_schools_though_some_missed_an_occasion(gaps):
    """With 2 rows of most pupils and 1 of a few, 1.9 each, they were no groups, and each pupil's two scores were independent."""
    rng = np.random.default_rng(6)
    school, pupil, occasion = (index.ravel() for index in np.indices((12, 12, 2)))
    pupils = rng.normal(0, 4, 12)[school] + rng.normal(0, 5, (12, 12))[school, pupil]
    frame = pd.DataFrame({"school": [f"S{k + 1}" for k in school], "pupil": pupil + 1, "occasion": occasion})
    frame["score"] = (50 + pupils + 4 * occasion + rng.normal(0, 3, len(frame))).round(1)
    missed = rng.choice(len(frame), 12, replace=False)
    frame.loc[missed, "score"] = np.nan
    found = suggest(frame if gaps == "blank" else frame.dropna(ignore_index=True))
    assert found.formula == "score ~ occasion + (1 | school/pupil)"
