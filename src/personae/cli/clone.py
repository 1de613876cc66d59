"""`personae clone`: what is a clone of a person worth, beside what costs nothing?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from personae.measure.cloning import Clones, Evaluation, People, Split


@click.group()
def clone() -> None:
    """Clones of people, made from their answers, and what they are worth."""


def _table(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments and options that say whose answers to what."""
    path = click.Path(path_type=Path, dir_okay=False)
    for option in (
        click.option("--seed", type=int, default=0, show_default=True, help="Seed of the split, orders and intervals."),
        click.option(
            "--coding", type=click.Choice(["scored", "raw"]), default="scored", show_default=True,
            help="What the answers are: turned by the key, or agreement with the wording.",
        ),
        click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of published texts."),
        click.option("--instrument", default="ipip-neo-300", show_default=True, help="Its name, or a file of it."),
        click.option("--split", type=path, help="JSON file of profile and test items [default: drawn by the seed]."),
        click.argument("file", type=path),
    ):  # fmt: skip
        command = option(command)
    return command


@clone.command("evaluate")
@_table
@click.option("--model", help="Clone people with this model; without one only the baselines are taken.")
@click.option("--base-url", metavar="URL", help="Address of an http/ model's server.")
@click.option("--route", type=click.Choice(["statements", "description"]), default="statements", show_default=True,
              help="How a clone is told who it is.")  # fmt: skip
@click.option("--people", "n", type=click.IntRange(1), help="Clone the first so many people only.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, show_default=True, help="Times each item is put.")
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False),
              help="Keep the model's answers here; a run that was stopped goes on.")  # fmt: skip
@click.option("--connections", type=click.IntRange(1, 1000), default=20, show_default=True, help="People at once.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def evaluate_clones(
    model: str | None, n: int | None, route: Any, repeats: int, as_json: bool, seed: int, **options: Any
) -> None:
    """How near do clones of the people in FILE come to answers they have not seen?

    FILE is JSON, JSON Lines or CSV: a record a person, a field `i<item>` or `<item>` each. The error is the mean
    absolute difference in points per domain, averaged over people and summed. Every line is compared with the person's
    own facet mean, person by person.
    """
    people, split = _read(options, seed, with_texts=model is not None)
    from personae.measure.cloning import Clones, evaluate

    if model is None:
        _tell(evaluate(people, split, seed=seed), as_json)
    else:
        _tell(_cloned(Clones(people, split, route, n, repeats, seed), model, options), as_json)


@clone.command("persona")
@_table
@click.option("--person", required=True, help="The person's id in the file, or the place in it from 1.")
@click.option("--name", help="What the persona is called.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The .yaml file to write.")
def clone_persona(person: str, name: str | None, out: Path, seed: int, **options: Any) -> None:
    """Make a persona of one person in FILE: a statement for every profile item it answered.

    What such a persona is worth, `personae clone evaluate` tells.
    """
    if out.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"{str(out)!r}: a persona is written as YAML; end the name in .yaml")
    people, split = _read(options, seed, with_texts=True)
    from personae.measure.cloning import clone as cloned
    from personae.persona.formats import dump

    who = cloned(people, people.row(person), split)
    dump(who.edited(name=name) if name else who, out)
    click.echo(str(out))
    click.echo(f"{len(who.statements)} statements of person {person}", err=True)


def _read(options: dict[str, Any], seed: int, *, with_texts: bool) -> tuple[People, Split]:
    """The people and the split."""
    try:
        from personae.measure.cloning import drawn_split, instrument_named, read_people, read_split
    except ModuleNotFoundError as error:
        raise MissingExtra("evals", error.name or "numpy") from error
    about = instrument_named(options["instrument"], options["data"], with_texts=with_texts)
    people = read_people(options["file"], about, coding=options["coding"])
    split = options["split"]
    return people, read_split(split, about) if split else drawn_split(about, seed=seed)


def _cloned(measure: Clones, model: str, options: dict[str, Any]) -> Evaluation:
    """The baselines beside the clones of this model."""
    from personae import run
    from personae.cli._progress import progress
    from personae.measure.cloning import observe_all
    from personae.models.cache import Cached
    from personae.models.registry import open_model

    address = {"base_url": options["base_url"]} if options["base_url"] else {}
    opened = open_model(model, **address)
    answers = options["answers"]
    at_once = 1 if model.partition("/")[0] in ("embedded", "hf") else options["connections"]
    with progress("people") as step:
        kept = Cached(opened, answers) if answers else opened
        work = observe_all(measure, kept, at_once=at_once, on_step=lambda done, planned: step("people", done, planned))
        try:
            observations = run(work)
        except KeyboardInterrupt:
            where = f"go on with --answers {answers}" if answers else "name a file with --answers to keep them"
            raise RunError(f"interrupted; {where}") from None
    evaluation: Evaluation = measure.evaluation(observations)
    return evaluation


def _tell(found: Evaluation, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from personae.measure.cloning.evaluation import table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "error", "95 % interval", "n", "missing", "beside the facet mean", "verdict"):
        shown.add_column(column, no_wrap=not column)
    for line in table(found.judged):
        shown.add_row(*line)
    click.echo(
        f"{found.people} people, {found.profile_items} items known, {found.test_items} to predict, "
        f"{found.missing_answers} answers missing; {found.coding} answers",
        err=True,
    )
    Console(width=None if Console().is_terminal else 160).print(shown)
