"""Terms to columns under R's rule for coding factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from typing import cast

from ..formula.expressions import Expression, columns_of
from ..formula.spec import ModelSpec, RandomTerm, Term
from .coefficients import CONSTANT, Part, constant_name, term_name
from .columns import Table
from .contrasts import Coded
from .encoding import DesignColumn, Encoder, Indicator, Piece
from .unusable import no_clock_error, refuse_disordered


@dataclass(frozen=True)
class RandomBlock:
    """Random coefficients that share one covariance matrix.

    Parameters
    ----------
    columns : tuple of int
        Indices into the design's columns; `CONSTANT` is the random intercept.
    factor : int
        The position of its grouping factor among the model's.
    structure : str
        The covariance matrix's structure in lme4's words, "us" for a full one; never one that a full one is as well.
    homogeneous : bool
        Whether a structure has one standard deviation for all columns.
    label : str
        The terms of a structured block as formula text; also of each of the blocks that a diag() with different standard
        deviations is.
    """

    columns: tuple[int, ...]
    names: tuple[str, ...]
    factor: int = 0
    structure: str = "us"
    homogeneous: bool = False
    label: str = ""

    @property
    def is_full(self) -> bool:
        """Whether the covariance matrix has no structure."""
        return self.structure == "us"


def distinct_names(blocks: Sequence[RandomBlock]) -> tuple[RandomBlock, ...]:
    """The blocks with a number after the name of a coefficient that a block of the same factor has already, ``x.1``."""
    taken = {(b.factor, n) for b in blocks for n in b.names}
    met, result = set[tuple[int, str]](), []
    for block in blocks:
        names = []
        for name in block.names:
            if (block.factor, name) in met:
                name = next(n for k in count(1) if (block.factor, n := f"{name}.{k}") not in taken)
                taken.add((block.factor, name))
            met.add((block.factor, name))
            names.append(name)
        result.append(block if names == [*block.names] else replace(block, names=tuple(names)))
    return tuple(result)


class ColumnMaker:
    """Collects columns, each once, under R's rule for coding factors."""

    def __init__(self, encoder: Encoder, frame: Table, spec: ModelSpec, learn: bool = True) -> None:
        self.encoder, self.frame, self.learn = encoder, frame, learn
        self.columns: list[DesignColumn] = []
        self.constant = constant_name(spec.columns)
        self._taken = {*spec.columns, self.constant}
        self._index: dict[tuple[object, ...], int] = {}
        self._pieces: dict[str, list[tuple[Part, Piece]]] = {}

    def add_terms(self, terms: Sequence[Term], intercept: bool) -> dict[str, tuple[int, ...]]:
        """Add the columns of terms; a factor is coded by contrasts where its margin is in the model, else in full.

        Without an intercept the first factor that stands alone is coded in full in its stead, and only that one.
        """
        margins = {frozenset(str(f) for f in t.factors) for t in terms} | {frozenset[str]()}
        alone = (str(t) for t in terms if len(t.factors) == 1 and self._is_categorical(t.factors[0]))
        full = None if intercept else next(alone, None)
        result = {}
        for term in terms:
            choices = [
                self._factor(f, contrasts=term.without(f) in margins and str(term) != full) for f in term.factors
            ]
            uses = tuple(tuple(columns_of(f)) for f in term.factors)
            indices = []
            for pick in product(*reversed(choices)):  # R's order: the first factor varies fastest
                parts, pieces = zip(*pick[::-1], strict=True)
                indices.append(self._add(parts, pieces, uses))
            result[str(term)] = tuple(indices)
        return result

    def blocks(self, random: RandomTerm, factor: int = 0) -> list[RandomBlock]:
        """The covariance blocks of a random-effects term: one, or one a term where they are uncorrelated."""
        if random.structure == "ar1" and not self._is_clock(random):
            raise no_clock_error(random)
        if random.correlated:
            terms = self.add_terms(random.terms, random.intercept)
        else:  # lme4 reads (a + b || g) as (1 | g) + (0 + a | g) + (0 + b | g)
            terms = {k: v for term in random.terms for k, v in self.add_terms([term], False).items()}
        if random.structure == "ar1" and random.terms:
            factor_text = str(random.terms[0])
            refuse_disordered(factor_text, self.encoder.levels[factor_text], self.encoder.ordered.values())
        parts = ([(CONSTANT,)] if random.intercept else []) + list(terms.values())
        if random.correlated:
            parts = [tuple(k for part in parts for k in part)]
        names = {CONSTANT: self.constant} | dict(enumerate(c.name for c in self.columns))
        kind, homogeneous = random.structure, random.homogeneous
        if kind == "diag" and not homogeneous:  # a variance each, and nothing that joins them
            kind, parts = "us", [(k,) for part in parts for k in part]
        result = []
        for part in parts:
            same = len(part) == 1 or (len(part) == 2 and not homogeneous)  # as many parameters as a full matrix has
            label = "" if random.structure == "us" else " + ".join(random.inside(map(str, random.terms)))
            block = RandomBlock(part, tuple(names[k] for k in part), factor, label=label)
            result.append(block if same else replace(block, structure=kind, homogeneous=homogeneous and kind != "us"))
        return result

    def _is_clock(self, random: RandomTerm) -> bool:
        """Whether a term's columns are the levels of one factor, which have an order, or the constant alone."""
        factors = random.terms[0].factors if len(random.terms) == 1 else ()
        if not random.terms:
            return True
        return not random.intercept and len(factors) == 1 and self._is_categorical(factors[0])

    def _add(self, parts: tuple[Part, ...], pieces: tuple[Piece, ...], uses: tuple[tuple[str, ...], ...]) -> int:
        known = tuple((str(p.factor), p.place, p.level is not None and p.baseline is None) for p in parts)
        if known not in self._index:
            name = term_name(parts, self._taken)
            self._taken.add(name)
            self._index[known] = len(self.columns)
            self.columns.append(DesignColumn(name, pieces, uses, parts))
        return self._index[known]

    def _is_categorical(self, factor: Expression) -> bool:
        return self.encoder.is_categorical(factor, self.frame) if self.learn else str(factor) in self.encoder.levels

    def _factor(self, factor: Expression, contrasts: bool) -> list[tuple[Part, Piece]]:
        text = str(factor)
        if not self._is_categorical(factor):
            if text not in self._pieces:
                arrays = self.encoder.numbers(factor, self.frame)
                parts = [Part(factor, k, len(arrays) > 1) for k in range(len(arrays))]
                self._pieces[text] = list(zip(parts, arrays, strict=True))
            return self._pieces[text]
        if text not in self._pieces:
            codes = (self.encoder.learn if self.learn else self.encoder.codes)(factor, self.frame)
            levels = self.encoder.levels[text]
            self._pieces[text] = [
                (Part(factor, k, level=str(level)), Indicator(codes, k)) for k, level in enumerate(levels)
            ]
        return self._contrasts(factor) if contrasts else self._pieces[text]

    def _contrasts(self, factor: Expression) -> list[tuple[Part, Piece]]:
        """A factor's columns where its levels are told apart by contrasts: levels beside a baseline, or another coding."""
        pieces, coding = self._pieces[str(factor)], self.encoder.coding(factor)
        if coding.is_treatment:
            baseline = pieces[coding.base][0].level
            return [(replace(part, baseline=baseline), piece) for part, piece in (pieces[k] for k in coding.compared)]
        codes = cast(Indicator, pieces[0][1]).codes
        return [(Part(factor, k, coding=coding), Coded(codes, coding.matrix[:, k])) for k in range(coding.n_columns)]
