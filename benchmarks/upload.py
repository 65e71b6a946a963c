"""From a dropped file to its fitted comparison, beside two scripts that read the file and fit.

Ours is what the server does with a drop: read the file in a process of its own, find out what the columns hold, guess a comparison
and fit it, all its models. The script is told the formula, calls the format's library in its own process and fits the same
comparison by our `compare`, and nothing else: the bare read and fit that the target is about. The two take turns. The statsmodels
script is what one would write without us: the same library reads, and statsmodels fits OLS and the mixed model of the formula.
All have their libraries loaded.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyreadstat
from statsmodels.formula.api import mixedlm, ols

from lmmcompare.comparison.compare import compare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.data import limits, reader_process
from lmmcompare.data.read import read
from lmmcompare.data.readers import r_tables
from lmmcompare.data.readers.result import Outcome
from lmmcompare.data.suggest import suggest

from . import seconds, show

TARGET = 1.5
FORMULA = "popular ~ extrav + (1 | class)"
RUNS, QUICK_RUNS = 10, 6
"""Even, so that ours and the script go first, on a processor that was at rest, equally often."""
READY = 2.5
"""Seconds in which a reading process stands ready: it is started a second after it was asked for, and loads libraries for another."""
T = TypeVar("T")
Writer = Callable[[pd.DataFrame, Path], object]


def pupils() -> pd.DataFrame:
    """2,000 pupils in 100 classes, shaped as popular2 of Hox, Moerbeek and van de Schoot (2018), values drawn."""
    rng = np.random.default_rng(7)
    size, groups = 20, 100
    group, n = np.repeat(np.arange(1, groups + 1), size), size * groups
    sex, extrav = rng.integers(0, 2, n), np.clip(np.round(rng.normal(5.2, 1.26, n)), 1, 10)
    texp = rng.integers(2, 26, groups)[group - 1]
    shift = rng.normal(0, 0.53, groups)[group - 1]
    popular = 0.8 + 1.25 * sex + 0.45 * extrav + 0.09 * texp + shift + rng.normal(0, 0.74, n)
    popular = np.clip(np.round(popular, 1), 0, 9.5)
    popteach = np.clip(np.round(popular + rng.normal(0, 0.9, n)), 1, 10)
    frame = pd.DataFrame(
        {"pupil": np.tile(np.arange(1, size + 1), groups), "class": group, "extrav": extrav, "sex": sex}
    )
    frame = frame.assign(texp=texp, popular=popular, popteach=popteach)
    measured = ["extrav", "sex", "texp", "popular", "popteach"]
    centred = frame[measured] - frame[measured].mean()
    standardised = (centred / frame[measured].std()).add_prefix("Z")
    return pd.concat([frame, standardised, centred[measured[:3]].add_prefix("C")], axis=1)


def write_omv(frame: pd.DataFrame, path: Path) -> None:
    """A jamovi file of numbers."""
    fields = [
        {"name": name, "type": "number", "dataType": "Decimal", "measureType": "Continuous", "columnType": "Data"}
        for name in frame
    ]
    about = {"dataSet": {"rowCount": len(frame), "columnCount": len(frame.columns), "fields": fields}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("meta", "jamovi-Archive-Version: 11.0\n")
        archive.writestr("metadata.json", json.dumps(about))
        archive.writestr("xdata.json", "{}")
        archive.writestr("data.bin", frame.to_numpy(dtype="<f8").tobytes("F"))


def write_rds(frame: pd.DataFrame, path: Path) -> None:
    """A file of R's, by R."""
    table = path.with_suffix(".table")
    frame.to_csv(table, index=False)
    subprocess.run(["Rscript", "-e", f"saveRDS(read.csv('{table}'), '{path}')"], check=True, capture_output=True)


def read_omv(content: bytes) -> pd.DataFrame:
    """A jamovi file of numbers, in the fewest lines."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("metadata.json"))["dataSet"]
        values = np.frombuffer(archive.read("data.bin"), "<f8").reshape(about["columnCount"], -1)
    return pd.DataFrame({field["name"]: column for field, column in zip(about["fields"], values, strict=True)})


def read_rds(content: bytes) -> pd.DataFrame:
    """A file of R's by our own reader, in this process: no library reads it right (docs/reading.md)."""
    outcome: Outcome = r_tables.read(gzip.decompress(content), limits.limits(), None)
    return pd.DataFrame({name: column.to_numpy() for name, column in zip(outcome.names, outcome.columns, strict=True)})


FORMATS: dict[str, tuple[Writer, Callable[[bytes], pd.DataFrame], str]] = {
    "csv": (lambda f, path: f.to_csv(path, index=False), lambda c: pd.read_csv(io.BytesIO(c)), "pandas"),
    "xlsx": (
        lambda f, path: f.to_excel(path, index=False, engine="xlsxwriter"),
        lambda c: pd.read_excel(io.BytesIO(c), engine="calamine"),
        "pandas with calamine",
    ),
    "sav": (pyreadstat.write_sav, lambda c: pyreadstat.read_sav(io.BytesIO(c))[0], "pyreadstat"),
    "dta": (pyreadstat.write_dta, lambda c: pyreadstat.read_dta(io.BytesIO(c))[0], "pyreadstat"),
    "rds": (write_rds, read_rds, "our reader, no child"),
    "omv": (write_omv, read_omv, "numpy"),
}
"""What writes a table as each format, what reads it in a script, and what that is called."""


def ours(content: bytes, name: str, parts: list[tuple[float, float, float]]) -> Comparison:
    """What the server does with a file that was dropped; the seconds of reading, guessing and fitting go to ``parts``."""
    begin = time.perf_counter()
    table = read(content, name)
    is_read = time.perf_counter()
    formula = suggest(table.frame, table.labels).formula
    guessed = time.perf_counter()
    assert formula == FORMULA, f"{name}: the guess is {formula}"
    result = compare(formula, table.frame)
    parts.append((is_read - begin, guessed - is_read, time.perf_counter() - guessed))
    return result


def by_statsmodels(frame: pd.DataFrame) -> np.ndarray:
    """OLS and the mixed model of the formula by statsmodels; the fixed effects of the second."""
    fixed, group = FORMULA.split(" + (1 | ")
    ols(fixed, frame).fit()
    return np.asarray(mixedlm(fixed, frame, groups=group.rstrip(")")).fit().fe_params)


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Seconds by the clock, and what came of it."""
    begin = time.perf_counter()
    result = function()
    return time.perf_counter() - begin, result


def measured(kind: str, content: bytes, runs: int) -> list[str]:
    """A row: the medians and their ratios."""
    _, bare, library = FORMATS[kind]
    mine: list[float] = []
    theirs: list[float] = []
    others: list[float] = []
    parts: list[tuple[float, float, float]] = []
    for run in range(runs + 2):  # two warm both
        reader_process.prepare()
        time.sleep(READY)
        pair = [
            (mine, lambda: ours(content, f"pupils.{kind}", parts)),
            (theirs, lambda: compare(FORMULA, bare(content))),
        ]
        params = []
        for times, function in pair if run % 2 else reversed(pair):
            took, result = timed(function)
            params.append(result.mixed.params)
            times += [took] if run >= 2 else []
        took, effects = timed(lambda: by_statsmodels(bare(content)))
        others += [took] if run >= 2 else []
        assert np.allclose(*params)
        assert np.allclose(params[0], effects, rtol=1e-3)  # its optimiser stops earlier
    a, b, c = (statistics.median(times) for times in (mine, theirs, others))
    spent = [seconds(statistics.median(part)) for part in zip(*parts[2:], strict=True)]
    return [kind, seconds(a), *spent, seconds(b), f"{a / b:.2f}", seconds(c), f"{a / c:.2f}", library]


def main(quick: bool = False) -> None:
    """Measure and print."""
    frame, rows = pupils(), []
    with tempfile.TemporaryDirectory() as folder:
        for kind, (write, _, _) in FORMATS.items():
            if kind == "rds" and not shutil.which("Rscript"):
                continue
            path = Path(folder) / f"pupils.{kind}"
            write(frame, path)
            rows.append(measured(kind, path.read_bytes(), QUICK_RUNS if quick else RUNS))
    show(
        "A dropped file: until its comparison is fitted, beside scripts that read it and fit",
        f"2,000 rows of {len(frame.columns)} columns (shaped as popular2). The scripts are told the formula, ours guesses it.\n"
        "The first fits by our compare, the second OLS and the mixed model by statsmodels. Medians of "
        f"{QUICK_RUNS if quick else RUNS} runs; target: a ratio to the first of at most {TARGET}.",
        ["format", "ours", "reading", "guess", "fit", "script", "ratio", "statsmodels", "ratio", "both read by"],
        rows,
    )


if __name__ == "__main__":
    main()
