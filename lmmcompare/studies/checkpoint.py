"""Checkpoints of a study's results in files that are written atomically."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from ..errors import LmmCompareError
from .performance import Tally
from .plan import Plan
from .result import Study


def save(folder: Path, study: Study) -> None:
    """Write a checkpoint of the study, atomically replacing an earlier one.

    Raises
    ------
    LmmCompareError
        When it cannot be written; an earlier checkpoint is then unchanged.
    """

    def write(unfinished: Path) -> None:
        with unfinished.open("wb") as file:
            tally = study.tally
            np.savez(file, done=study.done, counts=tally.counts, sums=tally.sums, estimates=study.estimates)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        put(_path(folder, study.plan), write)
    except OSError as error:
        raise LmmCompareError(
            f"What was done so far cannot be kept in “{folder}”: {error.strerror or error}.",
            "Make room or give permission, then the same command again: it goes on from what was kept before.",
        ) from error


def put(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file atomically, replacing an existing one; after a failure the partial file is removed.

    Parameters
    ----------
    write : callable
        Writes the content to the path that it is given.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write(unfinished)
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def load(folder: Path, plan: Plan) -> Study | None:
    """The checkpoint of exactly this study; None if there is none or it cannot be read."""
    try:
        with _path(folder, plan).open("rb") as file, np.load(file) as result:
            return Study(plan, int(result["done"]), Tally(result["counts"], result["sums"]), result["estimates"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _path(folder: Path, plan: Plan) -> Path:
    return folder / f"{plan.key}.npz"


def forget(folder: Path, plans: Iterable[Plan]) -> list[Path]:
    """Remove the checkpoints of these studies and partial files of killed processes.

    Returns
    -------
    list of Path
        Checkpoints of other studies in the folder.
    """
    for plan in plans:
        _path(folder, plan).unlink(missing_ok=True)
    sweep(folder)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return sorted(folder.glob("*.npz"))


def sweep(folder: Path, name: str = "*") -> None:
    """Remove partial files of processes that no longer run."""
    for path in folder.glob(f"{name}.*.tmp"):
        number = path.suffixes[-2][1:]
        if number.isdigit() and not _runs(int(number)):
            path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
