"""Tables for display, as data that is rendered elsewhere."""
