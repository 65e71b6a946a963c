"""Interruption of long computations, and memoisation of results."""
