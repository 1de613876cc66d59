"""`personae simulate group`: personas answer in private, talk it over in groups, and answer in private again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import RunError, UsageError

if TYPE_CHECKING:
    from personae.persona.persona import Persona
    from personae.simulate.groups import Session


@click.command()
@click.argument("personas", nargs=-1, metavar="[PERSONA]...")
@click.option(
    "--questions", type=click.Path(dir_okay=False, exists=True), help="YAML file of questions. [default: ours]"
)
@click.option("--n", type=click.IntRange(1), help="Talk about at most this many questions.")
@click.option("--model", default="embedded", show_default=True, help="The model behind the members.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="JSON file to write.")
@click.option("--size", type=click.IntRange(2, 20), default=5, show_default=True, help="People in a group.")
@click.option("--rounds", type=click.IntRange(1, 200), default=15, show_default=True, help="Most messages of a talk.")
@click.option(
    "--wording", type=click.Choice(["collaborate", "debate"]), default="collaborate", show_default=True, help="How."
)
@click.option("--words", type=click.IntRange(1, 1000), default=40, show_default=True, help="Longest message.")
@click.option("--seed", default=0, show_default=True, help="Seed of the models and of chance.")
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 2), help="0 is greedy.")
@click.option("--jobs", type=click.IntRange(1, 256), default=8, show_default=True, help="Groups at a time.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished --out.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def group(
    personas: tuple[str, ...],
    questions: str | None,
    n: int | None,
    model: str,
    base_url: str | None,
    out: Path,
    size: int,
    rounds: int,
    wording: str,
    words: int,
    seed: int,
    temperature: float,
    jobs: int,
    resume: bool,
    as_json: bool,
) -> None:
    """Let PERSONAs (files or starters; all English starters if none) talk in groups, and see who keeps an opinion.

    Everybody answers each question in private. Groups are formed that are divided in as many ways as the answers
    allow. After the talk everybody answers in private again. A run that was killed goes on with --resume.
    """
    from typing import cast

    from personae import run
    from personae.measure.group_opinions import group_opinions
    from personae.models.registry import open_model
    from personae.simulate.groups import Member, Staging, bundled, load_questions
    from personae.simulate.groups.many import calls_of
    from personae.simulate.groups.protocol import Wording
    from personae.types import Settings

    if (out.exists() or calls_of(out).exists()) and not resume:
        raise UsageError(f"{str(out)!r} was begun before; go on with it by --resume, or name another --out")
    asked = (load_questions(questions) if questions else bundled())[:n]
    members = [Member.of(persona, asked) for persona in _found(personas)]
    staging = Staging(rounds, cast("Wording", wording), words, seed=seed, settings=Settings(temperature=temperature))
    behind = open_model(model, **({"base_url": base_url} if base_url else {}))
    try:
        session = run(_held(out, asked, members, behind, staging, size, jobs))
    except KeyboardInterrupt:
        raise RunError(f"stopped; what was answered is beside {str(out)!r}, go on with --resume") from None
    _tell(session, group_opinions(session.talks, name="group"), out, as_json)


def _found(given: tuple[str, ...]) -> list[Persona]:
    from personae.persona.find import find, starters

    return [find(name) for name in given or [one.id for one in starters() if one.language == "en"]]


async def _held(out: Path, questions: Any, members: Any, model: Any, staging: Any, size: int, jobs: int) -> Session:
    from personae.cli._progress import progress
    from personae.cli.simulate import _close
    from personae.simulate.groups import hold_to

    try:
        with progress("groups") as step:
            return await hold_to(out, questions, members, model, staging, size=size, limit=jobs, on_done=step)
    finally:
        await _close([model])


def _tell(session: Session, numbers: Any, out: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([number.to_dict() for number in numbers], ensure_ascii=True))
    else:
        click.echo(f"{len(session.talks)} groups talked, {sum(len(talk.said) for talk in session.talks)} messages")
        for number in numbers:
            click.echo(f"{number.name}: {_figure(number)}")
    unlike, idle = (sum(map(len, names.values())) for names in (session.unlike, session.idle))
    silent = sum(one.letter is None for row in session.onboarding.values() for one in row)
    told = {"without a private answer": silent, "unlike their population": unlike, "in no group": idle}
    if told := {what: count for what, count in told.items() if count}:
        click.secho(", ".join(f"{count} {what}" for what, count in told.items()), err=True, dim=True)
    for name, why in session.failed.items():
        click.secho(f"{name}: {why}", err=True, fg="red")
    if session.failed:
        raise UsageError(f"{len(session.failed)} groups were not finished; repeat the command with --resume")
    click.secho(f"written to {out}", err=True, dim=True)


def _figure(number: Any) -> str:
    """A measurement in one line: value, interval, n, and what is missing."""
    missing = ", ".join(f"{count} {why}" for why, count in number.missing.items())
    if number.value is None:
        return f"– ({number.reason})"
    span = f" [{number.low:.2f}, {number.high:.2f}]" if number.low is not None and number.high is not None else ""
    return f"{number.value:.2f}{span}, n = {number.n}" + (f"; missing: {missing}" if missing else "")
