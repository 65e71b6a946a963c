"""Fits from group moments: arrays in, arrays out; no tables, no formulas."""
