"""Many scenes at once, each in its own files: finished ones are not played again, failed ones stop nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from personae.agent import Agent
from personae.errors import AuthenticationFailed, PersonaeError, RunError, UsageError
from personae.simulate.scenes.journal import Journal
from personae.simulate.scenes.play import OnTurn, Staging, facts_of, play
from personae.simulate.scenes.played import Played, difference, load_played
from personae.simulate.scenes.scene import Scene


@dataclass(frozen=True)
class Result:
    """A scene's play, or the error that kept it from its end. Never both, never neither."""

    scene: Scene
    played: Played | None = None
    error: PersonaeError | None = None


async def play_to(
    path: Path | str, scene: Scene, cast: Mapping[str, Agent], staging: Staging, *, on_turn: OnTurn | None = None
) -> Played:
    """The scene played into one file; beside it, until it is finished, a journal from which a killed play goes on.

    A file that holds this very play is read, not played again; raises RunError where it holds another.
    """
    target = Path(path)
    journal = Journal(journal_of(target))
    if target.exists():
        done = load_played(target)
        if differs := difference(done.facts, facts_of(scene, cast, staging)):
            raise RunError(f"{str(target)!r} holds another play ({differs}); name another file or remove it")
        return done
    played = await play(scene, cast, staging, journal=journal, on_turn=on_turn)
    played.write(target)
    journal.remove()
    return played


async def play_all(
    scenes: Iterable[Scene],
    cast: Callable[[Scene], Mapping[str, Agent]],
    staging: Staging,
    folder: Path | str | None = None,
    *,
    limit: int = 8,
    on_done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """All scenes, at most `limit` at a time, in the order given; with a `folder`, each written there as it ends.

    A scene that fails is a result with its error, and can be resumed; after an `AuthenticationFailed` nothing
    more is asked. Raises UsageError for a limit below 1, or two scenes that would share a file.
    """
    if limit < 1:
        raise UsageError(f"limit must be at least 1, got {limit!r}")
    todo = list(scenes)
    paths = [None if folder is None else Path(folder) / f"{file_name(scene.id)}.json" for scene in todo]
    named = [path for path in paths if path is not None]
    if len(set(named)) < len(named):
        raise UsageError("two scenes would be written to one file; give each scene its own id")
    gate, barred = asyncio.Semaphore(limit), list[AuthenticationFailed]()

    async def one(scene: Scene, path: Path | None) -> Result:
        async with gate:
            result = await _result(scene, lambda: _played(scene, path), barred)
        if on_done:
            on_done(result)
        return result

    def _played(scene: Scene, path: Path | None) -> Awaitable[Played]:
        return play(scene, cast(scene), staging) if path is None else play_to(path, scene, cast(scene), staging)

    tasks = [asyncio.ensure_future(one(scene, path)) for scene, path in zip(todo, paths, strict=True)]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def journal_of(path: Path) -> Path:
    """Where the journal of a play stands while it is under way."""
    return path.with_name(f"{path.name}.steps.jsonl")


def file_name(id: str) -> str:
    """A scene's id as a file name of letters, digits and dashes.

    >>> file_name("King Lear-17-0"), file_name("../../etc")
    ('king-lear-17-0', 'etc')
    """
    plain = "".join(letter if letter.isalnum() else "-" for letter in id.lower())
    return "-".join(filter(None, plain.split("-")))[:100] or "scene"


async def _result(scene: Scene, work: Callable[[], Awaitable[Played]], barred: list[AuthenticationFailed]) -> Result:
    if barred:
        return Result(scene, error=barred[0])
    try:
        return Result(scene, await work())
    except PersonaeError as error:
        if isinstance(error, AuthenticationFailed):
            barred.append(error)
        return Result(scene, error=error)
