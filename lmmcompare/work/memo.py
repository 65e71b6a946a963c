"""Memoisation of functions of an immutable object, such as a finished comparison."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Given = ParamSpec("Given")
Of = TypeVar("Of")
Value = TypeVar("Value")


def memoised(function: Callable[Concatenate[Of, Given], Value]) -> Callable[Concatenate[Of, Given], Value]:
    """Cache a function's results in its first argument, an object that never changes, for the object's lifetime.

    They are stored in the object's ``__dict__``, as by `functools.cached_property`: no part of its value, and deleted with it. Two
    threads that call at once may both compute the result. The other arguments must be hashable; the result is shared by all
    callers, so it must not be changed.
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
