"""A text field with a Copy button; Streamlit has none that can be labelled and works without https."""

from __future__ import annotations

import streamlit as st

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
_JS = """
export default function ({ parentElement, data }) {
  const field = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("span");
  const isNew = !button.textContent;
  if (field.value !== data.text) status.textContent = "";
  field.value = data.text;
  field.setAttribute("aria-label", data.label);
  field.onfocus = () => field.select();
  button.textContent = data.action;
  // Streamlit leaves the focus on the button of a popover and the content at the end of the document; page.js moves it to the first
  // control that there is
  const entered = document.activeElement?.closest('[data-testid="stPopoverButton"], [data-testid="stPopoverBody"]');
  if (data.first && isNew && entered) button.focus();
  button.onclick = async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(data.text);  // there over https and on localhost only
      done = true;
    } catch {
      field.focus();
      field.select();
      done = document.execCommand("copy");
    }
    status.textContent = done ? "Copied." : "Press Ctrl+C (or ⌘C) to copy it.";
  };
}
"""
_component = st.components.v2.component("copy_text", html=_HTML, css=_CSS, js=_JS)


def copy_field(text: str, label: str, action: str, key: str, *, first: bool = False) -> None:
    """A read-only text field, labelled ``label`` for screen readers, and a button that copies its text.

    With ``first`` the button has the keyboard focus when its popover opens.
    """
    _component(data={"text": text, "label": label, "action": action, "first": first}, key=key)
