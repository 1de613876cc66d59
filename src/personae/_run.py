"""The one synchronous door: everything inside is async, and this is how to call it from plain code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, for scripts and notebooks cells without a running event loop.

    >>> async def two() -> int:
    ...     return 2
    >>> run(two())
    2
    """
    return asyncio.run(work)
