"""Reading what a person brings: what is kept of it where it cannot be read."""

from __future__ import annotations

import gc
import weakref

from lmmcompare.data.table import Table
from lmmcompare.errors import DataError
from lmmcompare.ui.data.table_opening import Reader, open_tables


class Rows:
    """Stands for a table that was read before the next one failed."""


def test_an_error_that_is_kept_holds_no_table() -> None:
    held = []

    def read(_tell: object) -> tuple[Table, ...]:
        rows = Rows()
        held.append(weakref.ref(rows))
        raise DataError("This is no table.", "Choose another file.")

    found, problems = open_tables([Reader("a drop", 1, read)])
    gc.collect()
    assert found is None and [error.remedy for error in problems] == ["Choose another file."]
    assert held[0]() is None
