"""The view's choices in the session state: set from a link when it is opened, and collected from there for the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ...comparison.comparison import Comparison
from ...model_catalogue import Model
from ...share.view_parameters import GROUP_OF, TABS, Choices
from ..kit import address_widgets

X, TERM, ASKED, MARK, ZERO = "view x", "view term", "view question", "view highlight", "view zero"
TAB = "open tab"
_COLUMNS = "columns of the residual checks"
_LINK_CHOICES = "view wanted"
_UNCHECKED_LINK = "view of the link, unseen"
WHAT_IF = ("rows", "sd")


def restore(choices: Choices) -> None:
    """Set the choices to those of a link."""
    st.session_state.update(
        {X: choices.x, TERM: choices.term, ASKED: None, MARK: choices.mark, ZERO: choices.zero, TAB: choices.tab}
    )
    # without the parameter an address opens the first tab
    st.session_state[_LINK_CHOICES] = {"tab": choices.tab or TABS[0], "models": choices.models}
    st.session_state[_UNCHECKED_LINK] = choices
    address_widgets.restore(choices.details)


def pop_link_choice(name: str) -> Any:
    """Return a link's value for a control whose options depend on the comparison, and forget it; None if there is none."""
    return st.session_state.get(_LINK_CHOICES, {}).pop(name, None)


def unavailable_choices(predictors: Sequence[str], groups: Sequence[str], comparison: Comparison) -> list[str]:
    """A sentence on each of a link's choices that the comparison does not have; empty after the first call for a link."""
    link: Choices = st.session_state.pop(_UNCHECKED_LINK, Choices())
    words = []
    if link.x is not None and link.x not in predictors:
        has = f"these are {_listed(predictors)}" if predictors else "there is none"
        words.append(f"The link wants “{link.x[:60]}” on the x axis, which is no predictor of this comparison: {has}.")
    if link.mark is not None and link.mark not in groups:
        words.append(
            f"The link marks “{link.mark[:60]}”, which is none of the groups of “{comparison.group}”: none is marked."
        )
    if link.term is not None and link.term not in comparison.design.fixed_names:
        words.append(
            f"The link asks about “{link.term[:60]}”, which is no coefficient of this comparison: its first question is shown."
        )
    return words


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:5]) + (" and others" if len(names) > 5 else "")


def forget() -> None:
    """Reset the choices that depend on the comparison's columns and groups to their defaults."""
    for key in (X, TERM, ASKED, MARK, ZERO, _LINK_CHOICES, _UNCHECKED_LINK):
        st.session_state.pop(key, None)
    address_widgets.restore({})


def mark(group: str | None, factor: str) -> None:
    """Mark a group of this factor, and reset the questions about the group marked before."""
    st.session_state[MARK] = group
    address_widgets.drop(*WHAT_IF, GROUP_OF + factor)


def models_key(comparison: Comparison, offered: Sequence[Model]) -> str:
    """The key of the model buttons, after setting them to the link's models or to the default."""
    key, asked = _drawn_key(comparison), pop_link_choice("models")
    if asked is not None or key not in st.session_state:
        wanted = _drawn_first(comparison) if asked is None else asked
        st.session_state[key] = [Model(m) for m in wanted if m in offered]
    return key


def models_drawn(comparison: Comparison) -> tuple[str, ...] | None:
    """The models chosen; None for the default."""
    drawn = st.session_state.get(_LINK_CHOICES, {}).get("models")  # on a page without the model buttons
    if drawn is None:
        drawn = st.session_state.get(_drawn_key(comparison))
    return None if drawn is None or {*drawn} == {*_drawn_first(comparison)} else tuple(drawn)


def models_in_picture(comparison: Comparison) -> tuple[Model, ...]:
    """The models whose lines the compare page draws, chosen or not."""
    return tuple(st.session_state.get(_drawn_key(comparison), _drawn_first(comparison)))


def _drawn_key(comparison: Comparison) -> str:
    return " ".join(("models drawn", *_drawn_first(comparison)[1:]))


def _drawn_first(comparison: Comparison) -> tuple[Model, ...]:
    further = () if comparison.structured is None else (Model.STRUCTURED,)
    return Model.OLS, comparison.formula_model, *further


def tab_key(labels: Mapping[str, str]) -> str:
    """The key of the tabs (labels by name), after setting them to the link's tab."""
    key, asked = f"depth {len(labels)}", pop_link_choice("tab")
    if asked is None and key not in st.session_state:  # as after a visit to another page
        asked = st.session_state.get(TAB)
    if asked in labels:
        st.session_state[key] = labels[asked]
    return key


def open_tab(name: str, labels: Mapping[str, str]) -> None:
    """Store which tab is open: None for the first, which needs no parameter in the address."""
    st.session_state[TAB] = None if name == next(iter(labels)) else name


def show_columns(formula: str, names: Sequence[str]) -> None:
    """Record the columns that the residual checks of this formula are drawn by, chosen or not."""
    st.session_state[_COLUMNS] = formula, tuple(names)


def columns_shown(formula: str) -> tuple[str, ...]:
    """The columns that the residual checks are drawn by, where their tab is open; these may be outside the formula."""
    drawn, names = st.session_state.get(_COLUMNS, ("", ()))
    return names if drawn == formula and st.session_state.get(TAB) == "trust" else ()


def of_comparison(comparison: Comparison, term: str, x: str | None, mark: str | None, zero: bool) -> Choices:
    """The choices of the compare page for its address: question, x axis, marked group, and all that differs from the default."""
    return Choices(
        x=x,
        term=term if len(comparison.design.fixed) > 1 else None,
        mark=mark,
        zero=None if x is None else zero,
        tab=st.session_state.get(TAB),
        models=models_drawn(comparison),
        details=address_widgets.details().copy(),
    )
