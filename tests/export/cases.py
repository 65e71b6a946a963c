"""Comparisons whose code is run: bundled examples, and tables whose names and levels are as bad as they come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

import lmmcompare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.data.join import Join
from lmmcompare.data.new_columns import NewColumn
from lmmcompare.data.recipe import Recipe, apply
from lmmcompare.data.steps import Keep
from lmmcompare.data.table import Table, with_companions
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.simulate.settings import Settings
from lmmcompare.tables.inference import Intervals, Resampling, infer
from tests import effort
from tests.sources import example_source, file_source, simulated_source


@dataclass(frozen=True)
class Case:
    """A comparison and its source."""

    name: str
    formula: str
    source: Source
    reml: bool = True
    group: str | None = None
    term: str | None = None
    kenward_roger: bool = False
    intervals: Intervals = "Wald"

    @cached_property
    def comparison(self) -> Comparison:
        return lmmcompare.compare(self.formula, self.source.frame, self.reml, group=self.group)

    @cached_property
    def snapshot(self) -> Snapshot:
        chosen = infer(self.comparison, kenward_roger=self.kenward_roger, intervals=self.intervals)
        return Snapshot(self.comparison, self.source, term=self.term, chosen=chosen)


def example(name: str, formula: str = "", **options: object) -> Case:
    """A bundled example, with its own formula or another."""
    formula = formula or lmmcompare.examples.get(name).formula
    return Case(f"{name}: {formula}", formula, example_source(name), **options)  # type: ignore[arg-type]


def nasty(rows: int = 240, seed: int = 3) -> pd.DataFrame:
    """A table with everything that code could trip over: names, levels, missing values, dtypes."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 12, rows)
    site = group // 3
    x = rng.exponential(size=rows) + 0.2 * group
    flag = rng.random(rows) < 0.5
    arm = rng.integers(0, 3, rows)
    y = 1 + 0.7 * x + 0.4 * flag + 0.5 * arm + rng.normal(size=12)[group] + rng.normal(size=rows)
    arms = ['he said "no"', "a\nb", "Ω # 1' \\"]
    frame = pd.DataFrame({
        "if": y, "TRUE": x, "Score (points)": 2 * y + rng.normal(size=rows), "größe 年": x + rng.normal(size=rows),
        'a "quoted" name': rng.normal(size=rows), "it's": rng.normal(size=rows), "back\\slash\n# newline": rng.normal(size=rows),
        "offset(x)": rng.normal(size=rows), "=1+1": rng.normal(size=rows), "data": rng.normal(size=rows), "flag": flag,
        "arm": pd.Categorical.from_codes(arm, arms), "plain": pd.Categorical.from_codes(arm, ["low", "mid, or so", "NA"]),
        "who is it": [f"P {g}" for g in group], "group": group, "site": [f"site{s}" for s in site], "day": arm + 1.5,
        "within site": group % 3, "big": group.astype("int64") + 2**60, "column_2": rng.normal(size=rows),
        "levels": pd.Categorical.from_codes(group, [f"l\u202e{k}\t" for k in range(12)]),
        "C": rng.normal(size=rows), "np": rng.normal(size=rows),
    })  # fmt: skip
    frame.loc[rng.integers(0, rows, 8), "TRUE"] = np.nan
    frame.loc[rng.integers(0, rows, 8), "arm"] = np.nan
    frame.loc[rng.integers(0, rows, 8), "plain"] = np.nan
    hours = pd.Timestamp("2020-02-28 06:00") + pd.to_timedelta(np.arange(rows) * 7 % 1000, "h")
    frame["the day"], frame["moment"] = hours.strftime("%Y-%m-%d"), hours
    frame.loc[3, "the day"] = None
    frame["flag"] = frame["flag"].astype("boolean")
    frame.loc[rng.integers(0, rows, 5), "flag"] = pd.NA
    return frame


NASTY = {
    "reserved words": "`if` ~ `TRUE` + (1 | `who is it`)",
    "blanks, unicode, slope": "`Score (points)` ~ `größe 年` + (`größe 年` | `who is it`)",
    "quotes": '`if` ~ `a "quoted" name` * `it\'s` + (1 | levels)',
    "backslash and newline": "`if` ~ `back\\slash\n# newline` + `offset(x)` + `=1+1` + (1 | group)",
    "names of R and Python": "`if` ~ data + column_2 + C + np + `=1+1` + (1 | group)",
    "categories": "`if` ~ arm * `TRUE` + flag + (1 | group)",
    "levels NA and comma": "`if` ~ plain + `TRUE` + (1 | `who is it`)",
    "category slope": "`if` ~ flag + (flag | group)",
    "no intercept": "`if` ~ 0 + `TRUE` + arm + (1 | group)",
    "uncorrelated": "`if` ~ `TRUE` + data + (`TRUE` + data || group)",
    "nested": "`if` ~ `TRUE` + (1 | site/group)",
    "a:b shown": "`if` ~ plain + `TRUE` + (1 | site:`within site`)",
    "crossed with a slope": "`if` ~ `TRUE` + (`TRUE` | group) + (1 | day)",
    "functions": "log(`Score (points)` + 20) ~ scale(`TRUE`) + center(data) + I(`TRUE`^2 / (1 + data^2)) + (1 | group)",
    "spline": "`if` ~ bs(`TRUE`, df=5) + (1 | group)",
    "splines": "`if` ~ bs(`TRUE`, df=5) + poly(data, 2) + (1 | group)",
    "factor of a number": "`if` ~ factor(day) + C(`within site`) + I(flag * 2) + (1 | `who is it`)",
    "codings": "`if` ~ C(arm, contr.sum) * `TRUE` + C(site, contr.helmert) + (1 | group)",
    "differences": "`if` ~ C(arm, contr.sdif) + C(`within site`, contr.poly) + (C(flag, contr.sum) | group)",
    "orders": "`if` ~ ordered(`within site`) + (1 | group)",
    "baselines": '`if` ~ relevel(factor(plain), ref="mid, or so") + C(`within site`, contr.treatment, base=2) + (1 | group)',
    "group among the predictors": "`if` ~ site + `TRUE` + (1 | group) + (1 | site:arm)",
    "slope alone": "`if` ~ `TRUE` + (0 + `TRUE` | group)",
    "huge ids": "`if` ~ `TRUE` + (1 | big)",
    "scaled outcome": "scale(`if`) ~ `TRUE` + (1 | group)",
    "logical outcome": "flag ~ `TRUE` + (1 | group)",
    "number as group and slope": "`if` ~ day + (day | group) + (1 | day)",
    "days": "`if` ~ `the day` + `TRUE` + (1 | group)",
    "comparisons": "`if` ~ log(abs(`TRUE`) + 1, 2) + (`TRUE` > 1) + flag * I(data < 0) + round(data, 1) + (1 | group)",
    "means": "2 * `if` ~ I(`TRUE` - mean(`TRUE`, na.rm = TRUE)) + pmin(data, 0) + ifelse(data > 0 & flag, data, 0) + (1 | group)",
    "natural spline and intervals": "`if` ~ ns(`TRUE`, df=3) + cut(data, c(-1, 0, 1)) + (1 | group)",
    "equal intervals": "`if` ~ cut(`TRUE`, 3) + dummy(day, 2.5) + (I(data > 0) | group)",
    "times": "`if` ~ scale(moment) + `TRUE` + (1 | group)",
    "not estimable": "`if` ~ `TRUE` * arm + I(2 * `TRUE` + 1) + plain + arm:plain + (`TRUE` | group)",
    "weights and offsets": "`if` ~ `TRUE` + arm + offset(data / 2) + offset(`offset(x)`) + (`TRUE` | group), weights = 1 + `=1+1`^2",
    "weights of a column, with zeros": "`if` ~ `größe 年` + data + (1 | `who is it`), weights = `within site`",
}

EXAMPLES = [
    example("cv161703"),
    example("cv161703", reml=False),
    example("dragons"),
    example("chapter7"),
    example("dyestuff2"),
    example("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
    example("pastes", group="batch:cask"),
    example("pastes", reml=False),
    example("sleepstudy"),
    example("sleepstudy", "Reaction ~ Days + (Days || Subject)", reml=False),
    example("oats"),
    example("exam", "normexam ~ standLRT + sex + schgend + (standLRT | school)"),
]
SIMULATED = [
    Case(
        "simulated",
        Settings(groups=15, size=8, tau1=0.4, seed=5).formula,
        simulated_source(Settings(groups=15, size=8, tau1=0.4, seed=5)),
    ),
    Case(
        "simulated, unequal",
        "y ~ x + (1 | group)",
        simulated_source(Settings(size=(2, 9, 4, 7, 12, 5, 3), rho_mean=0.5, seed=9)),
    ),
]


def steep(groups: int = 24, rows: int = 8, seed: int = 7) -> pd.DataFrame:
    """Intercepts and two slopes that vary, well off the boundary; an arm and a site between groups, outcomes missing."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(groups), rows)
    a, b = rng.normal(size=(2, len(g)))
    effects = rng.multivariate_normal([0, 0, 0], [[1.5, 0.5, 0.2], [0.5, 2.0, -0.3], [0.2, -0.3, 1.2]], groups)[g]
    arm, week = g % 2, np.tile(np.arange(rows), groups) % 4
    y = 2 + a - 0.5 * b + arm + effects[:, 0] + effects[:, 1] * a + effects[:, 2] * b + rng.normal(size=len(g))
    y += 0.8 * rng.normal(size=8)[np.arange(len(g)) % 8]
    y[rng.random(len(g)) < 0.1] = np.nan
    return pd.DataFrame({
        "y": y, "a": a + 1, "b": b, "week": week, "arm": np.where(arm, "Placebo", "Active"), "g": [f"G{k:02}" for k in g],
        "item": np.arange(len(g)) % 8,
    })  # fmt: skip


STEEP = file_source("steep.csv", steep())


def tied(seed: int = 2) -> pd.DataFrame:
    """Two crossed factors of ten levels, the first with slopes, and one of twenty; all vary."""
    rng = np.random.default_rng(seed)
    g, h = np.divmod(np.arange(400) % 100, 10)
    big, x = rng.permutation(np.arange(400) % 20), rng.normal(size=400)
    own, slopes, other = rng.normal(size=(3, 10))
    y = own[g] * 2 + slopes[g] * x + other[h] + 1.5 * rng.normal(size=20)[big] + rng.normal(size=400)
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h, "big": big})


TIED = Case("lme4 sorts the terms", "y ~ x + (x || g) + (1 | h) + (1 | big)", file_source("tied.csv", tied()))
DRAWS = effort.examples(150, fewest=50)
"""Samples of each bootstrap: the tolerances of its limits go by their number, and R takes a second for a hundred."""
FURTHER: list[tuple[str, bool, bool, Intervals, str]] = [
    ("y ~ a + arm + (1 | g)", True, False, "profile", "arm[T.Placebo]"),
    ("y ~ a + b + (a + b || g)", False, False, "profile", "b"),
    ("y ~ a + arm + (1 | g)", True, True, Resampling("parametric", DRAWS), "arm[T.Placebo]"),
    ("y ~ a + b + (a + b | g)", True, True, "Wald", "b"),
    ("y ~ a + arm + (1 | g) + (1 | item)", False, False, "profile", "a"),
    ("y ~ a + b + (b | g)", False, False, Resampling("parametric", DRAWS, seed=5), "b"),
    ("y ~ a + arm + (1 | g)", True, False, Resampling("case", DRAWS), "arm[T.Placebo]"),
]  # fmt: skip
"""The same kinds of inference for other models: three quarters of a minute of R's, which only thorough runs spend on their scripts."""
KINDS = [
    Case(
        f"{formula}, {'REML' if reml else 'ML'}, {intervals}{', Kenward-Roger' if kr else ''}", formula, STEEP, reml, term=term,
        kenward_roger=kr, intervals=intervals,
    )
    for formula, reml, kr, intervals, term in [
        ("y ~ a + arm + (1 | g)", True, True, "Wald", "arm[T.Placebo]"),
        ("y ~ scale(a) * arm + factor(week) + (1 | g)", True, True, "Wald", "arm[T.Placebo]"),
        ("y ~ poly(a, 2) + b + (b | g)", True, True, "Wald", "b"),
        ("y ~ a + b + (b | g)", True, True, "profile", "b"),
        ("y ~ a + arm + (a | g) + (1 | item)", True, True, "Wald", "arm[T.Placebo]"),
        ("y ~ 1 + (1 | g)", True, True, "profile", "Intercept"),
        ("y ~ a + arm + (1 | g) + (1 | item)", True, False, Resampling("parametric", DRAWS), "arm[T.Placebo]"),
        ("y ~ a + b + (b || g)", False, False, Resampling("case", DRAWS), "b"),
        ("y ~ a + arm + offset(b / 2) + (1 | g), weights = 1 + week", True, False, "Wald", "arm[T.Placebo]"),
        ("y ~ a + arm + (1 | g), weights = week", True, False, Resampling("parametric", DRAWS), "a"),
        ("y ~ a + b + (b | g), weights = exp(a / 4)", False, False, Resampling("case", DRAWS), "b"),
        *FURTHER,
    ]
]  # fmt: skip
"""Every kind of inference that the page offers, with outcomes missing: the scripts are run and set beside the page."""


def _changed() -> Source:
    """That table joined with one of its groups, some rows left out, a predictor split within and between."""
    origin = with_companions(
        Table(steep(), "steep.csv"),
        [Table(pd.DataFrame({"group": [f"G{k:02}" for k in range(24)], "size": range(24)}), "groups.csv")],
    )
    steps = (
        Join("groups.csv", (("g", "group"),)),
        Keep("week", "between", 0, 2),
        NewColumn("a_mean", "mean", "a", ("g",)),
        NewColumn("a_within", "within", "a", ("g",)),
        NewColumn("cell", "combination", "arm", ("week",)),
    )
    table = apply(Recipe(steps), origin)
    return Source("changed.csv", table.frame, changes=table.notes, origin=origin, steps=steps)


KINDS.append(Case("a changed table", "y ~ a_within + a_mean + size + cell + (1 | g)", _changed(), term="a_within"))
_SPARED = set() if effort.THOROUGH else {(formula, intervals) for formula, _, _, intervals, _ in FURTHER}
RUN = [case for case in KINDS if (case.formula, case.intervals) not in _SPARED]
"""Those whose scripts are run."""


@cache
def nasty_cases() -> list[Case]:
    """Every formula on the nasty table; every third by maximum likelihood, every fourth on a table small enough to stand inline."""
    small, large = nasty(180), nasty(240)
    return [
        Case(name, formula, file_source(f"{name} 'data\".csv", large if k % 4 else small), reml=k % 3 > 0)
        for k, (name, formula) in enumerate(NASTY.items())
    ]
