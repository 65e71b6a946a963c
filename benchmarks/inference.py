"""Inference from a fitted model: small-sample degrees of freedom, intervals, bootstrap, leaving groups out.

From a DataFrame to the answer, the fit included. R's packages take turns with ours where they have the same.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import lmmcompare
from lmmcompare import examples
from lmmcompare.inference.bootstrap import bootstrap
from lmmcompare.inference.influence import leave_one_group_out
from lmmcompare.inference.profile import profile
from lmmcompare.models import MixedResult

from . import seconds, show
from .library import difference, grouped
from .programs import WARM, lme4

SLEEP = "Reaction ~ Days + (Days | Subject)"


@dataclass(frozen=True)
class Task:
    """Something to compute from a fit.

    Parameters
    ----------
    title : str
    formula : str
    load : callable
    ours : callable
        From the fit to an array.
    target : str
    peer : str
        The name of R's package; empty where R has nothing that ends in time.
    peer_task : str
        Its name in peers.R.
    scale : float
        What R's time is multiplied with: it is asked for fewer replicates.
    runs : int
    same : bool
        Whether both give the same numbers (a bootstrap's are random).
    """

    title: str
    formula: str
    load: Callable[[], pd.DataFrame]
    ours: Callable[[MixedResult], np.ndarray]
    target: str
    peer: str = ""
    peer_task: str = ""
    scale: float = 1.0
    runs: int = 7
    same: bool = True


def satterthwaite(fit: MixedResult) -> np.ndarray:
    return np.column_stack([fit.bse, fit.df_satterthwaite])


def kenward_roger(fit: MixedResult) -> np.ndarray:
    return np.column_stack([fit.bse_kenward_roger, fit.df_kenward_roger])


def limits(fit: MixedResult) -> np.ndarray:
    """As R's confint orders them: SDs and correlations, the residual's, then the coefficients."""
    result = [[interval.lower, interval.upper] for _, interval in profile(fit.fit, fit.moments)]
    p = len(fit.names)
    return np.array(result)[[p, p + 2, p + 1, p + 3, *range(p)]]


def draws(fit: MixedResult) -> np.ndarray:
    return bootstrap(fit.fit, fit.moments, replicates=1000).draws


def without_each_group(fit: MixedResult) -> np.ndarray:
    return leave_one_group_out(fit.fit, fit.moments, fit.columns).beta


def sleepstudy() -> pd.DataFrame:
    return examples.load("sleepstudy")


TASKS = [
    Task("sleepstudy, Satterthwaite", SLEEP, sleepstudy, satterthwaite, "< lmerTest", "lmerTest", "satterthwaite"),
    Task("sleepstudy, Kenward-Roger", SLEEP, sleepstudy, kenward_roger, "< pbkrtest", "pbkrtest", "kenward-roger"),
    Task("sleepstudy, all profile intervals", SLEEP, sleepstudy, limits, "", "lme4", "profile", runs=3),
    Task(
        "sleepstudy, bootstrap of 1,000", SLEEP, sleepstudy, draws, "2 s", "lme4, 50 replicates x 20", "bootstrap", 20.0, 3, False
    ),
    Task(
        "each of 10,000 groups left out of 1,000,000 rows, random intercept", "y ~ x + (1 | g)",
        lambda: grouped(1_000_000, 10_000, 0.0), without_each_group, "2 s", runs=3,
    ),
    Task(
        "each of 10,000 groups left out of 1,000,000 rows, random slope", "y ~ x + (x | g)",
        lambda: grouped(1_000_000, 10_000, 0.4), without_each_group, "2 s", runs=3,
    ),
]  # fmt: skip


def own(task: Task, frame: pd.DataFrame) -> tuple[float, float, np.ndarray]:
    """Seconds in all, seconds after the fit, and the answer; run again until `WARM` seconds have passed."""
    until = time.perf_counter() + WARM
    while True:
        begin = time.perf_counter()
        fit = lmmcompare.lmer(task.formula, frame)
        fitted = time.perf_counter()
        answer = task.ours(fit)
        end = time.perf_counter()
        if end > until:
            return end - begin, end - fitted, answer


def main(quick: bool = False) -> None:
    """Measure and print."""
    table = []
    with lme4() as r:
        for task in TASKS:
            print(f"{task.title} ...", file=sys.stderr, flush=True)
            frame = task.load()
            asked, trouble = r if task.peer else None, ""
            if asked:
                asked.load(frame)
                # the first run loads the package, where there is one
                trouble = asked.ask({"task": task.peer_task, "formula": task.formula}).get("trouble", "")
                asked = None if trouble else asked
            times, after, theirs, gap = [], [], [], ""
            for _ in range(1 if quick else task.runs):
                whole, rest, answer = own(task, frame)
                times.append(whole)
                after.append(rest)
                if asked:
                    result = asked.ask({"task": task.peer_task, "formula": task.formula})
                    theirs.append(result["seconds"] * task.scale)
                    gap = difference(answer, result["answer"]) if task.same else ""
            ratio = f"{statistics.median(theirs) / statistics.median(times):.3g}" if theirs else ""
            table.append([
                task.title, *(seconds(statistics.median(t)) if t else "" for t in (times, after)), task.target, trouble or task.peer,
                seconds(statistics.median(theirs)) if theirs else "", ratio, gap,
            ])  # fmt: skip
    show(
        "Inference: from a DataFrame to the answer",
        'Medians of wall times. "After the fit" is without the fit. The last column is the largest relative difference.',
        ["", "ours", "after the fit", "target", "other", "its time", "times ours", "difference"],
        table,
    )


if __name__ == "__main__":
    main()
