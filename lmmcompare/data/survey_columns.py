"""Columns that survey programs add to every response: when and how it came in, not what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterable

_OWN = re.compile(
    r"recordeddate|submitdate|datestamp|durationinseconds|interviewtime|grouptime\d+|ipaddr(ess)?|refurl|lastpage"
    r"|location(latitude|longitude)|recipient(first|last)name|recipientemail|external(data)?reference|distributionchannel"
    r"|date(submitted|started|lastaction)|datum(abgeschickt|gestartet|letzteaktivität)|letzteseite|startsprache|zufallsstartwert"
    r"|questnnr|maxpage|missrel|timersi|degtime|totalapprovals|completioncode|treenodekey|internalnodeid"
    r"|(user|start)language|.*(firstclick|lastclick|pagesubmit|clickcount)|redcap.*(timestamp|identifier)|.*recaptchascore"
)
"""Names that Qualtrics, LimeSurvey (also in German), REDCap, SoSci Survey, Prolific, Gorilla and jsPsych give, and hardly anybody else."""
_SHARED = re.compile(
    r"(start|end)date|status|progress|finished|seed|emailaddress|.*timestamp|.*complete"
    r"|started|lastdata|serial|ref|mode|missing|time(\d{3}|sum|taken)|(started|completed|reviewed|archived)at|eventindex|repeatkey|timeelapsed"
    r"|(utc|local)(timestamp|timezone|date)"
)
"""Names that they give too; in a table of none of them they may be measurements."""
_SIGN = re.compile(r"responseid|recordid|redcap.*|participant(private|public)id")
"""Names that tell the program; what they name may be of use, as a person or an occasion."""


def survey_columns(names: Iterable[str]) -> frozenset[str]:
    """The names among a table's that tell when and how a response came in."""
    codes = {name: name.partition(". ")[0] for name in names}  # LimeSurvey may write both: "seed. Seed"
    plain = {name: re.sub(r"[\W_]+", "", code.lower()) for name, code in codes.items()}
    own = {name for name, text in plain.items() if _OWN.fullmatch(text)}
    if not own and not any(map(_SIGN.fullmatch, plain.values())):
        return frozenset()
    return frozenset(own | {name for name, text in plain.items() if _SHARED.fullmatch(text)})


def is_timestamp(name: str) -> bool:
    """Whether a column is called as Google Forms calls the time at which a form came in."""
    return name.strip().lower() == "timestamp"
