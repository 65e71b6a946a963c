"""Random tables with one to four predictors of every kind that people bring, and what kind each column is, by construction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

import lmmcompare
from lmmcompare.comparison.comparison import Comparison
from tests.explain.dense_identity import Dense

Array = np.ndarray
KINDS = ("both", "both", "within", "between", "category", "arm", "mean", "rounded", "interaction")


@dataclass
class RandomTable:
    """A frame with a formula; ``columns`` are the model matrix's columns by coefficient, ``levels`` what they are by construction."""

    frame: pd.DataFrame
    formula: str
    columns: dict[str, Array]
    levels: dict[str, str]


def random_table(seed: int) -> RandomTable:
    """The table of a seed."""
    rng = np.random.default_rng([17, seed])
    groups = int(rng.integers(7, 25))
    n = rng.integers(2, 9, groups) if rng.random() < 0.7 else np.full(groups, rng.integers(2, 7))
    g = np.repeat(np.arange(groups), n)
    frame = pd.DataFrame({"g": [f"g{k:02d}" for k in g]})
    columns: dict[str, Array] = {}
    levels: dict[str, str] = {}
    terms: list[str] = []

    def mean_of(x: Array) -> Array:
        return (np.bincount(g, x) / np.bincount(g))[g]

    def add(name: str, values: Array, level: str) -> None:
        frame[name] = values
        columns[name], levels[name] = values.astype(float), level
        terms.append(name)

    for at in range(int(rng.integers(1, 5))):
        kind, name = str(rng.choice(KINDS)), "xzwv"[at]
        home, noise = rng.normal(size=groups)[g], rng.normal(size=len(g))
        numbers = [t for t in terms if levels.get(t) == "both" and t in frame and frame[t].dtype.kind == "f"]
        if kind in ("mean", "rounded", "interaction") and not numbers:
            kind = "both"
        if kind == "both":
            add(name, rng.choice([0.2, 1, 3]) * home + noise + rng.choice([0, 50.0]), "both")
        elif kind == "within":
            add(name, noise - mean_of(noise), "within")
        elif kind == "between":
            add(name, home, "between")
        elif kind in ("category", "arm"):
            text = rng.choice(list("ab"), len(g)) if kind == "category" else rng.choice(list("ab"), groups)[g]
            text[:2], text[g == g[-1]] = ("a", "a"), "b" if kind == "arm" else text[g == g[-1]]
            if kind == "arm":
                text[g == 0] = "a"
            else:
                text[:2] = ["a", "b"]
            frame[name] = text
            terms.append(name)
            columns[f"{name}[T.b]"] = (text == "b").astype(float)
            own = columns[f"{name}[T.b]"]
            flat = np.ptp(np.bincount(g, own) / np.bincount(g)) < 1e-12
            levels[f"{name}[T.b]"] = "between" if kind == "arm" else "within" if flat else "both"
        elif kind in ("mean", "rounded"):
            of = numbers[0]
            mean = mean_of(frame[of].to_numpy())
            add(name, mean if kind == "mean" else mean.round(2), "contextual")
            levels[of] = "within_given_means"
        else:
            of = numbers[0]
            partner = next((t for t in terms if t != of), None)
            if partner is None or partner not in frame or frame[partner].dtype.kind != "f":
                add(name, rng.normal(size=len(g)), "both")
                partner = name
            of, partner = sorted((of, partner))
            if f"{of}:{partner}" in columns:
                continue
            columns[f"{of}:{partner}"] = columns[of] * columns[partner]
            levels[f"{of}:{partner}"] = "both"
            terms.append(f"{of}:{partner}")
    likeness = rng.choice(["none", "some", "strong", "negative"])
    y = rng.normal(size=len(g)) * rng.choice([0.3, 1.0])
    if likeness == "negative":
        y = y - 0.95 * mean_of(y)
    y += {"none": 0.0, "some": 0.5, "strong": 3.0, "negative": 0.0}[str(likeness)] * rng.normal(size=groups)[g]
    for values in columns.values():
        y += rng.normal() * values + rng.choice([0, 2.0]) * rng.normal() * mean_of(values)
    frame["y"] = y
    frame["h"] = rng.choice(list("pqrst"), len(g))
    slope = next((t for t in terms if levels.get(t) in ("both", "within")), None)
    random = "(1 | g)"
    if slope and rng.random() < 0.15:
        random = f"({slope} | g)"
    elif rng.random() < 0.1:
        random = "(1 | g) + (1 | h)"
    return RandomTable(frame, f"y ~ {' + '.join(sorted(terms, key=lambda t: ':' in t))} + {random}", columns, levels)


@cache
def fitted(seed: int) -> tuple[Comparison, RandomTable] | None:
    """The comparison of a seed's table; None where few groups make the design collinear or overloaded."""
    drawn = random_table(seed)
    try:
        return lmmcompare.compare(drawn.formula, drawn.frame), drawn
    except lmmcompare.LmmCompareError:
        return None


def variance_of_means(both: Comparison, dense: Dense) -> tuple[float, float]:
    """Of the model that keeps slopes within and between apart the variance ratio, and the least residual variance of the means.

    The least is for rows that do not offset each other, where the ratio is 0.
    """
    apart = both.fits.get("within_between", both.random_intercept)
    ratio = float(apart.fit.optimum.solution.theta[0]) ** 2
    offsetting = dense.residual_correlation() < 0 and dense.p_less_alike() < 0.025
    return ratio, apart.sigma**2 if ratio < 1e-8 and not offsetting else 0.0
