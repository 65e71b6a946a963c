"""The width of the window: what is taken for it before it has spoken, and that each figure is drawn once for it."""

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from lmmcompare.ui.kit import viewport
from lmmcompare.ui.server.page_html import STYLE

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "said", "narrow"),
    [
        (None, None, False),
        (DESK, None, False),
        (PHONE, None, True),
        (DESK, True, True),  # a small window
        (PHONE, False, False),  # held sideways
    ],
)
def test_the_browser_is_asked_until_the_window_has_spoken(monkeypatch, agent, said, narrow):
    kept = {} if said is None else {viewport.KEY: {"narrow": said}}
    context = SimpleNamespace(headers={} if agent is None else {"User-Agent": agent})
    monkeypatch.setattr(viewport, "st", SimpleNamespace(session_state=kept, context=context))
    assert viewport.narrow() is narrow


def test_text_is_of_the_size_that_a_reader_has_set_in_the_browser():
    """Streamlit's own size is in pixels, which no setting changes: text of 24 px was 15."""
    set_by_browsers = 16
    pixels = tomllib.loads(CONFIG.read_text())["theme"]["baseFontSize"]
    share = re.search(r"^html \{ font-size: ([\d.]+)%; \}", STYLE.read_text(), re.MULTILINE)
    assert share is not None and float(share[1]) / 100 * set_by_browsers == pixels


def test_the_style_sheet_has_the_same_breakpoint():
    assert f"(max-width: {viewport.BREAKPOINT}px)" in STYLE.read_text()
    margins = 2 * 2  # as its padding is where the page is so narrow
    assert f"@container page (max-width: {viewport.ROOM - margins}rem)" in STYLE.read_text()
