"""Models whose residuals are correlated or unequal: generalized least squares from sums."""
