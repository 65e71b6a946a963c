"""The head of the scripts: what was done to the table before, a line each that ends no comment."""

from __future__ import annotations

from lmmcompare import examples
from lmmcompare.comparison.compare import compare
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source


def test_the_steps_that_changed_the_table_stand_in_both_scripts():
    frame = examples.load("cv161703")
    changes = ("“m” is the mean of “X” in its “ID”.", "Two\nlines")
    snapshot = Snapshot(compare("Y ~ X + (1 | ID)", frame), Source("mine.csv", frame, changes=changes))
    for code in (r_code(snapshot), python_code(snapshot)):
        lines = code.splitlines()
        assert "# Done to the table already, step 1: “m” is the mean of “X” in its “ID”." in lines
        assert "# Done to the table already, step 2: Two\\nlines" in lines
