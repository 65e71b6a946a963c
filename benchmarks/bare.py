"""The reference app: Streamlit with one chart of 60 points and 20 lines, and nothing else."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

rng = np.random.default_rng(1)
figure = go.Figure(go.Scatter(x=rng.normal(size=60), y=rng.normal(size=60), mode="markers"))
for k in range(20):
    figure.add_scatter(x=[-1, 1], y=[k / 10, k / 5], mode="lines")
st.plotly_chart(figure)
