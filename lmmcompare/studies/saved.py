"""What a study has found so far, in a file that is either whole or not there."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np

from .plan import Plan
from .result import Study
from .tally import Tally


def save(folder: Path, study: Study) -> None:
    """Keep the study; what stood there before is replaced at one stroke."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, study.plan)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    with unfinished.open("wb") as file:
        tally = study.tally
        np.savez(file, done=study.done, counts=tally.counts, sums=tally.sums, estimates=study.estimates)
    os.replace(unfinished, path)


def load(folder: Path, plan: Plan) -> Study | None:
    """What was kept of this very study; None where there is nothing, or nothing that can be read."""
    try:
        with _path(folder, plan).open("rb") as file, np.load(file) as found:
            return Study(plan, int(found["done"]), Tally(found["counts"], found["sums"]), found["estimates"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _path(folder: Path, plan: Plan) -> Path:
    return folder / f"{plan.key}.npz"


def forget(folder: Path) -> None:
    """Remove what was kept, when it is needed no more."""
    for path in [*folder.glob("*.npz"), *folder.glob("*.tmp")]:
        path.unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
