"""The start page: the first question answered in a picture, then every other question as a card that opens its comparison."""

import router

router.require()

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmmcompare import examples
from lmmcompare.explain.headline import headline
from lmmcompare.model_catalogue import Model
from lmmcompare.text.labels import literal
from lmmcompare.ui.compare import panels
from lmmcompare.ui.kit import page_elements, viewport
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.session import state, unknown_page, views

FIRST = "cv161703"
CARDS = ("pshp2", "dragons", "sleepstudy", "drug", "hsb82", "chapter7", "dyestuff", "penicillin")
SHORT = 4
"""Cards that a phone shows; the others are behind a click."""


def folded(title: str) -> DeltaGenerator:
    """Where what a phone would scroll past is drawn: there behind a click, else as it is."""
    return st.expander(title) if viewport.narrow() else st.container()


def card(name: str) -> None:
    """A question, its data in a sentence, and the way in."""
    example = examples.get(name)
    with st.container(border=True, height="stretch", key=f"card-{name}"):
        page_elements.html(
            f'<div class="lmm-card"><h3>{escape(example.question)}</h3><p>{escape(example.summary)}</p>'
            f'<p class="cite">{escape(example.citation)}</p></div>'
        )
        st.page_link(
            "pages/compare.py", label=f"Compare the models: {example.formula.replace('*', chr(92) + '*')}",
            query_params={"example": name}, icon=":material/arrow_forward:",
        )  # fmt: skip


def shelf() -> None:
    """The classics, a line each; searched, every example that fits."""
    page_elements.heading("A shelf of classics", "Data that textbooks and papers come back to, each with its question.")
    words = st.text_input(
        "Search the examples", placeholder="school, growth, nested, random slopes …", max_chars=100, width=420
    )
    matches = examples.search(words)
    if not words.strip():
        matches = [example for example in matches if example.name not in (FIRST, *CARDS)]
    if not matches:
        st.markdown(literal(f"No example has “{words.strip()}” in its title, question, citation or kind of design."))
    with st.container() if words.strip() else folded(f"All {len(matches)} classics"):
        for i in range(0, len(matches), 2):
            for column, example in zip(st.columns(2, gap="medium"), matches[i : i + 2], strict=False):
                with column:
                    st.page_link(
                        "pages/compare.py",
                        label=f"**{example.title}** ({example.design}). {example.question}",
                        query_params={"example": example.name},
                    )


def cards(names: tuple[str, ...]) -> None:
    """Questions beside each other, two in a row."""
    for i in range(0, len(names), 2):
        for column, name in zip(st.columns(2, gap="medium"), names[i : i + 2], strict=False):
            with column:
                card(name)


def page() -> None:
    first, example = state.opening(FIRST), examples.get(FIRST)
    comparison = comparison_cache.comparison(*first.key)
    answer = headline(comparison)
    unknown_page.explain(router.NAMES[1:])
    page_elements.title(
        "Why do my lm and lmer coefficients differ?",
        "See the answer on real data, then on yours: ordinary regression (OLS), a dummy variable for each group, and mixed "
        "models, fitted to the same rows, side by side.",
    )
    view = views.View("X", "X", True, None)
    left, right = st.columns([0.62, 0.38], gap="large", vertical_alignment="center")
    with left:
        panels.draw_lines(first, comparison, view, [Model.OLS, Model.RANDOM_INTERCEPT])
    with right:
        page_elements.heading(answer.title, answer.reason, notes=[literal(f"{example.summary} {example.citation}")])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/compare.py",
                label="Open this comparison",
                query_params={"example": FIRST},
                icon=":material/arrow_forward:",
            )
            with st.container(key="way-on", width="content"):
                st.page_link("pages/data.py", label="Use my own data", icon=":material/upload:")
    page_elements.heading("Questions people ask", "Each opens its data with the models already fitted.")
    cards(CARDS[:SHORT])
    with folded(f"{len(CARDS) - SHORT} more questions"):
        cards(CARDS[SHORT:])
    shelf()


page()
