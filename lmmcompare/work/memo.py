"""What is worked out from a finished comparison alone is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Given = ParamSpec("Given")
Of = TypeVar("Of")
Value = TypeVar("Value")


def once(function: Callable[Concatenate[Of, Given], Value]) -> Callable[Concatenate[Of, Given], Value]:
    """Keep what a function says of an object that never changes, with that object and as long as it.

    It lies in the object's ``__dict__``, as what `functools.cached_property` keeps does: no part of its value, and gone with it. Two
    threads that ask at once may both work it out, to the same result. The other arguments must be hashable; what the
    function gives is shared by all who ask, and so not to be changed.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def stored(of: Of, /, *args: Given.args, **more: Given.kwargs) -> Value:
        keep: dict[Hashable, Any] = vars(of).setdefault("_worked_out", {})
        key = (name, args, tuple(sorted(more.items())))
        if key not in keep:
            keep[key] = function(of, *args, **more)
        return keep[key]

    return stored
