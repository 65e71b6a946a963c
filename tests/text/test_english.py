"""Plurals and articles of words, right or none: what no rule can tell is left to be said another way."""

import pytest

from lmmcompare.text.english import all_of, article, plural_word, singular_word

PAIRS = """
    patient:patients school:schools city:cities class:classes bus:buses analysis:analyses series:series species:species
    mouse:mice child:children batch:batches box:boxes day:days boy:boys user:users hour:hours unit:units
    university:universities status:statuses census:censuses process:processes address:addresses house:houses horse:horses
    cause:causes cave:caves leaf:leaves movie:movies person:people woman:women stratum:strata stimulus:stimuli
    criterion:criteria epoch:epochs area:areas camera:cameras video:videos clinic:clinics plate:plates gas:gases lens:lenses
    Batch:Batches Child:Children specimen:specimens human:humans hypothesis:hypotheses diagnosis:diagnoses dose:doses
    quiz:quizzes survey:surveys tie:ties
"""


@pytest.mark.parametrize(("one", "many"), [pair.split(":") for pair in PAIRS.split()])
def test_one_and_many(one, many):
    assert plural_word(one) == many
    assert singular_word(many) == one
    assert singular_word(one) == one  # a singular is not made shorter: no "clas", no "bu"


@pytest.mark.parametrize("word", ["data", "staff", "workman", "Chinese", "radius", "grp", "ctr", "fungi"])
def test_a_word_that_no_rule_is_sure_of_gets_no_plural(word):
    assert plural_word(word) is None


AN = """hour honest_x heir MBA FBI SES ID IDs x X F mri hdl LGA NHS EU LEA 8 80 8th 11 18 11,000 18000 uninsured urban
umbrella École Österreich area item HOUR understanding SSID unimproved onion"""
A = """patient UserID unit university user European euro ewe one once U uk UK USA g G 2020 100 110 1800 SCHOOL_NAME SITE
SEX ROOM school 学校 Schüler uterus uniform hospital house grp psu PSU GP cvd Ukrainian ubiquity (x _x NASA"""


@pytest.mark.parametrize(("phrase", "said"), [(p, "an") for p in AN.split()] + [(p, "a") for p in A.split()])
def test_an_article_goes_by_the_sound(phrase, said):
    assert article(phrase) == said
    assert article(f"{phrase} group") == said


def test_two_are_both() -> None:
    assert [all_of(n, "schools") for n in (2, 3, 1200)] == ["both schools", "all 3 schools", "all 1,200 schools"]
