"""The search for the number of groups with the power required: studies with different numbers, and an answer after each.

An estimate divided by its standard error grows like the root of the number of groups, J, so the power of its test is close
to ``Phi(a + b sqrt(J))``. A few studies with different J, and a probit regression of their rejections on sqrt(J), say
where the power is reached, and how surely.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from scipy.special import ndtri

from ..errors import SettingsError
from ..simulate.settings import Settings
from ..text.numbers import count, percent
from .curve import vary
from .models import terms_of
from .probit import PowerLine, Rejections
from .replication import Replication
from .study import progress

SCOUTS = 400
"""Replicates of the preliminary studies, which search for the approximate number of groups."""
MOST_SCOUTS = 12
NEAR = 0.3
"""The preliminary search ends when a study's power is this near to the target, in standard normal quantiles."""
FARTHEST = 6
"""From one study to the next the number of groups grows or shrinks by this factor at most."""
AROUND = (1.0, 0.85, 1.18)
"""Where the last studies lie, relative to the best guess."""
MOST_ROWS = 20_000_000
"""Rows that one study may draw: those of large data have fewer replicates, but not fewer than `FEWEST`."""
FEWEST = 100


@dataclass(frozen=True, repr=False)
class GroupsForPower:
    """The number of groups needed, estimated from the studies so far.

    Parameters
    ----------
    model, term : str
        Whose test of which coefficient.
    groups : int
        The smallest number with that power, by the studies so far.
    lower, upper : float
        Its 95% Monte Carlo interval.
    power, power_mcse : float
        The power with so many groups, and its Monte Carlo standard error.
    fewest : int
        The smallest number of groups that can be simulated.
    """

    target: float
    model: str
    term: str
    groups: int
    lower: float
    upper: float
    power: float
    power_mcse: float
    fewest: int
    tried: tuple[Rejections, ...]
    finished: bool

    def __repr__(self) -> str:
        return f"<GroupsForPower: {self.words} table() has the studies>"

    def table(self) -> pd.DataFrame:
        """A row for each study so far: ``groups, replicates, power, power_mcse``."""
        rows = [(t.groups, t.used, t.rejected / t.used) for t in self.tried]
        frame = pd.DataFrame(rows, columns=["groups", "replicates", "power"])
        frame["power_mcse"] = (frame["power"] * (1 - frame["power"]) / frame["replicates"]) ** 0.5
        return frame

    @property
    def coverage(self) -> tuple[float, float]:
        """The share of intervals that hold the truth with about so many groups, and its Monte Carlo standard error.

        What is lacking to ``1 - alpha`` is how much too often the test would reject a true 0 as well: its power is then none.
        """
        near = min(reversed(self.tried), key=lambda t: abs(t.groups - self.groups))  # the last studies are the largest
        share = near.covered / near.used
        return share, (share * (1 - share) / near.used) ** 0.5

    @property
    def words(self) -> str:
        """The answer as a sentence."""
        if self.groups == self.fewest and self.power > self.target:
            return f"{count(self.groups, 'group')}, the fewest that can be simulated, have a power of {percent(self.power)} already."
        low, high = math.ceil(self.lower), math.ceil(self.upper)
        sure = (
            f"95% Monte Carlo interval: {low:,} to {high:,}"
            if low < high
            else "the Monte Carlo error is below one group"
        )
        return f"{count(self.groups, 'group')} give a power of {percent(self.target)} ({sure})."


@dataclass(frozen=True)
class Search:
    """A search for the number of groups with the required power.

    Parameters
    ----------
    how : Replication
        Of the last three studies.
    fewest, most : int
        Groups that can be simulated.
    """

    settings: Settings
    target: float
    model: str
    term: str
    how: Replication
    fewest: int
    most: int

    def run(self) -> Iterator[GroupsForPower]:
        """Run preliminary studies until the power is near the target, then the last three with more replicates."""
        scouts, groups = [self.measure(self.settings.groups, SCOUTS)], self.settings.groups
        for _ in range(MOST_SCOUTS):
            yield self.answer(scouts, scouts[-2:])
            groups = self.guess(scouts[-2:])
            if abs(ndtri(scouts[-1].share) - ndtri(self.target)) < NEAR or groups in (t.groups for t in scouts):
                break
            scouts.append(self.measure(groups, SCOUTS))
        close: list[Rejections] = []
        for factor in AROUND:
            near = max(self.fewest, min(self.most, round(groups * factor)))
            if near not in (t.groups for t in close):
                if close:
                    yield self.answer(scouts + close, close)
                close.append(self.measure(near, self.how.replicates))
        last = max(close, key=lambda t: t.groups)
        if last.groups == self.most and last.share < self.target:
            raise SettingsError(
                f"Even {count(self.most, 'group')}, the most that can be simulated, have a power of {percent(last.share)} only.",
                "Take larger groups, or a larger effect.",
                setting="slope",
            )
        answer = self.answer(scouts + close, close, finished=True)
        if math.isinf(answer.upper):
            raise SettingsError("This test’s power does not grow with the number of groups.", "Test another model.")
        yield answer

    def measure(self, groups: int, replicates: int) -> Rejections:
        """A study with so many groups."""
        settings = vary(self.settings, "groups", groups)
        rows = groups * (settings.size if isinstance(settings.size, int) else max(settings.size))
        how = replace(self.how, replicates=min(replicates, max(FEWEST, MOST_ROWS // rows)))
        *_, (study,) = progress([how.plan(settings, [self.model])], how.workers, how.cluster)
        used, _, covered, rejected, _ = study.tally.counts[terms_of(settings, self.model).index(self.term)].tolist()
        return Rejections(groups, rejected, used, covered)

    def guess(self, tried: Sequence[Rejections]) -> int:
        """Where the power may be reached, not too far from the last study."""
        here = tried[-1].groups
        guess = PowerLine.of(tried, self.how.alpha).groups(self.target)[0]
        if not here / FARTHEST < guess < here * FARTHEST:
            guess = here * FARTHEST if tried[-1].share < self.target else here / FARTHEST
        return max(self.fewest, min(self.most, math.ceil(guess)))

    def answer(self, tried: Sequence[Rejections], of: Sequence[Rejections], finished: bool = False) -> GroupsForPower:
        """The number of groups estimated from some of the studies."""
        line = PowerLine.of(of, self.how.alpha)
        needed, lower, upper = line.groups(self.target)
        groups = max(self.fewest, min(self.most, math.ceil(min(needed, self.most))))
        return GroupsForPower(
            self.target,
            self.model,
            self.term,
            groups,
            lower,
            upper,
            *line.power(groups),
            self.fewest,
            tuple(tried),
            finished,
        )
