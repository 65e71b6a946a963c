"""A page that has lost its server and found one again runs anew at once: the new server knows nothing of it.

Streamlit waits for the next click. That of a fragment's control is then passed over without a word, as a new server has no
such fragment; so the page tells by itself what is still there.
"""

from __future__ import annotations

import streamlit as st

_JS = """
const app = document.querySelector('[data-testid="stApp"]');
let lost = false, tell = () => {};
new MutationObserver(() => {
  const connected = app.dataset.testConnectionState === "CONNECTED";
  if (connected && lost) setTimeout(() => tell(), 100);  // once Streamlit has done what it does of itself
  lost = !connected;
}).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
export default function ({ setStateValue }) {
  tell = () => setStateValue("connected", Date.now());
}
"""
_component = st.components.v2.component("reconnecting", js=_JS)


def watch() -> None:
    """Run the page again once the browser is connected again; outside of fragments, never to be seen."""
    _component(key="reconnecting")
