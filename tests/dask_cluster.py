"""A Dask of two worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def dask_cluster() -> Iterator[Any]:
    """A ``LocalCluster``, whose workers are forked from a process that has loaded Dask once for all of them."""
    dask, distributed = map(pytest.importorskip, ("dask", "distributed"))
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="ERROR"
        ) as result,
    ):
        yield result
