"""Values as one short text for an address: version, then base64url of compressed JSON; read as data, never run."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import Any


def pack(values: Any, version: int) -> str:
    """Numbers, texts, lists and dicts as text of letters, digits, "-", "_" and one ".": ``1.<base64url(zlib(JSON))>``."""
    content = json.dumps(values, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    return f"{version}.{base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip('=')}"


def version_of(text: str) -> int | None:
    """The version number at the start of such a text; None for any other text."""
    match = re.match(r"([0-9]{1,3})\.", text)
    return int(match[1]) if match else None


def unpack(text: str, most_bytes: int) -> Any:
    """The values of such a text.

    Parameters
    ----------
    text : str
        Its length must be bounded by the caller.
    most_bytes : int
        Maximal size of the JSON; decompression stops there.

    Raises
    ------
    ValueError
        When it is no such text, or a part of one, or too large within.
    """
    match = re.fullmatch(r"[0-9]{1,3}\.([A-Za-z0-9_-]+)", text)
    if match is None:
        raise ValueError("no packed text")
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)), most_bytes)
        if not unpacker.eof:
            raise ValueError("cut off, or too large")
        values = json.loads(content)
        json.dumps(values, ensure_ascii=False).encode()  # half a surrogate pair is no text, and could not be shown
    except (binascii.Error, zlib.error, RecursionError) as error:
        raise ValueError("no packed text") from error
    return values
