"""What programs print about a table or a model, which people post too and which is no table."""

from __future__ import annotations

import re

from ...errors import DataError

_IN_R = "In R: dput(d), with the name of the table for d; paste what it prints."
_IN_PYTHON = "In Python: print(df.to_csv(index=False)), with the name of the table for df; paste what it prints."
_KNOWN = (
    (
        r"^[ \t]*(?:'data\.frame':|Classes .*'data\.frame':|tibble |grouped_df |spc_tbl_ |spec_tbl_df )[^\n]*\n"
        r"(?:[ \t]*(?:\.\.[ .]*)?(?:\$|- attr|@)[^\n]*(?:\n|\Z))+",
        "what str() prints, the first values of each column",
        _IN_R,
    ),
    (
        r"^(?:Rows|Observations): [^\n]*\n(?:Columns|Variables): [^\n]*\n(?:\$ [^\n]*(?:\n {4}[^\n]*)*(?:\n|\Z))+",
        "what glimpse() prints, the first values of each column",
        _IN_R,
    ),
    (
        r"^[^\n]+\n(?=[^\n]*(?:Min\.|Length) *:)(?:[^\n:]*:[^\n]*(?:\n|\Z)){4,8}",
        "what summary() prints, a few numbers on each column",
        _IN_R,
    ),
    (r"^<class 'pandas[^\n]*(?:\n[^\n]+)*", "what info() prints, the columns without their values", _IN_PYTHON),
    (
        r"^[^\n]+\n[ \t]*count\s[^\n]*\n[ \t]*mean\s[^\n]*\n[ \t]*std\s[^\n]*\n(?:[^\n]*\n){1,9}?[ \t]*max\s[^\n]*",
        "what describe() prints, a few numbers on each column",
        _IN_PYTHON,
    ),
    (
        r"^[ \t]*(?:(?:Generalized )?[Ll]inear mixed(?:-effects)? model fit by\b|Mixed Linear Model Regression Results"
        r"|(?:Call|Coefficients):[ \t]*$|(?:Random|Fixed) effects:(?:[ \t]*$|[^\n]*~)|Mixed-effects (?:ML|REML) regression"
        r"|Linear regression  |Type III (?:Tests|Analysis)|Analysis of Variance Table)[\s\S]*\Z",
        "what a program prints of a model",
        "Paste the table itself; what R prints of a model can be pasted as the formula.",
    ),
)
_PATTERNS = tuple((re.compile(pattern, re.MULTILINE), what, remedy) for pattern, what, remedy in _KNOWN)


def without_descriptions(text: str) -> tuple[str, list[str]]:
    """The text without what tells about a table or a model, and notes on it.

    Raises
    ------
    DataError
        Where nothing else is there.
    """
    notes = []
    for pattern, what, remedy in _PATTERNS:
        if pattern.search(text):
            text = pattern.sub("\n", text)
            if not text.strip():
                raise DataError(f"This is {what}, and not the table.", remedy)
            notes.append(f"Left out: {what}.")
    return text, notes
