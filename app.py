"""The app's entry point: page config and navigation; and the server, which loads the libraries before its first visitor."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from threadpoolctl import threadpool_limits

import router


def load() -> None:
    """Load what every page needs, once; plotly breaks where another thread uses it half loaded."""
    with router.LOADING:
        if router.LOADED.is_set():
            return
        import lmmcompare.ui.compare.fitted_comparison
        import lmmcompare.ui.compare.panels
        import lmmcompare.ui.compare.question_bar
        import lmmcompare.ui.sharing.share_button  # noqa: F401
        from lmmcompare.ui import patches
        from lmmcompare.ui.server import comparison_cache, cpu_affinity
        from lmmcompare.ui.session import state

        cpu_affinity.keep_to_one()
        patches.apply()
        # many small products: BLAS threads gain little on an idle machine, and wait for one another on a busy one
        threadpool_limits(1, user_api="blas")
        # garbage collector: objects of the libraries are permanent, and cached figures need not be scanned every few ms
        gc.freeze()
        gc.set_threshold(20_000)
        # the first example: a page whose comparison is in the cache draws its picture first
        comparison_cache.comparison(*state.opening(state.FIRST).key, waiting=comparison_cache.check_within)
        router.LOADED.set()


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(
        page_title="lmmcompare",
        page_icon=router.icon(),
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
        menu_items={"About": "**lmmcompare**: OLS, group dummies and mixed models side by side, and why they differ."},
    )
    page = router.navigation()
    if not router.LOADED.is_set():  # a visitor in the first seconds waits for the libraries, behind a spinner
        with st.spinner("Starting…", show_time=True):
            load()
    from lmmcompare.ui import menu
    from lmmcompare.ui.kit import page_elements, viewport, visibility
    from lmmcompare.ui.session import unknown_page

    viewport.watch()
    unknown_page.remember(page.url_path, router.NAMES)
    st.session_state[router.ROUTED] = True
    if page.url_path == menu.WITHOUT:
        with page_elements.offer_retry():
            page.run()
        return
    place, drawn = menu.place(page, router.pages()), None
    if not menu.follows_picture(page):
        drawn = menu.addresses(router.pages())
        menu.draw(place, router.pages(), drawn)
    with page_elements.offer_retry():
        page.run()
    # the run may have changed the state in the links; where another run follows at once, that one draws them
    if not visibility.is_picture_only() and menu.addresses(router.pages()) != drawn:
        menu.draw(place, router.pages(), menu.addresses(router.pages()))


@asynccontextmanager
async def loading(_app: object) -> AsyncIterator[None]:
    """Load the libraries in a thread when the server starts."""
    Thread(target=load, name="loading", daemon=True).start()
    yield


if __name__ == "__main__":  # a script run; processes that a study starts import this file too, under another name
    main()
elif __name__ == "app":  # `streamlit run` looks for this and serves it
    from starlette.middleware import Middleware

    from lmmcompare.ui.server.page_html import PageHtml
    from lmmcompare.ui.server.refits import Refits
    from lmmcompare.ui.server.static_cache import StaticCache

    origins = st.get_option("client.allowedOrigins")
    middleware = [Middleware(Refits), Middleware(PageHtml, script="chart.js", pages=router.NAMES, origins=origins)]
    if st.get_option("server.fileWatcherType") == "none":  # `make dev` follows edits of the scripts too
        middleware.append(Middleware(StaticCache))
    app = st.App(__file__, lifespan=loading, middleware=middleware)
