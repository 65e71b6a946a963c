"""The inference chosen by the reader: standard errors, degrees of freedom and intervals for every estimate, with captions."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..assess.bootstrap_intervals import bootstrap_intervals
from ..assess.intervals import intervals as intervals_of
from ..comparison.comparison import Comparison
from ..errors import OptionError
from ..inference.bootstrap import Kind, bootstrap
from ..inference.error_methods import DEFAULT, ErrorMethods
from ..inference.robust import Kind as RobustKind
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import model_phrase
from .coefficients import has_kenward_roger, with_kenward_roger
from .robust_errors import other_robust_errors
from .spread_rows import Limits

QUANTITIES = ("estimate", "se", "df", "t", "p", "lower", "upper")


@dataclass(frozen=True)
class Resampling:
    """A bootstrap that intervals are taken from.

    Parameters
    ----------
    kind : {"parametric", "case"}
        New outcomes from the fitted model, or whole groups drawn with replacement.
    samples : int
        How many.
    seed : int
        The same seed gives the same samples.
    """

    kind: Kind
    samples: int
    seed: int = 1


Intervals = Literal["Wald", "profile"] | Resampling


@dataclass(frozen=True, eq=False, repr=False)
class Inferred:
    """The coefficients with the inference that the reader chose.

    Parameters
    ----------
    frame : DataFrame
        As `Comparison.coefficients` gives it.
    limits : mapping
        Intervals that take the place of the frame's.
    words : str
        What it is, for the caption.
    methods : ErrorMethods, optional
        The frame's.
    intervals : {"Wald", "profile"} or Resampling
        What the limits are.
    """

    frame: pd.DataFrame
    limits: Limits
    p_values: bool
    words: str
    methods: ErrorMethods = DEFAULT
    intervals: Intervals = "Wald"

    def __repr__(self) -> str:
        return f"<Inferred: {self.words}; within() has the numbers>"

    @property
    def kenward_roger(self) -> bool:
        """Whether mixed models have Kenward and Roger's errors and degrees of freedom."""
        return self.methods.kenward_roger

    @property
    def robust(self) -> RobustKind:
        """The kind of OLS's cluster-robust errors."""
        return self.methods.robust

    @property
    def key(self) -> tuple[Hashable, ...]:
        """A hashable key that distinguishes this from other inference for the same comparison."""
        # as text: an interval without an end has a NaN there, which does not equal another
        return self.words, self.p_values, self.robust, str(self.limits)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same inference of the same coefficients, so that what was made of one holds for the other."""
        return isinstance(other, Inferred) and self.frame is other.frame and self.key == other.key

    def __hash__(self) -> int:
        return hash((id(self.frame), self.key))

    @property
    def other_limits(self) -> tuple[Model, ...]:
        """The models whose intervals are not Wald's."""
        return tuple(dict.fromkeys(model for model, *_ in self.limits))

    def within(self) -> pd.DataFrame:
        """The frame with the intervals put in."""
        ends = {(model, name): ends for (model, kind, _, name), ends in self.limits.items() if kind == "coefficient"}
        if not ends:
            return self.frame
        frame = self.frame.set_index(["model", "term"])
        for at, limits in ends.items():
            frame.loc[at, ["lower", "upper"]] = limits
        return frame.reset_index()

    def numbers(self, comparison: Comparison) -> pd.DataFrame:
        """Every estimate with its inference: ``model, kind, number, name, estimate, se, df, t, p, lower, upper``.

        Coefficients, numbered as in `Comparison.terms`; OLS with every kind of cluster-robust error, those that are not in
        the table as models ``ols_CR0`` and so on; and each mixed model's standard deviations and correlations (kind
        "spread"), numbered in the order of `Comparison.variances`.
        """
        coefficients = pd.concat([self.within(), *other_robust_errors(comparison, self.robust)], ignore_index=True)
        numbers = coefficients["term"].map({term: k for k, term in enumerate(comparison.terms, 1)})
        known = coefficients["estimate"].notna()
        coefficients["df"] = coefficients["df"].where(known)  # of what the dummies absorb there is nothing
        coefficients = coefficients.assign(kind="coefficient", number=numbers, name=coefficients["term"])
        spreads = comparison.variances()
        spreads = spreads[spreads["model"].isin(comparison.mixed_fits())]
        keys = spreads[["model", "kind", "factor", "name"]].itertuples(index=False, name=None)
        ends = [self.limits.get(key, (np.nan, np.nan)) for key in keys]
        lower, upper = np.array(ends, dtype=float).reshape(-1, 2).T
        names = spreads["name"].where(spreads["factor"] == "", spreads["factor"] + ": " + spreads["name"])
        spreads = spreads.assign(
            kind="spread",
            number=spreads.groupby("model").cumcount() + 1,
            name=names,
            estimate=spreads["value"],
            lower=lower,
            upper=upper,
        )
        return pd.concat([coefficients, spreads], ignore_index=True)[["model", "kind", "number", "name", *QUANTITIES]]


def default_inference(comparison: Comparison) -> Inferred:
    """The inference that a comparison opens with."""
    return inference_of(comparison, comparison.coefficients())


def infer(
    comparison: Comparison,
    *,
    kenward_roger: bool = False,
    robust: RobustKind = "CR2",
    intervals: Intervals = "Wald",
    models: Collection[Model] | None = None,
) -> Inferred:
    """The coefficients of a comparison with the inference chosen.

    Parameters
    ----------
    comparison : Comparison
    kenward_roger : bool
        Kenward and Roger's standard errors and degrees of freedom in the mixed models, in place of Satterthwaite's.
    robust : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        OLS's cluster-robust errors.
    intervals : {"Wald", "profile"} or Resampling
        Of the mixed models: from errors and degrees of freedom, by profile likelihood, or percentiles of a bootstrap of
        the formula's own model.
    models : collection of Model, optional
        The mixed models that get profile intervals; all, when left out.

    Returns
    -------
    Inferred
        ``within()`` has the coefficients of all models with these errors and intervals.

    Raises
    ------
    OptionError
        For intervals of another name.
    DesignError, TooLargeError
        Where Kenward and Roger's errors or the bootstrap cannot be had.
    """
    if not isinstance(intervals, Resampling) and intervals not in ("Wald", "profile"):
        raise OptionError(
            f"There are no intervals called “{intervals}”.",
            'Choose "Wald", "profile" or a bootstrap, Resampling("parametric", 2000).',
        )
    frame = (with_kenward_roger if kenward_roger else Comparison.coefficients)(comparison, robust=robust)
    frames: dict[Model, pd.DataFrame] = {}
    if isinstance(intervals, Resampling):
        fit = comparison.mixed
        draws = bootstrap(fit.fit, fit.moments, intervals.kind, intervals.samples, intervals.seed)
        frames = {comparison.formula_model: bootstrap_intervals(fit, draws)}
    elif intervals == "profile":
        fits = comparison.mixed_fits()
        frames = {k: intervals_of(fit, "profile") for k, fit in fits.items() if models is None or k in models}
    return inference_of(comparison, frame, frames, ErrorMethods(kenward_roger, robust), intervals)


def inference_of(
    comparison: Comparison,
    frame: pd.DataFrame,
    frames: Mapping[Model, pd.DataFrame] | None = None,
    methods: ErrorMethods = DEFAULT,
    intervals: Intervals = "Wald",
    *,
    p_values: bool = False,
    problem: str = "",
) -> Inferred:
    """Inference from its parts.

    Parameters
    ----------
    frame : DataFrame
        As `Comparison.coefficients` gives it.
    frames : mapping, optional
        Model to its limits, as `assess.intervals` gives them; models without any keep Wald's.
    methods : ErrorMethods, optional
        The frame's.
    intervals : {"Wald", "profile"} or Resampling
        What the limits in ``frames`` are.
    problem : str
        Why it is not what was asked for, a sentence.
    """
    frames, without = dict(frames or {}), _without_profile(comparison, frames or {}, intervals)
    for model in without:
        del frames[model]
    limits = {
        (model, "sd" if row["kind"] == "residual" else row["kind"], row["factor"], row["name"]): (
            row["lower"],
            row["upper"],
        )
        for model, result in frames.items()
        for row in result.to_dict("records")
    }
    words = mixed_inference(comparison, methods)
    if frames:
        words += _how_limited(comparison, frames, intervals)
    if without:
        words += f"; Wald’s intervals of {' and '.join(map(model_phrase, without))}: the likelihood has no maximum, and so no profile"
    if comparison.structured is not None:
        own = methods.kenward_roger and has_kenward_roger(comparison.structured)
        words += f"; {model_phrase(Model.STRUCTURED)} has {'these' if own else 'Satterthwaite’s degrees of freedom'} and Wald’s intervals"
    words = f"{problem} {words}".strip()
    return Inferred(frame, limits, p_values, words, methods, intervals if frames else "Wald")


def _without_profile(comparison: Comparison, models: Collection[Model], intervals: Intervals) -> list[Model]:
    """The models whose likelihood has no maximum, from which a profile could rise."""
    ml = comparison.by_ml if intervals == "profile" else {}
    return [m for m in models if m in ml and isinstance(fit := ml[m], MixedResult) and fit.has_no_maximum]


def mixed_inference(comparison: Comparison, methods: ErrorMethods) -> str:
    """How the mixed models' errors and degrees of freedom were found, for a caption."""
    adjusted, after = (
        ("standard errors and degrees of freedom", "Kenward and Roger")
        if methods.kenward_roger
        else ("degrees of freedom", "Satterthwaite")
    )
    by = "restricted maximum likelihood (REML)" if comparison.reml else "maximum likelihood (ML)"
    return f"Mixed models by {by}, with {adjusted} for few groups after {after}"


def _how_limited(comparison: Comparison, models: Collection[Model], intervals: Intervals) -> str:
    """The method of the intervals, and for which models, as text for a caption."""
    phrases = " and ".join(map(model_phrase, models))
    if isinstance(intervals, Resampling):
        return f"; intervals of {phrases} from {intervals.samples:,} bootstrap samples, others Wald’s"
    if set(models) == set(comparison.mixed_fits()):
        return ", and intervals by profile likelihood (ML)"
    return f"; intervals of {phrases} by profile likelihood (ML), others Wald’s"
