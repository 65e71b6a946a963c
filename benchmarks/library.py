"""Mixed models end to end, from a DataFrame to estimates, standard errors, random effects and their conditional SEs.

lmmcompare, lme4, statsmodels and mixedlm take turns on the same rows, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from lmmcompare import examples

from . import seconds, show
from .programs import LOADED, ONE_FACTOR, PEERS, child, lme4, ours, statsmodels

CAP, QUICK_CAP = 12.0, 5.0
"""Seconds after which a program that is still at its first fit is stopped."""
ENOUGH = 8.0
"""A program that has had so many seconds on a model is not asked to fit it again."""


@dataclass(frozen=True)
class Case:
    """A model to fit; ``target`` is how many times faster than lme4 we mean to be."""

    title: str
    formula: str
    load: Callable[[], pd.DataFrame]
    target: int
    runs: int
    conditional: bool = True
    """Whether lme4 is asked once for the conditional SEs too: it takes minutes over 100,000 groups."""

    @property
    def several(self) -> bool:
        """Whether there are several grouping factors; MixedLM is for one."""
        return self.formula.count("|") > 1


@dataclass
class Program:
    """What takes part: ``fit(formula, frame)`` gives the answers, with ``seconds`` among them."""

    name: str
    fit: Callable[[str, pd.DataFrame], dict[str, Any]]
    load: Callable[[pd.DataFrame], None] = lambda frame: None
    times: list[float] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


def grouped(n: int, groups: int, slope: float, seed: int = 1) -> pd.DataFrame:
    """Rows in random order with a random intercept and, where ``slope`` is its SD, a random slope."""
    random = np.random.default_rng(seed)
    group = random.permutation(np.arange(n) % groups)
    x = random.normal(size=n)
    shift, tilt = random.normal(0, 0.8, groups), random.normal(0, slope, groups)
    y = 2 + 0.5 * x + shift[group] + tilt[group] * x + random.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "g": group})


CASES = [
    Case("sleepstudy, random slope", "Reaction ~ Days + (Days | Subject)", lambda: examples.load("sleepstudy"), 4, 9),
    Case("dyestuff, random intercept", "Yield ~ 1 + (1 | Batch)", lambda: examples.load("dyestuff"), 4, 9, False),
    Case("cv161703, random intercept", "Y ~ X + (1 | ID)", lambda: examples.load("cv161703"), 4, 9, False),
    Case("pSHP2 twin, random intercept", "pSHP2 ~ condition + (1 | cluster)", lambda: examples.load("pshp2"), 40, 7),
    Case("10,000 groups, random slope", "y ~ x + (x | g)", lambda: grouped(1_000_000, 10_000, 0.4), 100, 2, False),
    Case("125,066 groups, random intercept", "y ~ x + (1 | g)", lambda: grouped(1_000_000, 125_066, 0.0), 12, 3, False),
    Case(
        "penicillin, crossed",
        "diameter ~ 1 + (1 | plate) + (1 | sample)",
        lambda: examples.load("penicillin"),
        3,
        9,
        False,
    ),
    Case(
        "pastes, nested", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", lambda: examples.load("pastes"), 3, 9, False
    ),
    Case(
        "InstEval, 2,972 x 1,128 crossed",
        "y ~ service + (1 | s) + (1 | d)",
        lambda: examples.load("insteval"),
        6,
        3,
        False,
    ),
]


# ------------------------------------------------------------------------------------------------------------- measuring


def measure(case: Case, programs: list[Program], frame: pd.DataFrame, runs: int) -> None:
    """Run the programs in turn, ``runs`` times; who was stopped, failed or had `ENOUGH` is not asked again."""
    for program in programs:
        program.load(frame)
    for _ in range(runs):
        for program in programs:
            if program.trouble or sum(program.times) > ENOUGH:
                continue
            answer = program.fit(case.formula, frame)
            program.trouble = answer.get("trouble", "")
            if not program.trouble:
                program.times.append(answer["seconds"])
                program.answer = answer


def difference(a: Any, b: Any) -> str:
    """The largest relative difference, as text."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return f"{np.max(np.abs(a - b) / np.abs(b)):.0e}"


def rows_of(case: Case, programs: list[Program]) -> Iterator[list[str]]:
    own = programs[0]
    for program in programs:
        if not program.times:
            yield [f"  {program.name}", program.trouble, *[""] * 7]
            continue
        median = statistics.median(program.times)
        times = [seconds(median), f"{seconds(min(program.times))} to {seconds(max(program.times))}"]
        cells = [f"  {program.name}", *times, str(len(program.times))]
        if program is own:
            yield [*cells, "1", "1", "", "", ""]
            continue
        target = f" (target {case.target})" if program.name.startswith("lme4") else ""
        yield [
            *cells,
            f"{median / statistics.median(own.times):.3g}{target}",
            f"{min(program.times) / min(own.times):.3g}",
            difference(program.answer["estimate"], own.answer["estimate"]),
            difference(program.answer["se"], own.answer["se"]),
            f"{program.answer['criterion'] - own.answer['criterion']:+.0e}",
        ]


def main(quick: bool = False) -> None:
    """Measure and print."""
    head = ["", "median", "range", "runs", "times ours", "best of each", "estimates", "SEs", "criterion"]
    cap = QUICK_CAP if quick else CAP
    table = []
    for module in LOADED:
        if find_spec(module.partition(".")[0]):
            import_module(module)
    with lme4() as r:
        for case in CASES:
            print(f"{case.title} ...", file=sys.stderr, flush=True)
            frame = case.load()
            programs = [Program("lmmcompare", child(ours, cap))]
            if r is not None:
                programs.append(Program(f"lme4 {r.version}", r.fit, r.load))
            if not case.several:
                programs.append(Program(f"statsmodels {metadata.version('statsmodels')}", child(statsmodels, cap)))
            for package, fit in PEERS.items():
                if find_spec(package) and not (case.several and package in ONE_FACTOR):
                    programs.append(Program(f"{package} {metadata.version(package)}", child(fit, cap)))
            measure(case, programs, frame, 1 if quick else case.runs)
            table += [[f"{case.title}: {len(frame):,} rows", *[""] * 8], *rows_of(case, programs)]
            if r is not None and not quick and case.conditional:
                whole, own = r.conditional(case.formula), statistics.median(programs[0].times)
                cells = [seconds(whole), "", "1", f"{whole / own:.3g}", *[""] * 4]
                table.append(["  lme4, conditional SEs too", *cells])
    show(
        "Library: from a DataFrame to estimates, SEs, random effects and their conditional SEs",
        "Wall time; the programs take turns. lme4's target is without the conditional SEs that all others give, since\n"
        'they take it long where there are many groups. "Best of each" is the ratio of the shortest times, which a busy\n'
        "machine disturbs least. The last three columns are the largest relative difference from our\n"
        "estimates and SEs, and the REML criterion minus ours (positive: we found the better fit).",
        head,
        table,
    )


if __name__ == "__main__":
    main()
