"""Words and numbers for people, and values as text."""
