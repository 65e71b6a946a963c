"""The app's components in a browser, called as Streamlit calls them."""

from __future__ import annotations

import pytest

from lmmcompare.ui.kit import scripts

pytestmark = pytest.mark.e2e

TWO_CALLS = """async loader => {
    const load = (await import(URL.createObjectURL(new Blob([loader], {type: "text/javascript"})))).default;
    const place = document.body.appendChild(document.createElement("div"));
    const call = height => load({name: "chart", parentElement: place, setTriggerValue() {}, data: new TextEncoder().encode(JSON.stringify({
        figure: {data: [{x: [1, 2], y: [1, 2]}], layout: {height}}, alt: "", brush: false, clickable: false, marked: null,
        config: {modeBarButtons: [], toImageButtonOptions: {format: "svg"}},
    }))});
    const heights = () => [...place.querySelectorAll(".main-svg")].slice(0, 1).map(drawn => drawn.getBoundingClientRect().height);
    const first = call(200), second = call(300);
    (await first)();
    const last = await second, between = heights();
    last();
    const after = heights();
    place.remove();
    return [between, after];
}"""


def test_a_figure_outlives_the_end_of_a_call_that_newer_data_have_overtaken(visit):
    """Streamlit asks a call for its clean-up although the next one has the place by then: a study's figures were gone."""
    page = visit.go("/")
    between, after = page.evaluate(TWO_CALLS, scripts._LOADER)
    assert between == [300]
    assert after == []
