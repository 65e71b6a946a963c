"""A comparison to take away: code that makes every number again, a notebook, a report, tables, figures, references."""
