"""The programs that fit mixed models side by side: ours, other packages' in Python, and lme4 in an R process."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import re
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import lmmcompare

SLOW = 2.0
"""A first run of so many seconds counts as it is."""
WARM = 0.2
"""Each program is run again until this many seconds have passed, and the shortest run counts."""


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
LOADED = ("lmmcompare.models.fitting", "statsmodels.formula.api", *PEERS)
"""Modules that are loaded before the processes part: loading would take the seconds in which a program is run until it is warm."""
ONE_FACTOR = ("mixedlm_rs",)
"""Of these, those that take one grouping factor only."""


def child(
    fit: Callable[[str, pd.DataFrame], dict[str, Any]], cap: float
) -> Callable[[str, pd.DataFrame], dict[str, Any]]:
    """Fits in a forked process of its own, ended after ``cap`` seconds; all Python programs are run like this."""
    fork = multiprocessing.get_context("fork")

    def work(formula: str, frame: pd.DataFrame, sender: Any) -> None:
        try:
            until, times = time.perf_counter() + WARM, list[float]()
            while time.perf_counter() < until or (len(times) < 2 and sum(times) < SLOW):
                begin = time.perf_counter()
                found = fit(formula, frame)
                times.append(time.perf_counter() - begin)
            sender.send({"seconds": min(times), **{k: np.asarray(found[k]) for k in ("estimate", "se", "criterion")}})
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
        until, answers = time.perf_counter() + WARM, list[dict[str, Any]]()
        while not answers or time.perf_counter() < until:
            answers.append(self.ask({"fit": formula}))
        return min(answers, key=lambda answer: answer["seconds"])

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
