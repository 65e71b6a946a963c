"""The stories are answered from their own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.stories import STORIES, answer, story_of
from lmmcompare.formula import parse


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.example)
def test_every_story_is_answered_from_its_own_numbers(story) -> None:
    example = examples.get(story.example)
    frame = examples.load(story.example)
    both = compare(story.formula or example.formula, frame)
    told = answer(story, both, compare(story.contrast, frame) if story.contrast else None)
    assert told and all("nan" not in t and "None" not in t for t in told)
    assert any(c.isdigit() for c in " ".join(told))
    typed = f"{story.confusion} {story.look} {story.moral}"
    assert not any(c.isdigit() for c in typed.replace("X = 0", "")), "figures are computed, not typed in"
    for step in story.next:
        assert parse(step.formula).text == step.formula
        compare(step.formula, examples.load(step.example))
    assert story_of(story.example) is story


def test_the_questions_that_this_was_made_for_have_a_story() -> None:
    assert {s.example for s in STORIES} >= {"cv161703", "pshp2", "dragons", "sleepstudy"}


def test_where_the_drug_story_leads_ols_has_too_small_a_standard_error() -> None:
    """Its moral's other half. It led to four groups whose true effect is the predictor: nothing is left between them, and OLS is right.

    Held against the sandwich by schools, in numpy.
    """
    (step,) = story_of("drug").next
    frame = examples.load(step.example)
    both = compare(step.formula, frame)
    term = next(t for t in both.terms if t != "Intercept")
    x = np.column_stack([np.ones(len(frame)), frame["sector"] == both.coefficient(term).parts[0].level]).astype(float)
    y, inverse = frame["mAch"].to_numpy(), np.linalg.inv(x.T @ x)
    scores = x * (y - x @ inverse @ x.T @ y)[:, None]
    of_schools = np.array([scores[at].sum(axis=0) for at in frame.groupby("school", observed=True).indices.values()])
    right = np.sqrt((inverse @ of_schools.T @ of_schools @ inverse)[1, 1])
    assert both.ols.bse[term] < 0.5 * right
    assert both.mixed.bse[term] == pytest.approx(right, rel=0.1)  # two estimates of one error
