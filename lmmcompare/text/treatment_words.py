"""What treatments are called."""

from __future__ import annotations

import re

_TREATMENTS = re.compile(
    r"treat\w*|trt|tx|arm|drug|dose|condition|cond|intervention|therapy|exposure|program(me)?|method|diet|fertili[sz]er",
    re.IGNORECASE,
)


def is_treatment(name: str) -> bool:
    """Whether a column is called what a treatment is called."""
    return _TREATMENTS.fullmatch(name) is not None
