"""Components whose scripts are files of ``static/``."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from ..server.static_files import VERSION

# Streamlit sends a component's inline script with every use of it, so it is no more than the address of the real one. It is the
# same for all components, as the browser makes a module of each different one. The address is relative to Streamlit's own
# scripts, so it holds behind a proxy and below a path too.
# Data that come while a call is still under way begin another one; when the first ends, Streamlit (1.67) asks it to clean up at once,
# in the place that is the other one's by then: figures were gone. So only the last call of a place cleans it up.
_LOADER = f"""
const own = document.querySelector('script[src*="static/js/"]').src, calls = new WeakMap();
export default async (component) => {{
  const place = component.parentElement, call = (calls.get(place) ?? 0) + 1;
  calls.set(place, call);
  const script = await import(new URL(`../../app/static/${{component.name}}.js?v={VERSION}`, own));
  const cleanUp = await script.default(component);
  return () => calls.get(place) === call && cleanUp?.();
}};
"""


def component(name: str, **parts: Any) -> ComponentRenderer:
    """Register the component whose script is ``static/<name>.js``.

    Parameters
    ----------
    **parts
        Arguments of `streamlit.components.v2.component`: ``html``, ``css``. Its styles are isolated only if it has some.
    """
    return st.components.v2.component(name, js=_LOADER, isolate_styles="css" in parts, **parts)
