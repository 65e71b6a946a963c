"""What the reader is looking at, kept through page changes, reload and a shared link.

The address holds the state: which table, which formula, which method, which view. It is read as data: names that exist,
a formula that our own grammar reads, numbers within bounds; what cannot be used is said and replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from .. import examples
from ..errors import LmmCompareError
from ..formula import parse
from ..simulate import link
from ..simulate.settings import Settings
from ..spec import ModelSpec
from . import sources, store

ANALYSIS = "analysis"
WRITTEN = "address written"
NOTICES = "notices"


@dataclass(frozen=True)
class Analysis:
    """A table and the comparison asked of it.

    Parameters
    ----------
    table : str
        Its id: an example's name, or another kind of table as `sources` names them.
    formula : str
        Formula text that can be parsed.
    reml : bool
    """

    table: str
    formula: str
    reml: bool = True

    @property
    def key(self) -> tuple[str, str, bool]:
        """What `store.comparison` and the caches behind the panels go by."""
        return self.table, self.formula, self.reml

    @property
    def spec(self) -> ModelSpec:
        """The formula, parsed."""
        return parse(self.formula)

    @property
    def title(self) -> str:
        """The table's name for readers."""
        return sources.find(self.table).name

    @property
    def example(self) -> str | None:
        """The example's name; None for any other table."""
        return self.table if sources.kind_of(self.table) == sources.EXAMPLE else None

    @property
    def settings(self) -> Settings | None:
        """What the table was simulated from; None for any other."""
        return sources.settings_of(self.table)

    def frame(self) -> pd.DataFrame:
        """The table."""
        return store.frame(self.table)


def opening(name: str, formula: str = "") -> Analysis:
    """The comparison that an example opens with, or another of its data."""
    return Analysis(name, formula or examples.get(name).formula)


def simulated(settings: Settings) -> Analysis:
    """The comparison that simulated data open with: the model that they come from."""
    return Analysis(sources.simulated_id(settings), settings.formula)


def current() -> Analysis:
    """The analysis of this session; the address has the first word."""
    _adopt_address()
    if ANALYSIS not in st.session_state:
        st.session_state[ANALYSIS] = opening("cv161703")
    analysis: Analysis = st.session_state[ANALYSIS]
    return analysis


def change(**changes: object) -> None:
    """Replace parts of the session's analysis."""
    st.session_state[ANALYSIS] = replace(current(), **changes)  # type: ignore[arg-type]


def open_analysis(analysis: Analysis) -> None:
    """Look at another analysis from now on."""
    st.session_state[ANALYSIS] = analysis
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    for key in ("view x", "view highlight", "view zero"):
        st.session_state.pop(key, None)


def notices() -> list[str]:
    """What could not be opened as the address asked; each is said once."""
    found: list[str] = st.session_state.pop(NOTICES, [])
    return found


def write_address(**view: str) -> None:
    """Put the whole state into the address."""
    analysis: Analysis = st.session_state[ANALYSIS]
    address = {sources.kind_of(analysis.table): sources.place_of(analysis.table), "formula": analysis.formula}
    if not analysis.reml:
        address["method"] = "ml"
    address |= {k: v for k, v in view.items() if v}
    if st.session_state.get(WRITTEN) != address or dict(st.query_params) != address:
        st.query_params.from_dict(address)
        st.session_state[WRITTEN] = address


def _adopt_address() -> None:
    address = {k: v[:6000] for k, v in st.query_params.to_dict().items()}
    if not address or address == st.session_state.get(WRITTEN):
        return
    st.session_state[WRITTEN] = address
    said = []
    base: Analysis | None = None
    if "example" in address:
        name = address["example"]
        if name in examples.names():
            base = opening(name)
        else:
            said.append(f"There is no example “{name[:40]}”; the first one is shown instead.")
    elif sources.UPLOAD in address:
        table = f"{sources.UPLOAD}:{address[sources.UPLOAD]}"
        try:
            sources.find(table)
            base = Analysis(table, "")
        except LmmCompareError:
            said.append(
                "The linked table is no longer on the server, so the first example is shown. Upload the table again."
            )
    elif "simulated" in address:
        try:
            base = simulated(link.decode(address["simulated"]))
        except LmmCompareError as error:
            said.append(f"The link's simulation could not be read, so the first example is shown: {error}")
    elif "formula" not in address:
        return
    if base is not None and "formula" in address:
        try:
            base = replace(base, formula=parse(address["formula"]).formula)
        except LmmCompareError as error:
            said.append(f"The link's formula could not be read: {error}")
    if base is not None and not base.formula:
        base = replace(base, formula=store.suggested_formula(base.table))
    base = base or opening("cv161703")
    open_analysis(replace(base, reml=address.get("method") != "ml"))
    columns = set(map(str, base.frame().columns))
    if address.get("x") in columns:
        st.session_state["view x"] = address["x"]
    if "mark" in address:
        st.session_state["view highlight"] = address["mark"][:200]
    st.session_state["view zero"] = address.get("zero") == "1" if "zero" in address else None
    st.session_state[NOTICES] = said
