"""lme4/R formula text to `ModelSpec`.

Formula text comes from text boxes and links, so it is read as data: a small grammar of our own accepts names, numbers,
operators and a short list of functions, and refuses everything else with the place of the offending character. Only
the algebra of the terms (``a*b``, ``(a+b)^2``, ``a/b``) is handed on, to formulaic, and there every factor has already
been replaced by a placeholder.
"""

from .parser import parse, read

__all__ = ["parse", "read"]
