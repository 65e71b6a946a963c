"""The databases that the store's tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql import MISSING, Server, programs


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running server; every worker of pytest-xdist starts its own."""
    if programs() is None:
        pytest.fail(MISSING)
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database; each test runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()
