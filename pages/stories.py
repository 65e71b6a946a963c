"""Stories: a question people ask, its data, the picture, the numbers, the answer, and what to try next."""

import router

router.require()

import streamlit as st

from lmmcompare import examples
from lmmcompare.assess.repeated_measures import repeated_measures
from lmmcompare.explain.headline import headline
from lmmcompare.explain.stories import STORIES, Repeated, Story, answer, story_of
from lmmcompare.panels.panel import Panel
from lmmcompare.panels.repeated_measures import repeated_measures as repeated_measures_panel
from lmmcompare.share import link
from lmmcompare.text.labels import literal
from lmmcompare.ui.compare import panels
from lmmcompare.ui.kit import page_elements
from lmmcompare.ui.kit.binding import bind
from lmmcompare.ui.kit.panel import show
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.server.cache import cached
from lmmcompare.ui.session import address_history, state, views
from lmmcompare.ui.sharing import share_button

STORY, NOTICES = "story chosen", "story notices"


@cached(8)
def repeated_panel(example: str, columns: Repeated) -> Panel:
    """The tests of repeated measures, of the story's data and of the same before any value was missing."""
    names = columns.names
    result, whole = (
        repeated_measures(examples.load(e), columns.outcome, names.visit, names.subject, names.between)
        for e in (example, columns.whole)
    )
    return repeated_measures_panel(result, names, whole)


def _choose_story(name: str) -> None:
    st.session_state[STORY] = name


def chosen_story() -> Story:
    """The story that the address or a click asks for; what of the address could not be used is said, and it is written anew."""
    names = {s.example: s.name for s in STORIES}
    asked = st.query_params.get("story", "")
    news = bool(asked) and address_history.is_newly_opened("story address", {"story": asked})
    gone_to = news and asked in names
    if news:
        words = [] if gone_to else [f"There is no story “{asked[:60]}”, so the first is shown."]
        words += link.contradictions({}, (), address_history.repeated_parameters())
        st.session_state[NOTICES] = asked if gone_to else STORIES[0].example, words
    if news or STORY not in st.session_state:
        st.session_state[STORY] = asked if gone_to else STORIES[0].example
    if news:
        address_history.remember("story address", {"story": asked})
    keeps = bind("story", st.session_state[STORY], _choose_story)
    st.pills("Story", list(names), format_func=names.__getitem__, required=True, label_visibility="collapsed", **keeps)
    story = story_of(st.session_state[STORY]) or STORIES[0]
    known, words = st.session_state.get(NOTICES, ("", []))
    for sentence in words if known == story.example else []:
        page_elements.plain_note(sentence)
    st.query_params.from_dict({"story": story.example})
    address_history.remember("story address", {"story": story.example})
    return story


def page() -> None:
    story = chosen_story()
    share_button.share(examples.get(story.example).question)
    example = examples.get(story.example)
    analysis = state.opening(story.example, story.formula)
    comparison = comparison_cache.comparison(*analysis.key)
    contrast = comparison_cache.comparison(story.example, story.contrast, True) if story.contrast else None
    view = views.opening_view(comparison)
    with st.container(key="story-question"):
        page_elements.title(example.question, story.confusion)
    with st.container(key="story-data"):
        page_elements.heading("The data", f"{example.summary}")
        page_elements.note(example.citation)
    with st.container(key="story-picture"):
        page_elements.heading("The picture", story.look)
        panels.draw_lines(analysis, comparison, view, [story.beside, comparison.formula_model])
    if story.repeated:
        with st.container(key="story-repeated"):
            show(repeated_panel(story.example, story.repeated), analysis.key)
    with st.container(key="story-numbers"):
        page_elements.heading("The numbers")
        panels.table_panel(analysis, comparison)
    with st.container(key="story-answer"):
        page_elements.heading("The answer")
        page_elements.paragraph(f"**{literal(headline(comparison, view.term).title)}**")
        for text in answer(story, comparison, contrast):
            page_elements.paragraph(text)
        page_elements.paragraph(f"**To take away.** {story.moral}")
    with st.container(key="story-next"):
        page_elements.heading("Try next")
        st.page_link(
            "pages/compare.py", label="Open this comparison, with every control",
            query_params={"example": story.example, "formula": analysis.formula}, icon=":material/arrow_forward:",
        )  # fmt: skip
        for experiment in story.next:
            st.page_link(
                "pages/compare.py", label=page_elements.plain(experiment.label),
                query_params={"example": experiment.example, "formula": experiment.formula}, icon=":material/science:",
            )  # fmt: skip


page()
