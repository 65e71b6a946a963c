"""Every page in both themes: axe objects to nothing, Streamlit's own included; no other machine is asked; no complaint."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.e2e

PAGES = ("/", "/stories", "/data?example=cv161703", "/compare?example=cv161703", "/shrinkage?example=sleepstudy",
         "/simulate?preset=slopes", "/study?preset=slopes&studies=1000")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious_or_critical_and_nobody_called(open_tab, path):
    tab = open_tab()
    page = tab.go(path)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        tab.still()
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found += [
                    f"{theme}: {violation['id']}: {node['html'][:200]} at {node['target']}: {node['failureSummary'][:200]}"
                    for node in violation["nodes"]
                ]
    assert not found, "\n".join(found)
    assert not tab.away
    assert not tab.complaints
    assert not tab.trouble()
