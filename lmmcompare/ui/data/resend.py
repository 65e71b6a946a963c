"""A file that was chosen is remembered by the page it was chosen on, and sent again when a new server lacks it.

The browser keeps hold of the file in this tab's memory, by its name, until the tab is closed or loaded anew; nothing is
written anywhere. What a server of before was given is sent to the new one through the same upload field, once.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

PLACE = "bring"
"""The container with the upload field."""
MOST = 10
"""Files that are remembered."""

_JS = f"""
const files = (window.lmmcompareFiles ??= new Map()), sent = (window.lmmcompareSent ??= new Set());
function remember(file) {{
  if (!file) return;
  files.delete(file.name);
  files.set(file.name, file);
  if (files.size > {MOST}) files.delete(files.keys().next().value);
}}
if (!window.lmmcompareListens) {{
  window.lmmcompareListens = true;
  addEventListener("change", (event) => {{ if (event.target.type === "file") [...event.target.files].forEach(remember); }}, true);
  addEventListener("drop", (event) => {{
    if (event.target.closest?.('[data-testid="stFileUploaderDropzone"]')) [...event.dataTransfer?.files ?? []].forEach(remember);
  }}, true);
}}
export default function ({{ data, parentElement }}) {{
  parentElement.stop?.();
  const wanted = data.wanted.map((name) => files.get(name)).filter(Boolean);
  if (!wanted.length || sent.has(data.once)) return;
  const timer = setInterval(() => {{  // the field may be drawn after this
    const field = document.querySelector('.st-key-{PLACE} input[type="file"]');
    if (!field) return;
    clearInterval(timer);
    sent.add(data.once);
    const given = new DataTransfer();
    wanted.forEach((file) => given.items.add(file));
    field.files = given.files;
    field.dispatchEvent(new Event("change", {{ bubbles: true }}));
  }}, 100);
  return parentElement.stop = () => clearInterval(timer);
}}
"""
_component = st.components.v2.component("resending", js=_JS)


def remember(wanted: Sequence[str] = (), once: str = "") -> None:
    """Remember the files that are chosen from now on; send those of these names again, once for each ``once``."""
    _component(data={"wanted": [name for name in wanted if name], "once": once}, key="resending")
