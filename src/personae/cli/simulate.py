"""`personae simulate`: let personas meet."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._group import group
from personae.cli._photos import photos
from personae.cli._trait_talks import trait_talks
from personae.errors import RunError, UsageError

if TYPE_CHECKING:
    from personae.agent import Agent
    from personae.persona.persona import Persona
    from personae.simulate.scenes import Played, Result, Scene, Staging, Turn
    from personae.types import Model


@click.group()
def simulate() -> None:
    """Let personas meet: in scenes, in groups, in talks that show a trait."""


simulate.add_command(group)
simulate.add_command(photos)
simulate.add_command(trait_talks)


@simulate.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True))
@click.option(
    "--persona",
    "personas",
    multiple=True,
    metavar="[PART=]PERSONA",
    help="A persona file or starter that plays the part of its name, the PART named, or comes as a guest; repeatable.",
)
@click.option("--only", metavar="ID", help="Play this scene of a file that holds several.")
@click.option("--model", default="embedded", show_default=True, help="The model behind the characters.")
@click.option("--director", metavar="MODEL", help="The model behind director and environment, if another.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="JSON file; a folder for several scenes.")
@click.option(
    "--next",
    "next_speaker",
    type=click.Choice(["asked", "likeliest", "in-turn", "as-written"]),
    default="asked",
    show_default=True,
    help="Who decides whose turn is next.",
)
@click.option("--rounds", type=click.IntRange(1, 200), default=20, show_default=True, help="Most turns of a scene.")
@click.option("--continue-from", type=click.IntRange(0), default=0, help="So many turns come from the scene's script.")
@click.option("--environment/--no-environment", default=True, help="Do the surroundings have a voice?")
@click.option("--recall", type=click.IntRange(0, 50), default=0, help="So many memories from the book before a turn.")
@click.option("--book", type=click.Path(dir_okay=False, exists=True), help="Book file that memories come from.")
@click.option("--seed", default=0, show_default=True, help="Seed of the models and of chance.")
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 2), help="0 is greedy.")
@click.option("--max-tokens", default=200, show_default=True, type=click.IntRange(1), help="Longest turn.")
@click.option("--jobs", type=click.IntRange(1, 256), default=8, show_default=True, help="Scenes at a time.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished --out.")
@click.option("--json", "as_json", is_flag=True, help="Print what was played as JSON.")
def scene(
    file: str,
    personas: tuple[str, ...],
    only: str | None,
    model: str,
    director: str | None,
    base_url: str | None,
    out: Path,
    next_speaker: str,
    rounds: int,
    continue_from: int,
    environment: bool,
    recall: int,
    book: str | None,
    seed: int,
    temperature: float,
    max_tokens: int,
    jobs: int,
    resume: bool,
    as_json: bool,
) -> None:
    """Play the scene in FILE: our YAML, or the JSON of a CoSER test set or book.

    \b
    scene: 1
    scenario: The harbour office, after closing time. The last ferry is gone.
    characters:
      - {name: Ana, profile: Keeps the archive., motivation: Wants to go home.}

    Characters speak, (act) and [think]; thoughts reach nobody else. A play that was killed goes on with --resume.
    """
    from personae import run
    from personae.models.registry import open_model
    from personae.simulate.scenes import Staging, cast_for, joined, policy
    from personae.types import Settings

    scenes = _scenes(file, only, book, recall)
    given = _personas(personas)
    scenes = [joined(scene, given) for scene in scenes]
    _check_out(out, len(scenes), resume)
    options = {"base_url": base_url} if base_url else {}
    actor = open_model(model, **options)
    guide = open_model(director, **options) if director else actor
    settings = Settings(temperature=temperature, max_tokens=max_tokens, seed=seed)
    staging = Staging(
        policy(next_speaker, guide), guide if environment else None, rounds, continue_from, seed, settings
    )

    def cast(scene: Scene) -> dict[str, Agent]:
        return cast_for(scene, actor, given, settings=settings, recall=recall)

    try:
        results = run(_played(scenes, cast, staging, out, jobs, quiet=as_json, models=(actor, guide)))
    except KeyboardInterrupt:
        raise RunError(f"stopped; what was played is beside {str(out)!r}, go on with --resume") from None
    _tell(results, out, as_json)


def _scenes(file: str, only: str | None, book: str | None, recall: int) -> list[Scene]:
    import dataclasses

    from personae.simulate.scenes import load_notes, load_scene, load_scenes

    scenes = [load_scene(file, only)] if only else list(load_scenes(file))
    if book:
        notes = load_notes(book)
        scenes = [dataclasses.replace(scene, notes=notes) for scene in scenes]
    if recall and not any(scene.notes for scene in scenes):
        raise UsageError(f"{file!r} holds nothing to recall; name the book's file with --book, or leave --recall out")
    return scenes


def _personas(given: Sequence[str]) -> dict[str, Persona]:
    """Part → persona; a persona without a part plays under its own name."""
    from personae.persona.find import find

    found: dict[str, Persona] = {}
    for text in given:
        part, equals, source = text.partition("=")
        whole = not equals or Path(text).exists()
        persona = find(text if whole else source)
        name = persona.name if whole else part.strip()
        if name in found:
            raise UsageError(f"two personas play {name!r}; give one of them a part by PART={text}")
        found[name] = persona
    return found


def _check_out(out: Path, scenes: int, resume: bool) -> None:
    from personae.simulate.scenes.many import journal_of

    if scenes > 1:
        if out.is_file():
            raise UsageError(f"{scenes} scenes need a folder, and {str(out)!r} is a file; name a folder, or use --only")
        begun = out.is_dir() and any(out.iterdir())
    else:
        if out.is_dir():
            raise UsageError(f"one scene needs a file, and {str(out)!r} is a folder; name a file")
        begun = out.exists() or journal_of(out).exists()
    if begun and not resume:
        raise UsageError(f"{str(out)!r} was begun before; go on with it by --resume, or name another --out")


async def _played(
    scenes: list[Scene],
    cast: Callable[[Scene], dict[str, Agent]],
    staging: Staging,
    out: Path,
    jobs: int,
    *,
    quiet: bool,
    models: Sequence[Model],
) -> list[Result]:
    """All scenes played and written, and the models closed."""
    from personae.cli._progress import progress
    from personae.simulate.scenes import Result, play_all, play_to

    done = 0
    try:
        if len(scenes) == 1:
            show = None if quiet else _show
            return [Result(scenes[0], await play_to(out, scenes[0], cast(scenes[0]), staging, on_turn=show))]
        with progress("scenes") as step:

            def on_done(result: Result) -> None:
                nonlocal done
                done += 1
                step(result.scene.id, done, len(scenes))

            return await play_all(scenes, cast, staging, out, limit=jobs, on_done=on_done)
    finally:
        await _close(models)


def _show(turn: Turn, choice: Any) -> None:
    """A turn on stderr as it is made; given ones are dim."""
    from personae.cli.talk import harmless

    text = turn.text or f"({turn.outcome})"
    click.secho(f"{harmless(turn.speaker)}: ", err=True, bold=True, nl=False)
    click.secho(harmless(text), err=True, dim=turn.given)


async def _close(models: Sequence[Model]) -> None:
    """Close the models that can be closed, each once."""
    import inspect

    for model in {id(model): model for model in models}.values():
        close = getattr(model, "close", None)
        closed = close() if close is not None else None
        if inspect.isawaitable(closed):
            await closed


def _tell(results: list[Result], out: Path, as_json: bool) -> None:
    played = [result.played for result in results if result.played is not None]
    failed = [result for result in results if result.error is not None]
    if as_json:
        tree = [one.to_dict() for one in played]
        click.echo(json.dumps(tree[0] if len(results) == 1 and tree else tree, ensure_ascii=True))
    elif len(results) == 1:
        click.echo(_line(played[0]))
    else:
        for one in played:
            click.echo(f"{one.scene.id}: {_line(one)}")
    for result in failed:
        click.secho(f"{result.scene.id}: {result.error}", err=True, fg="red")
    if failed:
        raise UsageError(f"{len(failed)} of {len(results)} scenes were not finished; repeat the command with --resume")
    click.secho(f"written to {out}", err=True, dim=True)


def _line(played: Played) -> str:
    """One line on a play: turns, how it ended, what was put right, calls and tokens."""
    counts = played.counts
    calls = sum(total.calls for total in played.calls.values())
    tokens = sum(total.usage.prompt_tokens + total.usage.completion_tokens for total in played.calls.values())
    overruled = sum(counts.get("overruled", {}).values())
    ended = "ended by the director" if played.ended == "chosen" else "all rounds played"
    odd = {key: number for key, number in counts.get("outcomes", {}).items() if key != "answered"}
    notes = [f"{overruled} speakers overruled"] if overruled else []
    notes += [f"{number} {key}" for key, number in odd.items()]
    notes += [f"{counts['undelivered']} turns nobody saw"] if counts.get("undelivered") else []
    return ", ".join([f"{len(played.turns)} turns, {ended}", *notes, f"{calls} calls", f"{tokens} tokens"])
