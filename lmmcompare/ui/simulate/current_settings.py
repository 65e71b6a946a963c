"""The session's simulation settings: from the controls, a preset or the address, and the last valid ones."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import streamlit as st

from ...errors import SettingsError
from ...share.link import contradictions
from ...share.view_parameters import Choices
from ...simulate import link
from ...simulate.limits import LIMITS
from ...simulate.presets import PRESETS, Preset, preset
from ...simulate.settings import Settings
from ...simulate.validation import plain, problems
from ..session import view_address
from ..session.address_history import is_newly_opened, remember, repeated_parameters
from ..session.pending_edits import add_edit, pop_edits

PAGE = "simulate"
ENTERED = "simulation entered"
CURRENT = "simulation"
OPENED = "simulation opened"
ADDRESS = "simulation address"
NOTICE = "simulation notice"
KINDS = ("simulated", "preset")
SIZES = {"equal": "equal", "spread": "unequal", "listed": "a list", "dropout": "shrinking by dropout"}
Entered = dict[str, Any]


def current(opening: Settings = PRESETS[0].settings) -> tuple[Settings, dict[str, SettingsError]]:
    """The settings to show, and the errors of those entered, by setting; if there are errors, the last valid ones are shown."""
    _adopt_address(opening)
    if CURRENT not in st.session_state:
        open_settings(opening)
    _apply_edits(pop_edits(PAGE))
    result, wrong = read(st.session_state[ENTERED])
    if result is not None:
        st.session_state[CURRENT] = result
    display: Settings = st.session_state[CURRENT]
    return display, wrong


def open_settings(settings: Settings) -> None:
    """Make these the session's settings."""
    st.session_state[CURRENT] = st.session_state[OPENED] = settings
    st.session_state[ENTERED] = control_values(settings)


def _apply_edits(edits: dict[str, Any]) -> None:
    """Store values of the controls: a preset sets all of them."""
    if "preset" in edits:
        open_settings(preset(edits["preset"]).settings)
    elif edits:
        st.session_state[ENTERED] = st.session_state[ENTERED] | edits


def draw_again() -> None:
    """Advance to the next seed."""
    display: Settings = st.session_state[CURRENT]
    add_edit(PAGE, "seed", (display.seed + 1) % (int(LIMITS["seed"].high) + 1))


def control_values(settings: Settings) -> Entered:
    """The controls' values for these settings; each way of choosing sizes has a starting value."""
    entered = asdict(settings)
    size, sizes = settings.size, settings.group_sizes
    entered["sizes"] = (
        "listed"
        if isinstance(size, tuple)
        else "spread"
        if settings.spread
        else "dropout"
        if settings.dropout
        else "equal"
    )
    entered["listed"] = ", ".join(str(n) for n in sizes[:40])
    entered["size"] = size if isinstance(size, int) else max(2, round(float(sizes.mean())))
    entered["spread"] = settings.spread or 0.5
    entered["dropout"] = settings.dropout or 0.1
    return entered


def read(entered: Entered) -> tuple[Settings | None, dict[str, SettingsError]]:
    """Settings from the controls' values, or the errors in them; a setting without a control at the moment is left out."""
    values = {name: entered[name] for name in LIMITS}
    way = entered["sizes"]
    if way == "listed":
        values["size"] = [_whole(part) for part in re.split(r"[\s,;]+", entered["listed"].strip()) if part]
    values["spread"] = entered["spread"] if way == "spread" else 0
    values["dropout"] = entered["dropout"] if way == "dropout" else 0
    if way != "dropout":
        values["dropout_by"] = "chance"
    if not has_slopes(entered):
        values["tau1"] = 0
    if not values["tau1"]:
        values["rho"] = 0
    if not has_context(entered):
        values["rho_mean"] = 0
    values = plain(values)
    wrong = {error.setting: error for error in reversed(problems(values))}
    return (None if wrong else Settings(**values)), wrong


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch("[0-9]{1,9}", text, re.ASCII) else text


def has_slopes(entered: Entered) -> bool:
    """Whether groups can have slopes of their own."""
    return entered["predictor"] == "time" or (entered["predictor"] != "none" and entered["varies"] != "between")


def has_context(entered: Entered) -> bool:
    """Whether the group means of the predictor differ."""
    return entered["predictor"] in ("continuous", "binary") and entered["varies"] != "within"


def matching(settings: Settings) -> Preset | None:
    """The preset that these settings are, whatever the seed."""
    return next((p for p in PRESETS if p.settings.change(seed=settings.seed) == settings), None)


def notice() -> str:
    """Notices on parts of the address that could not be used, for as long as the settings opened instead are shown."""
    display, words = st.session_state.get(NOTICE, (None, ""))
    return words if display == st.session_state[CURRENT] else ""


def write_address(settings: Settings, **more: str) -> None:
    """Write the settings and a page's further parameters into the address."""
    own = {"simulated": link.encode(settings)}
    if st.query_params.to_dict() != own | more:
        st.query_params.from_dict(own | more)
    remember(ADDRESS, own)


def _adopt_address(opening: Settings) -> None:
    address = {k: st.query_params[k][:6000] for k in KINDS if k in st.query_params}
    if not address or not is_newly_opened(ADDRESS, address):
        return
    words = contradictions(address, KINDS, repeated_parameters())
    try:
        if "simulated" in address:
            open_settings(link.decode(address["simulated"]))
        else:
            open_settings(preset(address["preset"]).settings)
        choices, odd = Choices.from_address(st.query_params.to_dict())
        view_address.restore(choices)
        if odd:
            words.append(f"Parts of the link mean nothing here and are left out: {', '.join(odd)}.")
    except SettingsError as error:
        words.append(f"The link's simulation could not be read: {error.text_in_app}")
    if CURRENT not in st.session_state:
        open_settings(opening)
    st.session_state[NOTICE] = st.session_state[CURRENT], " ".join(words)
    remember(ADDRESS, address)
