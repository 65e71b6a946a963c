"""MATLAB's code was taken for unfinished Python, or for a header without rows."""

from __future__ import annotations

import pytest

from lmmcompare.data.read import read_text
from lmmcompare.errors import DataError


@pytest.mark.parametrize(
    "code",
    [
        "T = table([1;2;3],[1.5;2.5;3.5],'VariableNames',{'id','y'})",
        "id = [1;2;3];\ny = [1.5 2.5 3.5]';\ng = {'a';'b';'a'};\nT = table(id, y, g);",
        "T = array2table([1 2.5; 2 3.5; 3 4.5], 'VariableNames', {'id', 'y'});",
        ">> A = [1 2.5\n2 3.5\n3 4.5];",
    ],
)
def test_code_is_refused_with_what_to_paste(code):
    with pytest.raises(DataError, match=r"This is MATLAB code") as caught:
        read_text(code)
    assert "disp(T)" in caught.value.remedy


def test_what_disp_prints_is_a_table():
    text = "T =\n\n  3×2 table\n\n    id     y \n    __    ___\n\n    1     1.5\n    2     2.5\n    3     3.5\n"
    assert read_text(text).frame.to_dict("list") == {"id": [1, 2, 3], "y": [1.5, 2.5, 3.5]}
