"""Dask with two worker processes, and Spark; when a worker is killed the answer stays the same.

Spark's executors take long to start, and ours is the same code with and without them: their death is for the slow runs.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import numpy as np
import psutil
import pytest

import lmmcompare
from tests.dask_cluster import dask_cluster

from .death import dying
from .engines_data import TABLE, both, same
from .test_beside_random_part import same_of
from .test_kinds import TABLE as KINDS
from .test_kinds import check
from .test_residual_structures import ONCE
from .test_residual_structures import TABLE as STRUCTURED

JAVA = shutil.which("java") or os.environ.get("JAVA_HOME")
SIZE = 100
LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For tables as small as these, all that Java makes faster by compiling thoroughly costs more than it saves; so does Spark's own."""


def test_dask_with_two_workers_one_of_which_dies(tmp_path: Path) -> None:
    dataframe, distributed = pytest.importorskip("dask.dataframe"), pytest.importorskip("distributed")
    marker = tmp_path / "marker"
    with dask_cluster() as cluster, distributed.Client(cluster) as client:
        parts = dataframe.from_pandas(TABLE, npartitions=3)
        parts = dataframe.concat([parts, parts.partitions[0].query("z < 0")])  # a partition without rows
        before = {info["pid"] for info in client.run(lambda: {"pid": os.getpid()}).values()}
        marker.touch()
        same(
            *both(
                "y ~ x + log(z) + c + (x | g)",
                TABLE,
                parts.map_partitions(dying, str(marker), meta=TABLE.head(0)),
                sample=SIZE,
            )
        )
        assert not marker.exists()
        client.wait_for_workers(2)
        after = {info["pid"] for info in client.run(lambda: {"pid": os.getpid()}).values()}
        assert len(before) == 2 and before != after


@contextmanager
def spark_on(master: str) -> Iterator[Any]:
    """A Spark session; only one can be there at a time."""
    sql = pytest.importorskip("pyspark.sql")
    if not JAVA:
        pytest.skip("Spark needs Java, which is not here")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.executor.memory": "512m",
        "spark.driver.memory": "512m", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR",
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
        "spark.driver.extraJavaOptions": LIGHT, "spark.executor.extraJavaOptions": LIGHT,
    }  # fmt: skip
    session = sql.SparkSession.builder.master(master).config(map=settings).getOrCreate()
    try:
        yield session
    finally:
        session.stop()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark in one process, with two threads."""
    with spark_on("local[2]") as session:
        yield session


def executors() -> list[psutil.Process]:
    """The executors' processes among those that this one started."""
    running = [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in running if any("CoarseGrainedExecutorBackend" in part for part in p.cmdline())]


def test_spark_reads_every_kind_of_values_alike(spark: Any) -> None:
    """What it has: no categories, no whole numbers beyond 64 bits but as decimals."""
    frame = KINDS.drop(columns=["ordered", "unordered", "unsigned", "length", "zoned", "whole"])
    frame["whole"] = np.where(KINDS["whole"].isna(), np.nan, KINDS["whole"].to_numpy(float, na_value=np.nan))
    data = spark.createDataFrame(frame)
    for kinds in (("decimals", "text", "moment"), ("wide",)):
        check(kinds, data)


def test_spark_sums_correlated_residuals_alike(spark: Any) -> None:
    same_of(spark.createDataFrame(STRUCTURED.drop(columns="day")), "ar1 by level")


@pytest.mark.slow
def test_spark_compares_with_a_free_covariance(spark: Any) -> None:
    ours, theirs = (
        lmmcompare.compare("y ~ x + (1 | g)", data, correlation="us(visit | g)").structured
        for data in (ONCE, spark.createDataFrame(ONCE.drop(columns="day")))
    )
    assert ours is not None and theirs is not None
    np.testing.assert_allclose(theirs.params, ours.params, rtol=1e-8)
    assert theirs.llf == pytest.approx(ours.llf, rel=1e-10)


def in_parts(folder: Path) -> str:
    """The table as four files of Parquet."""
    for k, part in enumerate(np.array_split(np.arange(len(TABLE)), 4)):
        TABLE.iloc[part].to_parquet(folder / f"part{k}.parquet")
    return str(folder)


def test_spark_gives_the_same_and_says_when_it_is_gone(spark: Any, tmp_path: Path) -> None:
    """The last test of this Spark."""
    data = spark.read.parquet(in_parts(tmp_path))
    same(*both("y ~ x + c + (x | g)", TABLE, data, sample=SIZE))
    spark.stop()
    with pytest.raises(lmmcompare.LmmCompareError, match=r"^Spark (went away|could not read)"):
        lmmcompare.compare("y ~ x + (x | g)", data)


@pytest.mark.slow
def test_spark_with_two_executors_one_of_which_is_killed(tmp_path: Path) -> None:
    """Each is a process of its own."""
    with spark_on("local-cluster[2,1,768]") as spark:
        spark.range(10).repartition(2).count()
        running = executors()
        assert len(running) == 2
        data, killing = spark.read.parquet(in_parts(tmp_path)), Timer(0.5, running[0].kill)
        killing.start()
        same(*both("y ~ x + c + (x | g)", TABLE, data, sample=SIZE))
        killing.join()
        assert running[0].wait(30) is None or not running[0].is_running()
