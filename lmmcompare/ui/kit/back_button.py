"""One step in the browser's history for one step of the reader, so that Back leads to where they were with one press.

A page writes its state into the address once it knows it. Streamlit makes every such change an entry of its own, so whoever
opened a page by a link had to press Back twice. What the page writes without anybody's having clicked or typed since the
last entry completes that entry.
"""

from __future__ import annotations

import streamlit as st

_JS = """
if (!window.lmmHistory) {
  window.lmmHistory = true;
  let touched = false;
  for (const kind of ["pointerdown", "keydown", "change"]) addEventListener(kind, () => { touched = true; }, true);
  addEventListener("popstate", () => { touched = false; });
  const { pushState, replaceState } = history;
  history.pushState = function (state, title, url) {
    const completes = !touched && new URL(url ?? "", location.href).pathname === location.pathname;
    touched = false;
    return (completes ? replaceState : pushState).call(this, state, title, url);
  };
}
export default function () {}
"""
_component = st.components.v2.component("back_button", js=_JS)


def watch() -> None:
    """Let Back take one press; once per page, never to be seen."""
    _component(key="back button")
