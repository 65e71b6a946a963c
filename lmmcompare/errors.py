"""What can go wrong for a user, one kind for each stage, each with the remedy in its text."""

from __future__ import annotations

import sys
import warnings
from typing import Self


class LmmCompareError(Exception):
    """A problem that the user can mend: what is wrong, with which column or term, and what to do.

    Parameters
    ----------
    problem : str
        One sentence that names the column, term or character that is wrong.
    remedy : str, optional
        One sentence that says what to do about it, for whoever calls the library or the command line.
    in_app : str, optional
        The remedy for readers of the app, where it is another: what to choose on which page.
    """

    def __init__(self, problem: str, remedy: str = "", *, in_app: str = "") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy
        self.in_app = in_app or remedy

    @property
    def text_in_app(self) -> str:
        """Problem and remedy for readers of the app."""
        return f"{self.problem} {self.in_app}".strip()

    def alone(self) -> Self:
        """The same without the way that it came, to be kept: the functions on it would keep their tables in memory."""
        self.__context__ = self.__cause__ = None
        return self.with_traceback(None)


class FormulaError(LmmCompareError):
    """The formula text cannot be read.

    Parameters
    ----------
    position : int, optional
        The offending character, counted from 0.
    suggestion : str
        A formula that can be read and is likely meant, where there is one.
    """

    def __init__(
        self,
        problem: str,
        remedy: str = "",
        *,
        text: str = "",
        position: int | None = None,
        suggestion: str = "",
        in_app: str = "",
    ) -> None:
        super().__init__(problem, remedy, in_app=in_app)
        self.text = text
        self.position = position
        self.suggestion = suggestion

    def pointer(self) -> str:
        """The formula with a caret under the offending character, as two lines of text."""
        if self.position is None:
            return self.text
        return f"{self.text}\n{' ' * self.position}^"


class DataError(LmmCompareError):
    """The table, or one of its columns, cannot be used as it is."""


class DesignError(LmmCompareError):
    """The model that was asked for cannot be estimated from these columns."""


class OptionError(LmmCompareError, ValueError):
    """An argument that is not one of those offered, which the remedy lists."""


class UnknownLevelWarning(UserWarning):
    """New rows of groups that a model was not fitted to: which groups, and what their rows get."""


class OutsideRangeWarning(UserWarning):
    """New rows outside of the range that a spline was fitted in: which column, how many, and how the curve goes on."""


class NotEstimableWarning(UserWarning):
    """New rows that need a coefficient which the model's own rows cannot give: which one, and how many rows are NaN."""


class TooLargeError(LmmCompareError):
    """The request would need more memory than is allowed; the size stands in the message."""


class SettingsError(LmmCompareError):
    """A simulation that cannot be carried out; ``setting`` is the setting that is wrong."""

    def __init__(self, problem: str, remedy: str = "", *, setting: str = "") -> None:
        super().__init__(problem, remedy)
        self.setting = setting


class ShareError(LmmCompareError):
    """A table or a link cannot be shared, or what was shared cannot be opened."""


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn as if the line outside of this package that called it did."""
    depth, frame = 1, sys._getframe()
    while frame.f_back and str(frame.f_globals.get("__name__")).split(".")[0] == __name__.split(".")[0]:
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, category, stacklevel=depth)
