"""What is read here is read by forks: a child with a start of its own takes a quarter of a second of the processor."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def each_by_fork(by_fork: object) -> None:
    """Tests of the child itself are one folder up."""
