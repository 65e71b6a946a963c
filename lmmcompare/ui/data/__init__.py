"""The panels and forms of the Data page."""
