"""Settings as one short text for an address: version, then base64url of compressed JSON; read as data, never run."""

from __future__ import annotations

from ..errors import SettingsError
from ..text.urlsafe import pack, unpack, version_of
from .settings import VERSION, Settings

MAX_TEXT = 2_000
"""Most characters of the text: an address has to pass through servers and mail."""
MAX_JSON = 20_000


def encode(settings: Settings) -> str:
    """The settings as text of letters, digits, "-", "_" and one "."."""
    values = settings.to_dict()
    return pack(values, values.pop("version"))


def decode(text: str) -> Settings:
    """Settings from such a text.

    Raises
    ------
    SettingsError
        When the text is too long, truncated, of another version, or holds settings that cannot be simulated.
    """
    if len(text) > MAX_TEXT:
        raise SettingsError(
            f"The link's settings have {len(text):,} characters; the most is {MAX_TEXT:,}.", "Copy it again."
        )
    version = version_of(text)
    if version is not None and version > VERSION:
        raise SettingsError(
            "The link's settings were made by a newer version of lmmcompare.", "Open it where it was made."
        )
    try:
        values = unpack(text, MAX_JSON)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise SettingsError(
            "The link's settings cannot be read: part of the link is missing or changed.", "Copy it again."
        )
    return Settings.from_dict({**values, "version": version})
