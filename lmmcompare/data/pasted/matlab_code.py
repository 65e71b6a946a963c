"""Code of MATLAB and Octave, which is not read: what to paste in its place."""

from __future__ import annotations

import re

from ...errors import DataError

_CODE = re.compile(
    r"\b(?:array2table|cell2table|struct2table)\s*\(|'VariableNames'"
    r"|^[ \t]*(?:>> ?)?[A-Za-z]\w*[ \t]*=[ \t]*[\[{][^\[\]{}=]{0,2000}?(?:;|\d[ \t]*\n[ \t]*[-.\d'])",
    re.MULTILINE,
)


def refuse_matlab(text: str) -> None:
    """Refuse text in which matrices or tables are written down as MATLAB does it.

    Raises
    ------
    DataError
    """
    if _CODE.search(text):
        raise DataError(
            "This is MATLAB code, and code is not run here.",
            'In MATLAB, with T for the table: paste what disp(T) prints, or writetable(T, "T.csv") and load that file.',
        )
