"""The works behind the methods that a comparison can use."""

from __future__ import annotations

from pathlib import Path

from ..examples.references import Reference, read_bibliography
from ..version import VERSION, YEAR

_WORKS = read_bibliography(Path(__file__).with_suffix(".bib"))

LMMCOMPARE = Reference(
    "lmmcompare",
    "manual",
    {
        "title": "lmmcompare: {OLS}, group dummies and mixed models side by side on the same rows, and why they differ",
        "author": "{The lmmcompare developers}",
        "year": YEAR,
        "note": f"Version {VERSION}",
    },
)
LME4 = _WORKS["bates2015"]
REML = _WORKS["patterson1971"]
SATTERTHWAITE = _WORKS["satterthwaite1946"]
LMERTEST = _WORKS["kuznetsova2017"]
KENWARD_ROGER = _WORKS["kenward1997"]
PBKRTEST = _WORKS["halekoh2014"]
BOOTSTRAP = _WORKS["davison1997"]
CR2 = _WORKS["bell2002"], _WORKS["pustejovsky2018"]
MUNDLAK = _WORKS["mundlak1978"]
R = _WORKS["r"]
EMMEANS = _WORKS["emmeans"]
CLUBSANDWICH = _WORKS["clubsandwich"]
STATSMODELS = _WORKS["seabold2010"]
