"""What the reader has gone to is told from where a browser that is late still believes the page to be."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from lmmcompare.ui.session import address_history

OLD, NEW, OTHER = {"studies": "100000"}, {"studies": "1000"}, {"studies": "10000"}


@dataclass
class Run:
    """What Streamlit says of the run that is under way."""

    page_script_hash: str = "study"
    is_history_navigation: bool = False


@pytest.fixture
def run(monkeypatch):
    """The run under way, of a session of its own."""
    found = Run()
    monkeypatch.setattr(address_history, "st", SimpleNamespace(session_state={}))
    monkeypatch.setattr(address_history, "get_script_run_ctx", lambda: found)
    return found


def opened(kind, address):
    """Whether the address is news; it is adopted then."""
    news = address_history.is_newly_opened(kind, address)
    if news:
        address_history.remember(kind, address)
    return news


def test_an_address_is_news_until_it_has_been_adopted(run):
    """A run may be interrupted before."""
    assert address_history.is_newly_opened("study", OLD) and address_history.is_newly_opened("study", OLD)


@pytest.fixture
def changed(run):
    """An address was opened, and the page has changed it since."""
    assert opened("study", OLD) and not opened("study", OLD)
    address_history.remember("study", NEW)
    return run


def test_an_address_of_before_is_no_news(changed):
    assert not opened("study", OLD)
    assert not opened("study", NEW)
    assert not opened("study", OLD)


def test_another_one_is(changed):
    assert opened("study", OTHER) and not opened("study", OTHER)


def test_each_kind_has_its_own(changed):
    assert opened("table", OLD)


def test_going_back_and_forward_is_news_each_time(changed):
    changed.is_history_navigation = True
    assert opened("study", OLD) and not opened("study", OLD)
    assert opened("study", NEW) and not opened("study", NEW)


def test_so_is_a_link_from_another_page(changed):
    changed.page_script_hash = "start"
    assert not opened("study", NEW)  # it came along
    changed.page_script_hash = "study"
    assert opened("study", OLD)


def test_few_are_remembered(changed):
    for count in range(address_history.REMEMBERED):
        address_history.remember("study", {"studies": str(count)})
    assert opened("study", OLD)


@pytest.mark.parametrize(
    ("page", "opened", "control", "value"),
    [
        ("study", {"preset": "slopes", "studies": "10000"}, "study replicates", 1_000),
        ("stories", {"story": "cv161703"}, "story", "sleepstudy"),
        ("compare", {"example": "sleepstudy"}, "pick method", "ML"),
    ],
)
def test_a_run_with_the_address_of_before_undoes_no_click(app_test, page, opened, control, value):
    """As the next turn of a fragment, or the next click, of a browser that has not heard of the change yet."""
    at = app_test().run()
    for name, text in opened.items():
        at.query_params[name] = text
    at.switch_page(f"pages/{page}.py").run()
    before = dict(at.query_params)
    next(group for group in at.button_group if group.key == control).set_value(value).run()
    after = dict(at.query_params)
    assert after != before
    for late in (before, opened):
        at.query_params.clear()
        at.query_params.update(late)
        at.run()
        assert not at.exception
        assert dict(at.query_params) == after
