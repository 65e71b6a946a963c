"""Moments: the sums over rows, by group, from which all models are fitted without a second pass over the rows."""
