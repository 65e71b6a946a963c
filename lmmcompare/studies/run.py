"""Run batches on two threads of this process, on several processes by joblib, or on a Dask cluster.

Results are yielded in the order of the tasks, and a task whose worker was lost is run again, so the numbers are the same to
the last bit in every way of running them.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ..errors import LmmCompareError
from .batch_run import Batch, run_batch
from .plan import Plan

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture


class Task(NamedTuple):
    """Replicates of the study with this number."""

    study: int
    plan: Plan
    replicates: range


ATTEMPTS = 5
"""So many workers may be lost without a result in between."""
PATIENCE = 10
"""Seconds to wait for a cluster."""
THREADS = min(2, os.cpu_count() or 1)
"""In one process: numpy lets a second thread work while it computes, but a third one gains little."""
IDLE = 60
"""Seconds after which processes without work end."""


def run(tasks: Iterable[Task], workers: int = 1, cluster: str = "") -> Iterator[tuple[Task, Batch]]:
    """Carry out tasks and yield each with its result, in the same order; closing the iterator stops the work.

    Parameters
    ----------
    tasks : iterable of Task
        Taken as they are needed.
    workers : int
        Processes on this machine; 1 for this one.
    cluster : str
        Address of a Dask scheduler, such as ``tcp://host:8786``, to use instead.

    Raises
    ------
    LmmCompareError
        When there is no cluster at the address, or workers are lost repeatedly.
    """
    if cluster:
        return _on_cluster(tasks, cluster)
    return _on_processes(tasks, workers) if workers > 1 else _on_threads(tasks)


def _done(task: Task) -> Batch:
    return run_batch(task.plan, task.replicates)


def _on_threads(tasks: Iterable[Task]) -> Iterator[tuple[Task, Batch]]:
    executor = ThreadPoolExecutor(THREADS)
    try:
        yield from _in_order(executor, THREADS, iter(tasks), deque())
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _on_processes(tasks: Iterable[Task], workers: int) -> Iterator[tuple[Task, Batch]]:
    from joblib.externals.loky import get_reusable_executor

    rest, waiting, lost = iter(tasks), deque[Task](), 0
    while lost < ATTEMPTS:
        executor = get_reusable_executor(workers, timeout=IDLE)  # the one before, unless a worker of it was lost
        try:
            for result in _in_order(executor, workers, rest, waiting):
                lost = 0
                yield result
            return
        except BrokenProcessPool:
            lost += 1
        except KeyboardInterrupt:  # workers that go on would hold the terminal's output for a minute
            executor.shutdown(wait=True, kill_workers=True)
            raise
    raise LmmCompareError(
        f"{ATTEMPTS} times in a row a worker process ended before its result was there.",
        "Perhaps the memory was used up: take fewer workers.",
    )


def _in_order(
    executor: Executor, workers: int, rest: Iterator[Task], waiting: deque[Task]
) -> Iterator[tuple[Task, Batch]]:
    """Submit tasks, a bounded number at a time; submitted ones are kept in ``waiting`` so that they survive a lost worker."""
    futures: deque[Future[Batch]] = deque()
    try:
        futures.extend(executor.submit(_done, task) for task in waiting)
        while True:
            for task in islice(rest, 2 * workers + 1 - len(waiting)):
                waiting.append(task)
                futures.append(executor.submit(_done, task))
            if not waiting:
                return
            batch = futures.popleft().result()
            yield waiting.popleft(), batch
    finally:
        for future in futures:
            future.cancel()


def _on_cluster(tasks: Iterable[Task], address: str) -> Iterator[tuple[Task, Batch]]:
    with _client(address) as client:
        from distributed import KilledWorker

        rest = iter(tasks)
        waiting: deque[tuple[Task, DaskFuture[Batch]]] = deque()
        try:
            while True:
                for task in islice(rest, max(0, 2 * sum(client.nthreads().values()) + 1 - len(waiting))):
                    # Dask itself does again what a lost worker was doing, or had done and not yet handed over
                    waiting.append((task, client.submit(_done, task, pure=False, retries=ATTEMPTS)))
                if not waiting:
                    return
                task, future = waiting.popleft()
                yield task, future.result()
        except KilledWorker as error:
            raise LmmCompareError(
                f"The workers at “{address}” ended again and again before their results were there.",
                "Perhaps their memory was used up: look at their logs.",
            ) from error
        finally:
            client.cancel([future for _, future in waiting])


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise LmmCompareError(
            "Dask is not installed here, which a cluster needs.", "pip install 'lmmcompare[cluster]'"
        ) from None
    try:
        place = urlsplit(address if "//" in address else f"tcp://{address}")
        # asked first: a Client that finds nobody takes long to give up
        socket.create_connection((place.hostname or "", place.port or 8786), timeout=PATIENCE).close()
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]  # distributed has no types here
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, MemoryError) as error:
        raise LmmCompareError(
            f"No Dask cluster with workers answers at “{address[:100]}” ({str(error)[:100]}).",
            "Give the address of a scheduler, such as tcp://host:8786, or leave the cluster out.",
        ) from error
    return client
