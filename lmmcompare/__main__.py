"""The command line: ``python -m lmmcompare study settings.toml``, ``python -m lmmcompare sweep``."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pandas as pd

from .errors import LmmCompareError
from .simulate.limits import LIMITS
from .simulate.presets import PRESETS
from .simulate.settings import Settings
from .studies import checkpoint
from .studies.models import OFFERED
from .studies.progress_bar import Bar
from .studies.study import progress
from .studies.study_file import read
from .text.numbers import count, number

NAME = "python -m lmmcompare"
STOPPED = 130
"""Exit status after Ctrl-C, as of a shell."""
FILE = """\
The file is TOML:

    preset = "false-alarms"  # settings to start from; may be left out
    groups = 20              # the data, by the names of their settings
    size = 30

    [study]                  # may be left out, and each line of it
    replicates = 10_000
    seed = 1
    models = ["ols", "random_intercept"]
    fixed_design = false     # true: the same predictor in all replicates
    alpha = 0.05

    [curve]                  # only for studies along values of one setting, or of "icc"
    setting = "groups"
    values = [10, 20, 40]
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; what is returned is the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        status: int = asked.run(asked)
        return status
    except LmmCompareError as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return STOPPED
    except OSError as error:  # what is printed goes to a file on a full disk, or to a program that has ended
        with suppress(OSError):
            print(f"{NAME}: The output cannot be written: {error.strerror or error}.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        NAME,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_epilog(),
        description="How well OLS, group dummies and mixed models do over thousands of simulated data sets, without a browser.",
    )
    commands = parser.add_subparsers(required=True, metavar="study|sweep")
    study = commands.add_parser(
        "study",
        help="run the study of a file: study FILE [--output RESULTS] [--workers N] [--cluster ADDRESS] [--quiet]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_epilog(),
        description="Run the study that a file describes. One that was stopped or killed goes on when the command is given again.",
    )
    study.add_argument("file", type=Path, help="settings and how to study them, see below")
    study.add_argument(
        "--output", type=Path, metavar="RESULTS", help="a .csv or .parquet file; FILE with the ending .csv by default"
    )
    study.add_argument("--workers", type=int, default=1, metavar="N", help="processes on this machine (1)")
    study.add_argument(
        "--cluster", default="", metavar="ADDRESS", help="a Dask scheduler to use, such as tcp://host:8786"
    )
    study.add_argument("--quiet", action="store_true", help="no progress bar and no table, only the file")
    study.set_defaults(run=_study)
    sweep = commands.add_parser(
        "sweep",
        help="delete the shared tables that have expired",
        description="Delete the shared tables that have expired from the store that LMMCOMPARE_STORE names, for cron.",
    )
    sweep.set_defaults(run=_sweep)
    return parser


def _epilog() -> str:
    lists = {"presets": [p.name for p in PRESETS], "models": list(OFFERED)}
    wrapped = [textwrap.fill(f"{name}: {', '.join(v)}", 100, subsequent_indent="  ") for name, v in lists.items()]
    return "\n".join([FILE, "settings:", *(_setting(f.name, f.default) for f in fields(Settings)), *wrapped])


def _setting(name: str, default: object) -> str:
    limit = LIMITS[name]
    held = " | ".join(limit.options) or f"{limit.low:,.16g} to {limit.high:,.16g}"
    return f"  {name:<16} {limit.words}: {held} ({default})"


def _study(asked: argparse.Namespace) -> int:
    if asked.file.is_dir():
        raise LmmCompareError(f"“{asked.file}” is a folder.", "Name a file of settings.")
    output: Path = asked.output or asked.file.with_suffix(".csv")
    if output.suffix not in (".csv", ".parquet"):
        raise LmmCompareError(f"“{output}” is neither a .csv nor a .parquet file.", "Name one of these with --output.")
    if not output.resolve().parent.is_dir():
        raise LmmCompareError(f"There is no folder “{output.parent}” for the results.", "Make it, or name another.")
    if output.is_dir():
        raise LmmCompareError(f"“{output}” is a folder.", "Name a file for the results with --output.")
    if not 1 <= asked.workers <= 1000:
        raise LmmCompareError(f"--workers is {asked.workers}.", "Give a number from 1 to 1,000.")
    job = read(asked.file)
    _refuse_unwritable(output)
    unfinished = output.with_name(output.name + ".unfinished")
    checkpoint.sweep(unfinished)
    bar = Bar(sum(plan.replicates for plan in job.plans), sys.stderr, quiet=asked.quiet)
    for studies in progress(job.plans, asked.workers, asked.cluster, unfinished):
        bar.show(sum(s.done for s in studies))
    bar.close()
    table = job.table(studies)
    _write(table, output)
    others = checkpoint.forget(unfinished, job.plans)
    if not asked.quiet:
        display = [
            c for c in ("value", "model", "term", "truth", "bias", "bias_mcse", "coverage", "rejection") if c in table
        ]
        print(table[display].to_string(index=False, float_format="{:.4g}".format))
        print(f"All measures are in {output}.")
        if others:
            print(
                f"{unfinished} still holds {count(len(others), 'study', 'studies')} of other settings that "
                "were not finished: it may be deleted."
            )
    return 0


def _sweep(asked: argparse.Namespace) -> int:
    from .share.store import Store  # a database's library: a second of every study's start

    store = Store.open()
    store.sweep()  # opening it does so too, but says nothing where that fails
    keep = store.usage()
    store.close()
    print(f"Expired tables are deleted; {count(keep.tables, 'table')} with {number(keep.size / 1e6)} MB kept.")
    return 0


def _refuse_unwritable(output: Path) -> None:
    """Say so before hours of work, not after them."""
    checkpoint.sweep(output.parent, output.name)
    probe = output.with_name(f"{output.name}.{os.getpid()}.tmp")
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise _unwritable(output, error) from error


def _unwritable(output: Path, error: OSError) -> LmmCompareError:
    return LmmCompareError(
        f"The results cannot be written to “{output}”: {error.strerror or error}.",
        "Make room or give permission, or name another file with --output; what was done so far is kept.",
    )


def _write(table: pd.DataFrame, output: Path) -> None:
    """Write the results whole or not at all."""

    def write(unfinished: Path) -> None:
        if output.suffix == ".csv":
            table.to_csv(unfinished, index=False)
        else:
            table.to_parquet(unfinished, index=False)

    try:
        checkpoint.put(output, write)
    except OSError as error:
        raise _unwritable(output, error) from error


def _end() -> None:
    """Leave; after Ctrl-C at once, without waiting for threads and processes that are still at work."""
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    if status == STOPPED:
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    _end()
