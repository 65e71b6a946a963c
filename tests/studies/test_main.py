"""The command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmmcompare.__main__ import main
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import checkpoint, curve, study
from lmmcompare.studies.estimators import ESTIMATORS
from lmmcompare.studies.plan import Plan
from lmmcompare.studies.progress_bar import Bar
from lmmcompare.studies.result import Study

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str) -> Path:
        path = tmp_path / "settings.toml"
        path.write_text(text)
        return path

    return to


def test_a_study_of_a_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write('groups = 8\n[study]\nreplicates = 300\nmodels = ["ols", "random_intercept"]')
    assert main(["study", str(path)]) == 0
    expected = study({"groups": 8}, 300, models=["ols", "random_intercept"])
    pd.testing.assert_frame_equal(pd.read_csv(path.with_suffix(".csv")), expected, check_exact=True)
    out = capsys.readouterr().out
    assert "random_intercept" in out and f"All measures are in {path.with_suffix('.csv')}." in out
    assert sorted(p.name for p in path.parent.iterdir()) == ["settings.csv", "settings.toml"]  # nothing is left behind


def test_a_curve_to_parquet_on_two_processes(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write('[study]\nreplicates = 250\nmodels = ["ols"]\n[curve]\nsetting = "groups"\nvalues = [5, 10]')
    output = path.parent / "found.parquet"
    assert main(["study", str(path), "--output", str(output), "--workers", "2", "--quiet"]) == 0
    expected = curve({}, "groups", [5, 10], 250, models=["ols"])
    pd.testing.assert_frame_equal(pd.read_parquet(output), expected, check_exact=True)
    assert capsys.readouterr() == ("", "")


def test_a_study_that_was_killed_goes_on(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'groups = 8\nsize = 4\n[study]\nreplicates = {}\nmodels = ["ols", "random_slope"]'
    path, total = write(text.format(15_000)), 15_000
    plan = Plan.of(Settings(8, 4), total, models=["ols", "random_slope"])
    folder = path.parent / "settings.csv.unfinished"
    process = subprocess.Popen([sys.executable, "-m", "lmmcompare", "study", str(path)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not ((found := checkpoint.load(folder, plan)) and found.done > 1_000) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL and not path.with_suffix(".csv").exists()
    before = checkpoint.load(folder, plan)
    assert before is not None and 1_000 < before.done < total
    assert main(["study", str(path)]) == 0
    assert f"Going on after {before.done:,} of {total:,} replicates." in capsys.readouterr().err
    expected = study(Settings(8, 4), total, models=["ols", "random_slope"])
    pd.testing.assert_frame_equal(pd.read_csv(path.with_suffix(".csv")), expected, check_exact=True)
    assert not folder.exists()


def test_what_is_kept_is_of_this_study_alone(tmp_path: Path) -> None:
    plan = Plan.of(Settings(5), 300, models=["ols"])
    other_factors = Study.begin(plan)
    assert checkpoint.load(tmp_path, plan) is None
    checkpoint.save(tmp_path, other_factors)
    again = checkpoint.load(tmp_path, plan)
    assert again is not None and again.done == 0 and (again.tally.sums == other_factors.tally.sums).all()
    for other in (
        Plan.of(Settings(6), 300, models=["ols"]),
        Plan.of(Settings(5), 300, 2, ["ols"]),
        Plan.of(Settings(5), 300),
    ):
        assert checkpoint.load(tmp_path, other) is None
    (path,) = tmp_path.glob("*.npz")
    whole = path.read_bytes()
    for broken in (b"", whole[:100], whole[:-30], b"nothing", np.random.default_rng(1).bytes(500)):
        path.write_bytes(broken)
        assert checkpoint.load(tmp_path, plan) is None


REFUSED = [
    (["study", "nothing.toml"], "cannot be read"),
    (["study", "FILE", "--output", "x.xlsx"], "neither a .csv nor a .parquet file"),
    (["study", "FILE", "--output", "/nowhere/at/all/x.csv"], "There is no folder"),
    (["study", "FILE", "--workers", "0"], "--workers is 0. Give a number from 1"),
    (["study", "FILE", "--cluster", "tcp://127.0.0.1:1"], "No Dask cluster"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_is_wrong_is_said_in_a_line(
    arguments: list[str], message: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("groups = 5")
    assert main([str(path) if a == "FILE" else a for a in arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and error.startswith("python -m lmmcompare: ") and error.count("\n") == 1


def test_stopping_is_no_error(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lmmcompare.__main__.progress", stopped)
    assert main(["study", str(write(""))]) == 130
    assert "goes on from here" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["study", "--help"]])
def test_help_says_it_all(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out = capsys.readouterr().out
    assert left.value.code == 0
    for word in (
        "study",
        "--output",
        "--workers",
        "--cluster",
        "[study]",
        "[curve]",
        "false-alarms",
        "rho_mean",
        "within_between",
    ):
        assert word in out, word


class Terminal:
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_the_bar_counts_what_was_done_before_but_not_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 10.0, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    stream = Terminal()
    bar = Bar(1_000, stream)  # type: ignore[arg-type]
    for done in (500, 600, 700):
        bar.show(done)
    bar.close()
    lines = stream.text.split("\r")
    assert lines[0] == "Going on after 500 of 1,000 replicates.\n"
    assert lines[2].startswith("[##################------------]  60%  600 of 1,000 replicates, 40 s left")
    assert "700 of 1,000 replicates, 30 s left" in lines[3] and lines[3].endswith("\n")


# ------------------------------------------------------------------------------------- what cannot be written or stopped

FULL = OSError(28, "No space left on device")


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert error.startswith("python -m lmmcompare: ") and error.count("\n") == 1
    return error


@pytest.mark.parametrize("name", [".", "..", "/", "folder.toml"])
def test_a_folder_in_place_of_the_settings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.toml").mkdir()
    assert main(["study", name]) == 2
    assert "is a folder" in one_sentence(capsys)


@pytest.mark.parametrize(("output", "reason"), [("taken.csv", "is a folder"), ("/proc/x.csv", "cannot be written to")])
def test_results_that_cannot_be_written_are_said_before_the_work(
    output: str, reason: str, write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("groups = 5")
    (path.parent / "taken.csv").mkdir()
    monkeypatch.setattr("lmmcompare.__main__.progress", lambda *_: pytest.fail("the work was begun"))
    assert main(["study", str(path), "--output", str(path.parent / output)]) == 2
    assert reason in one_sentence(capsys)


def test_a_disk_that_fills_up_while_results_are_written_loses_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write('groups = 5\n[study]\nreplicates = 200\nmodels = ["ols"]')

    def partly(self: pd.DataFrame, place: Path, **_: object) -> None:
        place.write_text("half of")
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(pd.DataFrame, "to_csv", partly)
        assert main(["study", str(path), "--quiet"]) == 2
    assert "No space left on device" in one_sentence(capsys)
    assert sorted(p.name for p in path.parent.iterdir()) == ["settings.csv.unfinished", "settings.toml"]
    assert main(["study", str(path)]) == 0
    assert "Going on after 200 of 200" in capsys.readouterr().err


def test_a_disk_that_fills_up_while_a_study_goes_on(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(np, "savez", full)
    path = write('groups = 5\n[study]\nreplicates = 200\nmodels = ["ols"]')
    assert main(["study", str(path), "--quiet"]) == 2
    assert "cannot be kept in" in one_sentence(capsys)
    assert not [*path.parent.rglob("*.tmp")]


def test_output_that_nobody_takes_is_no_traceback(write: Write) -> None:
    path = write('groups = 5\n[study]\nreplicates = 100\nmodels = ["ols"]')
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lmmcompare", "study", str(path)], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert "Traceback" not in done.stderr and path.with_suffix(".csv").exists()


def test_a_model_that_there_is_not_lists_all_that_there_are(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", str(write('[study]\nmodels = ["nope"]'))]) == 2
    said = one_sentence(capsys)
    assert all(f"“{model}”" in said for model in ESTIMATORS)


def test_what_is_left_of_other_studies_is_named_and_of_dead_processes_removed(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write('groups = 5\n[study]\nreplicates = 100\nmodels = ["ols"]')
    folder = path.parent / "settings.csv.unfinished"
    checkpoint.save(folder, Study.begin(Plan.of(Settings(6), 300, models=["ols"])))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for dead in (folder / f"a.npz.{ended.pid}.tmp", path.parent / f"settings.csv.{ended.pid}.tmp"):
        dead.write_text("half")
    at_work = folder / f"b.npz.{os.getppid()}.tmp"
    at_work.write_text("half")
    assert main(["study", str(path)]) == 0
    assert "still holds 1 study of other settings" in capsys.readouterr().out
    assert {p.suffix for p in folder.iterdir()} == {".npz", ".tmp"} and len([*folder.iterdir()]) == 2
    assert at_work.exists() and not [*path.parent.glob("*.tmp")]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_it_at_once(workers: str, write: Write) -> None:
    path = write("groups = 8\n[study]\nreplicates = 100_000_000")
    command = [sys.executable, "-c", BEGUN, "study", str(path), "--workers", workers]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        time.sleep(0.3)  # the first batches, or the worker processes, are on their way
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130 and "Traceback" not in error and "goes on from here" in error


BEGUN = """
import signal
import lmmcompare.__main__ as command
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what it has in the background deaf to it
whole = command.progress
def progress(*arguments):
    print("begun", flush=True)
    return whole(*arguments)
command.progress = progress
command._end()
"""
