"""The start page: the first question answered in a picture, then every question as a card that opens its comparison."""

import router

router.require()

from html import escape

import streamlit as st

from lmmcompare import examples
from lmmcompare.explain.headline import headline
from lmmcompare.model_catalogue import Model
from lmmcompare.text.labels import literal
from lmmcompare.ui.compare import panels
from lmmcompare.ui.kit import page_elements
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.session import state, views

CARDS = ("cv161703", "pshp2", "dragons", "sleepstudy", "drug", "chapter7", "dyestuff", "penicillin")


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
        matches = [example for example in matches if example.name not in CARDS]
    if not matches:
        st.markdown(literal(f"No example has “{words.strip()}” in its title, question, citation or kind of design."))
    for i in range(0, len(matches), 2):
        for column, example in zip(st.columns(2, gap="medium"), matches[i : i + 2], strict=False):
            with column:
                st.page_link(
                    "pages/compare.py",
                    label=f"**{example.title}** ({example.design}). {example.question}",
                    query_params={"example": example.name},
                )


def page() -> None:
    first = state.opening("cv161703")
    comparison = comparison_cache.comparison(*first.key)
    answer = headline(comparison)
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
        page_elements.heading(answer.title, answer.reason)
        with st.container(horizontal=True):
            st.page_link(
                "pages/compare.py",
                label="Open this comparison",
                query_params={"example": "cv161703"},
                icon=":material/arrow_forward:",
            )
            with st.container(key="way-on", width="content"):
                st.page_link("pages/data.py", label="Use my own data", icon=":material/upload:")
    page_elements.heading("Questions people ask", "Each opens its data with the models already fitted.")
    for i in range(0, len(CARDS), 2):
        for column, name in zip(st.columns(2, gap="medium"), CARDS[i : i + 2], strict=False):
            with column:
                card(name)
    shelf()


page()
