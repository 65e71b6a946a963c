"""The QR code: drawn as the standard wants it, as far as a picture can be checked without a reader."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from lmmcompare.errors import ShareError
from lmmcompare.share.qr import MOST, qr_svg

URL = "https://lmmcompare.example.org/compare?example=cv161703&formula=Y+~+X+%2B+%281+%7C+ID%29"
FINDER = np.array(
    [[1] * 7, [1, 0, 0, 0, 0, 0, 1], *[[1, 0, 1, 1, 1, 0, 1]] * 3, [1, 0, 0, 0, 0, 0, 1], [1] * 7], dtype=bool
)


def drawn(svg: str) -> np.ndarray:
    """The picture as modules, dark ones True; read from the path's moves and horizontal strokes."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[-1])
    picture = np.zeros((size, size), dtype=bool)
    (path,) = (n.attrib["d"] for n in root.iter() if "stroke" in n.attrib)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(v) for v in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            picture[int(y), int(x) : int(x + values[0])] = True
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return picture


@pytest.mark.parametrize("url", [URL, URL + "&mark=" + "a" * 600])
def test_the_picture_has_what_a_reader_looks_for(url: str) -> None:
    picture = drawn(qr_svg(url))
    assert not picture[:4].any() and not picture[-4:].any() and not picture[:, :4].any() and not picture[:, -4:].any()
    code = picture[4:-4, 4:-4]
    assert (len(code) - 21) % 4 == 0
    for corner in (code[:7, :7], code[:7, -7:], code[-7:, :7]):
        assert np.array_equal(corner, FINDER)
    assert np.array_equal(code[6, 8:-8], np.arange(len(code) - 16) % 2 == 0)  # timing
    level = tuple(code[8, :2] ^ np.array([True, False]))  # of the format bits, under the standard's mask
    assert level != (False, True)  # not L: at least 15% may be hidden


def test_other_links_give_other_codes() -> None:
    assert qr_svg(URL) != qr_svg(URL + "1")


def test_a_link_that_no_phone_could_read_is_refused() -> None:
    for length in (900, 5_000):
        with pytest.raises(ShareError, match=rf"{length:,} characters, too many .* Store the table"):
            qr_svg("h" * length)


def test_the_length_at_which_codes_end_is_the_one_that_is_said() -> None:
    assert qr_svg("h" * MOST)
    with pytest.raises(ShareError, match=f"holds {MOST}"):
        qr_svg("h" * (MOST + 1))
