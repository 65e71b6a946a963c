"""Comments of scripts, the same in R and in Python."""

from __future__ import annotations

from collections.abc import Callable

from ..data.join import Join
from ..design.aliasing import aliased_sentence
from ..version import VERSION
from .data_file import DataFile
from .snapshot import Snapshot
from .step_plan import CodedStep


def visible(text: str) -> str:
    """A text with invisible characters and line breaks replaced by escapes, so that it stays on one line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def comment(text: str) -> str:
    """A text as a line of comment, in R and in Python."""
    return f"# {visible(text)}"


def commented_steps(
    file: DataFile, lines: Callable[[CodedStep], list[str]], join: Callable[[CodedStep, DataFile], list[str]]
) -> list[str]:
    """What was done to the table, step by step: its sentence as a comment, and the lines that do it.

    Parameters
    ----------
    lines : callable
        Returns the lines of code of a step.
    join : callable
        Returns the lines of code of a join, from the step and the table that is joined.
    """
    joined = iter(file.joined)
    result: list[str] = []
    for stage in file.steps_in_code:
        result.append(comment(stage.words))
        result += join(stage, next(joined)) if isinstance(stage.step, Join) else lines(stage)
    return result


def head(snapshot: Snapshot, file: DataFile) -> str:
    """What a script is, which coefficient and inference it is about, what wrote it, and what its rows have behind them."""
    comparison = snapshot.comparison
    about = f"The coefficient that was looked at: {snapshot.coefficient}. " if comparison.terms else ""
    return "\n".join(
        [
            comment(f"{comparison.spec.text} on {snapshot.source.title}. Written by lmmcompare {VERSION}."),
            comment(f"{about}{snapshot.inferred.words}."),
            *([comment(dropped)] if (dropped := aliased_sentence(comparison.design.aliased).strip()) else []),
            *(
                comment(f"Done to the table already, step {k}: {words}")
                for k, words in enumerate(file.plan.done_before if file.plan is not None else (), 1)
            ),
        ]
    )
