"""Settings as one short text for an address: version, then base64url of compressed JSON; read as data, never run."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib

from ..errors import SettingsError
from .settings import VERSION, Settings

MAX_TEXT = 2_000
"""Most characters of the text: an address has to pass through servers and mail."""
MAX_JSON = 20_000


def encode(settings: Settings) -> str:
    """The settings as text of letters, digits, "-", "_" and one "."."""
    values = settings.to_dict()
    del values["version"]
    packed = zlib.compress(json.dumps(values, separators=(",", ":"), sort_keys=True).encode(), 9)
    return f"{VERSION}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(text: str) -> Settings:
    """Settings from such a text.

    Raises
    ------
    SettingsError
        When the text is too long, cut off, of another version, or says something that cannot be simulated.
    """
    broken = SettingsError(
        "The link's settings cannot be read: part of the link is missing or changed.", "Copy it again."
    )
    if len(text) > MAX_TEXT:
        raise SettingsError(
            f"The link's settings have {len(text):,} characters; the most is {MAX_TEXT:,}.", "Copy it again."
        )
    match = re.fullmatch(r"([0-9]{1,3})\.([A-Za-z0-9_-]+)", text)
    if match is None:
        raise broken
    try:
        unpacker = zlib.decompressobj()
        packed = base64.urlsafe_b64decode(match[2] + "=" * (-len(match[2]) % 4))
        content = unpacker.decompress(packed, MAX_JSON)
        if not unpacker.eof:
            raise broken
        values = json.loads(content)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise broken from None
    if not isinstance(values, dict):
        raise broken
    return Settings.from_dict({**values, "version": int(match[1])})
