"""Files that nobody should trust: each gives a table within the limits or a sentence, and harms nothing."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
import warnings
from collections import Counter

import pytest

from lmmcompare.data import limits, reader_process
from lmmcompare.data.columns import describe
from lmmcompare.data.read import Table, read, read_text
from lmmcompare.errors import DataError
from tests.data import hostile, made
from tests.effort import THOROUGH

TYPES = {"int64", "float64", "str", "category", "bool", "boolean", "datetime64[us]"}
SLOWEST = 45.0
"""Seconds: the nine of the processor that a child is given, and what a busy machine adds."""
MOST_KILOBYTES = 1_100_000
MANY = 2_000
EACH = 6 if THOROUGH else 3
"""Mutations of each file."""


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch, tmp_path):
    """No network, no file left behind, and no child that is ready already: it may be one of another test's code."""
    reader_process._SPARE.end()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(socket, "socket", None)
    yield
    assert not list(tmp_path.iterdir())


def outcome(content: bytes, name: str) -> Table | DataError:
    """What came of a file, after everything that must hold of it."""
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            table = read(content, name)
        except DataError as error:
            assert error.problem.endswith(".") and error.remedy, error
            assert "“" in error.problem, error  # the file, or the one inside it, is named
            assert "Traceback" not in error.problem and "{file}" not in str(error) and len(error.problem) < 500
            table = error
        else:
            frame, allowed = table.frame, limits.limits()
            assert 1 <= len(frame) <= allowed.rows and 1 <= len(frame.columns) <= allowed.columns
            assert frame.columns.is_unique and all(0 < len(column) <= limits.MAX_NAME for column in frame.columns)
            assert not any(set(column) & set("\0\n\r\t`") for column in frame.columns)
            assert set(frame.dtypes.astype(str)) <= TYPES
            assert len(describe(frame)) == len(frame.columns)
            "".join([*table.notes, *table.labels.values(), *frame.columns]).encode()  # no half surrogates
    assert time.monotonic() - started < SLOWEST
    return table


def test_mutations_of_every_format(by_fork):
    kinds = Counter(type(outcome(content, name)).__name__ for name, content in hostile.mutations(each=EACH))
    assert kinds["Table"] + kinds["DataError"] == EACH * len(made.good() | made.more()) > 100
    assert kinds["DataError"] > 20 and kinds["Table"] > 10
    assert max(by_fork.peaks) < MOST_KILOBYTES


def test_mutations_of_what_is_inside_files(by_fork):
    kinds = Counter(type(outcome(content, name)).__name__ for name, content in hostile.mutations_within(each=2 * EACH))
    assert kinds["DataError"] > 30 and kinds["Table"] > 7
    assert max(by_fork.peaks) < MOST_KILOBYTES


@pytest.mark.slow
@pytest.mark.parametrize("ending", hostile.ENDINGS)
def test_two_thousand_mutations_of_a_format(by_fork, ending):
    tried = Counter(type(outcome(content, name)).__name__ for name, content in hostile.many_of(ending, MANY))
    assert tried.total() >= MANY and tried["DataError"] > MANY / 50
    assert max(by_fork.peaks, default=0) < MOST_KILOBYTES


def test_files_that_are_not_what_their_names_say(by_fork):
    tried = [outcome(content, name) for name, content in hostile.swapped()]
    assert len(tried) > 70


def test_files_made_by_hand(by_fork):
    wrong = {}
    for name, (content, sentence) in hostile.by_hand().items():
        found = outcome(content, name)
        if sentence is not None and not (isinstance(found, DataError) and sentence in str(found)):
            wrong[name] = found
    assert not wrong and len(hostile.by_hand()) > 80
    assert max(by_fork.peaks) < MOST_KILOBYTES


def test_nothing_of_the_machine_gets_into_a_table(by_fork):
    found = outcome(hostile.by_hand()["entity.xlsx"][0], "entity.xlsx")
    assert isinstance(found, DataError) or "root:" not in found.frame.to_csv()
    assert not os.path.exists("/tmp/lmmcompare-escaped.csv")


@pytest.mark.parametrize(
    "name", ["crash.sav", "abort.xls", "unfolded.parquet", "names.xlsx", "bomb.csv.gz", "deep.json"]
)
def test_through_a_child_of_its_own(name):
    outcome(hostile.by_hand()[name][0], name)


@pytest.mark.parametrize("name", ["table.xls", "table.parquet", "table.sav", "table.json", "table.zip"])
def test_good_files_through_a_child_of_their_own(name):
    assert len(outcome(made.good()[name], name).frame) == 4


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(reader_process, "CODE", "while True: pass")
    monkeypatch.setattr(limits, "seconds", lambda size: 0.3)
    with pytest.raises(DataError, match=r"“a.xlsx” took longer than 0 seconds to read"):
        read(made.good()["table.xlsx"] + bytes(10_000_000), "a.xlsx")


def test_a_child_that_computes_too_long_is_ended_by_the_time_of_the_processor(monkeypatch):
    code = """
import json, sys
sys.path.append(sys.argv[1])
from readers import child_process
child_process._bound([10**9, 0], 0, 1.0)
while True: pass
"""
    monkeypatch.setattr(reader_process, "CODE", code)
    with pytest.raises(DataError, match=r"“a.xlsx” took longer than 9 seconds to read"):
        read(made.good()["table.xlsx"], "a.xlsx")


@pytest.mark.parametrize(
    "code", ["import os; os._exit(0)", "print('{\"size\": 9}')", "import os; os.kill(os.getpid(), 11)"]
)
def test_a_child_that_dies_is_a_damaged_file(monkeypatch, code):
    monkeypatch.setattr(reader_process, "CODE", code)
    with pytest.raises(DataError, match=r"“a.xlsx” cannot be read: it is damaged, or needs more memory"):
        read(made.good()["table.xlsx"], "a.xlsx")


@pytest.mark.parametrize("code", ["time.sleep(60)", "import os; os.close(1); time.sleep(60)"])
def test_a_child_that_stays_when_it_has_answered_is_waited_for_by_nobody_and_ended(monkeypatch, code):
    begun, start = [], reader_process._start
    monkeypatch.setattr(reader_process, "_start", lambda *of_main: begun.append(start(*of_main)) or begun[0])
    monkeypatch.setattr(reader_process, "CODE", "import time; print('{\"size\": 0}', flush=True); " + code)
    monkeypatch.setattr(reader_process, "LINGER", 0.5)
    assert reader_process.ask(b"x", "a.xlsx", "“a.xlsx”") == ({"size": 0}, b"")
    assert begun[0].poll() is None
    assert begun[0].wait(20) == -signal.SIGKILL


def test_a_child_that_closes_its_answer_and_stays_is_ended(monkeypatch):
    monkeypatch.setattr(reader_process, "CODE", "import os, time; os.close(1); time.sleep(60)")
    monkeypatch.setattr(limits, "seconds", lambda size: 0.3)
    with pytest.raises(DataError, match=r"“a.xlsx” took longer than 0 seconds to read"):
        read(made.good()["table.xlsx"], "a.xlsx")


def test_a_child_inherits_no_secrets_and_writes_no_files(monkeypatch, tmp_path):
    monkeypatch.setenv("LMMCOMPARE_DATABASE_URL", "postgresql://user:password@host")
    path = tmp_path / "written"
    code = f"""
import json, os, signal, sys
sys.path.append(sys.argv[1])
from readers import child_process
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
child_process._bound(json.loads(sys.stdin.buffer.readline())["memory"], 0)
try:
    with open({str(path)!r}, "w") as file:
        file.write("x")
except OSError:
    pass
print(json.dumps({{"size": 0, "environment": dict(os.environ)}}))
"""
    monkeypatch.setattr(reader_process, "CODE", code)
    reply, _ = reader_process.ask(b"x", "a.xlsx", "“a.xlsx”")
    assert path.read_bytes() == b"" and "password" not in str(reply["environment"])
    path.unlink()


@pytest.mark.parametrize(
    "text", ["\0", "a\tb\n\ud800\t1\n", "x " * 100_000, "\n" * 100_000, "a b\n" * 2, "{" * 100_000]
)
def test_hostile_pasted_text(text):
    try:
        assert len(read_text(text).frame)
    except DataError as error:
        assert error.problem and error.remedy


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_thousands_of_mutations_of_what_is_inside_files(seed, by_fork):
    for name, content in hostile.mutations_within(each=200, seed=seed):
        outcome(content, name)
    assert max(by_fork.peaks) < MOST_KILOBYTES


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_thousands_of_mutations(seed, by_fork):
    for name, content in hostile.mutations(each=50, seed=seed):
        outcome(content, name)
    assert max(by_fork.peaks) < MOST_KILOBYTES
