"""The estimated cost of fitting all models beside the processor time that it takes: ``python -m benchmarks.cost``."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from lmmcompare import compare
from lmmcompare.work.interruption import Watch, watched

# rows, predictors, levels of g and of h, random coefficients of either
CASES = [
    (10_000, 1, 100, 0, 1),
    (300_000, 1, 100_000, 0, 1),
    (300_000, 1, 100_000, 0, 2),
    (200, 5, 20, 0, 6),
    (200, 7, 20, 0, 8),
    (100_000, 3, 10_000, 0, 4),
    (100_000, 30, 20_000, 0, 1),
    (50_000, 1, 1_000, 300, 2),
    (50_000, 1, 2_000, 1_200, 1),
    (20_000, 1, 3_000, 2_500, 1),
    (100_000, 1, 20_000, 800, 1),
    (20_000, 2, 300, 100, 3),
]


def drawn(rows: int, predictors: int, g: int, h: int) -> pd.DataFrame:
    """A simulated table whose random effects and residuals all have variance 1."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({f"x{k}": rng.normal(size=rows) for k in range(predictors)})
    table["g"], table["y"] = rng.integers(g, size=rows), table["x0"] + rng.normal(size=rows)
    table["y"] += rng.normal(size=g)[table["g"]]
    if h:
        table["h"] = rng.integers(h, size=rows)
        table["y"] += rng.normal(size=h)[table["h"]]
    return table


def main() -> None:
    """Print a line a case."""
    print(f"{'rows':>9}{'columns':>9}{'levels':>16}{'random':>8}{'foreseen s':>12}{'measured s':>12}{'ratio':>8}")
    for rows, predictors, g, h, k in CASES:
        names = [f"x{i}" for i in range(predictors)]
        random = " + ".join(["1", *names[: k - 1]])
        formula = f"y ~ {' + '.join(names)} + ({random} | g)" + (f" + ({random} | h)" if h else "")
        table, costs = drawn(rows, predictors, g, h), list[float]()
        begin = time.process_time()
        with watched(Watch(lambda: False, costs.append)):
            compare(formula, table)
        spent = time.process_time() - begin
        levels = f"{g:,} x {h:,}" if h else f"{g:,}"
        print(f"{rows:9,}{predictors + 1:9}{levels:>16}{k:8}{costs[0]:12.2f}{spent:12.2f}{costs[0] / spent:8.1f}")


if __name__ == "__main__":
    main()
