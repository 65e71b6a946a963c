"""Random mixed models to try: unbalanced, singular, of wild scales; crossed, nested, with empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.dense import Dense

SHIFTS = (0.0, 1.0, -300.0, 1e4, 1e6)
SCALES = tuple(2.0**k for k in (-10, -3, 0, 0, 0, 4, 20))
"""Powers of two, so that a column can be scaled and scaled back without rounding."""
SPREADS = (0.0, 0.0, 1e-3, 0.1, 0.5, 1.0, 3.0, 30.0)
"""Standard deviations of the random coefficients, in those of the residuals."""
TERMS = {
    "(1 | {})": ["1"],
    "(x | {})": ["1x"],
    "(x || {})": ["1", "x"],
    "(0 + x | {})": ["x"],
    "(x + z | {})": ["1xz"],
    "(z | {})": ["1z"],
}
FIXED = ("1", "1x", "1xz", "1xc", "1xw", "1xzcw", "x", "1z")


@dataclass(frozen=True)
class RandomDesign:
    """A model, its table, and the same table in units in which nothing is large or small.

    Parameters
    ----------
    formula : str
    frame : DataFrame
        What the package is given.
    plain : DataFrame
        ``(frame - shift) / scale``, exactly: what the dense reference is given.
    shift, scale : dict
        By column.
    fixed : str
    blocks : list of str
    groups : list of str
        The grouping factor of each block.
    factors : list of str
        The grouping factors, in the order of the formula.
    reml : bool
    truth : list of arrays
        The relative covariance that each block was simulated with.
    """

    formula: str
    frame: pd.DataFrame
    plain: pd.DataFrame
    shift: dict[str, float]
    scale: dict[str, float]
    fixed: str
    blocks: list[str]
    groups: list[str]
    factors: list[str]
    reml: bool
    truth: list[np.ndarray]

    def dense(self) -> Dense:
        return Dense(self.plain, "y", self.fixed, self.blocks, self.groups)

    def leaves_residuals(self) -> bool:
        """Whether fixed and random columns together leave something of the outcome; the likelihood is unbounded otherwise."""
        dense = self.dense()
        whole = np.column_stack([dense.X, *(z for parts in dense.Z for z in parts)])
        return np.linalg.matrix_rank(whole) < len(dense.y)

    def to_units(self, columns: Sequence[str]) -> np.ndarray:
        """The matrix that takes coefficients of the plain columns to those of the frame's."""
        matrix = []
        for name in columns:
            if name == "c":
                matrix += [1.0] * (self.plain["c"].nunique() - 1)
            else:
                matrix.append(1 / self.scale.get(name, 1.0))
        units = np.diag(matrix)
        if "1" in columns:
            at = list(columns).index("1")
            for k, name in enumerate(columns):  # "c" comes after all that are shifted
                units[at, k] -= self.shift.get(name, 0.0) / self.scale.get(name, 1.0) if k != at else 0.0
        return self.scale["y"] * units


def random_design(seed: int, several: bool) -> RandomDesign:
    """The design of a seed; with one grouping factor, or with two or three."""
    random = np.random.default_rng([seed, several])
    table, factors = _groups(random, several)
    n = len(table)
    table["x"], table["z"] = random.normal(size=(2, n)) + random.choice([0.0, 1.0, 3.0]) * random.normal(size=(2, 1))
    table["w"] = random.normal(size=n)[_codes(table, factors[0])]  # constant within the first factor
    table["c"] = np.append(list("uv"), random.choice(list("uv"), n - 2))
    fixed = str(random.choice(FIXED, p=[0.15, 0.3, 0.1, 0.1, 0.1, 0.05, 0.1, 0.1]))
    common = 0.75 if several else 0.35  # most terms of models with several factors are intercepts
    texts = [str(random.choice(list(TERMS), p=[common, *[(1 - common) / 5] * 5])) for _ in factors]
    blocks = [block for text in texts for block in TERMS[text]]
    groups = [factor for text, factor in zip(texts, factors, strict=True) for _ in TERMS[text]]
    part = " + ".join(name for name in fixed) if "1" in fixed else "0 + x"
    formula = f"y ~ {part} + {' + '.join(t.format(f) for t, f in zip(texts, factors, strict=True))}"

    y = random.normal(size=n) + (2.0 if "1" in fixed else 0.0) + random.normal() * table["x"]
    truth = []
    for block, factor in zip(blocks, groups, strict=True):
        root = np.diag(random.choice(SPREADS, len(block))) @ random.normal(size=(len(block), len(block)))
        codes = _codes(table, factor)
        effects = random.normal(size=(codes.max() + 1, len(block))) @ root.T
        y += sum(effects[codes, k] * (1.0 if name == "1" else table[name]) for k, name in enumerate(block))
        truth.append(root @ root.T)
    table["y"] = y
    shift, scale = _units(random, fixed, blocks)
    frame = table.assign(**{k: table[k] * scale[k] + shift[k] for k in "xzwy"})
    plain = table.assign(**{k: (frame[k] - shift[k]) / scale[k] for k in "xzwy"})
    order = random.permutation(n)
    return RandomDesign(
        formula, frame.iloc[order].reset_index(drop=True), plain.iloc[order].reset_index(drop=True), shift, scale,
        fixed, blocks, groups, factors, bool(random.integers(2)), truth,
    )  # fmt: skip


def _groups(random: np.random.Generator, several: bool) -> tuple[pd.DataFrame, list[str]]:
    n = int(random.integers(10, 70))

    def factor(letter: str, most: int) -> np.ndarray:
        """Levels of very different sizes, some of one row."""
        levels = int(random.integers(2, max(3, min(most, n // 2))))
        share = random.dirichlet(np.full(levels, random.choice([0.3, 1.0, 30.0])))
        drawn = np.append([0, 0, 1], random.choice(levels, n - 3, p=share))  # two levels at least, and one repeats
        return np.array([f"{letter}{k:02d}" for k in random.permutation(drawn)])

    if not several:
        return pd.DataFrame({"g": factor("g", 20)}), ["g"]
    kind = random.choice(["crossed", "full", "nested", "unique", "interaction", "three"])
    table = pd.DataFrame({"g": factor("g", 9), "h": factor("h", 9), "k": factor("k", 5)})
    if kind == "full":
        j, m, replicates = random.integers(2, [7, 7, 4])
        cells = pd.MultiIndex.from_product([range(j), range(m), range(replicates)], names=["g", "h", "r"]).to_frame()
        return pd.DataFrame({"g": "g" + cells["g"].astype(str), "h": "h" + cells["h"].astype(str)}).reset_index(
            drop=True
        ), ["g", "h"]
    if kind == "unique":
        table["h"] = table["g"] + table["k"]
    factors = {"nested": ["g", "g:k"], "interaction": ["g", "k", "g:k"], "three": ["g", "h", "k"]}.get(kind, ["g", "h"])
    return table, [factors[k] for k in random.permutation(len(factors))]


def _units(random: np.random.Generator, fixed: str, blocks: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Where each column's zero lies and how large its unit is.

    A column whose random slope has no intercept beside it keeps its zero, as does every column of a model without a
    fixed intercept: there another zero is another model. With a random intercept beside it the zero is not moved far,
    for the variance at a distant zero tells little of the data.
    """
    shift, scale = {}, {}
    for name in "xzwy":
        alone = any(name in block and "1" not in block for block in blocks) or "1" not in fixed
        near = any(name in block for block in blocks)
        scale[name] = float(random.choice(SCALES))
        shift[name] = 0.0 if alone else float(random.choice(SHIFTS)) * (scale[name] / 1e5 if near else 1.0)
    return shift, scale


def _codes(table: pd.DataFrame, factor: str) -> np.ndarray:
    return table.groupby(factor.split(":")).ngroup().to_numpy()
