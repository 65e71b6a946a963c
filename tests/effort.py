"""How much a test tries: little on every run, much with ``HYPOTHESIS_PROFILE=slow``, as ``make test-deep`` has it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "slow"

# no deadline: how long an example takes says more of the machine than of the code
# every run tries the same examples, so that a change of the code alone turns it red; thorough runs look for new ones
settings.register_profile("ci", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("slow", deadline=None, max_examples=400)
settings.load_profile("slow" if THOROUGH else "ci")


def examples(many: int, fewest: int = 10) -> int:
    """So many examples, of which every run tries a quarter, but not fewer than the fewest: 10 where each takes no time."""
    return many if THOROUGH else min(many, max(fewest, many // 4))


def first(values: Iterable[Any], count: int) -> list[Any]:
    """Parameters of a test, of which the first few are tried on every run and the others with ``-m slow``."""
    return [pytest.param(v, marks=[pytest.mark.slow] if k >= count else []) for k, v in enumerate(values)]


def crossed(cases: Iterable[Any], ways: Iterable[Any]) -> list[Any]:
    """Every case with every way of two parameters; on every run each case with one way, and each way with some case in turn.

    For cases and ways that know nothing of one another: the code that reads a table and the code that builds a formula.
    """
    several = list(ways)
    return [
        pytest.param(case, way, marks=[] if k % len(several) == j else [pytest.mark.slow])
        for (k, case), (j, way) in product(enumerate(cases), enumerate(several))
    ]
