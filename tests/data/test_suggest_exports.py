"""A first guess at what programs and devices export: the columns that they add are no outcome, no predictor and no group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.suggest import suggest

PERSONS, TRIALS = 12, 40
N = PERSONS * TRIALS
PERSON, TRIAL = np.repeat(np.arange(PERSONS), TRIALS), np.tile(np.arange(TRIALS), PERSONS)


def words(*values: str, seed: int = 0) -> np.ndarray:
    """One of these at random in each row."""
    return np.array(values)[np.random.default_rng(seed).integers(0, len(values), N)]


def reaction(seed: int = 1) -> np.ndarray:
    """Milliseconds that differ between persons."""
    rng = np.random.default_rng(seed)
    return (600 + rng.normal(0, 60, PERSONS)[PERSON] + rng.gamma(4, 40, N)).round(1)


def gorilla() -> dict:
    """Its persons have been taken for the times at which trials 1 to 40 were listed, and a reaction time for when, not what."""
    right = np.random.default_rng(2).random(N) < 0.9
    answers = {"Response": words("word", "other", seed=4), "Correct": right.astype(int), "Incorrect": 1 - right}
    asked = {"Participant Private ID": 6543210 + 7 * PERSON, "Trial Number": TRIAL + 1, "Reaction Time": reaction()}
    return asked | answers | {"condition": words("a", "b", seed=3)}


def inquisit() -> dict:
    """Each person's time of day was the group."""
    asked = {"time": [f"10:{p:02d}:07" for p in PERSON], "subject": 8830011 + 91 * PERSON, "trialnum": TRIAL + 1}
    return asked | {"blockcode": np.where(TRIAL < 20, "same", "other"), "latency": reaction()}


def e_prime() -> dict:
    """The clock of the recording was the predictor, or else the number of the trial in its block."""
    waits = np.random.default_rng(5).integers(900, 2_000, (PERSONS, TRIALS))
    began = 30_000 + waits.cumsum(axis=1).ravel()
    asked = {"Subject": PERSON + 1, "Block": 1 + TRIAL // 10, "Trial": 1 + TRIAL % 10, "Target.OnsetTime": began}
    return asked | {"Condition": words("con", "inc"), "Target.RT": reaction()}


def labvanced() -> dict:
    """Each of 40 trials, with an id, is shown to each person."""
    order = np.random.default_rng(16).permuted(np.tile(np.arange(TRIALS), (PERSONS, 1)), axis=1).ravel()
    began = 1_683_000_000_000 + 7_000_000 * PERSON + 1_700 * TRIAL
    asked = {
        "Subject_Code": [f"AB{p}C" for p in PERSON],
        "Trial_Nr": TRIAL + 1,
        "Trial_Id": order + 1,
        "Start_Time": began,
    }
    return asked | {"Condition_Id": 1 + order % 2, "RT": reaction()}


def open_sesame() -> dict:
    """What is averaged and summed up so far was the outcome and the predictor."""
    taken = reaction()
    so_far = pd.Series(taken).groupby(PERSON).cumsum().round(1)
    asked = {
        "average_response_time": (so_far / (TRIAL + 1)).round(2),
        "count_trial": TRIAL,
        "cue": words("left", "right"),
    }
    began = 7_000 + 2_400.0 * TRIAL + np.random.default_rng(6).normal(0, 30, N).round(1)
    return asked | {
        "response_time": taken,
        "start_time": began,
        "subject_nr": PERSON + 1,
        "total_response_time": so_far,
    }


def open_bci() -> dict:
    """256 rows, numbered anew again and again, are no groups."""
    rng = np.random.default_rng(7)
    asked = {
        "Sample Index": np.arange(N) % 100,
        "EXG Channel 0": rng.normal(0, 50, N),
        "Accel Channel 0": rng.normal(0, 50, N),
    }
    return asked | {"Timestamp": 1_617_000_000 + np.arange(N) / 250}


def sleep() -> dict:
    """Fitbit calls everything total: nothing was left for the outcome."""
    rng = np.random.default_rng(8)
    asleep = 420 + 7 * PERSON + rng.normal(0, 40, N).astype(int)
    return {
        "Id": 1503960366 + 9_000_000 * PERSON,
        "TotalSleepRecords": 1 + (rng.random(N) < 0.1),
        "TotalMinutesAsleep": asleep,
        "TotalTimeInBed": asleep + rng.exponential(35, N).astype(int),
    }


def steps() -> dict:
    """A way in steps was explained by the same in miles."""
    rng = np.random.default_rng(9)
    walked = (8000 + 300 * PERSON + rng.normal(0, 3000, N)).astype(int)
    measured = {"TotalSteps": walked, "TotalDistance": (walked * 7e-4 + rng.normal(0, 0.02, N)).round(2)}
    return {"Id": 1503960366 + 9_000_000 * PERSON} | measured | {"ActiveMinutes": rng.normal(30, 9, N).round()}


def actigraph() -> dict:
    """The highest value of a sensor of light was the outcome."""
    rng = np.random.default_rng(10)
    counts = {"Steps Counts": rng.normal(9e5, 1e5, N).astype(int) + 9000 * PERSON}
    of_light = {
        "Lux Average Counts": rng.exponential(100, N).round(1),
        "Lux Max Counts": rng.exponential(3e3, N).astype(int),
    }
    return {"Subject": [f"P{p:02d}" for p in PERSON], "Wear": words("wrist", "hip")} | of_light | counts


def hotel() -> dict:
    """Qualtrics' items have words of groups in them, such as rooms, and ages have more values than answers."""
    rng = np.random.default_rng(11)
    asked = {"Which hotel did you stay in?": [f"h{p}" for p in PERSON], "Age": rng.integers(18, 80, N)}
    return asked | {"How satisfied were you with the following? - Room": rng.integers(1, 8, N)}


def lime_survey() -> dict:
    """With codes and questions in its names its random seed was the outcome, and years as a teacher were the groups."""
    rng = np.random.default_rng(12)
    added = {"id. Response ID": np.arange(1, N + 1), "lastpage. Last page": 4, "seed. Seed": rng.integers(1e8, 2e9, N)}
    asked = {
        "Q1. Which school do you work in?": words("N", "S", "W", "E", "H"),
        "Q2. How long are you a teacher?": rng.integers(0, 30, N),
    }
    return added | asked | {"Q3. How satisfied are you with your job?": rng.integers(0, 11, N)}


def seizures() -> dict:
    """A number of something is counted; it names nothing."""
    rng = np.random.default_rng(13)
    return {
        "clinic": [f"c{p}" for p in PERSON],
        "Number of patients": rng.poisson(30, N),
        "dose": rng.integers(1, 4, N),
    }


def pcr() -> dict:
    """How far replicates lie apart explained their mean."""
    rng = np.random.default_rng(14)
    asked = {"Mouse": [f"m{p}" for p in PERSON], "Target": words("Il6", "Gapdh")}
    return asked | {"Ct Mean": rng.normal(22, 1, N).round(3), "Ct SD": rng.gamma(2, 0.1, N).round(3)}


def gaze() -> dict:
    """The y of "point Y" is a place."""
    rng = np.random.default_rng(15)
    asked = {
        "Participant name": [f"P{p}" for p in PERSON],
        "Stimulus": words("sad", "happy"),
        "Timestamp [ms]": 40 * TRIAL + 3,
    }
    return asked | {"Fixation point Y": rng.integers(0, 1080, N), "Pupil diameter": rng.normal(3, 0.2, N).round(2)}


@pytest.mark.parametrize(
    ("export", "outcome", "predictor", "group"),
    [
        (gorilla, "Reaction Time", "condition", "Participant Private ID"),
        (inquisit, "latency", "blockcode", "subject"),
        (e_prime, "Target.RT", "Condition", "Subject"),
        (labvanced, "RT", "Condition_Id", "Subject_Code"),
        (open_sesame, "response_time", "cue", "subject_nr"),
        (open_bci, "EXG Channel 0", "Timestamp", None),
        (sleep, "TotalMinutesAsleep", "TotalTimeInBed", "Id"),
        (steps, "TotalSteps", "ActiveMinutes", "Id"),
        (actigraph, "Steps Counts", None, "Subject"),
        (hotel, "How satisfied were you with the following? - Room", "Age", "Which hotel did you stay in?"),
        (lime_survey, "Q3. How satisfied are you with your job?", None, "Q1. Which school do you work in?"),
        (seizures, "Number of patients", None, "clinic"),
        (pcr, "Ct Mean", "Target", "Mouse"),
        (gaze, "Pupil diameter", None, "Participant name"),
    ],
)
def test_what_is_exported_is_guessed_as_its_owner_would(
    export: Callable[[], dict], outcome: str, predictor: str | None, group: str | None
) -> None:
    found = suggest(pd.DataFrame(export()))
    assert (found.outcome, found.group) == (outcome, group)
    assert predictor is None or found.predictors == (predictor,)
