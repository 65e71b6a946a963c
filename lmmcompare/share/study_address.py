"""The choices for a simulation study other than its settings, as query parameters of an address, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..design.coefficients import INTERCEPT
from ..studies.curve import ICC
from ..studies.models import OFFERED

REPLICATES = (1_000, 10_000, 100_000)
PANELS = {"numbers": "All numbers", "curve": "Along one setting", "groups": "How many groups?"}
"""What an address calls the parts of the page below its picture, and their titles."""
ALONG = {
    "groups": "Number of groups",
    "size": "Rows in each group",
    ICC: "ICC (share of the variance between groups)",
    "slope": "Effect (slope)",
    "tau1": "SD of the slopes (τ₁)",
    "rho_mean": "Correlation of intercepts and group means of x",
    "spread": "Spread of the group sizes",
    "autocorrelation": "Autocorrelation of the residuals",
    "exchangeable": "Correlation of any two residuals of a group",
}
"""The settings that a study can go along."""
MEASURES = {
    "rejection": "Share of 5% tests that reject",
    "coverage": "Share of 95% intervals that cover",
    "bias": "Bias",
    "se_empirical": "Spread of the estimates (empirical SE)",
    "se_model": "Its own standard error (model SE)",
    "rmse": "Root mean squared error",
}
"""What of its results is drawn along a setting."""
EACH = (1_000, 10_000)
"""Studies at each value of a setting."""
POWERS = (0.7, 0.8, 0.9, 0.95)
LONGEST = 400
"""Most characters of values that were typed."""
NONE = "none"
"""What an address says where no model is left out."""
TERMS = (INTERCEPT, "x", "time", "x_mean", "time_mean")


@dataclass(frozen=True, slots=True)
class StudyChoices:
    """The choices on the page of a simulation study.

    Parameters
    ----------
    replicates : int
        One of `REPLICATES`.
    without : tuple of str, optional
        Models left out; None for the default of `studies.models.usually_left_out`.
    term : str
        The coefficient; empty for the first.
    panel : str
        The open one of `PANELS`.
    along : str
        The one of `ALONG` that the study goes along; empty for the first that can be.
    values : str
        The values of that setting as typed; empty for defaults that depend on the settings.
    measure : str
        One of `MEASURES`.
    each : int
        One of `EACH`.
    power : float
        One of `POWERS`, for which a number of groups is sought.
    tested : str
        The model whose test should have it; empty for the one that suits the settings.
    """

    replicates: int = 10_000
    without: tuple[str, ...] | None = None
    term: str = ""
    panel: str = "numbers"
    along: str = ""
    values: str = ""
    measure: str = "rejection"
    each: int = 1_000
    power: float = 0.8
    tested: str = ""

    def to_address(self) -> dict[str, str]:
        """The parameters; but for the number of studies, only what is not as the page opens."""
        out = {"studies": str(self.replicates)}
        if self.without is not None:
            out["without"] = ",".join(self.without) or NONE
        if self.values:
            out["values"] = self.values
        return out | {n: str(getattr(self, n)) for n in _ONE_OF if getattr(self, n) != getattr(AS_IT_OPENS, n)}

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> tuple[StudyChoices, tuple[str, ...]]:
        """Read the choices in an address; also a sentence for each parameter that could not be used."""
        words, result = [], {}
        studies, values = address.get("studies", "10000"), address.get("values", "")
        without = [m for m in address.get("without", "").split(",") if m and m != NONE]
        if studies not in map(str, REPLICATES):
            words.append(f"The link asks for “{studies[:20]}” studies; {_listed(REPLICATES)} can be had.")
            studies = "10000"
        unknown = [m for m in without if m not in OFFERED]
        if unknown:
            words.append(f"The link leaves out “{unknown[0][:40]}”, which is no model here.")
        if len(values) > LONGEST or not values.isprintable():
            words.append("The link's values of a setting cannot be read.")
            values = ""
        for name, (options, sentence) in _ONE_OF.items():
            text = address.get(name, "")
            if text in options:
                result[name] = options[text]
            elif text:
                words.append(f"The link {sentence.format(text[:40])}")
        left_out = tuple(m for m in OFFERED if m in without) if "without" in address else None
        return cls(int(studies), left_out, values=values, **result), tuple(words)


AS_IT_OPENS = StudyChoices()


def _listed(numbers: Iterable[float]) -> str:
    return ", ".join(f"{n:,}" for n in numbers)


_ONE_OF: dict[str, tuple[dict[str, Any], str]] = {
    name: ({str(option): option for option in options}, sentence)
    for name, options, sentence in (
        ("term", TERMS, "looks at “{}”, which is no coefficient here."),
        ("panel", PANELS, "opens “{}”, which is no part of this page."),
        ("along", ALONG, "goes along “{}”, which is no setting here."),
        ("measure", MEASURES, "draws “{}”, which is no measure here."),
        ("each", EACH, f"asks for “{{}}” studies at each value; {_listed(EACH)} can be had."),
        ("power", POWERS, f"asks for a power of “{{}}”; {_listed(POWERS)} can be had."),
        ("tested", OFFERED, "tests by “{}”, which is no model here."),
    )
}
"""By parameter, what it may be, and what is said of anything else."""
PARAMETERS = ("studies", "without", "values", *_ONE_OF)
