"""OLS, group dummies and mixed models side by side, and exactly why their coefficients differ."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from .version import VERSION as __version__

if TYPE_CHECKING:
    from . import examples
    from .assess.residual_structures import compare_structures
    from .comparison.compare import compare
    from .comparison.comparison import Comparison
    from .errors import LmmCompareError
    from .explain.identity import explain
    from .formula.calls import read_call
    from .models.fitting import lm, lmer
    from .models.gls_fitting import gls
    from .models.read_file import read
    from .simulate import simulate
    from .studies import curve, groups_for_power, study
    from .tables.inference import Resampling, infer

__all__ = [
    "Comparison",
    "LmmCompareError",
    "Resampling",
    "__version__",
    "compare",
    "compare_structures",
    "curve",
    "examples",
    "explain",
    "gls",
    "groups_for_power",
    "infer",
    "lm",
    "lmer",
    "read",
    "read_call",
    "simulate",
    "study",
]

_MODULES = {
    "assess.residual_structures": ["compare_structures"],
    "comparison.compare": ["compare"],
    "comparison.comparison": ["Comparison"],
    "errors": ["LmmCompareError"],
    "explain.identity": ["explain"],
    "formula.calls": ["read_call"],
    "models.fitting": ["lm", "lmer"],
    "models.gls_fitting": ["gls"],
    "models.read_file": ["read"],
    "simulate": ["simulate"],
    "studies": ["curve", "groups_for_power", "study"],
    "tables.inference": ["Resampling", "infer"],
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


class _Package(ModuleType):
    """The package itself: a public name is imported when it is first asked for, for most programs need few of them."""

    def __getattr__(self, name: str) -> object:
        if name == "examples":
            return import_module(".examples", __name__)
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # an import sets a package's modules as its attributes: `simulate` and `explain` are the functions nevertheless
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
