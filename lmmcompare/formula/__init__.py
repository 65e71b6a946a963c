"""lme4/R formula text to `ModelSpec`.

Formula text comes from text boxes and links, so it is read as data: a small grammar of our own accepts names, numbers,
operators and a list of functions, and refuses everything else with the place of the offending character and, where it can
be guessed, with the formula that may be meant.
"""

from .parser import parse, parse_expression, read

__all__ = ["parse", "parse_expression", "read"]
