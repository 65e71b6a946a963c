"""Formula text to a model's specification: outcome, terms, random-effects terms, and what stands after them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from ..errors import FormulaError
from .expressions import Expression, columns_of
from .spec import OFFSET, WEIGHTS, ModelSpec, RandomTerm, Term
from .terms import TermReader
from .tokens import Token


def parse(text: str) -> ModelSpec:
    """Read formula text such as ``Reaction ~ Days + (Days | Subject)``.

    Parameters
    ----------
    text : str
        lme4/R formula text, at most 5,000 characters; after it may stand ``, weights = w`` and ``, offset = x`` as in R's calls.

    Returns
    -------
    ModelSpec
        Its ``pattern`` is the text where that means something only beside a table, as ``y ~ .`` does; see `read`.

    Raises
    ------
    FormulaError
        With the position of the first character that cannot be read and what may stand there.
    """
    return _parse(text, None)


def read(formula: str | ModelSpec, columns: Iterable[str]) -> ModelSpec:
    """Read a formula beside the names of a table's columns: ``.`` is all that are not outcome or grouping factor.

    Parameters
    ----------
    formula : str or ModelSpec
    columns : iterable of str
        The table's column names. ``pi``, ``T`` and ``F`` are constants unless they are among these.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
    """
    spec = parse(formula) if isinstance(formula, str) else formula
    if not spec.pattern:
        return spec
    result = _parse(spec.pattern, tuple(name for name in columns if name not in (WEIGHTS, OFFSET)))
    return _with_what_stands_beside(result, spec, parse(spec.pattern))


def _with_what_stands_beside(result: ModelSpec, spec: ModelSpec, text: ModelSpec) -> ModelSpec:
    """The model that a text is beside a table, with what was given beside the text, or taken off it, since it was read alone."""
    changed = {n for n in ("weights", "correlation", "variance") if getattr(spec, n) != getattr(text, n)}
    further = spec.offset[len(text.offset) :]
    return replace(result, offset=(*result.offset, *further), **{n: getattr(spec, n) for n in changed})


@lru_cache(maxsize=1_000)  # each run of a page asks for its formula's several times
def _parse(text: str, columns: tuple[str, ...] | None) -> ModelSpec:
    try:
        return _model(text, columns)
    except FormulaError as error:
        if error.suggestion:
            try:  # what is offered has to be right
                _model(error.suggestion, columns)
            except FormulaError:
                error.suggestion = ""
        raise


def _model(text: str, columns: tuple[str, ...] | None) -> ModelSpec:
    if columns is None:
        return _ModelReader(text).model()
    spec = _ModelReader(text).model()
    used = {*columns_of(spec.outcome), *(name for group in spec.groupings for name in group)}
    return _ModelReader(text, columns, [c for c in columns if c not in used]).model()


@lru_cache(maxsize=1_000)
def parse_expression(text: str) -> Expression:
    """Read an expression of columns such as ``1 / variance``: prior weights, or an offset.

    Raises
    ------
    FormulaError
        As `parse` does.
    """
    return _ModelReader(text).alone()


class _ModelReader(TermReader):
    """Reads a whole formula by recursive descent; a `(... | g)` part is read before the algebra of its terms."""

    def model(self) -> ModelSpec:
        """The specification that the whole text is."""
        tilde = self.tilde()
        if (first := self.peek()) is tilde:
            self.fail("There is no outcome before the “~”.", "Write the outcome's column name there.", first)
        outcome = self.outcome(tilde)
        self.expect("~")
        if (after := self.peek()) is None or after.text == ",":
            self.fail(
                "There is nothing after the “~”.",
                "Write the predictors there, or 1 for none.",
                suggestion=f"{self.text.strip()} 1" if after is None else "",
            )
        random: list[RandomTerm] = []
        intercept, terms = True, tuple[Term, ...]()
        end = self.end_of_formula()
        if self.has(self.at, end, "|", "||"):  # as lme4 has it: all of the right side is a random part
            random.extend(self.random_term(end))
        else:
            intercept, terms = self.algebra(end, random)
        pattern = self.text if self.is_open and self.columns is None else ""
        weights = self.trailing_arguments()
        return ModelSpec(
            outcome,
            terms,
            intercept,
            tuple(random),
            tuple(self.offsets),
            weights,
            self.structure,
            self.variance,
            pattern,
            tuple(self.order),
        )

    def tilde(self) -> Token:
        """The one “~” of the formula."""
        tildes = [t for t in self.tokens if t.text == "~"]
        if not tildes:
            sign = re.search(r"<-|(?<![=!<>])=(?!=)", self.text)
            meant = f"{self.text[: sign.start()]}~{self.text[sign.end() :]}" if sign else ""
            self.fail(
                "A formula needs a “~” between outcome and predictors.",
                "Write it as outcome ~ predictors.",
                suggestion=meant,
            )
        if len(tildes) > 1:
            self.fail(
                "A formula has one “~” only.",
                "Remove the second.",
                tildes[1],
                suggestion=self.instead(tildes[1], tildes[1], "+"),
            )
        return tildes[0]

    def outcome(self, tilde: Token) -> Expression:
        """The left side, with arithmetic as in R."""
        outcome = self.factor() if self.tokens[self.at + 1] is tilde else self.variable()
        following = self.peek()
        if following is not tilde:
            result = f"“{following.text}”" if following else "the end"
            self.fail(f"Expected “~” but found {result}.", "One outcome stands before the “~”.", following)
        if next(columns_of(outcome), None) is None:
            self.fail(
                "The outcome needs a column name.", "Write the outcome's column name before the “~”.", self.tokens[0]
            )
        return outcome
