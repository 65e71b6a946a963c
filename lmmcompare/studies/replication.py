"""Options of replication that functions running several studies share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from ..simulate.settings import Settings
from .plan import Plan


class Where(TypedDict, total=False):
    """Keyword arguments that control where the work is done."""

    workers: int
    cluster: str


class Options(Where, total=False):
    """Keyword arguments that control the replication of studies."""

    models: Sequence[str] | None
    fixed_design: bool
    alpha: float


@dataclass(frozen=True)
class Replication:
    """How each of several studies is replicated; every part means what it means to `study`."""

    replicates: int = 2_000
    seed: int = 1
    models: Sequence[str] | None = None
    fixed_design: bool = False
    alpha: float = 0.05
    workers: int = 1
    cluster: str = ""

    def plan(self, settings: Settings, models: Sequence[str] | None = None) -> Plan:
        """The plan of a study of these settings, with other models where some are given; it is checked, as `Plan.of` does."""
        chosen = self.models if models is None else models
        return Plan.of(settings, self.replicates, self.seed, chosen, self.fixed_design, self.alpha)
