"""How long what the process has worked out is kept for whoever asks next."""

TTL = 7_200.0
"""Seconds; as a number, for of "2h" Streamlit makes a pandas Timedelta at every call."""
