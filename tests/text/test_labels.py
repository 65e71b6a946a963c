import pickle

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess.model_choice import which_model
from lmmcompare.text.labels import (
    FactorName,
    an,
    group_phrase,
    literal,
    model_label,
    model_phrase,
    noun,
    one_of_each,
    plural,
)

LONG, SHORT = "In which school were you in your last year?", "“In which sch…r last year?”"
NESTED = "school_code:class_identifier_of_school"
NAMES = [
    # name, one group, several, with its article, the group 7, the group with the name's first letter and an 8
    ("ID", "ID", "IDs", "an ID", "ID 7", "ID i8"),
    ("UserID", "UserID", "UserIDs", "a UserID", "UserID 7", "UserID u8"),
    ("USUBJID", "USUBJID", "USUBJIDs", "a USUBJID", "USUBJID 7", "USUBJID u8"),
    ("Patient ID", "Patient ID", "Patient IDs", "a Patient ID", "Patient ID 7", "Patient ID p8"),
    ("school id", "school id", "school ids", "a school id", "school id 7", "school id s8"),
    ("patient", "patient", "patients", "a patient", "patient 7", "patient p8"),
    ("Batch", "Batch", "Batches", "a Batch", "Batch 7", "Batch b8"),
    ("country", "country", "countries", "a country", "country 7", "country c8"),
    ("mountainRange", "mountainRange", "mountainRanges", "a mountainRange", "mountainRange 7", "mountainRange m8"),
    ("class", "class", "classes", "a class", "class 7", "class c8"),
    ("analysis", "analysis", "analyses", "an analysis", "analysis 7", "analysis a8"),
    ("species", "species", "species", "a species", "species 7", "species s8"),
    ("child", "child", "children", "a child", "child 7", "child c8"),
    ("hour", "hour", "hours", "an hour", "hour 7", "hour h8"),
    ("university", "university", "universities", "a university", "university 7", "university u8"),
    ("European", "European", "Europeans", "a European", "European 7", "European e8"),
    ("group", "group", "groups", "a group", "group 7", "group g8"),
    ("age group", "age group", "age groups", "an age group", "age group 7", "age group a8"),
    # already plural
    ("groups", "group", "groups", "a group", "group 7", "group g8"),
    ("Groups", "Group", "Groups", "a Group", "Group 7", "Group g8"),
    ("IDs", "ID", "IDs", "an ID", "ID 7", "ID i8"),
    ("patients", "patient", "patients", "a patient", "patient 7", "patient p8"),
    ("children", "child", "children", "a child", "child 7", "child c8"),
    ("people", "person", "people", "a person", "person 7", "person p8"),
    ("mice", "mouse", "mice", "a mouse", "mouse 7", "mouse m8"),
    # no word that English makes a plural of
    ("patient_id", "patient_id", "levels of patient_id", "a patient_id", "patient_id 7", "patient_id p8"),
    ("SCHOOL_NAME", "SCHOOL_NAME", "levels of SCHOOL_NAME", "a SCHOOL_NAME", "SCHOOL_NAME 7", "SCHOOL_NAME s8"),
    ("school.id", "school.id", "levels of school.id", "a school.id", "school.id 7", "school.id s8"),
    ("species_id", "species_id", "levels of species_id", "a species_id", "species_id 7", "species_id s8"),
    ("MBA", "MBA", "levels of MBA", "an MBA", "MBA 7", "MBA m8"),
    ("SES", "SES", "levels of SES", "an SES", "SES 7", "SES s8"),
    ("grp", "grp", "levels of grp", "a grp", "grp 7", "grp g8"),
    ("subject:session", "subject:session", "combinations of subject and session", "a subject:session", "subject:session 7",
     "subject:session s8"),
    ("Schüler", "Schüler", "levels of Schüler", "a Schüler", "Schüler 7", "Schüler s8"),
    ("学校", "学校", "levels of 学校", "a 学校", "学校 7", "学校 学8"),
    ("data", "data group", "data groups", "a data group", "data 7", "data d8"),
    ("g", "g group", "g groups", "a g group", "g 7", "group g8"),
    ("G", "G group", "G groups", "a G group", "G 7", "group g8"),
    ("x", "x group", "x groups", "an x group", "x 7", "group x8"),
    ("2020", "2020 group", "2020 groups", "a 2020 group", "2020 group 7", "2020 group 28"),
    ("honest_x", "honest_x group", "honest_x groups", "an honest_x group", "honest_x 7", "honest_x h8"),
    ("batch:cask1", "batch:cask1", "combinations of batch and cask1", "a batch:cask1", "batch:cask1 group 7",
     "batch:cask1 group b8"),
    ("school (public)", "school (public) group", "school (public) groups", "a school (public) group",
     "school (public) group 7", "school (public) group s8"),
    ("", "group", "groups", "a group", "group 7", "group 8"),
    (LONG, f"{SHORT} group", f"{SHORT} groups", f"an {SHORT} group", f"{SHORT} group 7", f"{SHORT} group i8"),
    (NESTED, NESTED, "combinations of school_code and class_identifier_of_school", f"a {NESTED}", f"{NESTED} 7", f"{NESTED} s8"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "many", "with_article", "seven", "eight"), NAMES)
def test_a_group_in_words(name, one, many, with_article, seven, eight):
    assert (noun(name), plural(name), an(name)) == (one, many, with_article)
    assert (group_phrase(name, 7), group_phrase(name, name[:1].lower() + "8")) == (seven, eight)


@pytest.mark.parametrize("name", [name for name, *_ in NAMES if name])
def test_a_word_once_made_stays(name):
    one = noun(name)
    assert (noun(one), plural(one), an(one)) == (one, plural(name), an(name))
    assert group_phrase(one, 7) == group_phrase(name, 7)
    assert model_label("no_pooling", one) == model_label("no_pooling", name)


@pytest.mark.parametrize(
    ("name", "label", "phrase"),
    [
        ("school", "School 12", "School 12"),  # not "school School 12"
        ("ID", "ID7", "ID7"),
        ("country", "countryside", "country countryside"),
        ("g", "g_01", "group g_01"),
        ("subject", "subject", "subject subject"),
        ("school", "", "school "),
    ],
)
def test_a_label_that_says_the_name_already_is_not_led_by_it_again(name, label, phrase):
    assert group_phrase(name, label) == phrase


def test_two_long_names_stay_apart():
    """Both were called "group": a test of one was lost, and the page said "groups and groups"."""
    frame = pd.DataFrame(
        {LONG: list("ababababcdcdcdcd"), "In which town were you in your last year?": list("pqrs" * 4)}
    )
    frame["y"] = np.random.default_rng(1).normal(size=16)
    comparison = lmmcompare.compare("y ~ 1 + " + " + ".join(f"(1 | `{name}`)" for name in frame.columns[:2]), frame)
    assert len({plural(factor) for factor in comparison.factors}) == 2
    tests = [test.name for test in which_model(comparison).tests if test.name.startswith("Likelihood ratio")]
    assert len(tests) == 2


def test_no_test_is_lost_of_names_that_begin_and_end_alike():
    read, write = (f"How often do you {verb}? (1 = never, 5 = always)" for verb in ("read", "write"))
    frame = pd.DataFrame({read: list("ababababcdcdcdcd"), write: list("pqrs" * 4)})
    frame["y"] = np.random.default_rng(1).normal(size=16)
    comparison = lmmcompare.compare(f"y ~ 1 + (1 | `{read}`) + (1 | `{write}`)", frame)
    assert len([test for test in which_model(comparison).tests if test.name.startswith("Likelihood ratio")]) == 2


def test_the_group_names_its_models():
    assert model_label("no_pooling", "groups") == "Group dummies"
    assert (
        model_label("no_pooling", "school") == "School dummies"
        and model_phrase("no_pooling", "school") == "school dummies"
    )
    assert model_label("no_pooling", "mountainRange") == "mountainRange dummies"  # spelt as the column is
    assert model_label("per_group", "ID") == "Regression per ID"
    assert model_label("no_pooling", "g") == "g dummies"
    assert model_label("per_group", "patient_id") == "Regression per patient_id"
    assert model_label("no_pooling") == "Group dummies"
    assert model_label("random_slope", "ID") == "Random slope"


def test_asterisks_in_a_name_are_marked():
    assert literal("a*b") == r"a\*b"
    assert literal("a\\b") == r"a\\b"
    assert literal("plain_name") == "plain_name"


def test_a_factor_may_say_what_its_groups_are_called():
    name = FactorName("district:school", "school", "district")
    assert name == "district:school" and {name: 1}["district:school"] == 1
    assert (noun(name), plural(name), an(name)) == ("school", "schools", "a school")
    assert group_phrase(name, "d1:s2") == "school d1:s2"
    assert model_label("no_pooling", name) == "School dummies"
    again = pickle.loads(pickle.dumps(name))
    assert (again, noun(again), again.within) == (name, "school", "district")


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        (["person"], "an average person"),
        ([FactorName("district:school", "school", "district"), "district"], "an average school in an average district"),
        ([FactorName("district:school", "school", "district")], "an average school"),  # a model of schools alone
        (["subject", "item"], "an average subject and an average item"),
        (
            [FactorName("a:school:class", "class", "a:school"), FactorName("a:school", "school", "a"), "a", "rater"],
            "an average class in an average school in an average a group and an average rater",
        ),
    ],
)
def test_one_group_of_each_factor(factors, said):
    assert one_of_each(factors, "an average") == said
