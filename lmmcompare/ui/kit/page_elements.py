"""The elements of every page: headings, paragraphs, notes, tables and error messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from html import escape
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ...errors import FormulaError, LmmCompareError
from ...model_catalogue import Model
from ...tables.table import Table, to_html
from ...text.labels import literal, model_label, rich
from ...text.numbers import number
from ..html import Html
from ..server.waiting import Stopped, go_on

MOST_ROWS, MOST_STYLED = 15, 1_000
"""Rows of a table that is not scrolled, and of one whose numbers are written here."""
SCROLLED = 454
"""Height of one that is scrolled: it ends within a row, which shows that there are more."""
_PLAIN = str.maketrans({sign: f"\\{sign}" for sign in "\\*_`[]$:~<>#|!"})
_PARAGRAPH, _NOTE = '<p class="lmm-text">{}</p>', '<p class="lmm-note">{}</p>'


def html(text: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw HTML; the caller must have escaped every text that does not come from the app itself."""
    st.html(Html(text), width=width)


def plain(text: str) -> str:
    """Escape Markdown in a text for a widget's label, so that a column's name cannot insert an image or a link."""
    return text.translate(_PLAIN)


def model_option(model: str, group: str = "") -> str:
    """A model in a list to pick from: its mark in its colour, and its name."""
    result = Model(model)
    return f":{result.markdown_colour}[{result.sign}] {plain(model_label(result, group))}"


def title(text: str, below: str = "", on_paper: str = "") -> None:
    """The page's answer, and the sentence under it; ``on_paper`` is text that only its print has, as the sidebar is not printed."""
    lead = f'<p class="lmm-lead">{rich(below)}</p>' if below else ""
    more = f'<p class="lmm-note lmm-on-paper">{escape(on_paper)}</p>' if on_paper else ""
    html(f'<h1 class="lmm-title">{escape(text)}</h1>{lead}{more}')


def heading(text: str, below: str = "", text_below: str = "", notes: Iterable[str] = ()) -> None:
    """A panel's heading and the line below it; for a panel without figures also its paragraph and notes."""
    line = f'<p class="lmm-see">{rich(below)}</p>' if below else ""
    words = (_PARAGRAPH.format(rich(text_below)) if text_below else "") + "".join(
        _NOTE.format(rich(note)) for note in notes
    )
    html(f'<h2 class="lmm-heading">{escape(text)}</h2>{line}{words}')


def note(text: str) -> None:
    """A remark in small type."""
    html(_NOTE.format(rich(text)))


def plain_note(text: str) -> None:
    """A remark of text as it is, which says that it is one."""
    note(f"**Note.** {literal(text)}")


def paragraph(text: str) -> None:
    """A paragraph."""
    html(_PARAGRAPH.format(rich(text)))


def warn(text: str) -> None:
    """A warning, of which screen readers are not told at once: before an action that cannot be undone, or beside the alert itself."""
    html(f'<div class="lmm-error" role="note">{rich(text)}</div>')


def table(content: Table, caption: str, label: str) -> None:
    """A small table with its caption below; ``label`` is its name for screen readers."""
    html(to_html(content, caption, label))


def numbers_table(
    display: pd.DataFrame, decimals: Mapping[str, int], config: dict[str, Any], percents: Collection[str] = ()
) -> None:
    """A table to sort and to search, with numbers as they stand elsewhere: "−0.26", where Streamlit would write "-0.26".

    Parameters
    ----------
    decimals : mapping
        The columns of numbers that may be negative, each with its decimals.
    config : dict
        Streamlit's settings of the other columns.
    percents : collection of str, optional
        Which of the columns of numbers are percentages.
    """
    data: Any = display
    signs = {name: "%" * (name in percents) for name in decimals}
    if len(display) > MOST_ROWS:
        html(
            f'<p class="lmm-note lmm-on-paper">Of {len(display):,} rows those that were in sight: a table saved as CSV has all.</p>'
        )
    if len(display) <= MOST_STYLED:  # each cell's text is made by itself
        data = display.style.format(
            {name: partial(_with_sign, sign=signs[name], decimals=n) for name, n in decimals.items()}, na_rep=""
        )
    else:
        config = config | {
            name: st.column_config.NumberColumn(format=f"%.{n}f{2 * signs[name]}") for name, n in decimals.items()
        }
    st.dataframe(
        data, hide_index=True, column_config=config, height="content" if len(display) <= MOST_ROWS else SCROLLED
    )


def _with_sign(value: float, sign: str, decimals: int) -> str:
    return number(value, decimals=decimals) + sign


def explain_error(error: LmmCompareError) -> None:
    """An error's problem and remedy; of a formula also its text with a mark under the offending character."""
    pointer = ""
    if isinstance(error, FormulaError) and error.position is not None:
        pointer = f"<pre>{escape(error.pointer())}</pre>"
    html(
        f'<div class="lmm-error" role="alert"><strong>{escape(error.problem)}</strong> {escape(error.in_app)}{pointer}</div>'
    )


@contextmanager
def offer_retry() -> Iterator[None]:
    """Catch `Stopped` while drawing, and show it with a button that has the work computed after all."""
    try:
        yield
    except Stopped as stopped:
        explain_error(stopped)
        st.button("Compute it", icon=":material/play_arrow:", type="primary", on_click=go_on, args=(stopped.key,))
