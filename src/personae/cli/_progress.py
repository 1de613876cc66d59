"""A progress bar for work whose length may only be known later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Hears what is being done, how much of it is done, and how much there is (None: nobody knows yet).
OnStep = Callable[[str, int, int | None], None]

#: Widest word before the bar.
WIDTH = 24


@contextmanager
def progress(title: str) -> Iterator[OnStep]:
    """A bar on stderr, if that is a terminal, gone when done; call it with what is done, how much, and of how much."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    title_column = TextColumn(f"{{task.description:<{WIDTH}}}", markup=False)
    columns = (title_column, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)

        def on_step(what: str, done: int, planned: int | None) -> None:
            bars.update(task, description=what[:WIDTH], completed=done, total=planned)

        yield on_step
