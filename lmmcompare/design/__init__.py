"""From a table and a formula to columns and groups, checked once."""
