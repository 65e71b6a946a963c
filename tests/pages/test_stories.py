"""The stories: each question's page tells its confusion, picture, numbers and answer, all computed."""

import pytest

from lmmcompare.explain.stories import STORIES
from tests.pages.conftest import charts, errors, texts


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.example)
def test_each_story_is_told_to_its_end(open_page, story):
    at = open_page("stories", story=story.example)
    assert errors(at) == []
    shown = texts(at)
    for part in (story.confusion, story.look, story.moral, "The answer", "Try next"):
        assert part in shown
    assert "·" in shown or "0." in shown  # the table of numbers


def test_the_first_story_says_what_the_question_knows(open_page):
    shown = texts(open_page("stories", story="cv161703"))
    for figure in ("1.18", "0.64", "0.41", "1.57", "33%", "80%"):
        assert figure in shown


def test_the_toy_chapter_sets_both_standard_errors_side_by_side(open_page):
    shown = texts(open_page("stories", story="chapter7"))
    assert "0.33" in shown and "2.98" in shown


def test_a_story_of_the_subjects_own_lines_draws_them(open_page):
    picture = charts(open_page("stories", story="sleepstudy"))[0]
    assert "Regression per Subject" in picture.alt and "Random slope" in picture.alt


def test_repeated_measures_stand_beside_the_mixed_model(open_page):
    shown = texts(open_page("stories", story="orthodont_gaps"))
    for figure in ("Mauchly’s W = 0.559", "24.5 on 3 and 14 df", "31.7 on 3 and 23 df", "all 99 values"):
        assert figure in shown


@pytest.mark.parametrize("story", ["", "nothing", "<script>alert(1)</script>", "x" * 9000])
def test_an_unknown_story_opens_the_first(open_page, story):
    at = open_page("stories", story=story)
    assert errors(at) == []
    assert STORIES[0].confusion in texts(at)
    assert at.query_params["story"] == [STORIES[0].example] or at.query_params["story"] == STORIES[0].example
