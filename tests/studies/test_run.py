"""Ways to carry out a study: the same numbers to the last bit, and nothing lost with a worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd
import psutil
import pytest

from lmmcompare.errors import LmmCompareError
from lmmcompare.studies import run, stream, study
from tests.dask_cluster import dask_cluster

if TYPE_CHECKING:
    from distributed import LocalCluster

ASKED = {"settings": {"groups": 12, "size": 6, "tau1": 0.3}, "replicates": 12_000, "models": ["ols", "random_slope"]}


@pytest.fixture(scope="module")
def serial() -> pd.DataFrame:
    return study(**ASKED)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with dask_cluster() as result:
        yield result


def test_two_workers_of_a_cluster_find_the_same(cluster: LocalCluster, serial: pd.DataFrame) -> None:
    assert len(cluster.workers) == 2
    found = study(**ASKED, cluster=cluster.scheduler_address)
    pd.testing.assert_frame_equal(found, serial, check_exact=True)


def test_a_worker_of_a_cluster_may_be_lost(cluster: LocalCluster, serial: pd.DataFrame) -> None:
    running = stream(**ASKED, cluster=cluster.scheduler_address)
    projected = [next(running), next(running)]
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    projected += running
    assert [s.done for s in projected] == sorted({s.done for s in projected})
    pd.testing.assert_frame_equal(projected[-1].table(), serial, check_exact=True)


def workers() -> set[int]:
    """The processes that joblib has started."""
    return {c.pid for c in psutil.Process().children(recursive=True) if "LokyProcess" in _command(c)}


def _command(process: psutil.Process) -> str:
    """What a process was started with; nothing of one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def test_processes_find_the_same_though_one_is_lost(serial: pd.DataFrame) -> None:
    running = stream(**ASKED, workers=2)
    projected, before = [next(running), next(running)], workers()
    os.kill(min(before), signal.SIGKILL)
    projected += running
    assert len(before) == 2 and not before & workers()  # with one lost, joblib starts both anew
    pd.testing.assert_frame_equal(projected[-1].table(), serial, check_exact=True)


def test_workers_that_die_again_and_again_end_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(run, "ATTEMPTS", 2)
    monkeypatch.setattr(run, "_done", dies)
    with pytest.raises(LmmCompareError, match="2 times in a row a worker process ended"):
        study(**ASKED, workers=2)


def test_a_study_on_processes_can_be_left(recwarn: pytest.WarningsRecorder) -> None:
    endless = stream({"groups": 5}, 1_000_000, models=["ols"], workers=2)
    assert next(endless).done == 100
    endless.close()
    assert not recwarn.list


def test_a_cluster_that_loses_worker_after_worker(cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import KilledWorker

    def given_up(_: object) -> None:
        raise KilledWorker("task", None, 3)

    monkeypatch.setattr("distributed.Future.result", given_up)  # what Dask says after the third worker
    with pytest.raises(LmmCompareError, match="ended again and again"):
        study(**ASKED, cluster=cluster.scheduler_address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense:// x", "tcp://127.0.0.1:99999", "[", "localhost:1"])
def test_an_address_where_nobody_answers(address: str) -> None:
    with pytest.raises(LmmCompareError, match="No Dask cluster") as found:
        study(**ASKED, cluster=address)
    assert "tcp://host:8786" in found.value.remedy


def test_an_error_in_a_worker_is_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("here")

    monkeypatch.setattr(run, "_done", fails)
    with pytest.raises(ZeroDivisionError, match="here"):
        study(**ASKED, workers=2)
