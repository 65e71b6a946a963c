"""The bundled data sets: each a real question about OLS and mixed models, with the comparison that answers it."""

from .catalogue import get, load, names, search
from .example import Example

__all__ = ["Example", "get", "load", "names", "search"]
