"""`personae simulate trait-talks`: dialogues with assigned traits, kept where a blind reader finds them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import RunError, UsageError

if TYPE_CHECKING:
    from personae.simulate.trait_talks import Dialogue

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")


@click.command("trait-talks")
@click.argument("personas", nargs=-1, metavar="[PERSONA]...")
@click.option("--n", default=10, show_default=True, type=click.IntRange(1), help="Talks; best a multiple of 10.")
@click.option("--trait", "traits", multiple=True, type=click.Choice(TRAITS), help="A trait to assign; repeatable.")
@click.option("--topic", "topics", multiple=True, help="A topic to talk about; repeatable. [default: ours]")
@click.option("--model", default="embedded", show_default=True, help="The model behind the roles.")
@click.option("--reader", metavar="MODEL", help="The model that reads back, if another.")
@click.option("--base-url", metavar="URL", help="Address of the models' server, for models that need one.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="JSON Lines file to write.")
@click.option("--turns", type=click.IntRange(2, 200), default=8, show_default=True, help="Turns of a talk.")
@click.option("--words", type=click.IntRange(1, 1000), default=40, show_default=True, help="Longest turn.")
@click.option("--seed", default=0, show_default=True, help="Seed of the models and of chance.")
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 2), help="0 is greedy.")
@click.option("--jobs", type=click.IntRange(1, 256), default=8, show_default=True, help="Talks at a time.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished --out.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def trait_talks(
    personas: tuple[str, ...],
    n: int,
    traits: tuple[str, ...],
    topics: tuple[str, ...],
    model: str,
    reader: str | None,
    base_url: str | None,
    out: Path,
    turns: int,
    words: int,
    seed: int,
    temperature: float,
    jobs: int,
    resume: bool,
    as_json: bool,
) -> None:
    """Let PERSONAs (files or starters; roles of ours if none) talk with assigned poles of Big Five traits.

    A blind reader of each side says which pole it shows. Every talk is a line of --out; "kept" is true where both poles
    were found again. A run that was killed goes on with --resume.
    """
    from personae import run
    from personae.measure.trait_recovery import trait_recovery
    from personae.models.registry import open_model
    from personae.persona.find import find
    from personae.simulate.trait_talks import Plan
    from personae.simulate.trait_talks.many import calls_of
    from personae.types import Settings

    if (out.exists() or calls_of(out).exists()) and not resume:
        raise UsageError(f"{str(out)!r} was begun before; go on with it by --resume, or name another --out")
    plan = Plan(n, turns, words, traits or TRAITS, topics, seed, Settings(temperature=temperature))
    roles = [find(name) for name in personas]
    options = {"base_url": base_url} if base_url else {}
    behind = open_model(model, **options)
    reading = open_model(reader, **options) if reader else None
    try:
        dialogues = run(_generated(out, plan, behind, reading, roles, jobs))
    except KeyboardInterrupt:
        raise RunError(f"stopped; what was answered is beside {str(out)!r}, go on with --resume") from None
    _tell(dialogues, trait_recovery(dialogues, seed=seed), out, as_json)


async def _generated(out: Path, plan: Any, model: Any, reader: Any, roles: Any, jobs: int) -> tuple[Dialogue, ...]:
    from personae.cli._progress import progress
    from personae.cli.simulate import _close
    from personae.simulate.trait_talks import generate_to

    try:
        with progress("talks") as step:
            return await generate_to(out, plan, model, reader=reader, roles=roles, limit=jobs, on_done=step)
    finally:
        await _close([one for one in (model, reader) if one is not None])


def _tell(dialogues: tuple[Dialogue, ...], numbers: Any, out: Path, as_json: bool) -> None:
    from personae.cli._group import _figure

    if as_json:
        click.echo(json.dumps([number.to_dict() for number in numbers], ensure_ascii=True))
    else:
        click.echo(f"{sum(one.kept for one in dialogues)} of {len(dialogues)} talks kept")
        for number in numbers:
            click.echo(f"{number.name}: {_figure(number)}")
    if failed := [one for one in dialogues if one.failed]:
        click.secho(f"{failed[0].id}: {failed[0].failed}", err=True, fg="red")
        raise UsageError(f"{len(failed)} of {len(dialogues)} talks were not finished; repeat with --resume")
    click.secho(f"written to {out}", err=True, dim=True)
