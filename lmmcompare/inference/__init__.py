"""Standard errors, degrees of freedom and intervals, from fits and moments."""
