"""The Study page: its answer, its controls and their mistakes, Stop, the depth below, and the address that holds it all."""

import re
import time

import pytest

from lmmcompare.simulate import link
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import study
from lmmcompare.ui.session.job_progress import READER, jobs_of
from lmmcompare.ui.study import curves
from lmmcompare.ui.study.state import MOST_ROWS
from tests.effort import first

from .conftest import at_rest, charts, errors, run_until, run_when_done, texts

CLASSIC = preset("false-alarms").settings
SMALL = CLASSIC.change(size=4)
"""The same with few rows, for what does not hang on them."""
TELLING = ["clash", "chapter7", "slopes", "trial-dropout", "autocorrelation"]
"""With a contextual effect, without predictors, with slopes, with rows that are missing, with correlated residuals."""
NAMES = [*TELLING, *(p.name for p in PRESETS if p.name not in TELLING)]


def address(at):
    return {k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}


def finish(at):
    """Run the page again when nothing is under way any more."""
    places = {b.key.removeprefix("stop ") for b in at.button if b.key.startswith("stop ")}
    for place in places:
        run_when_done(at, place)
    return at if places else at.run()  # what was drawn above the last progress may be of a moment before


def choice(at, key):
    """A segmented control or pills."""
    return next(g for g in at.button_group if g.key == key)


def figures(at):
    return [chart.spec for chart in charts(at)]


def quick(open_page, **more):
    return finish(open_page("study", studies="1000", **more))


def test_it_opens_with_the_classic_and_says_it_at_once(open_page):
    at = open_page("study")
    run_until(at, lambda: "The first numbers come in a moment" not in texts(at))  # a busy machine's
    assert not errors(at)
    said = texts(at)
    assert re.search(
        r"OLS's 5% test finds a slope that is not there in \d+% of [\d,]+ studies, the random-intercept model's in ",
        said,
    )
    assert len(figures(at)) == 2
    assert address(at) == {"simulated": link.encode(CLASSIC), "studies": "10000"}


def test_the_numbers_are_those_of_the_library(open_page):
    at = quick(open_page)
    frame = study(CLASSIC, 1000, CLASSIC.seed).set_index(["model", "term"])
    share = frame.loc[("ols", "x"), "rejection"]
    assert f"that is not there in {100 * share:.0f}% of 1,000 studies" in texts(at)
    drawn = [t for t in figures(at)[1]["data"] if t["mode"] == "markers"]
    assert len(drawn) == 2 and len(drawn[0]["hovertext"]) == 3
    assert "1,000 studies in" in texts(at)


@pytest.mark.parametrize("name", first(NAMES, len(TELLING)))
def test_every_preset_can_be_studied(open_page, name):
    at = quick(open_page, preset=name)
    assert not errors(at)
    said = texts(at)
    assert "1,000 studies" in said and "Monte Carlo standard error" in said and "(bias)" in said
    assert link.decode(address(at)["simulated"]) == preset(name).settings


def test_settings_are_changed_where_they_are_on_simulate(open_page):
    at = quick(open_page)
    at.slider(key="simulate slope").set_value(0.5).run()
    finish(at)
    assert not errors(at)
    assert "finds the true slope of 0.5 in" in texts(at) or "hold the true slope in" in texts(at)
    assert link.decode(address(at)["simulated"]) == CLASSIC.change(slope=0.5)
    at.selectbox(key="simulate preset").set_value("chapter7").run()
    finish(at)
    assert "true mean" in texts(at) and not errors(at)
    at.switch_page("pages/simulate.py").run()
    assert at.selectbox(key="simulate preset").value == "chapter7"


MISTAKES = [
    ("groups", 1, "Number of groups is 1, below 2"),
    ("groups", 10**9, "above 20,000"),
    ("size", 0, "Rows in each group is 0, below 1"),
    ("size", 20_000, "400,000 rows; the limit is 200,000"),
]


def test_a_mistake_is_explained_and_the_last_study_stays(open_page):
    at = quick(open_page)
    before = texts(at)
    for name, value, message in MISTAKES:
        widget = at.number_input(key=f"simulate {name}")
        widget.set_value(value).run()
        (said,) = errors(at)
        assert message in said
        assert "that is not there in" in texts(at) and link.decode(address(at)["simulated"]) == CLASSIC
        at.number_input(key=f"simulate {name}").set_value(getattr(CLASSIC, name)).run()
        assert not errors(at) and texts(at) == before


def test_too_many_rows_are_refused_at_the_control(open_page):
    at = open_page("study", studies="100000", simulated=link.encode(Settings(200, 1000, varies="within")))
    (said,) = errors(at)
    assert f"the most is {MOST_ROWS:,}" in said and "1,000 are run instead" in said
    choice(at, "study replicates").set_value(1000).run()
    assert not errors(at)


def test_models_are_chosen_but_never_none(open_page):
    at = quick(open_page, preset="drug")
    models = choice(at, "study models")
    assert models.value == ["ols", "ols_robust", "no_pooling", "random_intercept", "random_slope"]
    models.set_value(["ols", "random_intercept"]).run()
    finish(at)
    assert address(at)["without"] == "ols_robust,no_pooling,random_slope,cs,ar1,us,complete_cases"
    assert [len(t["hovertext"]) for t in figures(at)[1]["data"] if t["mode"] == "markers"] == [2, 2]
    again = quick(open_page, **{k: v for k, v in address(at).items() if k != "studies"})
    assert choice(again, "study models").value == ["ols", "random_intercept"]
    choice(at, "study models").set_value([]).run()
    (said,) = errors(at)
    assert "No model is chosen" in said


def test_another_coefficient(open_page):
    at = quick(open_page, preset="clash")
    choice(at, "study term").set_value("x_mean").run()
    assert "true contextual effect" in texts(at) and address(at)["term"] == "x_mean"
    choice(at, "study term").set_value("Intercept").run()
    assert "Not shown: the intercept of the within–between model" in texts(at)
    assert not errors(at)


def test_stop_and_go_on(open_page):
    at = open_page("study", preset="slopes", studies="100000", without="ols_robust")
    at.button(key="stop study").click().run()
    at.run()
    assert "stop study" not in [b.key for b in at.button] and "go on study" in [b.key for b in at.button]
    before = at_rest(lambda: texts(at.run()))
    assert "100,000 studies" not in before
    at.button(key="go on study").click().run()
    job = at.session_state["job study"][1]
    done = job.latest.done
    run_until(at, lambda: job.latest.done > done).run()
    assert texts(at) != before and "stop study" in [b.key for b in at.button]
    jobs_of("study").end_lease(at.session_state[READER])


def test_two_who_open_one_link_share_one_study(open_page):
    settings = SMALL.change(seed=12345)
    one = open_page("study", simulated=link.encode(settings), studies="100000")
    other = open_page("study", simulated=link.encode(settings), studies="100000")
    jobs = jobs_of("study")
    assert len([key for key in jobs._jobs if key.settings == settings]) == 1
    (job,) = (jobs.find(key) for key in jobs._jobs if key.settings == settings)
    for at in (one, other):
        at.button(key="stop study").click().run()
    at = one.run()
    time.sleep(0.5)
    assert "100,000 studies" not in texts(at) and job.latest.done < 100_000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"simulated": "1.abc"}, "The link's simulation could not be read"),
        ({"studies": "999999999"}, "asks for “999999999” studies; 1,000, 10,000, 100,000 can be had"),
        ({"without": "olz,ols"}, "leaves out “olz”, which is no model here"),
        ({"without": "olz" * 400}, "which is no model here"),
        ({"preset": "simpsons"}, "There is no preset “simpsons”"),
    ],
)
def test_a_broken_link_is_said(open_page, more, said):
    at = open_page(
        "study", **{"studies": "1000"} | ({} if "preset" in more else {"simulated": link.encode(SMALL)}) | more
    )
    assert not errors(at)
    assert said in texts(at)
    assert said in texts(at.run())  # a phone's page is drawn twice


def test_an_unknown_coefficient_gives_the_slope(open_page):
    at = quick(open_page, term="<b>")
    assert not errors(at) and "a slope that is not there" in texts(at)


def test_simulate_leads_here_and_back(open_page):
    at = open_page("simulate", preset="drug")
    (query,) = [p.proto.query_string for p in at.get("page_link") if p.proto.label == "Repeat this 10,000 times"]
    assert link.encode(preset("drug").settings) in query and "studies=10000" in query
    at = quick(open_page, preset="drug")
    (query,) = [
        p.proto.query_string for p in at.get("page_link") if p.proto.label == "Look at the first of these data sets"
    ]
    assert link.encode(preset("drug").settings) in query


# ------------------------------------------------------------------------------------------------------- depth


def open_tab(at, name):
    """AppTest cannot click a tab; its state is where it is kept."""
    at.session_state["study tabs"] = name
    return at.run()


def test_along_one_setting(open_page):
    asked = {"simulated": link.encode(SMALL), "without": "ols_robust", "along": "groups", "values": "5, 10"}
    at = open_tab(quick(open_page, **asked), "Along one setting")
    finish(at)
    assert not errors(at)
    assert at.text_input[0].value == "5, 10"
    assert "Share of 5% tests that reject, from 5 to 10 groups: OLS" in texts(at)
    at.selectbox(key="study curve along").set_value("icc").run()
    finish(at)
    assert "ICC from 0 to 0.8" in texts(at)
    for measure in curves.MEASURES:
        at.selectbox(key="study curve measure").set_value(measure).run()
        assert not errors(at) and curves.MEASURES[measure] in texts(at)


TYPED = [
    ("5, x", "“x” is not a number"),
    ("5", "1 different values are given"),
    ("1, 5", "At groups = 1: "),
    ("5, 100000", "above 20,000"),
    ("5; 6 7,8.5", "not a whole number"),
    (",".join(map(str, range(2, 40))), "38 different values are given. Give between 2 and 20."),
    ("18000, 19000, 20000", "would simulate 228,000,000 rows; the most is 200,000,000"),
]


def test_values_with_a_mistake_are_kept_and_explained(open_page):
    at = open_tab(quick(open_page, simulated=link.encode(SMALL), without="ols_robust"), "Along one setting")
    assert at.text_input[0].value == "5, 10, 20, 40, 80"
    for typed, message in TYPED:
        at.text_input[0].set_value(typed).run()
        assert at.text_input[0].value == typed
        (said,) = errors(at)
        assert message in said
    at.text_input[0].set_value("5, 10").run()
    finish(at)
    assert not errors(at)


def test_how_many_groups(open_page):
    settings = CLASSIC.change(slope=0.5)
    at = open_tab(quick(open_page, simulated=link.encode(settings)), "How many groups?")
    finish(at)
    assert not errors(at)
    assert re.search(r"\d+ groups give a power of 80%", texts(at))
    assert "Now there are 20." in texts(at)


def test_how_many_groups_a_test_needs_that_finds_what_is_not_there_too(open_page):
    """OLS takes a treatment of whole groups for one of rows: few groups suffice it, and its power is none."""
    address = {"simulated": link.encode(CLASSIC.change(slope=0.5)), "panel": "groups"}
    said = {}
    for tested in ("ols", "random_intercept"):
        at = finish(quick(open_page, tested=tested, **address))
        assert not errors(at)
        said[tested] = texts(at)
    found = re.search(
        r"its 95% intervals hold the true slope in (\d+)% of studies only: its test would find an effect that is not there in about "
        r"(\d+)% of them",
        said["ols"],
    )
    # OLS takes the slope's variance, (1 + 30 x 0.25) / Sxx, for about 1.25 / Sxx: 2 Phi(-1.96 / 2.6) = 45%
    assert found and sum(map(int, found.groups())) == 100 and 30 < int(found[2]) < 60
    assert "its 95% intervals hold the true" not in said["random_intercept"]


def test_without_an_effect_there_is_nothing_to_find(open_page):
    at = open_tab(quick(open_page), "How many groups?")
    assert not errors(at)  # most presets are such: it is no mistake of the reader's
    assert "The true slope is 0, so there is nothing to find." in texts(at)
