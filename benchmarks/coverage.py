"""How often 95% intervals cover the truth, by simulation; writes the table of docs/coverage.md.

Run as ``python -m benchmarks.coverage``; with ``--check`` it only prints it. About four minutes on one core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from lmmcompare.fit.mixed import MixedFit, mixed
from lmmcompare.inference.bootstrap import bootstrap
from lmmcompare.inference.kenward_roger import kenward_roger
from lmmcompare.inference.profile import Parameter, profile
from lmmcompare.inference.satterthwaite import Satterthwaite
from lmmcompare.moments.groups import Moments
from lmmcompare.moments.row_pass import compute

Array = np.ndarray
PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"
START, END = "<!-- made by python -m benchmarks.coverage -->\n", "<!-- end -->\n"

COLUMNS = [-1, 0, 1]
TRUTH = {"intercept": 2.0, "slope of x": 0.5, "slope of w": 0.3, "SD of groups": 0.7, "residual SD": 1.0}
"""y = 2 + 0.5 x + 0.3 w + group + residual: x varies within groups, w between them only."""
TARGETS = list(TRUTH)


@dataclass(frozen=True)
class Setting:
    """A design whose predictors stay the same while the outcome is drawn again and again."""

    name: str
    sizes: Sequence[int]

    def columns(self) -> tuple[Array, Array, Array]:
        """x, w and each row's group."""
        random = np.random.default_rng(1)
        group = np.repeat(np.arange(len(self.sizes)), self.sizes)
        x, w = random.normal(size=len(group)), random.normal(size=len(self.sizes))
        return x, ((w - w.mean()) / w.std())[group], group


SETTINGS = [
    Setting("6 groups of 5", [5] * 6),
    Setting("20 groups of 5", [5] * 20),
    Setting("10 groups of 1 to 12", [1, 2, 2, 3, 4, 5, 6, 7, 8, 12]),
]


@dataclass(frozen=True)
class Method:
    """A way to intervals.

    Parameters
    ----------
    name : str
    limits : callable
        From the fit, its moments and a seed to the lower and upper limits of the targets, NaN where it gives none.
    replicates : int
    """

    name: str
    limits: Callable[[MixedFit, Moments, int], Array]
    replicates: int


def wald(se: Array, df: Array | float, fit: MixedFit) -> Array:
    result = np.full((5, 2), np.nan)
    reach = stdtrit(df, 0.975) * se
    result[:3] = np.column_stack([fit.beta - reach, fit.beta + reach])
    return result


def with_normal(fit: MixedFit, moments: Moments, seed: int) -> Array:
    return wald(np.sqrt(np.diag(fit.vcov)), 1e10, fit)


def with_satterthwaite(fit: MixedFit, moments: Moments, seed: int) -> Array:
    return wald(np.sqrt(np.diag(fit.vcov)), Satterthwaite.of(fit).df(), fit)


def with_kenward_roger(fit: MixedFit, moments: Moments, seed: int) -> Array:
    result = kenward_roger(fit)
    return wald(result.se(), result.df(), fit)


def by_profile(fit: MixedFit, moments: Moments, seed: int) -> Array:
    wanted = [*(Parameter("coefficient", (k,)) for k in range(3)), Parameter("sd", (0, 0)), Parameter("residual")]
    return np.array([[result.lower, result.upper] for _, result in profile(fit, moments, wanted)])


def by_bootstrap(fit: MixedFit, moments: Moments, seed: int) -> Array:
    result = bootstrap(fit, moments, replicates=400, seed=seed).intervals()
    return np.column_stack([result.lower, result.upper])


METHODS = [
    Method("Wald, normal", with_normal, 2000),
    Method("Wald, Satterthwaite", with_satterthwaite, 2000),
    Method("Wald, Kenward-Roger", with_kenward_roger, 2000),
    Method("profile likelihood", by_profile, 500),
    Method("parametric bootstrap, percentile", by_bootstrap, 500),
]


def study(setting: Setting, method: Method, replicates: int) -> pd.DataFrame:
    """Coverage of each target: ``setting, method, replicates, target, coverage, mcse, width``.

    Every method sees the same outcomes. A method that gives no limits for a target has no row for it; where it usually does, a
    limit that was not found (NaN) reaches as far as it can, and the median width leaves it out.
    """
    x, w, group = setting.columns()
    random = np.random.default_rng(2)
    covered, widths = np.zeros((replicates, 5)), np.zeros((replicates, 5))
    given = np.zeros(5, dtype=bool)
    truth = np.array(list(TRUTH.values()))
    for k in range(replicates):
        effect = truth[3] * random.normal(size=len(setting.sizes))
        y = truth[:3] @ [np.ones(len(x)), x, w] + effect[group] + truth[4] * random.normal(size=len(x))
        moments = compute([x, w, y], group, len(x), len(setting.sizes))
        limits = method.limits(mixed(moments, COLUMNS, [[-1]]), moments, k)
        given |= np.isfinite(limits).any(axis=1)
        covered[k] = ~(limits[:, 0] > truth) & ~(limits[:, 1] < truth)
        widths[k] = limits[:, 1] - limits[:, 0]
    share = covered.mean(axis=0)
    frame = pd.DataFrame({
        "setting": setting.name, "method": method.name, "replicates": replicates, "target": TARGETS, "coverage": share,
        "mcse": np.sqrt(share * (1 - share) / replicates),
    })  # fmt: skip
    return frame[given].assign(width=np.nanmedian(widths[:, given], axis=0))


def main() -> None:
    begin = time.perf_counter()
    result = pd.concat([study(s, m, m.replicates) for s in SETTINGS for m in METHODS], ignore_index=True)
    text = f"{START}\n{as_text(result)}\n{END}"
    if "--check" in sys.argv:
        print(text)
    else:
        before, _, rest = PAGE.read_text().partition(START)
        PAGE.write_text(before + text + rest.partition(END)[2])
    print(f"{len(result)} coverages in {time.perf_counter() - begin:.0f} s")


def as_text(result: pd.DataFrame) -> str:
    """The table in Markdown: per cent with the Monte Carlo error in brackets."""
    lines = [row("design", "intervals", "data sets", *TARGETS), row(*["---"] * (len(TARGETS) + 3))]
    for (setting, method, replicates), part in result.groupby(["setting", "method", "replicates"], sort=False):
        shown = {
            t: f"{100 * c:.1f} ({100 * e:.1f})"
            for t, c, e in zip(part["target"], part["coverage"], part["mcse"], strict=True)
        }
        lines.append(row(str(setting), str(method), f"{replicates:,}", *(shown.get(t, "") for t in TARGETS)))
    return "\n".join(lines) + "\n"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
