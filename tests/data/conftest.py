"""Readers that start in a few milliseconds, for tests with hundreds of files."""

from __future__ import annotations

import pytest

from lmmcompare.data import reader_process
from tests.data.forks import Forks


@pytest.fixture(scope="session")
def fork_server():
    """The process that is forked for each file."""
    server = Forks()
    yield server
    server.close()


@pytest.fixture
def by_fork(fork_server, monkeypatch):
    """Files are read by forks rather than by children with a start of their own."""
    monkeypatch.setattr(reader_process, "_exchange", fork_server)
    return fork_server
