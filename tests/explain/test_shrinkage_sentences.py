"""How far groups are pulled, in words; where groups are of one size a share is n tau2 / (n tau2 + sigma2)."""

from __future__ import annotations

import pytest

from lmmcompare.explain.shrinkage_sentences import shares_sentence, spreads_phrase, whole_line_sentence
from tests.helpers import example

KEPT = {
    "cv161703": "Every ID has 3 rows and keeps 88% of its own distance from the common line.",
    "dyestuff2": "The fitted variance between Batches is 0, so every Batch is pulled all the way to the common line.",
    "sleepstudy": "Every Subject has 10 rows and keeps 63% to 96% of its own distance from the common line.",
    "pshp2": "The smallest cluster (",
    "chapter7": "Every group has 2 rows and keeps 99% of its own distance",
    "pastes": "Every batch has 6 rows and keeps 36% of its own distance from the common line.",  # by R, ranef() over the means
    "oats": "Every B group has 12 rows and keeps 81% of its own distance from the common line.",
}


@pytest.mark.parametrize("name", KEPT)
def test_how_much_of_its_distance_a_group_keeps(name: str) -> None:
    both = example(name)
    assert shares_sentence(both.mixed, both.group).startswith(KEPT[name])


def test_the_share_of_a_line_is_of_all_its_coefficients() -> None:
    """lme4: SDs of 24.741 and 5.922 between Subjects."""
    fit = example("sleepstudy").mixed
    assert spreads_phrase(fit) == "24.7 (Intercept), 5.92 (Days)"
    assert "whole line" in whole_line_sentence(fit) and not whole_line_sentence(example("pastes").mixed)
