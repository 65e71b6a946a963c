"""How the traces of a picture look with some models drawn: which are hidden, whose colours they have, how thick they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..model_catalogue import Model
from .population_lines import HALO, width
from .theme import MODELS, PAGE, clear
from .traces import Columns, Trace

GREY, DIMMED = 0.7, 0.18
"""How strong points are that belong to no colour, and all that does not stand out where a group does."""
Looks = dict[str, Trace]
"""What each part of a picture has instead of what its traces say; parts that are not in it are hidden."""


@dataclass(frozen=True)
class Offer:
    """The models that a picture can draw and its reader can switch on and off.

    Parameters
    ----------
    with_own : tuple of str
        Models with a line for each group.
    with_common : tuple of str
        Models with a population line, in the order in which they are drawn.
    dimmed : bool
        Whether a group is highlighted, and all others are dimmed.
    """

    with_own: tuple[str, ...]
    with_common: tuple[str, ...]
    dimmed: bool = False

    @classmethod
    def of(cls, lines: Columns, *, dimmed: bool = False) -> Offer:
        """The models in a frame of lines; the true lines are always drawn and cannot be switched."""
        held = [{*lines["model"][lines["kind"] == kind]} - {Model.TRUTH} for kind in ("group", "population")]
        own, common = ([m for m in MODELS if m in some] for some in held)
        return cls(tuple(own), tuple(reversed(common)), dimmed)

    @property
    def models(self) -> tuple[str, ...]:
        """All of them, in the order of tables."""
        return tuple(m for m in MODELS if m in self.with_own or m in self.with_common)

    def subsets(self) -> Iterator[tuple[str, ...]]:
        """Every set of them."""
        for n in range(len(self.models) + 1):
            yield from combinations(self.models, n)

    def by_group(self, drawn: Collection[str]) -> bool:
        """Whether lines and points have the groups' colours: where no more than one model draws lines for groups."""
        return sum(m in drawn for m in self.with_own) <= 1

    def looks(self, drawn: Collection[str]) -> Looks:
        """How each part looks with these models drawn; its traces are made for one model alone, with the groups' colours."""
        by_group = self.by_group(drawn)
        result: Looks = {"levels": {}} if by_group else {}
        for part, strength in (("points", DIMMED if self.dimmed else GREY), ("marked", 1.0)):
            result[part] = {} if by_group else {"tint": clear(PAGE.muted, strength)}
        for model in (m for m in self.with_own if m in drawn):
            own = {} if by_group else {"line": {"color": MODELS[model].colour, "dash": MODELS[model].dash}}
            result |= {f"each {model}": own, f"first {model}": own if by_group else own | {"showlegend": True}}
        mixed = [m for m in self.with_common if m in drawn and m != Model.OLS]
        for model in (m for m in self.with_common if m in drawn):
            thick = width(model, mixed)
            dash = "solid" if mixed == [model] else MODELS[model].dash
            result |= {f"everyone {model}": {"line": {"width": thick, "dash": dash}}, f"means {model}": {}}
            result |= {f"halo {model}": {"line": {"width": thick + HALO}}, f"band {model}": {}, f"before {model}": {}}
        return result


def visible_traces(traces: Sequence[Trace], looks: Looks) -> list[Trace]:
    """The traces that are not hidden, as they look; static/looks.js does the same for the set that a reader chooses."""
    parts = [(trace, trace.get("meta", {}).get("part")) for trace in traces]
    return [
        trace if part is None else _with(trace, looks[part]) for trace, part in parts if part is None or part in looks
    ]


def _with(trace: Trace, look: Trace) -> Trace:
    result = trace | {name: value for name, value in look.items() if name != "tint"}
    result |= {name: trace[name] | look[name] for name in ("line", "marker") if name in trace and name in look}
    if "tint" in look:
        scale = ("colorscale", "cmin", "cmax")
        result["marker"] = {k: v for k, v in result["marker"].items() if k not in scale} | {"color": look["tint"]}
    return result
