"""Who wants to hear how far a run is. The listener travels with the call, not in a global."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, str], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """While this holds, `listener(measure, case id)` is told of every finished case."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(measure: str, case_id: str) -> None:
    """A case is finished."""
    if listener := _listener.get():
        listener(measure, case_id)
