"""Predictors nested in others, such as varieties in types, determined as in the R package emmeans (Lenth)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from ...arrays import Array
from ...formula.expressions import columns_of
from ...formula.spec import ModelSpec

Nests = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Nesting:
    """Which predictors of a grid are nested in which others.

    Parameters
    ----------
    nests : mapping
        A nested predictor to those that it is nested in.
    occurs : (cells,) array of bool
        Which cells of the grid have nested levels within one of their own.
    share : (cells,) array
        How much each cell counts where all levels count the same: each of the levels that occur within theirs.
    """

    nests: Nests = field(default_factory=dict)
    occurs: Array = field(default_factory=lambda: np.ones(0, dtype=bool))
    share: Array = field(default_factory=lambda: np.ones(0))

    def with_nests(self, names: Sequence[str]) -> tuple[str, ...]:
        """Predictors, each nested one followed by what it is nested in."""
        whole = [other for name in names for other in (name, *self.nests.get(name, ()))]
        return tuple(dict.fromkeys([*names, *whole]) if set(whole) <= set(names) else dict.fromkeys(whole))

    @property
    def sentence(self) -> str:
        """What is nested in what; empty where nothing is."""
        words = [f"{name} is nested in {' and '.join(others)}" for name, others in self.nests.items()]
        return f"{'; '.join(words)}: means are over the levels that occur." if words else ""


def nesting(spec: ModelSpec, codes: Mapping[str, Array], sizes: Mapping[str, int]) -> Nesting:
    """Find what is nested in what.

    Parameters
    ----------
    codes : mapping
        Predictors with levels to each row's, (n,) of int; -1 for a row with none of those in the grid.
    sizes : mapping
        How many values each of the grid's predictors has, the first varying fastest over the cells.
    """
    several = {name: own for name, own in codes.items() if sizes[name] > 1}
    if len(several) < 2:
        return Nesting()
    whole = np.all([own >= 0 for own in several.values()], axis=0)
    outer = _by_rows({name: own[whole] for name, own in several.items()}, sizes)
    for name, others in _by_formula(spec, list(several)).items():
        outer[name] = list(dict.fromkeys([*outer.get(name, []), *others]))
    for name in outer:
        further = [other for one in outer[name] for other in outer.get(one, [])]
        outer[name] = list(dict.fromkeys([*further, *outer[name]]))
    nests = {name: tuple(others) for name, others in outer.items() if others and name not in others}
    if not nests:
        return Nesting()
    return Nesting(nests, *_cells(nests, {name: own[whole] for name, own in several.items()}, sizes))


def _by_rows(codes: Mapping[str, Array], sizes: Mapping[str, int]) -> dict[str, list[str]]:
    """Nesting in the rows: each level of a predictor occurs with one level only of another; of two equivalent ones the first."""
    result: dict[str, list[str]] = {}
    for name, other in permutations(codes, 2):
        pairs = np.unique(codes[name] * sizes[other] + codes[other]) // sizes[other]
        if len(pairs) == len(np.unique(pairs)) and name not in result.get(other, []):
            result.setdefault(name, []).append(other)
    return result


def _by_formula(spec: ModelSpec, names: Sequence[str]) -> dict[str, list[str]]:
    """Nesting in the formula: a predictor that occurs in interactions only, as ``code`` in ``type + type:code``."""
    terms = [frozenset(n for f in term.factors for n in columns_of(f) if n in names) for term in spec.terms]
    there = {*terms} | ({frozenset[str]()} if spec.intercept else set())
    result = {}
    for name in names:
        if frozenset([name]) in there or not any(name in term for term in terms):
            continue
        own = [term for term in terms if name in term]
        contrasted = [term for term in own if term - {name} in there] or own
        whole = [{n for n in term - {name} if term - {n} not in there} for term in contrasted]
        least = [one for one in whole if not any(other < one for other in whole)]
        result[name] = [n for n in names if any(n in one for one in least)]
    return {name: others for name, others in result.items() if others}


def _cells(nests: Nests, codes: Mapping[str, Array], sizes: Mapping[str, int]) -> tuple[Array, Array]:
    """Which cells occur, and their shares: one over the number of levels that occur within the same, for each nested predictor."""
    shape = tuple(reversed([*sizes.values()]))
    axis = {name: len(sizes) - 1 - k for k, name in enumerate(sizes)}
    occurs, share = np.ones(shape, dtype=bool), np.ones(shape)
    for name, others in nests.items():
        mine = sorted((name, *others), key=axis.__getitem__)
        there = np.zeros([sizes[n] for n in mine], dtype=bool)
        there[tuple(codes[n] for n in mine)] = True
        wide = there.reshape([sizes[n] if n in mine else 1 for n in reversed([*sizes])])
        occurs &= wide
        share = share / np.maximum(wide.sum(axis=axis[name], keepdims=True), 1)
    return occurs.ravel(), (share * occurs).ravel()
