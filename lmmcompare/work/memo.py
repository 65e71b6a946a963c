"""Memoisation of functions of an immutable object, such as a finished comparison."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Owner = TypeVar("Owner")
Value = TypeVar("Value")


def memoised(
    function: Callable[Concatenate[Owner, Parameters], Value],
) -> Callable[Concatenate[Owner, Parameters], Value]:
    """Cache a function's results in its first argument, an object that never changes, for the object's lifetime.

    They are stored in the object's ``__dict__``, as by `functools.cached_property`: no part of its value, and deleted with it. Two
    threads that call at once may both compute the result. The other arguments must be hashable; the result is shared by all
    callers, so it must not be changed.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def stored(owner: Owner, /, *args: Parameters.args, **more: Parameters.kwargs) -> Value:
        results: dict[Hashable, Any] = vars(owner).setdefault("_memoised", {})
        key = (name, args, tuple(sorted(more.items())))
        if key not in results:
            results[key] = function(owner, *args, **more)
        return results[key]

    return stored
