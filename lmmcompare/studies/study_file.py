"""A study written down in a TOML file: settings at the top, then how to study them."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import LmmCompareError, SettingsError
from ..simulate.presets import preset
from ..simulate.settings import Settings
from .curve import Curve, plans_along
from .plan import Plan
from .replication import Replication
from .result import Study

STUDY = ("replicates", "seed", "models", "fixed_design", "alpha")
CURVE = ("setting", "values")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Job:
    """The studies that a file specifies.

    Parameters
    ----------
    plans : tuple of Plan
        One, or one for each value along a setting.
    setting : str
        The setting along which the studies go; empty for a single study.
    """

    plans: tuple[Plan, ...]
    setting: str = ""
    values: tuple[Any, ...] = ()

    def table(self, studies: Iterable[Study]) -> pd.DataFrame:
        """All results as one frame."""
        if self.setting:
            return Curve(self.setting, self.values, tuple(studies)).table()
        (study,) = studies
        return study.table()


def read(path: Path) -> Job:
    """Read a file.

    The settings, and ``preset`` for those that are left out, stand at the top; the table ``[study]`` may have
    ``replicates``, ``seed``, ``models``, ``fixed_design`` and ``alpha``, the table ``[curve]`` a ``setting`` and its
    ``values``.

    Raises
    ------
    LmmCompareError
        When the file cannot be read, or has unknown names or invalid values; the message names them.
    """
    values = _load(path)
    tables = {name: values.pop(name, {}) for name in ("study", "curve")}
    for name, table, known in (("study", tables["study"], STUDY), ("curve", tables["curve"], CURVE)):
        if not isinstance(table, dict):
            raise SettingsError(
                f"“{name}” is a single value.", f"Write a table: [{name}] on a line of its own.", setting=name
            )
        _refuse_unknown(table, known, f"[{name}]")
    for name in values:
        if name in (*STUDY, *CURVE) and name != "seed":
            table = "study" if name in STUDY else "curve"
            raise SettingsError(
                f"“{name}” stands among the settings.", f"Move it to the table [{table}].", setting=name
            )
    settings = _settings(values)
    how = {"replicates": 2_000 if tables["curve"] else 10_000, **tables["study"]}
    models = how.pop("models", None)
    if models is not None and not (isinstance(models, list) and all(isinstance(m, str) for m in models)):
        raise SettingsError(
            "“models” is no list of names.", 'Write models = ["ols", "random_intercept"].', setting="models"
        )
    if not isinstance(how.get("fixed_design", False), bool):
        raise SettingsError(
            "“fixed_design” is neither true nor false.", "Write one of the two.", setting="fixed_design"
        )
    if not tables["curve"]:
        return Job((Plan.of(settings, models=models, **how),))
    setting, along = (tables["curve"].get(name) for name in CURVE)
    if not isinstance(setting, str) or not isinstance(along, list):
        raise SettingsError(
            "The table [curve] needs a setting and its values.",
            'Write setting = "groups" and values = [10, 20, 40], for example.',
            setting="curve",
        )
    return Job(tuple(plans_along(settings, setting, along, Replication(models=models, **how))), setting, tuple(along))


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # of a device without an end too
        if len(content) > MAX_BYTES:
            raise LmmCompareError(f"“{path}” is larger than {MAX_BYTES:,} bytes.", "Name a file of settings.")
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise LmmCompareError(f"“{path}” cannot be read: {error.strerror}.", "Name a file of settings.") from error
    except UnicodeDecodeError as error:
        raise LmmCompareError(f"“{path}” is not UTF-8 text.", "Save it as TOML.") from error
    except tomllib.TOMLDecodeError as error:
        raise LmmCompareError(f"“{path}” is not TOML: {error}.", "Write one name = value on each line.") from error


def _settings(values: dict[str, Any]) -> Settings:
    start = values.pop("preset", None)
    if start is None:
        return Settings.from_dict(values)
    if not isinstance(start, str):
        raise SettingsError("“preset” is no name.", 'Write preset = "false-alarms", for example.', setting="preset")
    values.pop("version", None)
    return preset(start).settings.change(**values)


def _refuse_unknown(names: Iterable[str], known: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in known:
            listed = " or ".join(f"“{k}”" for k in difflib.get_close_matches(name, known, n=1) or known)
            raise SettingsError(f"{where} has no “{name[:40]}”.", f"Write {listed}.", setting=name)
