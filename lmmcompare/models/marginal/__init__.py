"""Estimated marginal means, contrasts and simple slopes: linear combinations of the coefficients over a reference grid."""
