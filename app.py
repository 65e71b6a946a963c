"""The app's entry point: page config, style and navigation, nothing else."""

import gc
import sys

import streamlit as st
from threadpoolctl import threadpool_limits

import router


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
    with router.LOADING:  # one visitor loads the libraries; plotly breaks where another uses them half loaded
        if "lmmcompare.ui.compare.panels" not in sys.modules:  # the first visitor waits for them, and sees that
            with st.spinner("Starting…", show_time=True):
                import lmmcompare.ui.compare.panels  # noqa: F401
                from lmmcompare.ui import patches
                from lmmcompare.ui.server import cpu_affinity
            cpu_affinity.keep_to_one()
            patches.apply()
            # of many small products: BLAS threads gain little on an idle machine, and on a busy one wait for one another
            threadpool_limits(1, user_api="blas")
            # the collector: what the libraries made stays, and a figure that is kept need not be looked through every few ms
            gc.freeze()
            gc.set_threshold(20_000)
    from lmmcompare.ui.kit import back_button, chart, shell, viewport
    from lmmcompare.ui.session import menu, reconnection

    shell.style()
    back_button.watch()
    viewport.watch()
    chart.preload()
    reconnection.watch()
    st.session_state[router.ROUTED] = True
    place, linked = menu.place(), menu.addresses(router.pages())
    menu.draw(place, router.pages(), linked)
    page.run()
    if menu.addresses(router.pages()) != linked:  # the page has opened or changed what the links lead to
        menu.draw(place, router.pages(), menu.addresses(router.pages()))


if __name__ == "__main__":  # processes that a study starts load this file too, and are no page
    main()
