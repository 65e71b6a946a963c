"""What was confirmed is there after `kill -9` of all writers, and of the database server."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from postgresql import Server
from sqlalchemy import func, select

from lmmcompare.share.store import Store
from lmmcompare.share.store_content import from_bytes
from lmmcompare.share.store_schema import recent_writes, shared_tables

from .clients import CLIENTS, written

PROGRAM = Path(__file__).with_name("clients.py")


@pytest.fixture
def clients(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """Four processes that write."""
    monkeypatch.setenv("LMMCOMPARE_STORE_WRITES_PER_HOUR", "1e6")
    command = [sys.executable, str(PROGRAM), "write", database]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    yield process
    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` to all processes of its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_no_confirmed_table_is_lost(
    database: str, clients: subprocess.Popen[bytes], request: pytest.FixtureRequest
) -> None:
    assert clients.stdout is not None
    lines = [clients.stdout.readline() for _ in range(20)]
    store = Store.open(database)  # goes on afterwards, with the connections that it has
    time.sleep(random.uniform(0.05, 0.5))  # whatever they are about then
    if database.startswith("postgresql"):
        server: Server = request.getfixturevalue("postgresql")
        server.kill()
        kill(clients)
        server.start()
    else:
        kill(clients)
    lines += clients.stdout.read().splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    for line in lines:
        kept_id, key, number = line.decode().split()
        found, expected = store.get(kept_id), written(int(number))
        assert found is not None and (found.name, found.notes) == (expected.name, expected.notes)
        assert found.frame.equals(expected.frame), line
    with store.database.engine.connect() as connection:
        rows = connection.execute(select(shared_tables.c["name", "content"])).all()
        n_writes = connection.execute(select(func.count()).select_from(recent_writes)).scalar_one()
    for name, content in rows:  # also those of which no confirmation came through: whole, or not there
        assert from_bytes(content).equals(written(int(name.removesuffix(".csv"))).frame), name
    assert len(lines) <= len(rows) == n_writes <= len(lines) + CLIENTS
    assert store.delete(kept_id, key)
    store.close()


def test_processes_that_start_at_once_do_not_clash(database: str) -> None:
    # from Python 3.12 on a fork beside BLAS's threads is warned of; the clients use none
    quiet = ["-W", "ignore::DeprecationWarning"]
    done = subprocess.run([sys.executable, *quiet, str(PROGRAM), "open", database], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
