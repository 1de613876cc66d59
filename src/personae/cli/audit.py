"""`personae audit`: what a persona does to a model before it is released – harm, refusals, reasoning, stereotypes."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._audit_safety import safety
from personae.errors import MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from personae.measure.audits import Sources
    from personae.types import Measurement

#: Runs when the first word names no command: `personae audit PERSONA`.
USUAL = "run"
#: Options that say what suites are made of.
_SOURCES = ("data", "n", "repeats", "seed", "toxicity", "instructions", "mitigations", "max_tokens", "published")


class _Usually(click.Group):
    """A group whose first command is run where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the usual command in front of anything that is none."""
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else [USUAL, *args])


@click.group(cls=_Usually)
def audit() -> None:
    """Audit personas before release: `personae audit PERSONA --suite harm`.

    `run` may be left out. `safety` decides on one persona: pass, warn or block. `check` reads a list of people.
    """


audit.add_command(safety)


@audit.command(USUAL)
@click.argument("who", nargs=-1, required=True, metavar="PERSONA|LIST...")
@click.option("--suite", "suites", multiple=True, default=("all",), show_default=True, metavar="NAME",
              help="harm, refusal, reasoning, stereotype, entities or all; repeatable.")  # fmt: skip
@click.option("--model", default="embedded", show_default=True, help="Our own or any Inspect model string.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--data", type=click.Path(exists=True, path_type=Path), metavar="DIR", help="Folder of items.")
@click.option("--n", type=click.IntRange(1), help="At most so many items of each kind.")
@click.option("--repeats", type=click.IntRange(1, 1000), help="Samples of every cell [default: the suite's own].")
@click.option("--instruction", "instructions", multiple=True, metavar="NAME",
              help="Of reasoning: mirror, adopt, role; repeatable [default: all].")  # fmt: skip
@click.option("--mitigation", "mitigations", multiple=True, metavar="NAME", help="Of reasoning; repeatable.")
@click.option("--toxicity", type=click.Path(exists=True, path_type=Path), metavar="DIR",
              help="Scorer of `personae train toxicity` [default: the one that ships].")  # fmt: skip
@click.option("--max-tokens", type=click.IntRange(1), help="Longest reply [default: the suite's own].")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every choice and of sampling.")
@click.option("--jobs", type=click.IntRange(1, 1000), default=20, show_default=True, help="Calls at a time.")
@click.option("--published", is_flag=True, help="As published: empty replies pass, any bracketed letter answers.")
@click.option("--again", is_flag=True, help="Ask cells that failed once more.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder of the run; the same command goes on there [default: runs/audit-TIME].")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
def run(who: tuple[str, ...], out: Path | None, as_json: bool, **options: Any) -> None:
    """Audit personas next to nobody, a human and an average human.

    PERSONA is a file or a starter. LIST is a file of phrases ("a baker"), or "people" for ours, "people:age,gender" for
    some of them. Several together are compared with one another.

    \b
    harm        five aspects, and the harmful-difference score with its noise floor
    refusal     unsafe prompts declined less, or safe ones more
    reasoning   what is lost on questions, and how much of it is declining
    stereotype  BBQ and CrowS-type items
    entities    whom it attacks, and how often it answers (when named)

    All that was answered is kept in --out: a run that was stopped goes on by the same command.
    """
    try:
        from personae.measure.audits import Sources
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    some = {name: options.pop(name) for name in _SOURCES}
    folder = out or Path("runs") / f"audit-{datetime.now():%Y%m%d-%H%M%S}"
    numbers = _audited(who, folder, Sources(**some), **options)
    from personae.cli.measure import _print_table, _write_report
    from personae.measure.audit_findings import cards, difference_scores, findings

    report = _write_report(folder)
    if as_json:
        tree = {"folder": str(folder), "measurements": [each.to_dict() for each in numbers]}
        click.echo(json.dumps(tree, ensure_ascii=False, indent=1))
    else:
        _print_table("value", numbers)
        _print_people(numbers)
        for line in [*difference_scores(numbers), *findings(numbers)]:
            click.echo(line)
        for card in cards(numbers):
            click.echo(card, err=True)
    click.echo(f"{len(numbers)} numbers in {folder / 'measurements.json'}", err=True)
    if report:
        click.echo(f"report:  open {report} in a browser", err=True)


@audit.command()
@click.argument("file", metavar="LIST", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--words", type=click.Path(exists=True, path_type=Path, dir_okay=False), metavar="FILE",
              help="Words nobody should be called by, one a line.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: Path, words: Path | None, as_json: bool) -> None:
    """What is wrong with a LIST of people, before anybody is asked: spelling, articles, stray words, names, doubles."""
    try:
        from personae.measure.sweep.people import lint_people, read_people
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    listed = words.read_text("utf-8").split("\n") if words else ()
    subjects = read_people(file)
    found = lint_people(subjects, [word.strip() for word in listed if word.strip()])
    if as_json:
        told = [{"rule": each.rule, "persona": each.subject, "message": each.message} for each in found]
        click.echo(json.dumps({"people": len(subjects), "findings": told}, ensure_ascii=False, indent=1))
        return
    for each in found:
        click.echo(f"{each.rule:<16} {each.subject}: {each.message}")
    click.echo(f"{len(subjects)} people, {len(found)} findings", err=True)


def _print_people(numbers: Sequence[Measurement]) -> None:
    """Each number of the controls, and of the personas that are lowest and highest."""
    from rich.console import Console
    from rich.table import Table

    from personae.measure.audit_findings import by_persona
    from personae.measure.sweep.subjects import controls

    asked = [each.id for each in controls()]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", *(name.replace("_", " ") for name in asked), "lowest persona", "highest persona"):
        table.add_column(column)
    table.columns[0].no_wrap = True
    for number, told in by_persona(numbers)[1]:
        ours = sorted((value, who) for who, value in told.items() if who not in asked)
        ends = [f"{value:.3f} {who}" for value, who in (ours[:1] + ours[-1:])]
        table.add_row(number.name, *(f"{told[name]:.3f}" if name in told else "" for name in asked), *ends)
    if table.row_count:
        Console(width=None if sys.stdout.isatty() else 120).print(table)


def _audited(who: Sequence[str], folder: Path, sources: Sources, **options: Any) -> list[Measurement]:
    """The numbers, with a progress bar; what was answered is kept when it is stopped."""
    from personae import run as wait_for
    from personae.cli._progress import progress
    from personae.measure.audits import run_audit
    from personae.models.registry import open_model

    base_url, jobs, again = (options[name] for name in ("base_url", "jobs", "again"))
    names = [part.strip() for each in options["suites"] for part in each.split(",") if part.strip()]
    if not names:
        raise UsageError("name a suite, or all")
    model = open_model(options["model"], **({"base_url": base_url} if base_url else {}))
    command = shlex.join(["personae", *sys.argv[1:]])

    async def audited() -> list[Measurement]:
        from personae.cli.simulate import _close

        try:
            with progress("cells") as step:
                return await run_audit(
                    who, model, names, folder, sources, limit=jobs, again=again, base_url=base_url, command=command,
                    on_step=step,
                )  # fmt: skip
        finally:
            await _close([model])

    try:
        numbers: list[Measurement] = wait_for(audited())
        return numbers
    except KeyboardInterrupt:
        raise RunError(f"interrupted; what was answered is kept, go on with --out {shlex.quote(str(folder))}") from None
