"""The immutable settings of the data-generating process, as stored in links and files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..arrays import Array
from ..errors import SettingsError
from .sizes import group_sizes
from .validation import plain, problems

VERSION = 1


@dataclass(frozen=True)
class Settings:
    """The parameters of the data-generating process, seed included: equal settings give equal data.

    Row i of group j has the outcome y_ij = intercept + slope x_ij + u0_j + u1_j x_ij + e_ij.

    Parameters
    ----------
    size : int or sequence of int
        Number of rows in each group, or a list with each group's own, whose length then is the number of groups.
    spread : float
        Coefficient of variation of the group sizes, whose mean stays ``size``; 0 for equal sizes.
    dropout : float
        Share of the groups still there that leaves after each occasion; 0 for none.
    dropout_by : str
        Who leaves: "chance", the outcome having no part in it; or "outcome", rather those whose last outcome was low (at random
        given what was measured).
    intercept, slope : float
        Fixed effects.
    tau0, tau1 : float
        Standard deviations between groups of the intercept (at x = 0) and of the slope.
    rho : float
        Correlation of the two.
    sigma : float
        Residual standard deviation: the root of its mean square over the rows, where it is not the same for all.
    predictor : str
        "continuous" (normal), "binary" (0 or 1), "time" (0, 1, 2, … in each group) or "none".
    varies : str
        "both", "within" (same mean in every group) or "between" (one value in a group). Time is as it is.
    x_icc : float
        Intraclass correlation of a predictor that varies in both ways.
    x_mean, x_sd : float
        Mean and standard deviation of a continuous predictor.
    share : float
        Share of ones of a binary predictor.
    rho_mean : float
        Correlation of the group mean of the predictor with the random intercept: what makes the slope between groups
        differ from the slope within them (contextual effect).
    effects : str
        Distribution of the random effects: "normal", "heavy", "skewed", "two-point" or "outlier". All have mean 0 and
        the standard deviations stated.
    sigma_by_x : float
        What the residual standard deviation is multiplied by for each standard deviation of x; 1 for the same.
    sigma_by_group : float
        Likewise from a group with ordinary noise to one that is a standard deviation noisier; 1 for the same.
    autocorrelation : float
        Correlation of the residuals of neighbouring rows of a group (AR(1)).
    exchangeable : float
        Correlation of the residuals of any two rows of a group, down to -1/(n - 1) in groups of n rows; not along with
        ``autocorrelation``.

    Raises
    ------
    SettingsError
        When no such data can be, or no model could be fitted to them; its ``setting`` is the one to change.
    """

    groups: int = 20
    size: int | tuple[int, ...] = 10
    spread: float = 0.0
    dropout: float = 0.0
    dropout_by: str = "chance"
    intercept: float = 1.0
    slope: float = 0.5
    tau0: float = 1.0
    tau1: float = 0.0
    rho: float = 0.0
    sigma: float = 1.0
    predictor: str = "continuous"
    varies: str = "both"
    x_icc: float = 0.3
    x_mean: float = 0.0
    x_sd: float = 1.0
    share: float = 0.5
    rho_mean: float = 0.0
    effects: str = "normal"
    sigma_by_x: float = 1.0
    sigma_by_group: float = 1.0
    autocorrelation: float = 0.0
    exchangeable: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        values = plain({f.name: getattr(self, f.name) for f in fields(self)})
        for result in problems(values):
            raise result
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def leaves_by_outcome(self) -> bool:
        """Whether groups leave by what was measured of them."""
        return self.dropout > 0 and self.dropout_by == "outcome"

    @property
    def has_slope(self) -> bool:
        """Whether there is a predictor."""
        return self.predictor != "none"

    @property
    def noise_by_x(self) -> float:
        """``sigma_by_x`` where there is a predictor; 1 without one, as then nothing grows with it."""
        return self.sigma_by_x if self.has_slope else 1.0

    @property
    def group_sizes(self) -> Array:
        """Rows of each group, (J,)."""
        return group_sizes(self.groups, self.size, self.spread, self.dropout)

    @property
    def where(self) -> str:
        """Where the predictor varies: "within", "between", "both"; empty without one."""
        return {"time": "within", "none": ""}.get(self.predictor, self.varies)

    @property
    def x_name(self) -> str:
        """The predictor's column; empty without one."""
        return {"time": "time", "none": ""}.get(self.predictor, "x")

    @property
    def formula(self) -> str:
        """The model that the data come from, in lme4's notation (the group mean of x left out)."""
        if not self.has_slope:
            return "y ~ 1 + (1 | group)"
        return f"y ~ {self.x_name} + ({self.x_name if self.tau1 > 0 else 1} | group)"

    def change(self, **changes: Any) -> Settings:
        """The same settings but for these."""
        _refuse_unknown(changes)
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Every setting by name, with the version: numbers, texts and lists, as JSON and TOML have them."""
        values = asdict(self)
        if isinstance(self.size, tuple):
            values["size"] = list(self.size)
        return {"version": VERSION} | values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """Settings from `to_dict`, a link or a file; what is left out takes its default.

        Raises
        ------
        SettingsError
            For an unknown setting, another version, or values that cannot be simulated.
        """
        if not isinstance(values, Mapping):
            raise SettingsError("The settings are not a table of names and values.", "Give one name and value each.")
        values = dict(values)
        version = values.pop("version", VERSION)
        if version != VERSION or isinstance(version, bool):
            raise SettingsError(
                f"These settings are of version {str(version)[:20]}; this program reads version {VERSION}.",
                "Make them anew with this program.",
            )
        _refuse_unknown(values)
        return cls(**values)


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [f.name for f in fields(Settings)]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=2, cutoff=0.5)
            listed = " or ".join(f"“{c}”" for c in close) if close else ", ".join(known)
            raise SettingsError(f"There is no setting “{str(name)[:40]}”.", f"Did you mean {listed}?")
