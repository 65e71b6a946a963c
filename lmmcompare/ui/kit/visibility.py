"""A page opens with its picture, the rest follows once that is seen; what lies below the fold only for a reader who is near it.

The browser knows both, and tells the server.
"""

from __future__ import annotations

import streamlit as st

KEY = "fold"
_OUTDATED = "below the fold is outdated"

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  // called again whenever `data` changes; says nothing, which would run the fragment again, where the server is right; where the
  // server waits for the first word (null), says it once the picture is seen
  parentElement.stop?.();
  const panel = document.querySelector(`.st-key-${data.panel}`);
  let scrolled = panel.parentElement, near = data.near, timer;
  const seen = (then) => (document.hidden ? then() : requestAnimationFrame(() => setTimeout(then)));
  while (scrolled && !/auto|scroll/.test(getComputedStyle(scrolled).overflowY)) scrolled = scrolled.parentElement;
  const begun = performance.now();
  // before the figures above have their place, what is below them is near the top; and they are to be seen first
  const early = () => performance.now() - begun < 10000
    && (!document.querySelector(".lmm-chart") || document.querySelector('.lmm-chart[aria-busy="true"]'));
  const tell = () => {
    if ((near || data.near === null) && early()) timer = setTimeout(tell, 20);
    else if (near !== data.near) seen(() => setStateValue("near", near));
    else panel.removeAttribute("aria-busy");
  };
  const observer = new IntersectionObserver((seen) => {
    near = seen.at(-1).isIntersecting;
    clearTimeout(timer);
    timer = setTimeout(tell, near || data.near !== true ? 0 : 1000);  // whoever scrolls past soon comes back
  }, { root: scrolled, rootMargin: "50% 0px" });
  if (!data.near) panel.setAttribute("aria-busy", "true");  // until it is known whether anybody is near
  observer.observe(panel);
  return parentElement.stop = () => { clearTimeout(timer); observer.disconnect(); };
}
"""
_component = st.components.v2.component("fold", js=_JS)


def is_near() -> bool:
    """Whether the reader is near what lies below the fold; not before the browser has spoken: what is above comes first."""
    return bool(_told())


def is_seen() -> bool:
    """Whether the page's picture is seen, so that all else may follow: a browser is busy with that for as long as with the picture."""
    return _told() is not None


def is_awaited() -> bool:
    """Whether the page has drawn its picture alone and runs again once that is seen."""
    return KEY in st.session_state and not is_seen()


def _told() -> bool | None:
    result: bool | None = st.session_state.get(KEY, {}).get("near")
    return result


def watch(panel: str) -> None:
    """Run the page or fragment that this is called in when its picture is seen, and when its reader comes near the container of this key.

    Never to be seen itself.
    """
    _component(data={"panel": panel, "near": _told()}, key=KEY)


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
