"""A child that is started before a file comes: it reads as a fresh one does, one file, and is ended when nobody asks for it."""

from __future__ import annotations

import sys
import time
from subprocess import DEVNULL, PIPE, Popen

import pytest

from lmmcompare.data import reader_process, spare_process
from lmmcompare.data.read import read
from lmmcompare.data.readers.child_process import SAMPLES
from lmmcompare.errors import DataError
from tests.data import made


def until(condition) -> None:
    """Wait for something that happens in another thread or process."""
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def asleep() -> Popen:
    return Popen([sys.executable, "-c", "input()"], stdin=PIPE, stdout=PIPE, stderr=DEVNULL)


@pytest.fixture
def spare(monkeypatch):
    """One that starts at once."""
    monkeypatch.setattr(spare_process, "DELAY", 0.0)
    result = spare_process.Spare(asleep)
    yield result
    result.end()


def test_one_is_started_when_asked_for_and_again_after_each_that_is_taken(spare):
    assert spare.take() is None
    spare.prepare()
    until(lambda: spare._process is not None)
    with spare.take() as first:
        until(lambda: spare._process is not None)
        with spare.take() as second:
            assert first.pid != second.pid and first.poll() is None
            first.kill()
            second.kill()


def test_one_that_nobody_asks_for_again_is_ended(spare, monkeypatch):
    monkeypatch.setattr(spare_process, "IDLE", 1.0)
    spare.prepare()
    until(lambda: spare._process is not None)
    process = spare._process
    until(lambda: process.returncode is not None)
    assert spare.take() is None and spare._keeper is None


def test_one_that_has_died_is_not_given_away(spare):
    spare.prepare()
    until(lambda: spare._process is not None)
    spare._process.kill()
    spare._process.wait()
    assert spare.take() is None
    until(lambda: spare._process is not None)


def test_none_outlives_the_program(spare):
    spare.prepare()
    until(lambda: spare._process is not None)
    process = spare._process
    spare.end()
    assert process.returncode is not None and spare.take() is None


@pytest.fixture
def ready(monkeypatch):
    """Children that are ready for their files."""
    monkeypatch.setattr(spare_process, "DELAY", 0.0)
    reader_process.prepare()
    until(lambda: reader_process._SPARE._process is not None)
    yield reader_process._SPARE
    reader_process._SPARE.end()


@pytest.mark.parametrize("name", ["table.xlsx", "table.sav", "table.rds", "table.parquet"])
def test_a_ready_child_reads_as_a_fresh_one_does(name, ready):
    process = ready._process
    assert read(made.good()[name], name).frame.equals(read(made.good()[name], name).frame)
    assert process.wait(10) is not None  # a file each


def test_a_file_that_crashes_a_ready_child_harms_nobody_else(ready):
    with pytest.raises(DataError):
        read((made.FOLDER / "crash.sav").read_bytes(), "crash.sav")
    assert len(read(made.good()["table.sav"], "table.sav").frame) == 4


def test_no_reader_loads_pandas(monkeypatch):
    """Pyarrow and pyreadstat would, in passing, which takes longer than all else that is done to a small file."""
    code = """
import atexit, sys
sys.path.append(sys.argv[1])
from readers import child_process
send = child_process._send
def check(outcome, reply, answer):
    send(outcome, {**reply, "notes": ["pandas" in sys.modules]}, answer)
child_process._send = check
child_process.main()
"""
    monkeypatch.setattr(reader_process, "CODE", code)
    reader_process._SPARE.end()  # one that is ready has the other code
    for name in ("table.sav", "table.dta", "table.omv", "table.mat", "table.parquet"):
        reply, _ = reader_process.ask(made.good()[name], name, name)
        assert reply["notes"] == [False]


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.suffix)
def test_what_it_reads_while_it_waits_is_a_table_of_each_format(path):
    frame = read(path.read_bytes(), path.name).frame
    assert frame["n"].tolist() == [1, 2, 3, 4] and frame["x"].dropna().tolist() == [0.5, 1.5, 2.5]
    assert len(frame.columns) == (2 if path.suffix == ".omv" else 3)
