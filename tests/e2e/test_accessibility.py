"""axe on every page in both themes: nothing serious of our own making."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.e2e

PAGES = ("/", "/data?example=cv161703", "/compare?example=cv161703", "/shrinkage?example=sleepstudy")

# (rule, part of the element's HTML or selector): why it is let pass
STREAMLITS_OWN: dict[tuple[str, str], str] = {}


def ours(violation: dict, node: dict) -> bool:
    where = f"{node['html']} {node['target']}"
    return not any(violation["id"] == rule and part in where for rule, part in STREAMLITS_OWN)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious(open_tab, path, theme):
    page = open_tab(theme=theme).go(path)
    found = [
        f"{violation['id']} ({violation['impact']}): {node['html'][:300]} at {node['target']}: {node['failureSummary'][:300]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if ours(violation, node)
    ]
    assert not found, "\n".join(found)
