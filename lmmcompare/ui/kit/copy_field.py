"""A text field with a Copy button; Streamlit has none that can be labelled and works without https."""

from __future__ import annotations

from .scripts import component

_HTML = """
<div class="copy">
  <input type="text" readonly spellcheck="false">
  <button type="button"></button>
  <span role="status"></span>
</div>
"""
_CSS = """
.copy { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; font-family: var(--st-font); font-size: 0.95rem; }
input { flex: 1 1 12rem; min-width: 0; padding: 0.45rem 0.6rem; font: inherit; color: var(--st-text-color);
        background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
button { padding: 0.45rem 0.9rem; font: inherit; font-weight: 600; cursor: pointer; color: var(--st-background-color);
         background: var(--st-primary-color); border: 0; border-radius: var(--st-base-radius); }
:is(input, button):focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
span { flex: 1 0 100%; color: var(--st-text-color); font-size: 0.85rem; }
span:empty { display: none; }
"""
_component = component("copy_field", html=_HTML, css=_CSS)


def copy_field(text: str, label: str, action: str, key: str, *, first: bool = False) -> None:
    """A read-only text field, labelled ``label`` for screen readers, and a button that copies its text.

    With ``first`` the button has the keyboard focus when its popover opens.
    """
    _component(data={"text": text, "label": label, "action": action, "first": first}, key=key)
