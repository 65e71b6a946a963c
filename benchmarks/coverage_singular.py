"""How often 95% intervals of singular fits cover the truth, by simulation; writes a table of docs/coverage.md.

Run as ``python -m benchmarks.coverage_singular``; it takes about two minutes on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from lmmcompare import lmer

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"
START, END = "<!-- made by python -m benchmarks.coverage_singular -->", "<!-- end of singular -->"
REPLICATES, GROUPS, SIZE = 4_000, 8, 4
Design = Callable[[np.random.Generator, float], pd.DataFrame]


def arms(random: np.random.Generator, sd: float) -> pd.DataFrame:
    """Groups of two arms that do not differ."""
    group = np.repeat(np.arange(GROUPS), SIZE)
    y = sd * random.normal(size=GROUPS)[group] + random.normal(size=len(group))
    return pd.DataFrame({"group": group, "x": group % 2, "y": y})


def trends(random: np.random.Generator, sd: float) -> pd.DataFrame:
    """Groups with trends of their own that are 0 on average, and intercepts with an SD of 1."""
    group, x = np.repeat(np.arange(GROUPS), SIZE), np.tile(np.arange(SIZE) - (SIZE - 1) / 2, GROUPS)
    own = random.normal(size=(2, GROUPS)) * np.array([[1.0], [sd]])
    return pd.DataFrame(
        {"group": group, "x": x, "y": own[0, group] + own[1, group] * x + random.normal(size=len(group))}
    )


def covered(design: Design, formula: str, sd: float) -> pd.DataFrame:
    """A row for each data set: ``singular``, and whether Satterthwaite's and Kenward and Roger's intervals of x hold 0, and their ratio."""
    random, rows = np.random.default_rng(1), []
    for _ in range(REPLICATES):
        fit = lmer(formula, design(random, sd))
        reach = [
            float(stdtrit(df["x"], 0.975) * se["x"])
            for se, df in ((fit.bse, fit.df), (fit.bse_kenward_roger, fit.df_kenward_roger))
        ]
        rows.append((fit.singular, *(abs(fit.params["x"]) <= r for r in reach), reach[1] / reach[0]))
    return pd.DataFrame(rows, columns=["singular", "satterthwaite", "kenward_roger", "wider"])


def lines() -> list[str]:
    """The table in Markdown."""
    heads = [
        "coefficient",
        "SD that may end at 0",
        "singular fits, %",
        "Satterthwaite, all fits",
        "Satterthwaite, singular fits",
    ]
    heads += ["Kenward-Roger, all fits", "Kenward-Roger, singular fits", "wider there by"]
    result = [f"| {' | '.join(heads)} |", f"| {' | '.join(['---'] * len(heads))} |"]
    cases = [(arms, "y ~ x + (1 | group)", "difference of two arms, random intercept", sd) for sd in (0.0, 0.3, 0.5)]
    cases += [(trends, "y ~ x + (x | group)", "trend, random intercept and slope", sd) for sd in (0.0, 0.2, 0.4)]
    for design, formula, words, sd in cases:
        frame = covered(design, formula, sd)
        part = frame[frame["singular"]]
        cells = [words, f"{sd:g}", f"{100 * frame['singular'].mean():.0f}"]
        for method in ("satterthwaite", "kenward_roger"):
            cells += [_share(frame[method]), _share(part[method])]
        cells.append(f"{100 * (part['wider'].mean() - 1):.0f}%")
        result.append(f"| {' | '.join(cells)} |")
    return result


def _share(hits: pd.Series) -> str:
    share = float(hits.mean())
    return f"{100 * share:.1f} ({100 * np.sqrt(share * (1 - share) / len(hits)):.1f})"


def main() -> None:
    before, _, rest = PAGE.read_text().partition(START)
    PAGE.write_text("\n".join([before + START, "", *lines(), "", END]) + rest.partition(END)[2])


if __name__ == "__main__":
    main()
