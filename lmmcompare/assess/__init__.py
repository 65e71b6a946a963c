"""Assessment of fits: diagnostics, tests, predictions, other models, and the same estimates by other methods."""
