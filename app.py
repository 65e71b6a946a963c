"""The app's entry point: page config, style and navigation, nothing else."""

import streamlit as st

from lmmcompare.ui import router, shell

st.set_page_config(
    page_title="lmmcompare", page_icon=shell.ICON, layout="wide",
    menu_items={"About": "**lmmcompare**: OLS, group dummies and mixed models side by side, and why they differ."},
)  # fmt: skip
shell.style()
router.navigate()
