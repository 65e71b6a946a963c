"""What was done to a table as lines of R: new columns, joins, rows kept or left out, codes made missing, cells filled down, names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..data.change_type import number_text
from ..data.columns import is_date
from ..data.join import Join
from ..data.key_values import key_kind
from ..data.new_columns import NewColumn
from ..data.steps import FillDown, Keep, LeaveOut, Rename, SetMissing
from .comments import commented_steps
from .data_file import DataFile
from .r_formula import r_string, r_strings
from .step_plan import CodedStep

KEYS = {
    "date": 'as.numeric(as.POSIXct({}, tz = "UTC", tryFormats = c("%Y-%m-%d %H:%M:%OS", "%Y-%m-%d")))',
    "number": "as.numeric(as.character({}))",
    "text": "text({})",
}
"""In what form the keys of two tables are the same, by what they are compared as."""

HELPERS = {
    "groups": """\
groups <- function(...) {  # a number for each combination of values; NA where one of them is missing
  columns <- lapply(list(...), function(x) match(x, unique(x[!is.na(x)])))
  keys <- do.call(paste, columns)
  ifelse(Reduce(`|`, lapply(columns, is.na)), NA, match(keys, unique(keys)))
}""",
    "by_group": """\
by_group <- function(x, g, f) {  # f of the values of a group, for each of its rows
  result <- rep(NA_real_, length(x))
  result[!is.na(g)] <- ave(x[!is.na(g)], g[!is.na(g)], FUN = f)
  result
}""",
    "in_order": """\
in_order <- function(g, when = seq_along(g)) {  # the rows, group after group
  rows <- order(g, when)
  rows[!is.na(g[rows]) & is.finite(when[rows])]
}""",
    "first_of": """\
first_of <- function(x, g, rows) {  # the first value of each group, for each of its rows
  rows <- rows[is.finite(x[rows])]
  x[rows][match(g, g[rows])]
}""",
    "before": """\
before <- function(x, g, rows) {  # the value of the row before, in the same group
  result <- rep(NA_real_, length(x))
  same <- g[rows[-1]] == g[rows[-length(rows)]]
  result[rows[-1][same]] <- x[rows[-length(rows)][same]]
  result
}""",
    "place": """\
place <- function(g, rows) {  # 1, 2, 3 ... within each group
  result <- rep(NA_real_, length(g))
  result[rows] <- ave(seq_along(rows), g[rows], FUN = seq_along)
  result
}""",
    "fill_down": """\
fill_down <- function(x) {  # the last value above, where one is missing
  above <- cummax(seq_along(x) * !is.na(x))
  x[ifelse(above > 0, above, NA)]
}""",
    "finite": "finite <- function(x) x[is.finite(x)]",
    "real": "real <- function(x) ifelse(is.finite(x), x, NA)",
    "days": """\
days <- function(x) {  # since the earliest
  moments <- as.numeric(as.POSIXct(as.character(x), tz = "UTC", tryFormats = c("%Y-%m-%d %H:%M:%OS", "%Y-%m-%d")))
  (moments - min(moments, na.rm = TRUE)) / 86400
}""",
    "text": """\
text <- function(x) {  # values as they are written
  if (is.logical(x)) return(ifelse(x, "True", "False"))
  if (!is.numeric(x)) return(as.character(x))
  one <- function(v) {
    for (digits in 15:17) if (as.numeric(sprintf("%.*g", digits, v)) == v) break
    sprintf("%.*g", digits, v)
  }
  known <- unique(x[!is.na(x)])
  vapply(known, one, "")[match(x, known)]
}""",
    "key": """\
key <- function(...) ifelse(complete.cases(...), paste(..., sep = "\\n"), NA)  # of several columns""",
}


def r_steps(file: DataFile, read: Callable[[DataFile, str], list[str]]) -> list[str]:
    """The lines that change ``data`` as the reader did; none where nothing was done.

    Parameters
    ----------
    read : callable
        Gives the lines that read another file into a variable.
    """
    body = commented_steps(
        file, lambda stage: _Writer(stage, file).lines(), lambda stage, other: _join(stage, other, file, read)
    )
    text = "\n".join(body)
    helpers = [code for name, code in HELPERS.items() if f"{name}(" in text]
    return [*(["# What was done to the table"] if body else []), *helpers, *body]


class _Writer:
    """One step."""

    def __init__(self, stage: CodedStep, file: DataFile) -> None:
        self.stage, self.file = stage, file

    def column(self, name: str) -> str:
        return f"data[[{r_string(self.file.aliases[name])}]]"

    def amount(self, name: str) -> str:
        """A column's numbers; of dates the days."""
        column = self.stage.before[name]
        return f"days({self.column(name)})" if is_date(column) else self.column(name)

    def lines(self) -> list[str]:
        step = self.stage.step
        match step:
            case NewColumn():
                return [f"{self.column(step.name)} <- {self.new_column(step)}"]
            case Keep():
                return [f"data <- data[which({self.kept_rows(step)}), , drop = FALSE]"]
            case LeaveOut(rows):
                return [f"data <- data[-c({', '.join(map(str, rows))}), , drop = FALSE]"]
            case SetMissing(column, values):
                name = self.column(column)
                return [f"{name}[{name} %in% c({_numbers(values)})] <- NA"]
            case FillDown(columns):
                return [f"{self.column(name)} <- fill_down({self.column(name)})" for name in columns]
            case Rename(column, to):
                old, new = r_string(self.file.aliases[column]), r_string(self.file.aliases[to])
                return [f"names(data)[names(data) == {old}] <- {new}"]
        raise TypeError(f"not a step that is coded: {step!r}")

    def kept_rows(self, step: Keep) -> str:
        column = self.column(step.column)
        if step.op == "present":
            return f"!is.na({column})"
        if step.op == "in":
            return f"text({column}) %in% {r_strings(step.values)}"
        bounds = [
            f"{column} {sign} {bound!r}" for sign, bound in ((">=", step.low), ("<=", step.high)) if bound is not None
        ]
        return " & ".join(bounds) or f"!is.na({column})"

    def new_column(self, step: NewColumn) -> str:
        """The expression of a new column."""
        g = f"groups({', '.join(map(self.column, step.by))})"
        match step.how:
            case "combination":
                one, other = self.column(step.column), self.column(step.by[0])
                both = f'paste(text({one}), text({other}), sep = ":")'
                return f"factor(ifelse(is.na({one}) | is.na({other}), NA, {both}), levels = {self.levels()})"
            case "recode":
                old, new = (r_strings(part) for part in zip(*dict(step.recoded).items(), strict=True))
                value = f"text({self.column(step.column)})"
                return f"factor(ifelse({value} %in% {old}, {new}[match({value}, {old})], {value}), levels = {self.levels()})"
            case "number":
                return f"place({g}, {self.rows(step, g)})"
        return self.amounts(step, self.amount(step.column), g)

    def amounts(self, step: NewColumn, x: str, g: str) -> str:
        """The expression of a new column of numbers made from numbers, or of ranges of them."""
        match step.how:
            case "mean" | "within":
                mean = f"by_group({x}, {g}, function(v) mean(finite(v)))"
                return mean if step.how == "mean" else f"{x} - {mean}"
            case "centred":
                return f"{x} - mean(finite({x}))"
            case "standardised":
                return f"({x} - mean(finite({x}))) / sd(finite({x}))"
            case "log" | "exp" | "sqrt":
                return f"real(suppressWarnings({step.how}({x})))"
            case "change":
                return f"{x} - first_of({x}, {g}, {self.rows(step, g)})"
            case "lag":
                return f"before({x}, {g}, {self.rows(step, g)})"
            case "rank":
                ranks = 'rank(v, na.last = "keep")'
                return f"by_group({x}, {g}, function(v) {ranks})" if step.by else ranks.replace("v", x, 1)
            case "since":
                return f"{x} - by_group({x}, {g}, function(v) suppressWarnings(min(finite(v))))"
            case "days":
                return x
            case "years":
                return f"{x} / 365.25"
            case "cut":
                points = np.unique(step.points).tolist()
                return (
                    f"cut({x}, c(-Inf, {_numbers(points)}, Inf), {self.levels()}, right = FALSE, include.lowest = TRUE)"
                )
        raise TypeError(f"not a new column: {step.how}")

    def rows(self, step: NewColumn, g: str) -> str:
        return f"in_order({g}, {self.amount(step.order)})" if step.order else f"in_order({g})"

    def levels(self) -> str:
        return r_strings([str(level) for level in self.stage.new_column().cat.categories])


def _join(stage: CodedStep, other: DataFile, file: DataFile, read: Callable[[DataFile, str], list[str]]) -> list[str]:
    """Every row stays in its order and gets what the row of the other table with its key has."""
    step, here, there = stage.step, [], []
    assert isinstance(step, Join) and stage.other is not None
    for k, (name, name_there) in enumerate(step.keys, 1):
        form = KEYS[key_kind(stage.before[name], stage.other[name_there])]
        here.append(form.format(f"data[[{r_string(file.aliases[name])}]]"))
        there.append(form.format(f'other[["key_{k}"]]'))
    pair = [parts[0] if len(parts) == 1 else f"key({', '.join(parts)})" for parts in (here, there)]
    lines = [*read(other, "other"), f"partner <- match({pair[0]}, {pair[1]})"]
    added = [r_string(field.alias) for field in other.inputs[len(step.keys) :]]
    return [*lines, *(f"data[[{name}]] <- other[[{name}]][partner]" for name in added)]


def _numbers(values: list[float] | tuple[float, ...]) -> str:
    return ", ".join(number_text(value) for value in values)
