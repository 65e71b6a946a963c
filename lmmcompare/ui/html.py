"""Text that Streamlit takes for HTML at once."""

from __future__ import annotations


class Html(str):
    """HTML that `st.html` sends as it is; for a plain `str` it checks the disk each time for a file of that name."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return self
