"""Nobody assigns an age or a sex; an interaction is none of its own, but its parts may be assigned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.within_between_sentences import within_between_sentences

RNG = np.random.default_rng(4)
TEAM = np.repeat(np.arange(24), 4)
FRAME = pd.DataFrame(
    {
        "team": TEAM,
        "age": RNG.integers(20, 60, 24)[TEAM],
        "sex": np.where(TEAM % 2, "m", "f"),
        "train": np.where(TEAM // 2 % 2, "yes", "no"),
        "lead": np.where(TEAM // 4 % 2, "new", "old"),
        "y": RNG.normal(size=24)[TEAM] + RNG.normal(size=96),
    }
)


@pytest.mark.parametrize(
    ("formula", "term", "said"),
    [
        ("y ~ age + (1 | team)", "age", ""),
        ("y ~ sex + (1 | team)", "sex[T.m]", ""),
        ("y ~ factor(team) + (1 | team)", "factor(team)[T.1]", ""),
        ("y ~ train + (1 | team)", "train[T.yes]", "unless train was assigned to them at random."),
        ("y ~ train * lead + (1 | team)", "train[T.yes]:lead[T.old]", "unless train and lead were assigned to them"),
        ("y ~ train * sex + (1 | team)", "train[T.yes]:sex[T.m]", ""),
    ],
)
def test_what_may_have_been_assigned(formula: str, term: str, said: str) -> None:
    both = compare(formula, FRAME)
    reason = next(one.reason for one in which_to_report(both, term) if "carries along" in one.reason)
    for text in (reason, within_between_sentences(both, term)[0]):
        assert said in text and ("at random" in text) is bool(said)
