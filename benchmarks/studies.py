"""Studies of 10,000 replicates, beside lme4's refit loop over responses simulated from the same design.

lme4 refits one mixed model to each response and reports nothing more; ours draws the data and gives every estimator with its
tests. lme4 is asked for fewer replicates, and its time scaled.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import lmmcompare
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.studies import stream

from . import seconds, show

REPLICATES = 10_000
WITHOUT_SLOPE = ["ols", "ols_robust", "no_pooling", "random_intercept", "within_between"]

REFIT = """
suppressPackageStartupMessages(library(lme4))
asked <- commandArgs(TRUE)
rows <- read.csv(asked[1]); runs <- as.integer(asked[3])
model <- suppressMessages(lmer(as.formula(asked[2]), rows))
responses <- simulate(model, nsim = runs, seed = 1)
quiet <- function(y) suppressMessages(suppressWarnings(refit(model, y)))
invisible(quiet(responses[[1]]))
invisible(gc())
begin <- Sys.time()
for (y in responses) fixef(quiet(y))
cat(sprintf('{"seconds": %.6f, "version": "%s"}', as.numeric(Sys.time() - begin, units = "secs"),
  as.character(packageVersion("lme4"))))
"""


@dataclass(frozen=True)
class Case:
    """A study; what R fits, to how many responses; our time allowed and how many times faster we mean to be."""

    title: str
    settings: Settings
    models: list[str] | None
    formula: str
    runs: int
    allowed: float
    target: int


CASES = [
    Case(
        "20 x 10, random intercept, no random slope",
        Settings(20, 10),
        WITHOUT_SLOPE,
        "y ~ x + (1 | group)",
        400,
        1.5,
        60,
    ),
    Case("20 x 10, random intercept, all models", Settings(20, 10), None, "y ~ x + (1 | group)", 400, 1.5, 60),
    Case("20 x 10, random slope, all models", Settings(20, 10, tau1=0.5), None, "y ~ x + (x | group)", 300, 12, 15),
]


def ours(case: Case) -> tuple[float, float, float]:
    """Wall time to the first results and to the last, and the processor's time."""
    begin, cpu, first = time.perf_counter(), time.process_time(), 0.0
    for found in stream(case.settings, REPLICATES, models=case.models):
        if not first:
            found.table()
            first = time.perf_counter() - begin
    found.table()
    return first, time.perf_counter() - begin, time.process_time() - cpu


def lme4(case: Case, runs: int) -> tuple[float, str]:
    """Seconds that as many refits as ours would take, and lme4's version; 0 where it cannot be asked."""
    if not shutil.which("Rscript"):
        return 0.0, ""
    with tempfile.TemporaryDirectory() as folder:
        rows, script = Path(folder) / "rows.csv", Path(folder) / "refit.R"
        table(case.settings).to_csv(rows, index=False)
        script.write_text(REFIT)
        done = subprocess.run(
            ["Rscript", "--vanilla", str(script), str(rows), case.formula, str(runs)], capture_output=True, text=True
        )
    if done.returncode:
        return 0.0, ""
    found = json.loads(done.stdout)
    return found["seconds"] * REPLICATES / runs, found["version"]


def main(quick: bool = False) -> None:
    """Measure and print."""
    rows = []
    lmmcompare.study({}, 100)  # what is loaded once
    for case in CASES:
        print(f"{case.title} ...", file=sys.stderr, flush=True)
        times, theirs, version = [], [], ""
        for _ in range(1 if quick else 2):
            times.append(ours(case))
            if not quick or not theirs:
                took, version = lme4(case, 100 if quick else case.runs)
                theirs += [took] if took else []
        first, wall, cpu = (statistics.median(t) for t in zip(*times, strict=True))
        ratio = f"{statistics.median(theirs) / wall:.3g} (target {case.target})" if theirs else ""
        refit = f"{seconds(statistics.median(theirs))} (lme4 {version})" if theirs else ""
        rows.append(
            [case.title, seconds(first), f"{seconds(wall)} (allowed {case.allowed:g} s)", seconds(cpu), refit, ratio]
        )
    show(
        f"Studies: {REPLICATES:,} replicates, two threads of one process",
        "Medians; the programs take turns. Ours draws the data, fits all models and tests every coefficient. lme4 refits one\n"
        "mixed model to simulated responses, some hundred of them, and its time is scaled.",
        ["", "first results", "all results", "processor", "lme4's refit loop", "times ours"],
        rows,
    )


if __name__ == "__main__":
    main()
