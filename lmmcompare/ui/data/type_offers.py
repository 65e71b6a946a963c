"""What a table's columns may be besides what they were read as, each with a button that makes it so; nothing is made unasked."""

from __future__ import annotations

from ...data.change_type import number_text
from ...data.columns import ColumnInfo
from ...data.recipe import Step
from ...data.steps import LeaveOut, Retype, SetMissing
from ...formula import edit
from ...text.labels import literal
from ...text.numbers import MINUS, count
from ..kit.page_elements import note, plain
from ..server import comparison_cache, table_sources
from ..session.state import Analysis
from . import recipes
from .step_button import do_button

MOST_OFFERS = 5
"""Columns that are named one by one."""

Offer = tuple[str, str, Step, str]
"""A sentence, a button's label, what it does, its key."""


def offers(analysis: Analysis) -> None:
    """Totals below the rows, numbers with some text among them, numbers and dates as text, and codes for missing values."""
    if table_sources.is_sample(analysis.table):
        return
    _without_summary(analysis)
    groups = {name for group in analysis.spec.groupings for name in group} if analysis.formula else set()
    columns = [info for info in comparison_cache.columns(analysis.table) if info.name not in groups]
    _outcome_of_two(analysis, columns)
    as_text = [info for info in columns if info.n_not_numeric or info.n_as_numbers]
    for info in as_text[:MOST_OFFERS]:
        _offer(analysis, *(_stray_text(analysis, info) if info.n_not_numeric else _numbers_as_text(info)))
    if len(as_text) > MOST_OFFERS:
        more = count(len(as_text) - MOST_OFFERS, "more column")
        note(f"So do {more}; “Column types” below reads them as numbers.")
    for info in [info for info in columns if info.kind == "date" and not info.is_date][:MOST_OFFERS]:
        _dates(analysis, info)
    coded = [info for info in columns if info.codes]
    for info in coded[:MOST_OFFERS]:
        _offer(analysis, *_codes(analysis, info))
    if len(coded) > MOST_OFFERS:
        note(f"So do {count(len(coded) - MOST_OFFERS, 'more column')}, which come next.")


def _without_summary(analysis: Analysis) -> None:
    found = recipes.rows_of_summary(analysis.table)
    if found is None:
        return
    display = ", ".join(f"“{text[:40]}”" for text in found.words[:4])
    last = "The last row looks" if len(found.rows) == 1 else f"The last {len(found.rows)} rows look"
    sentence = f"{last} like totals or notes, not like data: {display}."
    _offer(
        analysis, sentence, f"Leave out the last {count(len(found.rows), 'row')}", LeaveOut(found.rows), "summary rows"
    )


def _dates(analysis: Analysis, info: ColumnInfo) -> None:
    orders = recipes.dates_of(analysis.table, info.name)
    sentence = f"“{info.name}” does not tell day and month apart, as in {info.examples[0]}." if len(orders) > 1 else ""
    for order in orders:
        step = Retype(info.name, "date", (order,))
        _offer(analysis, sentence, f"Read “{plain(info.name)}” as dates: {order}", step, f"dates {info.name} {order}")
        sentence = ""


def _outcome_of_two(analysis: Analysis, columns: list[ColumnInfo]) -> None:
    """An outcome of two words counts once one of them is 1."""
    outcome = edit.outcome_column(analysis.spec) if analysis.formula else None
    for info in columns:
        if info.name == outcome and info.kind == "binary" and not (info.is_number or info.is_date or info.is_truth):
            low, high = sorted(map(str, info.examples))
            sentence = f"The outcome “{info.name}” holds “{low}” and “{high}”; a model needs numbers."
            for one in (high, low):
                _offer(
                    analysis,
                    sentence,
                    f"Count “{plain(one)}” as 1",
                    Retype(info.name, "truth", (one,)),
                    f"count {info.name} {one}",
                )
                sentence = ""


def _offer(analysis: Analysis, sentence: str, label: str, step: Step, key: str) -> None:
    if sentence:
        note(literal(sentence))
    do_button(label, analysis, step, key)


def _stray_text(analysis: Analysis, info: ColumnInfo) -> Offer:
    lost = recipes.lost_as_numbers(analysis.table, info.name)
    label = f"Read “{plain(info.name)}” as numbers: {count(lost, 'row becomes', 'rows become')} missing"
    return f"“{info.name}” holds {info.stray_text}.", label, Retype(info.name, "number"), f"numbers {info.name}"


def _numbers_as_text(info: ColumnInfo) -> Offer:
    merged = f": {info.n_unique:,} different texts become {info.n_as_numbers:,} numbers"
    label = f"Read “{plain(info.name)}” as numbers" + (merged if info.n_as_numbers < info.n_unique else "")
    display = ", ".join(info.examples[:3])
    sentence = f"“{info.name}” holds numbers as text, such as {display}: each is a category."
    return sentence, label, Retype(info.name, "number"), f"numbers {info.name}"


def _codes(analysis: Analysis, info: ColumnInfo) -> Offer:
    display = " and ".join(number_text(code).replace("-", MINUS) for code in info.codes)
    rows = count(recipes.rows_with(analysis.table, info.name, info.codes), "row")
    sentence = f"“{info.name}” holds {display} in {rows}, far from its other values: a code for missing values?"
    return (
        sentence,
        f"Read {display} of “{plain(info.name)}” as missing: {rows}",
        SetMissing(info.name, info.codes),
        f"missing {info.name}",
    )
