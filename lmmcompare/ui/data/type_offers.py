"""What a table's columns may be besides what they were read as, each with a button that makes it so; nothing is made unasked."""

from __future__ import annotations

from ...data.binary_outcomes import holds_two_words, may_have_happened
from ...data.change_type import number_text
from ...data.column_info import ColumnInfo
from ...data.detection_limits import SUBSTITUTES
from ...data.recipe import Step
from ...data.steps import FillDown, LeaveOut, Retype, SetMissing
from ...formula import edit
from ...text.english import listed
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
    """Totals below the rows, names in the first row of a group only, text that is numbers or dates or in another order, codes."""
    if table_sources.is_sample(analysis.table):
        return
    _without_summary(analysis)
    _filled_down(analysis)
    groups = {name for group in analysis.spec.groupings for name in group} if analysis.formula else set()
    columns = [info for info in comparison_cache.columns(analysis.table) if info.name not in groups]
    _outcome_of_two(analysis, columns)
    as_text = [info for info in columns if info.n_not_numeric or info.n_as_numbers]
    for info in as_text[:MOST_OFFERS]:
        if info.n_not_numeric:
            _stray_text(analysis, info)
        else:
            _offer(analysis, *_numbers_as_text(analysis, info))
    if len(as_text) > MOST_OFFERS:
        more = count(len(as_text) - MOST_OFFERS, "more column")
        note(f"So do {more}; “Column types” below reads them as numbers.")
    for info in [info for info in columns if info.are_days or (info.kind == "date" and not info.is_date)][:MOST_OFFERS]:
        _dates(analysis, info)
    for info in [info for info in columns if info.kind == "categorical"][:MOST_OFFERS]:
        order_offer(analysis, info.name)
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


def _filled_down(analysis: Analysis) -> None:
    found = recipes.cells_merged(analysis.table)
    if found is None:
        return
    rows, names = len(analysis.frame()), listed([f"“{name}”" for name in found.columns])
    verb = "has" if len(found.columns) == 1 else "have"
    made = listed(
        [
            f"{words} of “{name}”"
            for name, words in zip(
                found.columns, recipes.groups_filled_down(analysis.table, found.columns), strict=True
            )
        ]
    )
    sentence = (
        f"{names} {verb} no value in {found.blanks:,} of {count(rows, 'row')}, as where cells were merged. Where a name stands in "
        f"the first row of its group only, fill it down: a blank cell then takes the value above it. That makes {made}."
    )
    label = f"Fill {plain(names)} down: {count(found.blanks, 'row')}"
    _offer(analysis, sentence, label, FillDown(found.columns), "fill down")


def _dates(analysis: Analysis, info: ColumnInfo) -> None:
    orders = recipes.dates_of(analysis.table, info.name)
    sentence = f"“{info.name}” does not tell day and month apart, as in {info.examples[0]}." if len(orders) > 1 else ""
    if info.are_days:
        first = number_text(info.minimum)
        sentence = f"“{info.name}” holds days as numbers, from {first} on: they leap at the end of each month."
    for order in orders:
        step = Retype(info.name, "date", (order,))
        _offer(analysis, sentence, f"Read “{plain(info.name)}” as dates: {order}", step, f"dates {info.name} {order}")
        sentence = ""


def order_offer(analysis: Analysis, name: str) -> None:
    """Offer the order of their numbers to values such as "week 4" and "week 12", which letters have the other way round."""
    ordered = recipes.order_of_numbers(analysis.table, name)
    if not ordered:
        return
    display = ", ".join(sorted(ordered)[:MOST_OFFERS]) + ", …" * (len(ordered) > MOST_OFFERS)
    sentence = f"“{name}” is in the order of letters, as in R: {display}."
    label = f"Order “{plain(name)}” by its numbers"
    _offer(analysis, sentence, label, Retype(name, "category", ordered), f"order {name}")


def _outcome_of_two(analysis: Analysis, columns: list[ColumnInfo]) -> None:
    """An outcome of two words counts once one of them is 1; so would what happened or not, by its name."""
    outcome = edit.outcome_column(analysis.spec) if analysis.formula else None
    for info in columns:
        if not holds_two_words(info):
            continue
        low, high = sorted(map(str, info.examples))
        sentence = f"The outcome “{info.name}” holds “{low}” and “{high}”; a model needs numbers."
        if info.name != outcome:
            if not may_have_happened(info):
                continue
            sentence = f"“{info.name}” holds “{low}” and “{high}”; it can be the outcome once one of them counts as 1."
        for one in (high, low):
            label = f"Count “{plain(one)}” as 1"
            _offer(analysis, sentence, label, Retype(info.name, "truth", (one,)), f"count {info.name} {one}")
            sentence = ""


def _offer(analysis: Analysis, sentence: str, label: str, step: Step, key: str) -> None:
    if sentence:
        note(literal(sentence))
    do_button(label, analysis, step, key)


def _stray_text(analysis: Analysis, info: ColumnInfo) -> None:
    """Text among numbers becomes missing; for values beyond a limit of detection something else may stand."""
    lost, beyond = (of(analysis.table, info.name) for of in (recipes.lost_as_numbers, recipes.rows_beyond_limits))
    read = f"Read “{plain(info.name)}” as numbers"
    sentence = f"“{info.name}” holds {info.stray_text}."
    if beyond:
        sentence += (
            f" In {count(beyond, 'row')} the value is beyond a limit of detection. Read as missing, such a row is left out of every "
            "model, and what is left is not a fair sample."
        )
    label = f"{read}: {count(lost, 'row becomes', 'rows become')} missing"
    _offer(analysis, sentence, label, Retype(info.name, "number"), f"numbers {info.name}")
    for by, words in SUBSTITUTES.items() if beyond else ():
        _offer(
            analysis,
            "",
            f"{read}: {words} for {count(beyond, 'row')}",
            Retype(info.name, "number", (by,)),
            f"numbers {info.name} {by}",
        )


def _numbers_as_text(analysis: Analysis, info: ColumnInfo) -> Offer:
    merged = f": {info.n_unique:,} different texts become {info.n_as_numbers:,} numbers"
    label = f"Read “{plain(info.name)}” as numbers" + (merged if info.n_as_numbers < info.n_unique else "")
    display = ", ".join(info.examples[:3])
    sentence = f"“{info.name}” holds numbers as text, such as {display}: each is a category."
    bare, sign = recipes.rows_without_sign(analysis.table, info.name)
    if bare:
        sentence += f" {count(bare, 'row has', 'rows have')} no “{sign}”: are they in the same unit?"
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
