"""Studies: what many replicates say of each model, known a little better after each batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from ..simulate.presets import preset
from ..simulate.settings import Settings
from . import checkpoint
from .plan import Plan
from .replication import Options, Replication
from .result import Study
from .run import Task, run


def study(
    settings: Settings | Mapping[str, Any] | str,
    replicates: int = 10_000,
    seed: int = 1,
    *,
    models: Sequence[str] | None = None,
    fixed_design: bool = False,
    alpha: float = 0.05,
    workers: int = 1,
    cluster: str = "",
) -> pd.DataFrame:
    """Simulate many data sets, fit every model to each, and say how well the models do.

    Parameters
    ----------
    settings : Settings, mapping or str
        The data-generating process: settings, their names and values, or the name of a preset.
    replicates : int
    seed : int
        The same seed gives the same numbers, however many workers there are. Replicate 0 is the table that `simulate`
        makes with this seed.
    models : sequence of str, optional
        ``ols``, ``ols_robust`` (CR2), ``no_pooling`` (group dummies), ``random_intercept``, ``random_slope``,
        ``within_between``, ``cs``, ``ar1``, ``us`` (residuals correlated by compound symmetry, in series, or by visit); all
        that such data can carry when left out.
    fixed_design : bool
        Whether the predictor is that of the settings' own table in all replicates, instead of drawn anew.
    alpha : float
        Level of the tests; the intervals are those of ``1 - alpha``.
    workers : int
        Processes on this machine.
    cluster : str
        Address of a Dask scheduler to use instead.

    Returns
    -------
    DataFrame
        A row for each model and term: ``truth``; ``replicates`` used, and ``failed`` ones, whose data could not carry the
        model; then each with its Monte Carlo standard error in a column that ends in ``_mcse``: ``bias``, ``se_empirical``
        (standard deviation of the estimates), ``se_model`` (root of the mean squared standard error), ``coverage``,
        ``rejection`` (share of tests that reject 0: type I error where the truth is 0, power elsewhere), ``rmse`` and
        ``singular`` (share of fits on the boundary). Morris, White and Crowther (2019), Statistics in Medicine 38, table 6.

    Raises
    ------
    SettingsError
        For settings that cannot be simulated, and models that cannot be fitted.

    Examples
    --------
    >>> frame = study({"groups": 20, "size": 30, "varies": "between", "slope": 0}, replicates=200)
    >>> list(frame["model"].unique())
    ['ols', 'ols_robust', 'random_intercept', 'cs', 'ar1']
    """
    how = Replication(replicates, seed, models, fixed_design, alpha, workers, cluster)
    *_, last = _stream(as_settings(settings), how)
    return last.table()


def stream(
    settings: Settings | Mapping[str, Any] | str,
    replicates: int = 10_000,
    seed: int = 1,
    **options: Unpack[Options],
) -> Iterator[Study]:
    """`study` as it goes on: after each batch, the first of 100 replicates, all that is known so far.

    Closing the iterator stops the study. The parameters are those of `study`; they are checked at once.
    """
    return _stream(as_settings(settings), Replication(replicates, seed, **options))


def _stream(settings: Settings, how: Replication) -> Iterator[Study]:
    return (studies[0] for studies in progress([how.plan(settings)], how.workers, how.cluster))


def as_settings(settings: Settings | Mapping[str, Any] | str) -> Settings:
    """Settings from themselves, from names and values, or from the name of a preset."""
    if isinstance(settings, Settings):
        return settings
    return preset(settings).settings if isinstance(settings, str) else Settings.from_dict(settings)


def progress(
    plans: Sequence[Plan], workers: int = 1, cluster: str = "", folder: Path | None = None
) -> Iterator[list[Study]]:
    """Carry out several studies side by side, a batch of each in turn: after each batch, how far all of them are.

    Parameters
    ----------
    workers, cluster : int, str
        As `study` has them.
    folder : Path, optional
        Where to keep what is done after each batch, and to look for what was done before. What is found there comes
        first, before any batch.
    """
    studies = [(checkpoint.load(folder, plan) if folder else None) or Study.begin(plan) for plan in plans]
    if folder:
        yield list(studies)
    rounds = zip_longest(*(_remaining_tasks(k, s) for k, s in enumerate(studies)))
    tasks = (task for task in chain.from_iterable(rounds) if task)
    for task, batch in run(tasks, workers, cluster):
        studies[task.study] = studies[task.study].after(batch, task.replicates)
        if folder:
            checkpoint.save(folder, studies[task.study])
        yield list(studies)


def _remaining_tasks(number: int, study: Study) -> Iterator[Task]:
    return (Task(number, study.plan, r) for r in study.plan.batches() if r.start >= study.done)
