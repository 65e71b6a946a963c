"""The table of an R call: its name, the rows that are chosen of it, and what is piped into the call."""

from __future__ import annotations

from .call import Condition
from .call_syntax import Part, Source
from .rows import read_conditions

PIPES = ("|>", "%>%")
_WRAPPERS = ("as.data.frame", "data.frame", "as_tibble", "tibble", "droplevels", "ungroup")
_COMPLETE = ("na.omit", "drop_na")
Rows = tuple[str, tuple[Condition, ...]]
"""A table's name and the conditions on its rows."""


def read_table(part: Part | None, remarks: list[str]) -> Rows:
    """What the table is called, and the rows that ``subset()``, ``filter()`` or ``drop_na()`` keep."""
    if part is None or part.text in (".", "_", "NULL"):
        return "", ()
    first, *steps = part.split(*PIPES)
    if steps:
        return _after_steps(read_table(first, remarks), steps, remarks)
    called = part.call()
    if called and called[1]:
        result = _step(called[0], called[1][1:], read_table(called[1][0], remarks), remarks)
        if result is not None:
            return result
    if len(part.tokens) == 1 or (len(part.tokens) == 3 and part.tokens[1].text in ("::", "$")):
        return part.tokens[-1].text, ()
    if (rows := _in_brackets(part)) is not None:
        return rows
    part.fail(
        f"The table “{part.text[:60]}” is computed in the call.", "Write its name, and choose rows by subset = x > 4."
    )


def read_pipe(source: Source, call: int, remarks: list[str]) -> tuple[int, Rows]:
    """The token at which the pipe that ends in a call begins, and the rows that come out of it.

    Parameters
    ----------
    call : int
        The token of the called function's name.
    remarks : list of str
        Remarks are appended to this list.
    """
    end = next(k for k in range(call - 1, -1, -1) if source.tokens[k].text in PIPES)
    begin = next(
        (k + 1 for k in range(end - 1, -1, -1) if source.tokens[k].text in ("<-", "=", ";") and _is_outside(source, k)),
        0,
    )
    if begin == end:
        source.fail("Nothing is piped into the call.", "Write the table before the pipe.", end)
    return begin, read_table(Part(source, begin, end), remarks)


def _in_brackets(part: Part) -> Rows | None:
    """The rows of ``data[x > 4, ]``; None for other text."""
    tokens = part.tokens
    if len(tokens) < 4 or tokens[1].text != "[" or part.source.closing[part.start + 1] != part.end - 1:
        return None
    sides = Part(part.source, part.start + 2, part.end - 1).split(",")
    if len(sides) != 2 or sides[1].tokens or not sides[0].tokens:
        return None
    return tokens[0].text, read_conditions(sides[0], tokens[0].text)


def _after_steps(rows: Rows, steps: list[Part], remarks: list[str]) -> Rows:
    """A table after the functions that it is piped into."""
    for step in steps:
        called = step.call()
        result = _step(called[0], called[1], rows, remarks) if called else None
        if result is None:
            step.fail(
                f"“{step.text[:60]}” is piped into the call, which is not read.",
                "Do it to the table first, and write the table as data = …, rows as subset = x > 4.",
            )
        rows = result
    return rows


def _is_outside(source: Source, k: int) -> bool:
    """Whether a token is outside of all brackets that are closed again."""
    return not any(opening < k < closing for opening, closing in source.closing.items())


def _step(function: str, arguments: list[Part], rows: Rows, remarks: list[str]) -> Rows | None:
    """A table after a function of it; None where the function is not read."""
    name, conditions = rows
    if function in ("subset", "filter") and not any(a.name == "select" for a in arguments):
        return name, conditions + tuple(c for a in arguments for c in read_conditions(a, name))
    if function in _COMPLETE:
        named = [a.column() for a in arguments]
        if not named:
            remarks.append(
                f"{function}() leaves out rows that lack a value in any column of the table; here the columns that the model uses count."
            )
        if all(named):
            return name, conditions + tuple(Condition(str(column), "present") for column in named)
    if function in _WRAPPERS and not arguments:
        return rows
    return None
