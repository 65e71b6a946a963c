"""What a reader sees of a page before all of it is there: nothing moves away, and the menu stands at once."""

from __future__ import annotations

import pytest

from tests.e2e.test_layout import LOOK

pytestmark = pytest.mark.e2e

PLACES = """(() => { window.places = {};
    new MutationObserver(() => {
        for (const place of document.querySelectorAll('[data-testid="stElementContainer"][class*="-figure"]:not(:has(.lmm-chart))'))
            window.places[place.className.match(/st-key-[^ ]+/)[0]] ??= place.getBoundingClientRect().height;
    }).observe(document, {childList: true, subtree: true}); })()"""
"""The height of each figure's place before the figure is in it."""
FIRST = """() => {
    window.linesOf = plot => [...plot.querySelectorAll(".scatterlayer g.trace")].filter(trace => getComputedStyle(trace).opacity !== "0")
        .flatMap(trace => [...trace.querySelectorAll("path.js-line")]).map(line => [line.getAttribute("d"), getComputedStyle(line).stroke]);
    const look = () => {
        const plot = document.querySelector('.lmm-chart[aria-busy="false"] .js-plotly-plot');
        if (!plot) return requestAnimationFrame(look);
        Object.assign(window, { traces: plot.data, lines: linesOf(plot), drawings: 1 });
        plot.on("plotly_afterplot", () => { window.drawings++; });
    };
    requestAnimationFrame(look); }"""
"""The lines that a reader sees in the first drawing of the first figure."""
NUMBERS = r"""
    const numbers = text => text.match(/[-\d.]+/g).map(Number), rgb = colour => numbers(colour).slice(0, 3);
    const startOf = line => [...numbers(line.getAttribute("d")).slice(0, 2), ...rgb(getComputedStyle(line).stroke)];
    const attributes = (node, names) => names.map(name => Number(node.getAttribute(name)));
"""
IN_PREVIEW = f"""() => {{ {NUMBERS}
    const all = (selector, look) => [...document.querySelectorAll(`.lmm-preview ${{selector}}`)].map(look);
    return {{
        lines: all("path", startOf),
        points: all("circle", point => [...attributes(point, ["cx", "cy"]), ...rgb(getComputedStyle(point).fill)]),
        words: all("text", label => label.textContent).join(""),
        area: all("svg", area => attributes(area, ["x", "y", "width", "height"]))[0],
    }}; }}"""
IN_DRAWING = f"""() => {{ {NUMBERS}
    const plot = document.querySelector(".js-plotly-plot"), {{ l, t, w, h }} = plot._fullLayout._size;
    const seen = [...plot.querySelectorAll(".scatterlayer g.trace")].filter(trace => getComputedStyle(trace).opacity !== "0");
    const all = (selector, look) => seen.flatMap(trace => [...trace.querySelectorAll(selector)]).map(look);
    const beside = plot.layout.annotations.map(label => label.xref === "paper" && label.yref === "y");
    const labels = [...plot.querySelectorAll("g.annotation")].filter(node => node.style.display !== "none" && beside[node.dataset.index]);
    return {{
        lines: all("path.js-line", startOf),
        points: all("path.point", point => [...numbers(point.getAttribute("transform")), ...rgb(getComputedStyle(point).fill)]),
        words: labels.map(label => label.textContent).join(""),
        area: [l, t, w, h],
    }}; }}"""
"""Where lines begin and points lie, and their colours; the words beside them; the area."""
LINKS = """() => { window.menus = [];
    const look = () => {
        const links = [...document.querySelectorAll(".lmm-menu a, .st-key-menu a")].filter(link => link.checkVisibility());
        const seen = links.map(link => [link.textContent, Math.round(link.getBoundingClientRect().y)].join(" ")).join(", ");
        const drawn = Boolean(document.querySelector('.lmm-chart[aria-busy="false"]'));
        const last = window.menus.at(-1);
        if (seen !== last?.[0] || drawn !== last[1]) window.menus.push([seen, drawn]);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look); }"""
"""What a reader sees of the menu, and whether a picture is drawn: each state that a frame showed."""


def test_a_figure_has_its_place_before_it_comes(new_visit):
    """What stood below it was moved, on a phone by nearly a screen."""
    new_visit.page.add_init_script(PLACES)
    for path, width in (
        ("/", 1440),
        ("/simulate?preset=slopes", 1440),
        ("/study?preset=slopes&studies=1000", 390),
    ):
        new_visit.page.set_viewport_size({"width": width, "height": 900})
        page = new_visit.go(path)
        places = page.evaluate("places")
        assert places, path
        assert places == {key: page.locator(f".{key}").bounding_box()["height"] for key in places}, path


def test_the_first_drawing_shows_the_lines_of_the_next(new_visit):
    """Lines of one model are one trace at first, which plotly draws sooner, and in one colour."""
    new_visit.page.add_init_script(f"({FIRST})()")
    page = new_visit.go("/compare?example=cv161703")
    page.wait_for_function("document.querySelector('.js-plotly-plot').data.length > window.traces.length")
    first, then = page.evaluate("lines"), page.evaluate("linesOf(document.querySelector('.js-plotly-plot'))")
    assert page.evaluate("traces.length") < 8
    assert len({colour for _, colour in first}) > 10
    assert first == then
    new_visit.still()
    assert page.evaluate("drawings") == 2, "the choice of models, which comes after the figure, is not drawn once more"


@pytest.mark.parametrize(
    ("path", "theme", "phone"),
    [("/compare?example=cv161703", "light", False), ("/", "dark", True), ("/simulate?preset=slopes", "light", True)],
)
def test_lines_and_points_are_seen_before_plotly_has_come_and_where_it_draws_them(open_tab, path, theme, phone):
    tab, held = open_tab(width=390 if phone else 1440, theme=theme, touch=phone, new=True), []
    page = tab.page
    page.route("**/plotly-basic*", lambda route: held.append(route))
    page.goto(tab.base + path, wait_until="commit")
    page.wait_for_selector(".lmm-preview")
    early = page.evaluate(IN_PREVIEW)
    for route in held:
        route.continue_()
    tab.still()
    drawn = page.evaluate(IN_DRAWING)
    assert early["area"] == pytest.approx(drawn["area"], abs=0.01)
    assert early["words"] == drawn["words"] != ""
    for part in ("lines", "points"):  # plotly rounds to hundredths of a pixel
        for mark, exact in zip(early[part], drawn[part], strict=True):
            assert mark == pytest.approx(exact, abs=0.02)
    assert len(early["points"]) >= 60
    assert page.locator(".lmm-preview").count() == 0


def test_the_menu_is_there_before_the_picture_and_stays_where_it_is(new_visit):
    """A busy machine may show both in one frame, or both in its first."""
    new_visit.page.add_init_script(f"({LINKS})()")
    for _ in range(2):  # a picture at hand the second time at least
        page = new_visit.go("/compare?example=cv161703")
        states = page.evaluate("menus")
        assert states[-1][1] and ["", True] not in states, states
        (menu,) = {seen for seen, _ in states if seen}  # the same links in the same places from the first to the last
        assert [place.split()[0] for place in menu.split(", ")][:6] == [
            "Start",
            "Stories",
            "Data",
            "Simulate",
            "Study",
            "Compare",
        ]
    assert page.get_by_role("link", name="Shrinkage").count() == 1


@pytest.mark.parametrize("path", ["/", "/compare?example=drug"])
def test_a_page_connects_before_its_server_has_told_that_it_is_up(new_visit, path):
    page, asked = new_visit.page, []
    page.route("**/_stcore/h*", lambda route: asked.append(route))  # health and host-config are not answered
    new_visit.go(path)
    assert len(asked) == 2
    for route in asked:
        route.continue_()


def test_a_lecture_has_no_menu_at_any_moment(new_visit):
    """Its sidebar came, and went again."""
    new_visit.page.add_init_script("""(() => { window.sidebars = 0; const look = () => {
        window.sidebars += Boolean(document.querySelector('[data-testid="stSidebar"]')?.checkVisibility());
        requestAnimationFrame(look); }; requestAnimationFrame(look); })()""")
    page = new_visit.go("/lecture?example=cv161703&step=2")
    assert page.evaluate("sidebars") == 0
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/compare?*")
    new_visit.still()
    page.locator(".st-key-menu").get_by_role("link", name="Lecture").wait_for()


@pytest.mark.parametrize(
    ("path", "width"), [("/compare?example=nonsense", 1440), ("/shrinkage?example=nonsense", 1024)]
)
def test_share_does_not_lie_on_what_a_page_says_first(open_tab, path, width):
    page = open_tab(width=width).go(path)
    assert page.get_by_text("There is no example").is_visible()
    assert not page.evaluate(LOOK)["overlaps"]


@pytest.mark.parametrize("path", ["/simulate?simulated=torn", "/study?simulated=torn&studies=1000"])
def test_on_a_phone_the_answer_stands_above_what_its_link_lacked(open_tab, path):
    """Above the picture that stays in sight, the header's buttons lay on it."""
    page = open_tab(width=390).go(path)
    said, pinned = (
        page.get_by_text("simulation could not be read").bounding_box(),
        page.locator(".st-key-pinned").bounding_box(),
    )
    assert said["y"] >= pinned["y"] + pinned["height"]


def test_from_a_page_that_there_is_not_a_click_leads_to_the_one_that_is_meant(visit):
    page = visit.go("/comapre?example=drug")
    assert page.get_by_role("dialog").count() == 0  # Streamlit's would name no way on
    assert page.get_by_text("There is no page “comapre”.").is_visible()
    page.get_by_role("link", name="Open Compare with what the link holds").click()
    page.wait_for_url("**/compare?example=drug*")
    assert "Drug" in visit.still().inner_text("h1")
    assert not visit.trouble()
