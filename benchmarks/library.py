"""Mixed models end to end, from a DataFrame to estimates, standard errors, random effects and their conditional SEs.

lmmcompare, lme4, statsmodels and mixedlm take turns on the same rows, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import lmmcompare
from lmmcompare import examples

from . import seconds, show

CAP = 60.0
QUICK_CAP = 20.0
WARM = 0.3
"""Each program is run again until this many seconds have passed, and the last run counts."""


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
    Case("sleepstudy, random slope", "Reaction ~ Days + (Days | Subject)", lambda: examples.load("sleepstudy"), 4, 15),
    Case("pSHP2 twin, random intercept", "pSHP2 ~ condition + (1 | cluster)", lambda: examples.load("pshp2"), 40, 7),
    Case("10,000 groups, random slope", "y ~ x + (x | g)", lambda: grouped(1_000_000, 10_000, 0.4), 100, 2),
    Case("125,066 groups, random intercept", "y ~ x + (1 | g)", lambda: grouped(1_000_000, 125_066, 0.0), 12, 3, False),
    Case(
        "penicillin, crossed",
        "diameter ~ 1 + (1 | plate) + (1 | sample)",
        lambda: examples.load("penicillin"),
        3,
        15,
        False,
    ),
    Case(
        "pastes, nested", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", lambda: examples.load("pastes"), 3, 15, False
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


# ------------------------------------------------------------------------------------------------- the programs in Python


def ours(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
    model = lmmcompare.lmer(formula, frame)
    modes, se = list(model.random_effects.values()), list(model.random_effects_se.values())
    return {"estimate": model.params, "se": model.bse, "criterion": model.criterion, "random": modes, "random_se": se}


def statsmodels(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
    from statsmodels.formula.api import mixedlm

    fixed, slope, group = _one_factor(formula)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = mixedlm(fixed, frame, groups=frame[group], re_formula=slope).fit()
        effects, covariances = model.random_effects, model.random_effects_cov
        return {
            "estimate": model.fe_params, "se": model.bse_fe, "criterion": -2 * model.llf,
            "random": list(effects.values()), "random_se": [np.sqrt(np.diag(c)) for c in covariances.values()],
        }  # fmt: skip


def mixedlm(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
    from mixedlm import lmer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = lmer(formula, frame)
        effects = model.ranef(condVar=True)
        se = np.sqrt(np.diag(model.vcov()))
    return {"estimate": list(model.fixef().values()), "se": se, "criterion": model.REMLcrit(), "random": effects}


def mixedlm_rs(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
    import mixedlm_rs as package

    fixed, slope, group = _one_factor(formula)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = package.mixedlm(fixed, frame, groups=group, re_formula=f"~{slope}").fit()
    answer = {"estimate": np.asarray(model.fe_params), "se": np.asarray(model.bse_fe), "criterion": -2 * model.llf}
    return {**answer, "random": model.random_effects}


def lme_python(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
    from lme_python import lmer

    # its grouping factors are text
    names = re.findall(r"\w+", " ".join(re.findall(r"\| ([\w:]+)", formula)))
    model = lmer(formula, data=frame.assign(**{name: frame[name].astype(str) for name in names}), reml=True)
    answer = {"estimate": model.coefficients, "se": model.std_errors, "criterion": model.reml_criterion}
    return {**answer, "random": model.ranef}


def _one_factor(formula: str) -> tuple[str, str, str]:
    """Fixed part, random coefficients and grouping factor of a formula of one."""
    fixed, random = formula.rstrip(")").split(" + (")
    slope, group = random.split(" | ")
    return fixed, slope, group


PEERS = {"mixedlm": mixedlm, "mixedlm_rs": mixedlm_rs, "lme_python": lme_python}
"""Packages that take part where they are installed."""
ONE_FACTOR = ("mixedlm_rs",)
"""Of these, those that take one grouping factor only."""


def child(
    fit: Callable[[str, pd.DataFrame], dict[str, Any]], cap: float
) -> Callable[[str, pd.DataFrame], dict[str, Any]]:
    """Fits in a forked process of its own, ended after ``cap`` seconds; all Python programs are run like this."""
    fork = multiprocessing.get_context("fork")

    def work(formula: str, frame: pd.DataFrame, sender: Any) -> None:
        try:
            until, elapsed = time.perf_counter() + WARM, 0.0
            while not elapsed or time.perf_counter() < until:
                begin = time.perf_counter()
                found = fit(formula, frame)
                elapsed = time.perf_counter() - begin
            sender.send({"seconds": elapsed, **{k: np.asarray(found[k]) for k in ("estimate", "se", "criterion")}})
        except Exception as error:
            sender.send({"trouble": f"{type(error).__name__}: {error}"[:60]})

    def run(formula: str, frame: pd.DataFrame) -> dict[str, Any]:
        receiver, sender = fork.Pipe(duplex=False)
        process = fork.Process(target=work, args=(formula, frame, sender))
        process.start()
        sender.close()
        try:
            return receiver.recv() if receiver.poll(cap) else {"trouble": f"> {cap:g} s"}
        except EOFError:
            return {"trouble": "died"}
        finally:
            process.kill()
            process.join()

    return run


# ------------------------------------------------------------------------------------------------------------------ lme4


class Lme4:
    """An R process that reads tables and fits them on demand."""

    def __init__(self, folder: Path) -> None:
        self.csv = folder / "rows.csv"
        script = Path(__file__).with_name("peers.R")
        self.process = subprocess.Popen(
            ["Rscript", "--vanilla", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.version = self._answer()["version"]

    def load(self, frame: pd.DataFrame) -> None:
        frame.to_csv(self.csv, index=False)
        categorical = frame.select_dtypes("category")
        self.ask({"load": str(self.csv), "levels": {k: list(v.cat.categories) for k, v in categorical.items()}})

    def fit(self, formula: str, frame: pd.DataFrame) -> dict[str, Any]:
        until, answer = time.perf_counter() + WARM, None
        while answer is None or time.perf_counter() < until:
            answer = self.ask({"fit": formula})
        return answer

    def conditional(self, formula: str) -> float:
        """Seconds with the conditional SEs of the random effects, which lme4 finds one group at a time."""
        return self.ask({"fit": formula, "conditional": True})["conditional"]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("R ended: has it lme4 and jsonlite?")
        return json.loads(line)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def lme4() -> Iterator[Lme4 | None]:
    if not shutil.which("Rscript"):
        print("Rscript was not found: measuring without lme4.")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            r = Lme4(Path(folder))
        except RuntimeError as error:
            print(f"{error} Measuring without it.")
            yield None
            return
        try:
            yield r
        finally:
            r.close()


# ------------------------------------------------------------------------------------------------------------- measuring


def measure(case: Case, programs: list[Program], frame: pd.DataFrame, runs: int) -> None:
    """Run the programs in turn, ``runs`` times; who was stopped or failed is not asked again."""
    for program in programs:
        program.load(frame)
    for _ in range(runs):
        for program in programs:
            if program.trouble:
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
