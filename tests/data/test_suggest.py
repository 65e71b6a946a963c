"""A first guess at a comparison from the patterns of the columns, their names and labels."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.data.suggest import suggest
from lmmcompare.formula import parse
from lmmcompare.formula.expressions import quote
from tests.data.made import popularity

nan = math.nan


def as_uploaded(name: str) -> pd.DataFrame:
    """An example as a CSV upload would give it: columns in alphabetic order, ids as whole numbers or text."""
    frame = examples.load(name)
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            texts = frame[column].astype(str)
            frame[column] = texts.astype(int) if texts.str.fullmatch(r"\d+").all() else texts
    return frame[sorted(frame.columns)]


def chosen(formula: str) -> tuple[str, str]:
    outcome, group = re.match(r"(\w+) ~ .*?\| (\w+)\)", formula).groups()
    return outcome, group


@pytest.mark.parametrize(("table", "n_group", "n_outcome"), [(examples.load, 13, 14), (as_uploaded, 13, 14)])
def test_suggestions_for_the_examples(table, n_group, n_outcome):
    right = []
    for name in examples.names():
        outcome, group = chosen(examples.get(name).formula)
        found = suggest(table(name))
        same = name == "pastes" and found.group == "sample"  # a sample is a cask of a batch
        right.append((found.group == group or same, found.outcome == outcome))
    assert sum(r[0] for r in right) >= n_group and sum(r[1] for r in right) >= n_outcome, right


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("cv161703", "Y ~ X + (1 | ID)"),
        ("pshp2", "pSHP2 ~ condition + (1 | cluster)"),
        ("dragons", "testScore ~ bodyLength2 + (1 | mountainRange)"),
        ("dyestuff", "Yield ~ 1 + (1 | Batch)"),
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
    ],
)
def test_a_suggestion_is_a_formula_with_reasons(name, formula):
    found = suggest(examples.load(name))
    assert found.formula == formula and str(parse(formula))
    assert set(found.reasons) == {"outcome", "predictors", "group"}
    assert all(reason.endswith(".") for reason in found.reasons.values())


def test_nothing_suitable():
    found = suggest(pd.DataFrame({"a": [0.1, 0.2, 0.3, 0.7], "b": [1.5, 2.5, 4.5, 5.5]}))
    assert (found.group, found.formula) == (None, None) and "No column" in found.reasons["group"]
    found = suggest(pd.DataFrame({"school": ["a", "a", "b", "b"], "note": ["u", "v", "w", "x"]}))
    assert (found.outcome, found.predictors, found.formula) == (None, (), None) and found.group == "school"
    assert found.reasons["outcome"] == "No numeric column is left for the outcome."
    found = suggest(pd.DataFrame({"arm": list("abababab"), "row": range(8), "word": list("uvwxuvwx")}))
    assert found.outcome is None and found.reasons["outcome"] == "No numeric column looks like an outcome."
    found = suggest(pd.DataFrame({"arm": list("abababab"), "y": 8 * [5.0], "row": range(8)}))
    assert found.reasons["outcome"] == "No numeric column looks like an outcome. “y” has one value only."
    found = suggest(pd.DataFrame({"arm": list("abababab"), "y": [1.5, 2.5, 1.25, 4.5, 3.5, 7.5, 6.25, 8.0]}))
    assert found.group is None and found.reasons["group"].endswith("“arm” has two values, as a predictor would.")
    for frame in (pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [nan, nan]})):
        assert suggest(frame).formula is None and suggest(frame).reasons["group"]


@pytest.mark.parametrize("odd", ["school name", "2nd", "学校 id", "_g", "size (cm)", "a.b"])
def test_odd_names_are_quoted_as_formulas_quote_them(odd):
    frame = pd.DataFrame({"score": np.arange(12) ** 1.5, odd: np.arange(12.0) % 5 + 0.5, "id": list("aabbccddeeff")})
    found = suggest(frame)
    assert found.formula == f"score ~ {quote(odd)} + (1 | id)"
    assert str(parse(found.formula))


def test_a_running_number_is_neither_outcome_nor_predictor():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"column_1": range(1, 41), "weight": rng.normal(size=40), "farm": ["a", "b", "c", "d"] * 10})
    assert suggest(frame).formula == "weight ~ 1 + (1 | farm)"


def test_a_column_called_group_can_be_anything():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"group": ["ctl", "trt"] * 30, "y": rng.normal(size=60), "subject": np.repeat(range(12), 5)})
    assert suggest(frame).formula == "y ~ group + (1 | subject)"


def test_pupils_whose_numbers_start_again_in_each_class_are_neither_group_nor_slope():
    found = suggest(popularity())
    assert found.formula == "popular ~ extrav + (1 | class)"
    unnamed = popularity().rename(columns={"pupil": "v1", "class": "v2"})
    assert suggest(unnamed).formula == "popular ~ extrav + (1 | v2)"
    shuffled = popularity().sample(frac=1.0, random_state=2)
    assert suggest(shuffled).formula == "popular ~ extrav + (1 | class)"


def pupils(school: str, score: str) -> pd.DataFrame:
    """600 pupils of 24 schools in any order: a school's number is a name, a pupil's age an amount, and a rating has five values."""
    rng = np.random.default_rng(7)
    code = rng.permutation(np.repeat(np.arange(24), 25))
    age = rng.integers(10, 60, 600)
    result = 6 * rng.normal(size=24)[code] + 0.05 * (age - 35.0) ** 2 + rng.normal(0, 5, 600)
    return pd.DataFrame({school: code + 101, "v2": age, score: result.round(1), "zufrieden": rng.integers(1, 6, 600)})


@pytest.mark.parametrize(("school", "score"), [("schule", "leistung"), ("v1", "v3"), ("Schulnummer", "v3")])
def test_schools_are_told_by_their_numbers_whatever_they_are_called(school, score):
    found = suggest(pupils(school, score))
    assert (found.outcome, found.group) == (score, school)


def test_amounts_in_any_order_are_no_groups():
    found = suggest(pupils("v1", "v3").drop(columns=["v1", "zufrieden"]))
    assert found.group is None


def test_labels_are_read():
    frame = popularity()[["class", "texp", "popular", "popteach"]]
    frame.columns = ["v2", "v5", "v6", "v7"]
    assert suggest(frame).outcome == "v6"
    labels = {"v2": "class ident", "v7": "popularity sociometric score"}
    found = suggest(frame, labels)
    assert (found.outcome, found.group) == ("v7", "v2")


def measured_over_time(name: str) -> pd.DataFrame:
    """30 of something, weighed at 1, 3, 7, 12 and 20; whole numbers tell them apart, and each has had one of two diets."""
    rng = np.random.default_rng(4)
    which, when = np.repeat(np.arange(1, 31), 5), np.tile([1, 3, 7, 12, 20], 30)
    size = 40 + 3 * when + rng.normal(0, 8, 30)[which - 1] + rng.normal(0, 2, 150)
    diet = (which > 15) + 1
    return pd.DataFrame({"mass": size.round(1), "hour": when, name: which, "food": diet})


@pytest.mark.parametrize("name", ["Rat", "lot", "qqq", "v3"])
def test_whole_numbers_are_groups_by_their_pattern_whatever_they_are_called(name):
    assert suggest(measured_over_time(name)).formula == f"mass ~ hour + (1 | {name})"
    by_time = measured_over_time(name).sort_values("hour", kind="stable")
    assert suggest(by_time).formula == f"mass ~ hour + (1 | {name})"


def test_numbers_that_start_again_and_mean_others_are_nested():
    rng = np.random.default_rng(3)
    outer, inner = np.repeat(np.arange(1, 13), 12), np.tile(np.repeat([1, 2, 3], 4), 12)
    cell = rng.normal(0, 5, 36)[(outer - 1) * 3 + inner - 1]
    frame = pd.DataFrame({"vat": outer, "jar": inner, "ph": (50 + cell + rng.normal(0, 1, 144)).round(2)})
    found = suggest(frame)
    assert (found.group, found.formula) == ("vat", "ph ~ 1 + (1 | vat/jar)")
    crossed = frame.assign(
        ph=(50 + 5 * frame["jar"] + rng.normal(0, 4, 12)[outer - 1] + rng.normal(0, 1, 144)).round(2)
    )
    assert "/" not in suggest(crossed).formula


def test_products_that_people_like_differently_are_crossed_with_them():
    rng = np.random.default_rng(18)
    person, product, again = (index.ravel() for index in np.indices((80, 4, 2)))
    taste = (2.0 * product + rng.normal(0, 3, (80, 4))[person, product] + rng.normal(0, 1, 640)).round(1)
    frame = pd.DataFrame({"consumer": person + 1, "product": product + 1, "taste": taste, "told": again})
    assert suggest(frame).formula == "taste ~ product + (1 | consumer)"


def test_a_baseline_is_a_covariate_and_what_comes_after_the_outcome():
    rng = np.random.default_rng(5)
    ward = np.repeat(np.arange(20), 15)
    before = rng.normal(50, 10, 300).round()
    after = (before / 2 + 20 + rng.normal(0, 5, 20)[ward] + rng.normal(0, 5, 300)).round()
    frame = pd.DataFrame({"ward": ward, "painPRE": before, "arm": rng.choice(["a", "b"], 300), "painPOST": after})
    found = suggest(frame)
    assert (found.outcome, found.group) == ("painPOST", "ward") and found.predictors[0] in ("painPRE", "arm")


def test_what_is_constant_in_a_group_is_no_outcome():
    rng = np.random.default_rng(6)
    who, item = np.repeat(np.arange(1, 61), 8), np.tile(np.arange(1, 9), 60)
    frame = pd.DataFrame({"id": who, "anger": rng.normal(20, 5, 60)[who - 1].round(), "item": [f"i{k}" for k in item]})
    assert suggest(frame).formula is None


def firms(**columns: np.ndarray) -> pd.DataFrame:
    """20 firms in 1991 to 2000, with what is measured of them each year."""
    return pd.DataFrame({"firm": np.repeat(np.arange(1, 21), 10), "year": np.tile(np.arange(1991, 2001), 20)} | columns)


def test_a_calendar_year_gives_way_in_a_panel_and_is_the_time_elsewhere():
    rng = np.random.default_rng(9)
    level = np.repeat(rng.normal(0, 3, 20), 10)
    jobs, pay, stock = (np.round(20 + level + rng.normal(size=200), 2) for _ in range(3))
    assert suggest(firms(jobs=jobs, pay=pay, stock=stock)).formula == "jobs ~ pay + (1 | firm)"
    assert suggest(firms(jobs=jobs)).formula == "jobs ~ year + (1 | firm)"
    assert suggest(firms(jobs=jobs, law=rng.integers(0, 2, 200))).formula == "jobs ~ law + (1 | firm)"
    short = firms(jobs=jobs, pay=pay).assign(year=lambda d: d["year"] - 1920)
    assert suggest(short).formula == "jobs ~ pay + (1 | firm)"
    of_study = firms(jobs=jobs, pay=pay).assign(year=lambda d: d["year"] - 1990)
    assert suggest(of_study).formula == "jobs ~ year + (1 | firm)"


def tastings() -> pd.DataFrame:
    """40 people who taste each of six soups three times, in an order of their own, and say how sure they are."""
    rng = np.random.default_rng(15)
    person = np.repeat(np.arange(40), 18)
    soup = rng.permuted(np.tile(np.repeat(np.arange(1, 7), 3), (40, 1)), axis=1).ravel()
    sure = np.clip(np.rint(3.5 + rng.normal(0, 1, 40)[person] + 0.3 * soup + rng.normal(0, 1, 720)), 1, 6).astype(int)
    return pd.DataFrame({"person": person + 1, "soup": soup, "sure": sure, "age": rng.integers(20, 70, 40)[person]})


def test_what_was_dealt_out_evenly_to_the_groups_was_set_and_not_measured():
    frame = tastings()
    assert suggest(frame).formula == "sure ~ soup + (1 | person)"
    missing = frame.drop(index=[7, 300])
    assert suggest(missing).formula == "sure ~ soup + (1 | person)"
    warmth = np.random.default_rng(16).normal(60, 3, len(frame)).round(1)
    frame.insert(1, "warmth", warmth)
    assert suggest(frame.assign(sure=frame["sure"] + warmth / 10)).predictors == ("soup",)


def test_a_persons_age_gives_way_to_what_was_varied_within_persons():
    rng = np.random.default_rng(17)
    person, cup = np.repeat(np.arange(12), 20), rng.integers(0, 2, 240)
    alert = (50 + 3 * cup + rng.normal(0, 4, 12)[person] + rng.normal(0, 3, 240)).round(1)
    frame = {
        "person": person + 1,
        "age": rng.permutation(np.repeat([21, 24, 30, 38, 47, 58], 2))[person],
        "alert": alert,
    }
    assert suggest(pd.DataFrame(frame | {"cup": np.where(cup, "tea", "coffee")})).predictors == ("cup",)


def test_another_outcome_that_is_the_predictor_changes_places_with_it():
    rng = np.random.default_rng(9)
    jobs, pay, stock = (np.round(rng.normal(20, 1, 200), 2) for _ in range(3))
    offered = [other.formula for other in suggest(firms(jobs=jobs, pay=pay, stock=stock)).alternatives]
    assert "pay ~ jobs + (1 | firm)" in offered


def test_what_is_the_same_in_all_rows_of_a_visit_is_no_outcome():
    rng = np.random.default_rng(10)
    site, visit, kind = (index.ravel() for index in np.indices((15, 4, 6)))
    heat, damp = rng.normal(15, 3, (15, 4)), rng.normal(60, 9, (15, 4))
    found = rng.poisson(2.0 + 0.1 * heat[site, visit])
    frame = {"site": site + 1, "visit": visit + 1, "heat": heat[site, visit], "damp": damp[site, visit], "found": found}
    guess = suggest(pd.DataFrame(frame | {"kind": np.array(list("abcdef"))[kind]}))
    assert (guess.outcome, guess.group) == ("found", "site")


def test_items_and_centred_copies_give_way_to_the_scale():
    rng = np.random.default_rng(11)
    team = np.repeat(np.arange(1, 31), 12)
    items = rng.integers(1, 6, (360, 4))
    trust = items.mean(axis=1)
    mood = (3 + 0.4 * trust + rng.normal(0, 0.5, 30)[team - 1] + rng.normal(0, 0.7, 360)).round(2)
    columns = {"team": team} | {f"trust{k + 1}": items[:, k] for k in range(4)} | {"mood": mood, "trust": trust}
    frame = pd.DataFrame(columns)
    assert suggest(frame).formula == "mood ~ trust + (1 | team)"
    about_mean = frame[["trust", "mood"]] - frame.groupby("team")[["trust", "mood"]].transform("mean")
    frame = frame[["team", "mood"]].assign(mood_within=about_mean["mood"].round(2), trust=trust)
    assert suggest(frame).formula == "mood ~ trust + (1 | team)"


def test_the_number_of_a_row_gives_way_to_what_was_varied():
    rng = np.random.default_rng(12)
    judge, bottle = np.repeat(np.arange(1, 13), 8), np.tile(np.arange(1, 9), 12)
    warm, sour = (bottle - 1) // 4, bottle % 2
    liking = (50 + 10 * warm + rng.normal(0, 5, 12)[judge - 1] + rng.normal(0, 4, 96)).round(1)
    frame = pd.DataFrame({"judge": judge, "bottle": bottle, "liking": liking})
    assert suggest(frame).predictors == ("bottle",)
    assert suggest(frame.assign(warm=warm, sour=sour)).predictors[0] in ("warm", "sour")
    size = rng.integers(10, 90, 96)  # measured, so that the number may well be that of an occasion
    assert suggest(frame.rename(columns={"bottle": "period"}).assign(size=size)).predictors == ("period",)


def test_a_time_that_starts_elsewhere_in_each_group_is_more_than_a_number():
    rng = np.random.default_rng(13)
    since = np.arange(10) + rng.integers(0, 25, 20)[:, None]
    pay = (10 + 0.2 * since.ravel() + rng.normal(0, 1, 200)).round(2)
    assert suggest(firms(pay=pay, since=since.ravel())).formula == "pay ~ since + (1 | firm)"


def test_alternatives_are_formulas_with_a_sentence_and_differ_from_the_first():
    found = suggest(popularity())
    formulas = [other.formula for other in found.alternatives]
    assert 2 <= len(formulas) <= 6 and len({found.formula, *formulas}) == len(formulas) + 1
    assert all(str(parse(other.formula)) and other.sentence.endswith((".", "?")) for other in found.alternatives)
    assert not any("Z" in formula for formula in formulas)  # standardised copies say nothing new


def test_columns_that_mean_the_same_groups_are_one():
    frame = measured_over_time("id").assign(subject=lambda d: "s" + d["id"].astype(str))
    found = suggest(frame)
    assert found.group == "subject" and not any("id" in other.formula for other in found.alternatives)


def test_a_large_table_is_judged_by_blocks_of_its_rows():
    rng = np.random.default_rng(8)
    g, t = np.repeat(np.arange(1, 8_001), 10), np.tile(np.arange(10) * 2 + 1, 8_000)
    value = rng.normal(size=8_000)[g - 1] + 0.2 * t + rng.normal(size=80_000)
    assert suggest(pd.DataFrame({"a": g, "b": t, "c": value})).formula == "c ~ b + (1 | a)"


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_odd_columns_are_judged_without_a_fault():
    rng = np.random.default_rng(0)
    some = rng.random(60) > 0.3
    odd = {
        "date": pd.Series(pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 30, 60), unit="D")).where(
            some
        ),
        "large": rng.integers(2**63, 2**64 - 1, 60, dtype=np.uint64),
        "Int": pd.Series(rng.integers(0, 9, 60), dtype="Int64").where(some),
        "empty": np.full(60, nan),
        "infinite": np.where(some, math.inf, rng.normal(size=60)),
        "truth": pd.Series(some, dtype="boolean").where(rng.random(60) > 0.3),
        "mixed": pd.Series([1, "a", None, 2.5] * 15, dtype=object),
        "category": pd.Categorical(rng.choice(list("abc"), 60), categories=list("abcd")),
        "huge": rng.normal(size=60) * 1e307,
        "largest": rng.permutation(np.linspace(-1, 1, 60)) * np.finfo(float).max,
        "tiny": rng.normal(size=60) * 1e-308,
        "id": np.repeat(np.arange(12), 5),
        "sub": np.tile(np.arange(5), 12),
        "text": [f"t{k}" for k in range(60)],
    }
    for names in itertools.combinations(odd, 2):
        found = suggest(pd.DataFrame({name: odd[name] for name in names} | {"g": np.repeat(np.arange(10), 6)}))
        assert found.reasons["group"]
        if found.formula is not None:
            assert str(parse(found.formula)) and found.outcome not in ("id", "empty", "text")


def test_when_a_form_came_in_is_no_time_but_a_diary_has_one():
    rng = np.random.default_rng(14)
    team, hours = rng.integers(0, 6, 90), rng.integers(20, 50, 90)
    mood = (5 + 0.05 * hours + rng.normal(0, 1, 6)[team] + rng.normal(0, 1, 90)).round(1)
    sent = pd.Timestamp("2024-03-01 09:00") + pd.to_timedelta(np.cumsum(rng.integers(60, 4000, 90)), unit="s")
    frame = pd.DataFrame({"sent": sent, "team": np.array(list("abcdef"))[team], "hours": hours, "mood": mood})
    assert suggest(frame).predictors == ("hours",)
    person, day = np.repeat(np.arange(15), 6), np.tile(np.arange(6), 15)
    when = pd.Timestamp("2024-03-01 09:00") + pd.to_timedelta(day + rng.random(90) / 4, unit="D")
    diary = pd.DataFrame({"person": person + 1, "when": when, "hours": hours, "mood": mood})
    assert suggest(diary).predictors == ("when",)


@pytest.mark.parametrize(
    "added",
    [
        (
            "StartDate",
            "Progress",
            "Duration (in seconds)",
            "Finished",
            "RecordedDate",
            "LocationLatitude",
            "UserLanguage",
        ),
        ("record_id", "redcap_survey_identifier", "survey_timestamp", "survey_complete"),
        ("lastpage", "startlanguage", "seed", "interviewtime", "groupTime12"),
        ("Timestamp",),
        ("Datum Abgeschickt", "Letzte Seite", "Zufallsstartwert"),
        ("QUESTNNR", "STARTED", "TIME001", "TIME_SUM"),
        ("Completed at", "Time taken", "Total approvals"),
        ("internal_node_id", "time_elapsed"),
        ("Participant Private ID", "Event Index", "UTC Timestamp"),
    ],
)
def test_what_a_survey_program_adds_is_neither_outcome_nor_predictor(added):
    rng = np.random.default_rng(3)
    n = 120
    frame = pd.DataFrame({"class": np.repeat(np.arange(12), 10), "hours": rng.integers(0, 9, n)})
    frame["well_being"] = (rng.normal(3, 1, n) + np.repeat(rng.normal(size=12), 10)).round()
    sent = pd.Timestamp("2026-11-02 09:00") + pd.to_timedelta(np.cumsum(rng.integers(1, 900, n)), unit="s")
    for position, name in enumerate(added):  # in front, as in an export, and measured as an outcome may be
        values = sent if re.search("(?i)dat(e|um)|timestamp|started|ed at", name) else rng.normal(300, 90, n).round(1)
        frame.insert(position, name, np.arange(n) + 1 if name == "record_id" else values)
        if name in ("QUESTNNR", "Participant Private ID"):
            frame[name] = "base"  # in each row the same, it tells the program nevertheless
    found = suggest(frame)
    assert found.formula == "well_being ~ hours + (1 | class)"
    columns = {column for other in found.alternatives for column in parse(other.formula).columns}
    assert not columns & {*added}


def test_progress_in_a_table_of_another_kind_may_be_the_outcome():
    frame = pd.DataFrame({"class": np.repeat(np.arange(12), 10), "x": np.tile([0, 1], 60)})
    frame["progress"] = np.random.default_rng(1).normal(size=120)
    assert suggest(frame).outcome == "progress"


def test_numbers_of_rows_with_gaps_are_no_predictor():
    rng = np.random.default_rng(21)
    school = np.repeat(np.arange(1, 41), 15)
    reading = (40 + rng.normal(0, 3, 40)[school - 1] + rng.normal(0, 5, 600)).round(1)
    frame = pd.DataFrame({"school": school, "pup": np.cumsum(rng.integers(1, 4, 600)), "reading": reading})
    frame["iqv"] = (reading / 3 + rng.normal(0, 4, 600)).round(2)
    assert suggest(frame).formula == "reading ~ iqv + (1 | school)"


def test_a_visit_is_no_copy_of_the_number_of_the_row():
    frame = measured_over_time("patient").drop(columns="food").sort_values("hour", kind="stable")
    visits = frame.assign(visit=frame.groupby("patient").cumcount() + 1, obs=np.arange(1, 151)).drop(columns="hour")
    assert suggest(visits).formula == "mass ~ visit + (1 | patient)"


def test_dummies_for_years_are_no_predictors():
    rng = np.random.default_rng(22)
    level = np.repeat(rng.normal(0, 3, 20), 10)
    frame = firms(scrap=np.round(20 + level + rng.normal(size=200), 2), grant=rng.integers(0, 2, 200))
    dummies = {f"d{year - 1900}": (frame["year"] == year).astype(int) for year in range(1992, 2001)}
    frame = pd.concat([frame[["firm", "year"]], pd.DataFrame(dummies), frame[["scrap", "grant"]]], axis=1)
    assert suggest(frame).formula == "scrap ~ grant + (1 | firm)"


def test_what_is_seldom_measured_is_seldom_the_outcome():
    rng = np.random.default_rng(23)
    season, episode = np.repeat(np.arange(1, 11), 10), np.tile(np.arange(1, 11), 10)
    watched = (5 + rng.normal(0, 1, 10)[season - 1] + 0.1 * episode + rng.normal(0, 0.3, 100)).round(2)
    requests = np.where(season > 8, rng.normal(4, 1, 100).round(2), nan)
    frame = pd.DataFrame({"season": season, "episode": episode, "watched": watched, "requests": requests})
    assert suggest(frame).outcome == "watched"


@pytest.mark.parametrize("name", ["vi", "var", "SE"])
def test_how_exactly_an_effect_is_known_is_neither_outcome_nor_predictor(name):
    rng = np.random.default_rng(24)
    study = np.repeat(np.arange(1, 16), 4)
    effect = (0.2 + rng.normal(0, 0.3, 15)[study - 1] + rng.normal(0, 0.2, 60)).round(3)
    frame = pd.DataFrame({"study": study, name: rng.uniform(0.01, 0.2, 60).round(4), "effect": effect})
    assert suggest(frame).formula == "effect ~ 1 + (1 | study)"


@pytest.mark.parametrize("by", ["shrew", "phase"])
def test_of_blocks_and_treatments_the_blocks_are_the_groups_however_the_table_is_sorted(by):
    rng = np.random.default_rng(25)
    shrew, phase = (index.ravel() for index in np.indices((6, 3)))
    rate = (20 + 3 * phase + rng.normal(0, 3, 6)[shrew] + rng.normal(0, 1, 18)).round(1)
    frame = pd.DataFrame({"shrew": np.array(list("ABCDEF"))[shrew], "phase": np.array(["LSW", "DSW", "REM"])[phase]})
    assert suggest(frame.assign(rate=rate).sort_values(by, kind="stable")).formula == "rate ~ phase + (1 | shrew)"


def test_what_is_called_age_and_neither_rises_nor_was_set_has_no_precedence():
    rng = np.random.default_rng(26)
    town = np.repeat(np.arange(30), 12)
    columns = {"rooms": rng.normal(6, 1, 360).round(2), "crime": rng.normal(3, 1, 360).round(2)}
    frame = pd.DataFrame({"town": [f"t{k}" for k in town], "price": rng.normal(20, 4, 360).round(1), **columns})
    frame["age"] = rng.uniform(3, 100, 360).round(1)  # of the houses
    assert suggest(frame).formula == "price ~ rooms + (1 | town)"


def test_beside_a_time_that_was_set_what_rises_in_all_groups_has_grown():
    rng = np.random.default_rng(27)
    city, decade = np.repeat(np.arange(1, 41), 3), np.tile([1980, 1985, 1990], 40)
    rent = 200 + (10 + rng.uniform(0, 5, 40)[city - 1]) * (decade - 1980) + rng.normal(0, 30, 40)[city - 1]
    frame = pd.DataFrame(
        {"city": city, "year": decade, "rent": rent.round(), "students": rng.normal(20, 5, 120).round(2)}
    )
    found = suggest(frame)
    assert found.outcome == "rent" and "rent" not in found.predictors


@pytest.mark.parametrize("name", ["schid", "distid", "zipcode", "bcode"])
def test_two_words_written_as_one_name_groups(name):
    rng = np.random.default_rng(28)
    frame = pd.DataFrame({"county": np.repeat(np.arange(12), 10), name: rng.permutation(9000)[:120] + 1000})
    frame = frame.assign(lunch=rng.integers(5, 90, 120), score=rng.normal(50, 9, 120).round(1))
    assert name not in {suggest(frame).outcome, *suggest(frame).predictors}


def test_the_number_of_the_row_that_r_writes_changes_no_guess():
    rng = np.random.default_rng(29)
    for frame in (
        firms(jobs=rng.normal(20, 1, 200).round(2), pay=rng.normal(20, 1, 200).round(2)),
        popularity(),
        measured_over_time("rat"),
        examples.load("machines"),
    ):
        numbered = frame.reset_index(drop=True)
        numbered.insert(0, "row", np.arange(1, len(frame) + 1))
        plain, with_numbers = suggest(frame), suggest(numbered)
        assert with_numbers.formula == plain.formula
        assert [a.formula for a in with_numbers.alternatives] == [a.formula for a in plain.alternatives]


def test_of_columns_that_mean_the_same_groups_and_say_nothing_the_first_is_taken():
    rng = np.random.default_rng(30)
    year, dev = np.repeat(np.arange(1991, 2001), 6), np.tile(np.arange(6, 78, 12), 10)
    premium = rng.integers(8_000, 20_000, 10)[year - 1991]
    cum = (1000 + 60 * dev + rng.normal(0, 200, 10)[year - 1991] + rng.normal(0, 90, 60)).round(1)
    frame = pd.DataFrame({"AY": year, "dev": dev, "cum": cum, "premium": premium})
    assert suggest(frame).formula == "cum ~ dev + (1 | AY)"


def test_an_amount_of_the_groups_is_offered_though_it_differs_between_all_of_them():
    rng = np.random.default_rng(31)
    county, floor = np.repeat(np.arange(30), 8), rng.integers(0, 2, 240)
    uranium = rng.normal(0, 1, 30).round(3)[county]
    radon = (1.3 + 0.7 * uranium - 0.6 * floor + rng.normal(0, 0.2, 30)[county] + rng.normal(0, 0.7, 240)).round(2)
    frame = pd.DataFrame({"county": [f"c{k}" for k in county], "radon": radon, "floor": floor, "uranium": uranium})
    found = suggest(frame)
    assert found.group == "county" and found.formula == "radon ~ floor + (1 | county)"
    assert "radon ~ floor + uranium + (1 | county)" in [other.formula for other in found.alternatives]


def test_numbers_but_for_some_text_are_no_groups():
    rng = np.random.default_rng(32)
    ward = np.repeat(np.arange(8), 6)
    lead = rng.choice(["<0.5 µg", "0.7", "1.2", "2.5", "3.1"], 48)
    frame = pd.DataFrame(
        {"lead": np.sort(lead), "pain": rng.normal(50, 9, 48).round(1), "dose": rng.integers(1, 4, 48)}
    )
    assert suggest(frame).group is None
    assert suggest(frame.assign(ward=[f"w{k}" for k in ward])).group == "ward"


def test_a_treatment_of_whole_groups_is_offered_before_another_covariate():
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(24), 25)
    pretest = rng.normal(50, 10, 600)
    frame = pd.DataFrame(
        {
            "score": pretest + rng.normal(0, 5, 24)[school] + rng.normal(0, 8, 600),
            "treated": np.where(school % 2, "new", "usual"),
            "pretest": pretest,
            "girl": rng.integers(0, 2, 600),
            "school": [f"school {j}" for j in school],
        }
    )
    assert suggest(frame).alternatives[0].formula == "score ~ pretest + treated + (1 | school)"


def test_of_a_total_and_its_part_the_part_is_asked_about():
    """Of a restaurant's bills and tips the bill came first, and was explained by the tip."""
    rng = np.random.default_rng(3)
    bill = rng.gamma(4, 5, 240).round(2) + 3
    table = {"total_bill": bill, "tip": (bill * rng.uniform(0.1, 0.2, 240)).round(2)}
    days = rng.choice(["Thu", "Fri", "Sat", "Sun"], 240)
    assert suggest(pd.DataFrame({**table, "day": days})).formula == "tip ~ total_bill + (1 | day)"
    parts = {**table, "service": (bill * rng.uniform(0.05, 0.1, 240)).round(2)}  # the total of several is a score
    assert suggest(pd.DataFrame({**parts, "day": days})).outcome == "total_bill"


def scores(*names: str) -> pd.DataFrame:
    """Amounts of 240 people in 12 wards that have nothing to do with each other."""
    rng = np.random.default_rng(4)
    ward = np.repeat([f"w{k:02d}" for k in range(12)], 20)
    values = {name: (50 + np.repeat(rng.normal(0, 4, 12), 20) + rng.normal(0, 9, 240)).round(1) for name in names}
    return pd.DataFrame({"ward": ward, **values})


@pytest.mark.parametrize("name", ["distance", "experience", "experien"])
def test_distances_and_years_of_experience_explain(name):
    """SPSS and SAS cut names to eight letters for decades."""
    assert suggest(scores(name, "accel")).formula == f"accel ~ {name} + (1 | ward)"
    assert suggest(scores("load", "satisfac")).outcome == "satisfac"


@pytest.mark.parametrize(("before", "after"), [("lpr", "lpo"), ("mathspre", "mathspost")])
def test_of_two_names_with_the_ends_of_before_and_after_the_latter_is_asked_about(before, after):
    assert suggest(scores("iq", before, after)).formula == f"{after} ~ iq + (1 | ward)"
