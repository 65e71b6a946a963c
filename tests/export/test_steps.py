"""What was done to a table, done again by the scripts' own lines in R and in pandas: every kind, against our values."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.join import Join
from lmmcompare.data.new_columns import HOW, NewColumn
from lmmcompare.data.recipe import Recipe, apply
from lmmcompare.data.reshape import Families
from lmmcompare.data.steps import Drop, FillDown, Keep, LeaveOut, Rename, Retype, SetMissing, ToLong
from lmmcompare.data.table import Table, with_companions
from lmmcompare.design.build import build
from lmmcompare.export.data_file import DataFile, data_file
from lmmcompare.export.pandas_steps import pandas_steps
from lmmcompare.export.python_code import read_lines
from lmmcompare.export.r_code import _read
from lmmcompare.export.r_steps import r_steps
from lmmcompare.export.source import Source
from lmmcompare.export.step_plan import plan_steps
from lmmcompare.formula import parse

from .rscript import r_lacks
from .test_r_code import UTF8


def table() -> Table:
    """Rows with everything that a step may meet: missing values and groups, ties, infinite values, dates, odd names."""
    rng = np.random.default_rng(5)
    n = 60
    x = rng.normal(size=n).round(2)
    x[[3, 17]] = math.nan
    frame = pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "school": pd.Series(rng.choice(["a", "b", "c d", "Ü"], n)).where(np.arange(n) != 5),
            "class": rng.integers(1, 4, n),
            "x": x,
            "huge": np.where(np.arange(n) == 9, math.inf, rng.exponential(size=n)),
            "t": rng.integers(0, 9, n),
            "day": pd.Series(pd.Timestamp("2020-03-01") + pd.to_timedelta(rng.integers(0, 700, n), "D")).where(
                np.arange(n) != 7
            ),
            "at": pd.Timestamp("2020-03-01") + pd.to_timedelta(rng.integers(0, 30, n) * 3_600, "s"),
            "flag": rng.random(n) < 0.5,
            "it's \\ odd": rng.normal(size=n),
            "code": np.where(rng.random(n) < 0.2, -99.0, rng.integers(1, 9, n)),
        }
    )
    other = pd.DataFrame(
        {
            "id": ["01", "02", "03", "04", None],
            "size": [0.5, 1.5, 2.5, 3.5, 9.0],
            "x": [1, 2, 3, 4, 5],
            "kind": pd.Categorical(["p", "q", "p", "q", "q"], ["q", "p"]),
            "sunny": [True, False, True, True, False],
        }
    )
    return with_companions(Table(frame, "rows.csv"), [Table(other, "classes.csv")])


def new(how: str, column: str = "x", by: tuple[str, ...] = (), **more: object) -> NewColumn:
    return NewColumn("new", how, column, by, **more)


S = ("school",)
CLASSES = Join("classes.csv", (("class", "id"),))
CASES: dict[str, tuple] = {
    "mean": (new("mean", by=S),),
    "mean of a huge value": (new("mean", "huge", ("school", "class")),),
    "within": (new("within", by=("school", "class")),),
    "within of days": (new("within", "day", S),),
    "centred": (new("centred"),),
    "standardised": (new("standardised"),),
    "odd name": (new("standardised", "it's \\ odd"),),
    "log": (new("log"),),
    "exp": (new("exp"),),
    "sqrt": (new("sqrt"),),
    "change": (new("change", by=S),),
    "change by time": (new("change", by=S, order="t"),),
    "lag": (new("lag", by=S),),
    "lag by days": (new("lag", by=("school", "class"), order="day"),),
    "rank": (new("rank"),),
    "rank in groups": (new("rank", "t", S),),
    "combination": (new("combination", "school", ("class",)),),
    "combination of truths and numbers": (new("combination", "flag", ("code",)),),
    "cut": (new("cut", points=(0.5, -0.5)),),
    "cut what is infinite": (new("cut", "huge", points=(1.0,)),),
    "recode": (new("recode", "school", recoded=(("a", "A or b"), ("b", "A or b"))),),
    "recode numbers": (new("recode", "class", recoded=(("1", "first"),)),),
    "recode days": (new("recode", "at", recoded=(("2020-03-01 00:00:00", "midnight"),)),),
    "days": (new("days", "day"),),
    "years": (new("years", "at"),),
    "since": (new("since", "t", S),),
    "since days": (new("since", "day", ("school", "class")),),
    "number": (new("number", by=S),),
    "number by time": (new("number", by=S, order="at"),),
    "rows kept": (new("mean", by=S), Keep("t", "between", 2, 7), Keep("school", "in", values=("a", "Ü"))),
    "before rows are kept and after": (Keep("x", "present"), Keep("class", "in", values=("1", "2")), new("mean", by=S)),
    "rows left out": (new("mean", by=S), Keep("t", "between", 2, 7), LeaveOut((1, 4, 5, 30))),
    "codes and names": (SetMissing("code", (-99.0,)), Rename("code", "score"), new("centred", "score"), Drop(("score",))),
    "filled down": (FillDown(("school", "x")), Rename("school", "new")),
    "numbers filled down": (FillDown(("x",)), new("within", by=S)),
    "one from another": (NewColumn("m", "mean", "x", S), new("within", "m", ("class",))),
    "a type before": (NewColumn("m", "mean", "x", S), Retype("class", "category"), new("combination", "school", ("class",))),
    "joined": (CLASSES, Rename("size", "new")),
    "joined and renamed": (CLASSES, Rename("x_classes", "new")),
    "joined categories": (CLASSES, new("combination", "kind", ("sunny",))),
}  # fmt: skip


def source(steps: tuple) -> Source:
    origin = table()
    made = apply(Recipe(steps), origin)
    return Source("rows.csv", made.frame, changes=made.notes, origin=origin, steps=steps)


def file_of(steps: tuple) -> tuple[DataFile, Source]:
    rows = source(steps)
    many = isinstance(rows.frame["new"].dtype, pd.CategoricalDtype) and rows.frame["new"].nunique() > 20
    spec = parse("y ~ x + (1 | new)" if many else "y ~ new + (1 | t)")
    comparison = SimpleNamespace(spec=spec, design=build(spec, rows.frame))  # no model is needed for what is read
    return data_file(comparison, rows), rows


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[DataFile, Source]]:
    return {name: file_of(steps) for name, steps in CASES.items()}


def same(found: list, expected: pd.Series) -> None:
    if isinstance(expected.dtype, pd.CategoricalDtype) or expected.dtype == "str":
        assert found == expected.astype(object).where(expected.notna(), None).tolist()
    else:
        numbers = np.array([math.nan if v is None or v == "NA" else float(v) for v in found])
        np.testing.assert_allclose(numbers, expected.to_numpy(float, na_value=math.nan), rtol=1e-11, atol=1e-11)


def test_every_kind_of_new_column_is_among_the_cases():
    assert {step.how for steps in CASES.values() for step in steps if isinstance(step, NewColumn)} == set(HOW)


def test_the_file_holds_what_the_column_is_made_from(made):
    file, _ = made["within"]
    assert set(file.frame.columns) == {"y", "t", "x", "school", "class"} and len(file.steps_in_code) == 1
    file, _ = made["a type before"]
    assert [type(stage.step).__name__ for stage in file.steps_in_code] == ["NewColumn"] and len(
        file.plan.done_before
    ) == 1


@pytest.mark.parametrize("name", list(CASES))
def test_pandas_makes_the_same(name, made):
    file, rows = made[name]
    variables: dict = {}
    lines = [*read_lines(file, "data", "ROWS"), *pandas_steps(file, read_lines)]
    exec("import io\nimport numpy as np\nimport pandas as pd\n" + "\n".join(lines), variables)
    found = variables["data"]["new"]
    same(found.astype(object).where(found.notna(), None).tolist(), rows.frame["new"])


RUN = """
values <- function(x) if (is.factor(x)) as.character(x) else x
found <- lapply(list.files(".", "[.]R$"), function(name) {
  place <- new.env()
  tryCatch({source(name, local = place, encoding = "UTF-8"); values(place$data[["new"]])}, error = function(e) conditionMessage(e))
})
names(found) <- list.files(".", "[.]R$")
jsonlite::write_json(found, "found.json", digits = NA, na = "null")
"""


@pytest.fixture(scope="module")
def from_r(made, tmp_path_factory) -> dict[str, list]:
    """What R makes of each case, all in one process."""
    if reason := r_lacks("jsonlite"):
        pytest.skip(reason)
    place: Path = tmp_path_factory.mktemp("steps")
    for k, (file, _) in enumerate(made.values()):
        (place / f"{k}.R").write_text("\n".join([*_read(file, "data"), *r_steps(file, _read)]), encoding="utf-8")
    (place / "run").write_text(RUN)
    ran = subprocess.run(["Rscript", "run"], cwd=place, env=UTF8, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads((place / "found.json").read_text())
    return {name: found[f"{k}.R"] for k, name in enumerate(made)}


@pytest.mark.parametrize("name", list(CASES))
def test_r_makes_the_same(name, made, from_r):
    rows = made[name][1]
    assert len(from_r[name]) == len(rows.frame), from_r[name]
    same(from_r[name], rows.frame["new"])


def test_what_cannot_be_coded_is_in_the_file():
    wide = Table(pd.DataFrame({"id": [1, 2, 3], "y_1": [1.0, 2, 3], "y_2": [2.0, 3, 5]}), "wide.csv")
    steps = (ToLong(Families((("y", ("y_1", "y_2")),), (1.0, 2.0))), NewColumn("m", "mean", "y", ("id",)))
    long = apply(Recipe(steps), wide)
    plan = plan_steps(Source("wide", long.frame, changes=long.notes, origin=wide, steps=steps), ["y", "m", "id"])
    assert (
        len(plan.done_before) == 1 and [stage.step for stage in plan.coded_steps] == [steps[1]] and len(plan.frame) == 6
    )


def test_rows_that_steps_do_not_give_stand_in_the_file_as_they_are():
    rows = source(CASES["mean"])
    rows.frame.loc[0, "new"] = 7.0
    assert not plan_steps(rows, ["y", "new"]).coded_steps
    assert not plan_steps(
        Source("rows", rows.frame, changes=rows.changes), ["y", "new"]
    ).coded_steps  # the origin is gone
