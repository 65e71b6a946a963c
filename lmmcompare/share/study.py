"""What is asked of a simulation study beside its settings, as the parameters of an address, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..columns import INTERCEPT
from ..studies.estimators import ESTIMATORS

REPLICATES = (1_000, 10_000, 100_000)
PANELS = {"numbers": "All numbers", "curve": "Along one setting", "groups": "How many groups?"}
"""What an address calls the parts of the page below its picture, and their titles."""
TERMS = (INTERCEPT, "x", "time", "x_mean", "time_mean")
PARAMETERS = ("studies", "without", "term", "panel")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was chosen.

    Parameters
    ----------
    replicates : int
        One of `REPLICATES`.
    without : tuple of str
        Models left out.
    term : str
        The coefficient; empty for the first.
    panel : str
        The open one of `PANELS`.
    """

    replicates: int = 10_000
    without: tuple[str, ...] = ()
    term: str = ""
    panel: str = "numbers"

    def to_address(self) -> dict[str, str]:
        """The parameters; but for the number of studies, only what is not as the page opens."""
        out = {"studies": str(self.replicates)}
        if self.without:
            out["without"] = ",".join(self.without)
        if self.term:
            out["term"] = self.term
        if self.panel != "numbers":
            out["panel"] = self.panel
        return out

    @classmethod
    def from_address(cls, address: Mapping[str, str]) -> tuple[Asked, tuple[str, ...]]:
        """What an address asks for, as far as it can be had, and what cannot, a sentence each."""
        said = []
        studies, panel, term = address.get("studies", "10000"), address.get("panel", "numbers"), address.get("term", "")
        without = [m for m in address.get("without", "").split(",") if m]
        if studies not in map(str, REPLICATES):
            listed = ", ".join(f"{c:,}" for c in REPLICATES)
            said.append(f"The link asks for “{studies[:20]}” studies; {listed} can be had.")
            studies = "10000"
        unknown = [m for m in without if m not in ESTIMATORS]
        if unknown:
            said.append(f"The link leaves out “{unknown[0][:40]}”, which is no model here.")
        if term and term not in TERMS:
            said.append(f"The link looks at “{term[:40]}”, which is no coefficient here.")
            term = ""
        if panel not in PANELS:
            said.append(f"The link opens “{panel[:40]}”, which is no part of this page.")
            panel = "numbers"
        return cls(int(studies), tuple(m for m in ESTIMATORS if m in without), term, panel), tuple(said)
