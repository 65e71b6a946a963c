"""What the server names instead of sending it, the browser has still: whatever runs end meanwhile, and however it lags."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lmmcompare.ui.patches.message_cache import SPARE, Sent

KEPT = 4
FIGURES, FRAGMENTS = range(6), (None, "picture", "tabs")


class Browser:
    """The frontend's cache of messages (ForwardMessageCache in Streamlit 1.67), which may count an end of a run later."""

    def __init__(self, age: int) -> None:
        self.age, self.count = age, 0
        self.messages: dict[str, tuple[int, str]] = {}

    def show(self, message: ForwardMsg) -> str:
        """The figure that the message brings or names; fails as the page does where it is not there any more."""
        name = message.hash or message.ref_hash
        if message.WhichOneof("type") == "ref_hash":
            assert name in self.messages, "Cached ForwardMsg MISS"
        fragment = self.messages[name][1] if name in self.messages else message.delta.fragment_id
        self.messages[name] = (self.count, fragment)
        return name

    def end(self, fragment: str | None) -> None:
        """Count a run that has ended, and forget what is old."""
        self.count += 1
        for name, (used, owner) in list(self.messages.items()):
            if (fragment is None or owner == fragment) and self.count - used > self.age:
                del self.messages[name]


def figure(number: int, fragment: str | None) -> ForwardMsg:
    message = ForwardMsg(hash=f"{number} {fragment}")
    message.delta.new_element.bidi_component.bytes = b"{}"
    message.delta.fragment_id = fragment or ""
    message.metadata.cacheable = True
    return message


def ended() -> ForwardMsg:
    return ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)


runs = st.lists(
    st.tuples(
        st.sampled_from(FRAGMENTS), st.lists(st.sampled_from(FIGURES), max_size=3), st.integers(0, SPARE), st.booleans()
    ),
    max_size=40,
)


@given(runs)
def test_a_name_is_never_unknown(runs):
    """An end of a run is counted by the browser up to SPARE runs late, or, where a request was on its way, not at all."""
    browser, sent = Browser(KEPT + SPARE), Sent(KEPT)
    waiting: list[str | None] = []
    for fragment, figures, lag, counted in runs:
        for number in figures:
            whole = figure(number, fragment)
            assert browser.show(sent.shortest(whole)) == whole.hash
        assert sent.shortest(ended()) == ended()
        waiting += [fragment] * counted
        while len(waiting) > lag:
            browser.end(waiting.pop(0))


def test_what_was_just_sent_is_named_and_what_is_old_is_sent_again():
    sent, one = Sent(KEPT), figure(1, None)
    assert sent.shortest(one) == one
    for _ in range(3):  # used in every run, it stays
        sent.shortest(ended())
        assert sent.shortest(one).ref_hash == one.hash
    for _ in range(KEPT):
        sent.shortest(ended())
    assert sent.shortest(one).ref_hash == one.hash
    for _ in range(KEPT + 1):
        sent.shortest(ended())
    assert sent.shortest(one) == one


def test_what_a_browser_does_not_keep_is_sent_whole():
    sent, small = Sent(KEPT), figure(1, None)
    small.metadata.cacheable = False
    assert [sent.shortest(small) for _ in range(3)] == [small] * 3
    assert Sent(KEPT).shortest(figure(1, None)).HasField("delta")  # what one browser has, another has not
