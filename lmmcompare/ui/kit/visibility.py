"""What lies below the fold is drawn anew only for a reader who is near it: the browser knows, and tells the server."""

from __future__ import annotations

import streamlit as st

KEY = "fold"
_OUTDATED = "below the fold is outdated"

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  // called again whenever `data` changes; says nothing, which would run the fragment again, where the server is right
  parentElement.stop?.();
  const panel = document.querySelector(`.st-key-${data.panel}`);
  let scrolled = panel.parentElement, near = data.near, timer;
  while (scrolled && !/auto|scroll/.test(getComputedStyle(scrolled).overflowY)) scrolled = scrolled.parentElement;
  const begun = performance.now();
  // before the figures above have their place, what is below them is near the top; and they are to be seen first
  const early = () => performance.now() - begun < 10000
    && (!document.querySelector(".lmm-chart") || document.querySelector('.lmm-chart[aria-busy="true"]'));
  const tell = () => {
    if (near && early()) timer = setTimeout(tell, 50);
    else if (near !== data.near) setStateValue("near", near);
    else panel.removeAttribute("aria-busy");
  };
  const observer = new IntersectionObserver((seen) => {
    near = seen.at(-1).isIntersecting;
    clearTimeout(timer);
    timer = setTimeout(tell, near === data.near || near ? 0 : 1000);  // whoever scrolls past soon comes back
  }, { root: scrolled, rootMargin: "50% 0px" });
  if (!data.near) panel.setAttribute("aria-busy", "true");  // until it is known whether anybody is near
  observer.observe(panel);
  return parentElement.stop = () => { clearTimeout(timer); observer.disconnect(); };
}
"""
_component = st.components.v2.component("fold", js=_JS)


def is_near() -> bool:
    """Whether the reader is near what lies below the fold; not before the browser has spoken: what is above comes first."""
    return bool(st.session_state.get(KEY, {}).get("near"))


def watch(panel: str) -> None:
    """Run the fragment that this is called in when the reader comes near the container of this key; never to be seen."""
    _component(data={"panel": panel, "near": is_near()}, key=KEY)


def keep_watch(panel: str) -> None:
    """Hear when the reader leaves what has been drawn and comes back; run the page then if it is `outdated` by now."""
    st.session_state[_OUTDATED] = False
    _keep_watch(panel)


@st.fragment
def _keep_watch(panel: str) -> None:
    watch(panel)
    if is_near() and st.session_state[_OUTDATED]:
        st.rerun()


def mark_outdated() -> None:
    """Note that what has been drawn below the fold has to be drawn anew before it is seen again."""
    st.session_state[_OUTDATED] = True
