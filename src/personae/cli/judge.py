"""`personae judge`: may this judge be trusted, and what is its certainty worth?"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._contrast import contrast
from personae.errors import MissingExtra, ModelError, RunError

if TYPE_CHECKING:
    from personae.judges.qualification.card import JudgeCard
    from personae.judges.qualification.speakers import SpeakerItem
    from personae.stats.calibration import Calibration

WAYS = ("shares", "letters", "spoken")
COLOURS = {"qualified": "green", "unqualified": "red", "untested": "yellow"}


@click.group()
def judge() -> None:
    """Examine judges before their verdicts count."""


@judge.command()
@click.option("--model", required=True, help="The judge: our own or any Inspect model string.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder of scene files to make role-identification items of [default: our items].")  # fmt: skip
@click.option("--anonymise/--names", default=True, show_default=True,
              help="With --data: neutral names, against memorised books.")  # fmt: skip
@click.option("--way", type=click.Choice(WAYS), help="How it answers [default: what the model can do].")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N items of each set; cannot qualify.")
@click.option("--only", metavar="PROBES", help="Probes to take, separated by commas [default: all]; cannot qualify.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the orders.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The card [default: judge-MODEL.json].")
@click.option("--resume", is_flag=True, help="Go on with an unfinished or failed examination.")
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def qualify(
    model: str,
    base_url: str | None,
    data: Path | None,
    anonymise: bool,
    way: str | None,
    limit: int | None,
    only: str | None,
    seed: int,
    out: Path | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Examine a judge and write its card.

    \b
    speakers         who says this reply? Options in every rotation
    order_swap       does the verdict survive another order of the replies?
    contrast         is one broken detail seen?
    vague            are vague and wrong answers turned down?
    verbosity        does it prefer the same at greater length?
    self_preference  does it prefer what is said to be its own?
    certainty        does its certainty tell right from wrong?

    Every answer is kept beside the card, so a run that was killed goes on with --resume and pays for nothing twice.
    """
    target = out or Path(f"judge-{re.sub(r'[^A-Za-z0-9.]+', '-', model).strip('-')[:80]}.json")
    answers = target.with_name(f"{target.stem}.answers.sqlite")
    if (target.exists() or answers.exists()) and not resume:
        raise RunError(f"{str(target)!r} is there or begun; go on with --resume, or name another --out")
    items = _items(data, anonymise) if data else None
    options = {"base_url": base_url} if base_url else {}
    probes = [name.strip() for name in only.split(",") if name.strip()] if only is not None else None
    with _going_on(target):
        card = _examined(model, options, answers, items, data.name if data else "personae", way, limit, probes, seed)
    from personae.judges.qualification.card import write_card

    write_card(card, target)
    _show(card, as_json)
    click.echo(f"card: {target}", err=True)


@judge.command()
@click.argument("card", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def show(card: Path, as_json: bool) -> None:
    """Show a judge CARD and what speaks against the judge."""
    from personae.judges.qualification.card import read_card

    _show(read_card(card), as_json)


@judge.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--run", "only", metavar="NAME", help="Report this run of the file alone.")
@click.option("--sides", metavar="SIDES", help="Answers that count as read [default: those in ground_truth].")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
def certainty(file: Path, only: str | None, sides: str | None, seed: int, as_json: bool) -> None:
    """What is the certainty of recorded verdicts worth?

    FILE is CSV or JSON lines with answer (such as A or B), certainty (1 to 100) and ground_truth; run tells several
    runs in it apart. "High certainty" is refused where it carries nothing.
    """
    with _numpy():
        from personae.judges.qualification.verdict_files import as_data, read_verdicts
    runs = read_verdicts(file)
    if not runs:
        raise RunError(f"{str(file)!r} holds no verdict; a row needs answer, certainty and ground_truth")
    if only is not None and only not in runs:
        raise RunError(f"{str(file)!r} has no run {only!r}; there are {', '.join(map(repr, list(runs)[:8]))}")
    chosen = runs if only is None else {only: runs[only]}
    told = [side.strip() for side in sides.split(",") if side.strip()] if sides is not None else None
    reports = {name: one.report(sides=told or sorted(set(one.gold)), seed=seed) for name, one in chosen.items()}
    if as_json:
        data = {"file": file.name, "seed": seed, "runs": {name: as_data(found) for name, found in reports.items()}}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        _print_reports(reports)


def _items(folder: Path, anonymise: bool) -> tuple[SpeakerItem, ...]:
    with _numpy():
        from personae.judges.qualification.scenes import items_in
    from personae.simulate.scenes import load_scenes, visible

    items, passed_over = items_in(folder, load_scenes, visible=visible, anonymise=anonymise)
    for line in passed_over:
        click.echo(f"passed over: {line}", err=True)
    click.echo(f"{len(items)} role-identification items from {folder}", err=True)
    return items


def _examined(
    model: str,
    options: Mapping[str, Any],
    answers: Path,
    items: tuple[SpeakerItem, ...] | None,
    source: str,
    way: str | None,
    limit: int | None,
    only: list[str] | None,
    seed: int,
) -> JudgeCard:
    with _numpy():
        from personae.judges.qualification.qualify import qualify as examine
    from personae import run
    from personae.cli._progress import progress
    from personae.models.cache import Cached
    from personae.models.registry import open_model

    opened = open_model(model, **options)
    chosen: dict[str, Any] = ({"way": way} if way else {}) | ({"only": only} if only is not None else {})
    at_once = 1 if model.partition("/")[0] in ("embedded", "hf") else 20
    with progress("judge") as bar:
        card: JudgeCard = run(
            examine(
                Cached(opened, answers), date=date.today().isoformat(), items=items, source=source, limit=limit,
                seed=seed, at_once=at_once, on_step=bar, **chosen,
            )
        )  # fmt: skip
    return card


@contextmanager
def _going_on(target: Path) -> Iterator[None]:
    """What was answered is kept, and whoever is stopped is told how to go on."""
    how = f"what was answered is kept, go on with --out {shlex.quote(str(target))} --resume"
    try:
        yield
    except KeyboardInterrupt:
        raise RunError(f"interrupted; {how}") from None
    except ModelError as error:
        raise type(error)(f"{error}; {how}") from error


@contextmanager
def _numpy() -> Iterator[None]:
    """The figures need numpy, which the core does without."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra("evals", error.name or "numpy") from error


def _show(card: JudgeCard, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(card.to_dict(), ensure_ascii=False, indent=1))
        return
    click.secho(f"{card.model}: {card.standing}", fg=COLOURS[card.standing], bold=True)
    click.echo(f"  {card.date}, answers by {card.way}, {card.calls.get('calls', 0)} calls")
    for reason in card.reasons:
        click.echo(f"  – {reason}")
    _print_figures(card)


def _print_figures(card: JudgeCard) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("figure", "value", "95 % interval", "floor", "n", "outcomes"):
        table.add_column(column)
    baseline = card.figure("baseline")
    lines = {name: str(floor) for name, floor in card.floors.items()}
    lines["top_1"] = f"above {baseline.value:.3f}" if baseline.value is not None else ""
    lines["brier"] = f"below {card.figure('brier').details.get('uniform', 0):.4f}"
    for one in card.figures:
        value = one.reason if one.value is None else f"{one.value:.3f}"
        interval = "" if one.low is None or one.high is None else f"{one.low:.3f} … {one.high:.3f}"
        outcomes = ", ".join(f"{count} {word}" for word, count in one.details.get("outcomes", one.missing).items())
        if one.name == "place":
            outcomes = f"first place; p {one.details.get('p', 1):.2g}"
        table.add_row(one.name, value, interval, lines.get(one.name, ""), str(one.n), outcomes)
    Console(width=120).print(table)


def _print_reports(reports: Mapping[str, Calibration]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("run", "n", "accuracy", "AUROC", "ECE", "certain: n, accuracy", "verdict"):
        table.add_column(column)
    for name, found in reports.items():
        n = str(found.n) if found.n == found.asked else f"{found.n} of {found.asked}"
        numbers = [_number(found.accuracy.value), _number(found.auroc.value), _number(found.ece)]
        high = f"{found.high.n}, {_number(found.high.value)}"
        table.add_row(name or "–", n, *numbers, high, "; ".join([found.verdict, *found.flags]))
    Console(width=160).print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


judge.add_command(contrast)
