"""The bundled data sets: each a real question about OLS and mixed models, with the comparison that answers it."""

from .catalogue import Example, get, load, names

__all__ = ["Example", "get", "load", "names"]
