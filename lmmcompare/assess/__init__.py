"""What the fits can be held against: other ways to the same numbers, other models, tests, predictions, diagnostics."""
