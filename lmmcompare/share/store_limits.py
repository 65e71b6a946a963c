"""What the store holds at most, as the administrator of a server sets it."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from ..errors import ShareError

MB = 1_000_000
HOUR = 3_600
CENTURY = 36_500
"""Days; a moment much later is none that Python can name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that the store keeps and takes.

    Attributes
    ----------
    table_bytes, client_bytes, total_bytes : int
        Of one table, of all tables of one client, of all tables; compressed, as they are stored.
    writes_per_hour : int
        Tables that one client may store within an hour, whether they were deleted since or not.
    days : int
        Until a table expires.
    """

    table_bytes: int = 50 * MB
    client_bytes: int = 200 * MB
    total_bytes: int = 2_000 * MB
    writes_per_hour: int = 20
    days: int = 365

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits that LMMCOMPARE_STORE_TABLE_MB, … set, the defaults for those that are not set.

        Raises
        ------
        ShareError
            When one of them is not a number above zero.
        """
        return cls(
            int(_setting("TABLE_MB", cls().table_bytes / MB) * MB),
            int(_setting("CLIENT_MB", cls().client_bytes / MB) * MB),
            int(_setting("TOTAL_MB", cls().total_bytes / MB) * MB),
            math.ceil(_setting("WRITES_PER_HOUR", cls().writes_per_hour)),
            math.ceil(min(_setting("DAYS", cls().days), CENTURY)),
        )


def _setting(name: str, default: float) -> float:
    name = f"LMMCOMPARE_STORE_{name}"
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise ShareError(
            f"Sharing is switched off on this server: {name} is “{text[:40]}”.", "Set it to a number above zero."
        )
    return value
