"""The mends of Streamlit are applied to the version they were written for, and to no other."""

from __future__ import annotations

import logging

import pytest
import streamlit

from lmmcompare.ui import patches


@pytest.fixture(autouse=True)
def applied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(patches.fragment_messages, "patch_fragment_messages", lambda: calls.append("fragments"))
    monkeypatch.setattr(patches.message_cache, "patch_message_cache", lambda: calls.append("messages"))
    monkeypatch.setattr(patches.open_tab, "patch_open_tab", lambda: calls.append("tabs"))
    monkeypatch.setattr(patches.unknown_page, "patch_unknown_page", lambda: calls.append("pages"))
    patches.apply.cache_clear()
    return calls


def test_the_installed_version_is_mended(applied: list[str]) -> None:
    assert patches.apply() and applied == ["fragments", "messages", "tabs", "pages"]


def test_another_version_is_left_alone_and_the_log_says_so(
    applied: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streamlit, "__version__", "1.99.0")
    with caplog.at_level(logging.WARNING):
        assert not patches.apply()
    assert applied == [] and "1.99.0" in caplog.text
    patches.apply.cache_clear()
