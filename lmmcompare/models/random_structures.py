"""The random part's covariance blocks: their structures, the table of their parameters, and which of them are identified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.terms import RandomBlock
from ..errors import DesignError
from ..fit.bases import cross, random_basis, tiled
from ..fit.random_structure import Structure, structure
from ..fit.theta import ThetaMap
from ..formula.spec import STRUCTURES
from ..moments.groups import Moments

SAME = 1e-11
"""Eigenvalue of standardised cross-products below which parameters do the same to the outcome's covariance."""
GENERIC = 0.4
"""A correlation at which a structure's parameters are told apart if they ever are."""


def structures(blocks: Sequence[RandomBlock]) -> list[Structure | None]:
    """The blocks' structures as the engine has them."""
    return [structure(b.structure, b.homogeneous, len(b.columns)) for b in blocks]


def refuse_structured(blocks: Sequence[RandomBlock]) -> None:
    """Raise where a block of a model with structured residuals has a structure of its own."""
    names = dict.fromkeys(b.structure for b in blocks if not b.is_full)
    if names:
        raise DesignError(
            f"Correlated or unequal residuals are not available for the covariance structure {' or '.join(names)}().",
            "Write that part as (… | group), or (… || group) for no correlations.",
        )


def block_text(block: RandomBlock, factor: str) -> str:
    """A block as formula text, with the columns' names in place of the terms where it has no structure."""
    if block.is_full:
        inside = " + ".join("1" if k == CONSTANT else n for n, k in zip(block.names, block.columns, strict=True))
        return f"({inside if CONSTANT in block.columns else f'0 + {inside}'} | {factor})"
    option = "" if block.homogeneous == STRUCTURES[block.structure] else f", hom = {str(block.homogeneous).upper()}"
    return f"{block.structure}({block.label} | {factor}{option})"


def spreads(covariances: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str, float]]:
    """Standard deviations and correlations of covariance matrices without a structure, by factor: ``factor, name, kind, value``."""
    result: list[tuple[str, str, str, float]] = []
    for factor, covariance in covariances.items():
        sds = np.sqrt(np.diag(covariance))
        result += [(factor, str(name), "sd", float(sd)) for name, sd in zip(covariance.columns, sds, strict=True)]
        for k, j in combinations(range(len(sds)), 2):
            both = sds[k] * sds[j]
            value = float(covariance.iloc[k, j] / both) if both > 0 else float("nan")
            result.append((factor, f"{covariance.columns[k]}, {covariance.columns[j]}", "correlation", value))
    return result


def shared_name(block: RandomBlock) -> str:
    """What the parameters that a structured block's columns have in common are called."""
    return f"{block.structure}({block.label.removeprefix('0 + ')})"


def shared_phrase(block: RandomBlock, kind: str) -> str:
    """What such a standard deviation ("sd") or correlation is of."""
    label = block.label.removeprefix("0 + ")
    if kind == "sd":
        return f"each column of {label}"
    return f"any two of {label}" if block.structure == "cs" else f"{label} one step apart"


def parameters(block: RandomBlock, covariance: Array) -> list[tuple[str, str, float]]:
    """A block's parameters, ``name, kind, value``: standard deviations ("sd") and correlations, as many as it has."""
    sd = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = covariance / np.outer(sd, sd)
    shared = shared_name(block)
    if block.homogeneous and not block.is_full:
        result = [(shared, "sd", float(sd[0]))]
    else:
        result = [(name, "sd", float(s)) for name, s in zip(block.names, sd, strict=True)]
    if block.is_full:
        pairs = combinations(range(len(sd)), 2)
        result += [(f"{block.names[i]}, {block.names[j]}", "correlation", float(correlations[i, j])) for i, j in pairs]
    elif block.structure != "diag":
        lag = float(correlations[0, 1])  # of neighbours; in cs() any two will do that vary
        result.append((shared, "correlation", _off_diagonal(correlations) if block.structure == "cs" else lag))
    return result


def _off_diagonal(correlations: Array) -> float:
    """The correlation that all pairs have, of two columns that vary; NaN where there are none."""
    pairs = correlations[~np.eye(len(correlations), dtype=bool)]
    known = pairs[np.isfinite(pairs)]
    return float(known[0]) if len(known) else float("nan")


def confounded(moments: Moments, blocks: Sequence[RandomBlock], factor: str) -> list[str]:
    """Parameters of one grouping factor, and the residual variance, that are not identified separately, in words.

    The derivative of the outcome's covariance in each parameter is a direction; the parameters are identified if the directions
    are linearly independent (Rothenberg 1971, Econometrica 39). Directions are compared by the traces of their products.
    """
    columns = [k for b in blocks for k in b.columns]
    if len(blocks) == 1 and blocks[0].is_full and all(k == CONSTANT or moments.varies_within[k] for k in columns):
        return []
    known = structures(blocks)
    theta_map = ThetaMap.of([len(b.columns) for b in blocks], known)
    theta = theta_map.from_covariance(np.eye(theta_map.k))
    for _, part, own in theta_map.structured:
        theta[part] = own.of(np.ones(own.n_deviations), GENERIC)
    change = theta_map.derivatives(theta) @ theta_map.matrix(theta).T
    change += change.transpose(0, 2, 1)
    bases = [random_basis(moments, b.columns, s) for b, s in zip(blocks, known, strict=True)]
    zz = tiled(cross, moments, bases, bases)
    k, flat = theta_map.k, zz.reshape(theta_map.k**2, -1)
    products = (flat @ flat.T).reshape(k, k, k, k)
    m = len(change)
    gram = np.empty((m + 1, m + 1))
    gram[:m, :m] = np.einsum("rab,scd,bcda->rs", change, change, products, optimize=True)
    gram[:m, m] = gram[m, :m] = np.tensordot(change, zz.sum(axis=-1), axes=2)
    gram[m, m] = moments.n_rows
    size = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(gram / np.outer(size, size))
    shares = (vectors[:, values < SAME * values[-1]] ** 2).sum(axis=1)
    return _in_words(theta_map, blocks, factor, shares > 1e-6)


def _in_words(theta_map: ThetaMap, blocks: Sequence[RandomBlock], factor: str, involved: Array) -> list[str]:
    result, at = [], 0
    for block, own in zip(blocks, theta_map.structures or [None] * len(blocks), strict=True):
        k = len(block.columns)
        size = k * (k + 1) // 2 if own is None else own.n_parameters
        which = np.flatnonzero(involved[at : at + size])
        at += size
        entries = [(i, j) for j in range(k) for i in range(j, k)] if own is None else []
        variances = [i for i, j in (entries[e] for e in which if entries) if i == j]
        if len(which) == len(variances) == 1:
            result.append(f"the variance of {block.names[variances[0]]} in {block_text(block, factor)}")
        elif len(which):
            result.append(f"{'the parameters' if len(which) > 1 else 'a parameter'} of {block_text(block, factor)}")
    return [*result, "the residual variance"] if involved[-1] else result
