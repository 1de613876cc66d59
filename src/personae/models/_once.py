"""A cache for what is costly to make."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def once(make: Callable[..., T]) -> Callable[..., T]:
    """As `functools.cache`, but threads that ask at the same time wait until one of them has made it.

    >>> weights = once(lambda name: [name])
    >>> weights("a") is weights("a")
    True
    """
    made, lock = functools.cache(make), threading.RLock()

    @functools.wraps(make)
    def get(*arguments: object) -> T:
        with lock:
            return made(*arguments)

    return get
