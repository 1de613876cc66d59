"""`personae gym`: PersonaGym for one persona or many – what it will cost, the run, and what others have reported."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.errors import MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from personae.measure.personagym.protocol import CallPlan, Protocol, Subject
    from personae.measure.personagym.run import GymRun
    from personae.types import Measurement, Model

Command = Callable[..., None]


@click.group()
def gym() -> None:
    """PersonaGym: does a persona act, speak, stay itself, keep its temper and give its reasons?

    Judges grade its answers from 1 to 5 in five tasks; PersonaScore is the mean of the five.
    """


def _who(command: Command) -> Command:
    """The options that say who is asked, and how much."""
    for option in (
        click.option("--batch", type=click.IntRange(1, 5), default=5, show_default=True, help="Answers per verdict."),
        click.option("--n", type=click.IntRange(1, 50), default=10, show_default=True, help="Questions per task."),
        click.option("--limit", type=click.IntRange(1), help="Ask at most this many personas."),
        click.option("--data", type=click.Path(path_type=Path), help="Folder of the released personas and questions."),
        click.option("--persona", "names", multiple=True, metavar="P", help="A file or a starter; repeatable."),
    ):
        command = option(command)
    return command


@gym.command()
@_who
@click.option("--judges", type=click.IntRange(1), default=2, show_default=True, help="How many judges there will be.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
def plan(
    names: tuple[str, ...], data: Path | None, limit: int | None, n: int, batch: int, judges: int, as_json: bool
) -> None:
    """How many calls a run will make, without making any."""
    from personae.measure.personagym.protocol import plan as planned

    subjects, protocol = _subjects(names, data, limit), _protocol(n, batch)
    calls = planned(subjects, protocol, judges)
    click.echo(json.dumps(calls.to_dict()) if as_json else _said(calls, judges))


@gym.command()
@_who
@click.option("--model", default="embedded", show_default=True, help="Who plays: ours or any Inspect model string.")
@click.option("--judge", "judges", multiple=True, required=True, metavar="J", help="Who grades; give two.")
@click.option("--writer", help="Who writes questions and example replies [default: the first judge].")
@click.option("--base-url", metavar="URL", help="Address of an http/ model's server.")
@click.option("--judge-url", metavar="URL", help="Address of the http/ judges' server [default: --base-url].")
@click.option("--environments", type=click.Path(path_type=Path), help="JSON list of places to choose from.")
@click.option("--judge-card", "cards", multiple=True, type=click.Path(path_type=Path), help="From `judge qualify`.")
@click.option("--nli", help="A pair scorer (embedded, hf/NAME) as a second opinion on consistency.")
@click.option("--connections", type=click.IntRange(1, 1000), default=20, show_default=True, help="Calls at once.")
@click.option("--max-tokens", type=click.IntRange(1), default=512, show_default=True, help="Room for an answer.")
@click.option("--min-coverage", type=click.FloatRange(0.01, 1), default=0.9, show_default=True, help="Share needed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of all sampling.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [default: runs/gym-TIME].")
@click.option("--resume", is_flag=True, help="Finish the run that is in --out.")
@click.option("--json", "as_json", is_flag=True, help="Print scores and calls as JSON.")
def run(
    names: tuple[str, ...],
    data: Path | None,
    limit: int | None,
    n: int,
    batch: int,
    model: str,
    judges: tuple[str, ...],
    writer: str | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Ask personas, let judges grade the answers, and print the scores.

    Questions of released personas are loaded; for any other persona the writer chooses places and writes them. Every
    answer is kept in --out, so a run that was stopped goes on with --resume and pays for nothing twice.
    """
    if resume and out is None:
        raise UsageError("--resume needs --out, the folder of the run to finish")
    from personae.measure.personagym.protocol import plan as planned

    subjects = _subjects(names, data, limit)
    protocol = _protocol(n, batch, options["seed"], options["min_coverage"], options["max_tokens"])
    calls = planned(subjects, protocol, len(judges))
    folder = out or Path("runs") / f"gym-{datetime.now():%Y%m%d-%H%M%S}"
    opened = _models(model, judges, writer, options)
    click.echo(_said(calls, len(judges)), err=True)
    click.echo(f"at most {options['connections']} at a time, kept in {folder}", err=True)
    for line in _warnings(model, judges):
        click.echo(line, err=True)
    done = _run(subjects, protocol, opened, folder, resume, options)
    if as_json:
        tree = {"folder": str(folder), "measurements": [each.to_dict() for each in done.measurements]}
        click.echo(json.dumps(tree | {"calls": dict(done.calls)}, ensure_ascii=False, indent=1))
    else:
        _print(done.measurements)
    click.echo(_spent(done.calls), err=True)


@gym.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the released files.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def published(data: Path | None, as_json: bool) -> None:
    """Recompute the totals of the released table: is each the mean of its tasks?"""
    from personae.measure.personagym.published import load_published
    from personae.measure.personagym.released import data_folder

    rows = load_published(data_folder(data) / "published_scores.json")
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        verdict = "agrees" if row.consistent else "does NOT follow from its tasks; quote the tasks, not the total"
        click.echo(f"{row.model:<32} stated {row.stated:.2f}, mean of five {row.mean:.3f}: {verdict}")


def _subjects(names: Sequence[str], data: Path | None, limit: int | None) -> Sequence[Subject]:
    if bool(names) == bool(data):
        raise UsageError("say whom to ask: --persona P for your own (repeatable), or --data DIR for released ones")
    from personae.measure.personagym.protocol import subject_of
    from personae.measure.personagym.released import data_folder, load_subjects
    from personae.persona.find import find

    if data:
        return load_subjects(data_folder(data), limit=limit)
    return [subject_of(find(name)) for name in names[:limit]]


def _protocol(n: int, batch: int, seed: int = 0, min_coverage: float = 0.9, max_tokens: int = 512) -> Protocol:
    from personae.measure.personagym.protocol import Protocol

    return Protocol(n, min(batch, n), seed, min_coverage, max_tokens)


def _models(
    model: str, judges: Sequence[str], writer: str | None, options: Mapping[str, Any]
) -> tuple[Model, list[Model], Model | None]:
    """Who plays, who grades, who writes; one name at one address is one model."""
    from personae.models.registry import open_model

    url, judge_url = options["base_url"], options["judge_url"] or options["base_url"]
    known: dict[tuple[str, str | None], Model] = {}

    def opened(spec: str, address: str | None) -> Model:
        some = {"base_url": address, "connections": options["connections"]} if spec.startswith("http/") else {}
        if (spec, address) not in known:
            known[spec, address] = open_model(spec, **some)
        return known[spec, address]

    return (
        opened(model, url),
        [opened(each, judge_url) for each in judges],
        opened(writer, judge_url) if writer else None,
    )


def _run(
    subjects: Sequence[Subject],
    protocol: Protocol,
    models: tuple[Model, list[Model], Model | None],
    folder: Path,
    resume: bool,
    options: Mapping[str, Any],
) -> GymRun:
    try:
        from personae.measure.personagym.run import run_gym
    except ModuleNotFoundError as error:
        raise MissingExtra("evals", error.name or "numpy") from error
    from personae import run as synchronously
    from personae.measure.consistency.matrix import guard_of
    from personae.measure.personagym.measure import standings
    from personae.measure.personagym.questions import load_environments
    from personae.models.registry import open_pair_scorer

    places, nli = options["environments"], options["nli"]
    model, judges, writer = models
    with progress("PersonaGym") as on_step:
        work = run_gym(
            subjects,
            model,
            judges,
            folder,
            protocol=protocol,
            writer=writer,
            environments=load_environments(places) if places else None,
            standings=standings([judge.name for judge in judges], options["cards"]),
            pairs=open_pair_scorer(nli) if nli else None,
            readable=guard_of(nli or "embedded"),
            connections=options["connections"],
            resume=resume,
            on_call=lambda done, planned: on_step("calls", done, max(done, planned)),
        )
        try:
            done: GymRun = synchronously(work)
        except KeyboardInterrupt:
            line = f"interrupted; what was answered is kept, go on with --out {shlex.quote(str(folder))} --resume"
            raise RunError(line) from None
    return done


def _said(calls: CallPlan, judges: int) -> str:
    """The plan in one line."""
    written = f"{calls.questions:,} for questions, " if calls.questions else ""
    return (
        f"{calls.personas:,} persona{'s' * (calls.personas != 1)}: {calls.total:,} calls – {written}"
        f"{calls.answers:,} answers, {calls.examples:,} for examples, {calls.verdicts:,} verdicts of {judges} "
        f"judge{'s' * (judges != 1)}; what cannot be read is asked again"
    )


def _warnings(model: str, judges: Sequence[str]) -> list[str]:
    lines = ["one judge only; the protocol has two, so that they can be compared"] if len(judges) == 1 else []
    lines += [f"{model!r} grades its own answers"] if model in judges else []
    small = [judge for judge in judges if judge.partition("/")[0] == "embedded"]
    return lines + (["the embedded model is no judge of role play; expect missing scores"] if small else [])


def _spent(calls: Mapping[str, Any]) -> str:
    planned, made, sent = (calls[key]["total"] for key in ("planned", "made", "sent"))
    again = f", {made - planned:,} more than planned" if made > planned else ""
    usage = calls["usage"]
    return (
        f"{made:,} calls{again}; {sent:,} sent, {calls['from_cache']:,} from the cache; "
        f"{usage['prompt_tokens']:,} tokens read, {usage['completion_tokens']:,} written"
    )


def _print(measurements: Sequence[Measurement]) -> None:
    """The scores; what rests on a judge that is not qualified stands apart, below."""
    from rich.console import Console
    from rich.table import Table

    from personae.report.judged import stands_apart

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "score", "95 % interval", "n", "judged by", "missing"):
        table.add_column(column, no_wrap=not column)
    apart = [each for each in measurements if stands_apart(each)]
    for number, each in enumerate([*(each for each in measurements if each not in apart), *apart]):
        if apart and number == len(measurements) - len(apart):
            table.add_row("[bold]judge not qualified[/bold]", "", "", "", "", "do not quote")
        score = each.reason if each.value is None else f"{each.value:.2f}"
        interval = "" if each.low is None or each.high is None else f"{each.low:.2f} … {each.high:.2f}"
        missing = ", ".join(f"{count} {reason}" for reason, count in each.missing.items())
        judge = each.details.get("judge", {})
        told = f"{judge['name']} ({judge['standing']})" if judge and each.name.count(".") != 1 else ""
        table.add_row(each.name, score, interval, str(each.n), told, missing)
    Console(width=None if Console().is_terminal else 160).print(table)
