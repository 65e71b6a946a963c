"""An analysis as the query parameters of an address, and back; parameters that cannot be used are reported and ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from .. import examples
from ..errors import FormulaError, LmmCompareError
from ..formula import parse
from ..simulate import link as simulated
from . import table_in_link, upload_address
from .excluded_rows import EXCLUDED, parts_of, table_without
from .excluded_rows import read as read_rows
from .excluded_rows import text as rows_text
from .view_parameters import AS_IT_OPENS, LONGEST, Choices

MAX_URL = 8_000
"""Most characters of a whole link: nginx refuses a request whose first line is longer than 8,192 bytes."""
MAIL_URL = 2_000
"""Links that are longer are cut by some programs for mail and chat."""
EXAMPLE, SIMULATED, UPLOAD, STORED, INLINE, FOLDER = "example", "simulated", "upload", "stored", "inline", "folder"
KINDS = (EXAMPLE, SIMULATED, UPLOAD, STORED, INLINE, FOLDER)
"""Kinds of tables; the parameter of an address that names a table is called the same."""
NAMES = (*KINDS, "table", "formula")
"""Parameters of which an address of an analysis has one; "table" is what an upload was called once."""
SHOWN = "shown"
"""The formula of the comparison that a page shows while the one in its address cannot be fitted."""
TYPED, LONGEST_TYPED = "typed", 500
"""The formula that stands in its box and cannot be used, so that a reload does not lose it; and its most characters."""
OF_ANALYSIS = (*NAMES, EXCLUDED, "method")
"""Parameters that say what is analysed and how; the others are the view's."""
ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
SIDE_BY_SIDE = re.compile(r"(`[^`]*`|[\w.]+|\))(\s+(?=[\w.(`]))?")
"""A part of a formula, and the blanks between it and a next one with nothing else between them."""
GONE = {
    UPLOAD: ("The linked table is no longer on the server.", "Upload it again on the Data page."),
    STORED: (
        "The linked table is not stored here: it has expired or was deleted, or the link was changed.",
        "Ask whoever shared it.",
    ),
    FOLDER: ("This server offers no such table.", "Choose one on the Data page."),
}
"""Of a table that is not there: what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The analysis that an address specifies, with notices about what could not be used.

    Parameters
    ----------
    table : str
        The table's id; empty where the address names none, or none that is valid.
    formula : str
        Formula text that can be parsed; empty for the table's own, and where there is no table.
    shown : str
        Formula of the comparison to show where ``formula`` cannot be fitted; empty where none is named.
    typed : str
        Text of a formula that was typed and could not be used; empty where there is none.
    notices : tuple of str or LmmCompareError
        What could not be used, a sentence or two each; an error where it is the table.
    """

    table: str = ""
    formula: str = ""
    reml: bool = True
    choices: Choices = AS_IT_OPENS
    shown: str = ""
    typed: str = ""
    notices: tuple[str | LmmCompareError, ...] = ()


def kind_of(table: str) -> str:
    """The kind of table that an id names: an example's id is its name, every other id begins with its kind and a colon."""
    kind, colon, _ = table.partition(":")
    return kind if colon else EXAMPLE


def place_of(table: str) -> str:
    """The id without its kind, as used in an address."""
    return table.partition(":")[2] or table


def make(
    table: str,
    formula: str,
    reml: bool = True,
    choices: Choices = AS_IT_OPENS,
    shown: str = "",
    typed: str = "",
) -> dict[str, str]:
    """The parameters of an address that opens an analysis; `read` gives it back.

    Parameters
    ----------
    formula : str
        Empty for the table's own.
    shown : str, optional
        The formula of the comparison that stays in sight while ``formula`` cannot be fitted.
    typed : str, optional
        A formula that was typed and cannot be used; one that is too long for an address is left out.
    """
    whole, rows = parts_of(table)
    address = {kind_of(whole): place_of(whole)}
    if rows:
        address[EXCLUDED] = rows_text(rows)
    if formula:
        address["formula"] = formula
    if shown and shown != formula:
        address[SHOWN] = shown
    if 0 < len(typed) <= LONGEST_TYPED:
        address[TYPED] = typed
    if not reml:
        address["method"] = "ml"
    return address | choices.to_address()


def read(address: Mapping[str, str], repeated: Sequence[str] = ()) -> Opened:
    """Read the analysis that an address specifies; invalid parameters become notices, and nothing is raised.

    Whether an uploaded or stored table still exists is not checked here; see `GONE`.

    Parameters
    ----------
    address : mapping of str to str
        Its parameters; of a repeated one the last value.
    repeated : sequence of str, optional
        Names of the parameters that occur several times with different values.
    """
    notices: list[str | LmmCompareError] = contradictions(address, KINDS, repeated)
    table = formula = ""
    try:
        table = _table(address)
    except LmmCompareError as error:
        notices.append(unavailable_table_error(error))
    try:
        formula = _formula(address["formula"]) if address.get("formula") else ""
    except FormulaError as error:
        notices.append(f"The link's formula could not be read: {error}")
    choices, odd = Choices.from_address(address)
    if address.get(EXCLUDED) and table:
        rows = read_rows(address[EXCLUDED])
        table = table_without(table, rows)
        odd = odd if rows else (*odd, EXCLUDED)
    shown = ""
    try:
        shown = _formula(address[SHOWN]) if address.get(SHOWN) and formula else ""
    except FormulaError:
        odd = (*odd, SHOWN)
    if address.get("method", "reml") not in ("ml", "reml"):
        odd = (*odd, "method")
    if address.get("formula") and not named_kinds(address):
        notices.append("The link has a formula and names no table, so the formula is left out.")
    if odd:
        notices.append(f"Parts of the link mean nothing here and are left out: {', '.join(odd)}.")
    formula, shown = (formula, shown) if table else ("", "")
    typed = address.get(TYPED, "")[:LONGEST_TYPED] if table else ""
    return Opened(table, formula, address.get("method") != "ml", choices, shown, typed, tuple(notices))


def named_kinds(address: Mapping[str, str]) -> list[str]:
    """The kinds of tables that an address names, the one that is opened first."""
    return [kind for kind in KINDS if address.get(kind)] or [UPLOAD] * bool(address.get("table"))


def contradictions(address: Mapping[str, str], exclusive: Sequence[str], repeated: Sequence[str]) -> list[Any]:
    """A sentence on parameters of which an address should have one and has several, and on those given more than once."""
    words = []
    several = [name for name in exclusive if address.get(name)]
    if len(several) > 1:
        listed = " and ".join(f"“{name}”" for name in several)
        words.append(f"The link says {listed}, of which there can be one: “{several[0]}” is opened.")
    if repeated:
        listed = ", ".join(f"“{name[:40]}”" for name in repeated[:5])
        words.append(f"The link says different things of {listed}: the last one counts.")
    return words


def _formula(text: str) -> str:
    """The formula, also of a link that was typed by hand: there each "+" has become a space, as the web reads it."""
    try:
        return parse(text).text
    except FormulaError:
        with suppress(FormulaError):
            return parse(SIDE_BY_SIDE.sub(lambda m: m[1] + (" + " if m[2] else ""), text)).text
        raise


def _table(address: Mapping[str, str]) -> str:
    """The id of the table that an address names first; empty where it names none."""
    kinds = named_kinds(address)
    if not kinds:
        return ""
    kind = kinds[0]
    place = address.get(kind) or address["table"]
    if kind == EXAMPLE:
        return examples.get(place).name
    if kind == SIMULATED:
        return f"{kind}:{simulated.encode(simulated.decode(place))}"
    if kind == INLINE:
        table_in_link.decode(place)
    elif kind == UPLOAD:
        if upload_address.read(place) is None:
            raise LmmCompareError(*GONE[kind])
    elif (kind == STORED and ID.fullmatch(place) is None) or len(place) > LONGEST:
        raise LmmCompareError(*GONE[kind])
    return f"{kind}:{place}"


def unavailable_table_error(error: LmmCompareError) -> LmmCompareError:
    """The error of a table that is not available, with a note that the first example is shown instead."""
    return LmmCompareError(error.problem, f"{error.in_app} Meanwhile the first example is shown.".strip())


def url(page: str, address: Mapping[str, str]) -> str:
    """The whole link: a page's own URL, which has no parameters, with these."""
    return f"{page}?{urlencode(address)}"


def embed_snippet(page: str, address: Mapping[str, str], title: str) -> str:
    """HTML for slides or a web page that shows the page without Streamlit's own bars."""
    source = url(page, {**address, "embed": "true"})
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="100%" height="720" '
        'style="border: 0" loading="lazy" allow="clipboard-write" allowfullscreen></iframe>'
    )
