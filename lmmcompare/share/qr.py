"""A link as a QR code that a phone reads from a projector."""

from __future__ import annotations

from io import BytesIO

from ..errors import ShareError

MAX_VERSION = 22
"""105 by 105 modules: of an image as high as half a projected screen, a phone some metres away still resolves each."""

MOST = 779
"""Characters that a code of this size holds where 15% of it may be hidden."""


def qr_svg(url: str) -> str:
    """The QR code of a URL as an SVG image, black on white with its quiet zone.

    15% of it may be hidden or blurred (level M), or more where that makes it no larger.

    Raises
    ------
    ShareError
        When the URL is too long for a code that can still be read.
    """
    import segno  # slow to import, and needed only here

    try:
        code = segno.make_qr(url, error="m")
    except segno.DataOverflowError:
        code = None
    if code is None or int(code.version) > MAX_VERSION:
        raise ShareError(
            f"The link has {len(url):,} characters, too many for a QR code that a phone can read from a screen: that holds {MOST}.",
            "Store the table: its link is short.",
        )
    image = BytesIO()
    code.save(image, kind="svg", light="#fff", title="QR code of the link", omitsize=True, xmldecl=False)
    return image.getvalue().decode()
