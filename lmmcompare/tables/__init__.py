"""Tables as people read them, still as data."""
