"""`personae measure`: a persona, a model, and numbers with their uncertainty."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from personae.types import Measurement


@click.command()
@click.argument("persona")
@click.option("--model", default="embedded", show_default=True, help="Our own or any Inspect model string.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("-M", "model_args", multiple=True, metavar="KEY=VALUE", help="An argument of the model; repeatable.")
@click.option("--with", "names", metavar="NAMES", help="Measures to take, separated by commas.")
@click.option("--n", type=click.IntRange(1), help="Ask about at most this many statements.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every choice and of sampling.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.7, show_default=True, help="Of the replies.")
@click.option("--price", "prices", type=float, nargs=2, metavar="IN OUT", help="Money per million tokens.")
@click.option("--judge", "judges", multiple=True, metavar="MODEL", help="Who grades what needs a judge; repeatable.")
@click.option(
    "--judge-card",
    "judge_cards",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True),
    help="What `personae judge qualify` wrote of a judge; repeatable.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [default: runs/PERSONA-TIME].")
@click.option("--resume", is_flag=True, help="Finish the run that is in --out.")
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
@click.option("--compare", type=click.Path(path_type=Path), help="Folder of another run to compare with.")
def measure(
    persona: str,
    model_args: tuple[str, ...],
    names: str | None,
    out: Path | None,
    as_json: bool,
    compare: Path | None,
    **options: Any,
) -> None:
    """Measure PERSONA, a file or the name of a starter: does it know itself, stay itself, keep its voice?

    \b
    self_knowledge  the true answer against answers of others, by probability
    grounding       does an open answer come closest to its statement
    trait_accuracy  do its answers show the facts of its card
    consistency     do its answers follow from its statements, and contradict none
    drift           the same probes after 0, 4, 8, 16 turns of talk and pressure
    style           one voice, and the voice of its examples
    cost            tokens and seconds per reply
    personagym      one question for each of five tasks; taken where there is a --judge
    sharp           does it say what is so, or what pleases whom it talks to; taken when named
    """
    if options["resume"] and out is None:
        raise UsageError("--resume needs --out, the folder of the run to finish")
    try:
        from personae.measure.compare import compare_runs
        from personae.measure.run_folder import RunFolder
        from personae.tasks.run import measure_persona
    except ModuleNotFoundError as error:
        raise MissingExtra("evals", error.name or "inspect_ai") from error
    earlier = RunFolder(compare).read_measurements() if compare else None
    folder = out or Path("runs") / f"{Path(persona).stem}-{datetime.now():%Y%m%d-%H%M%S}"
    measurements = _with_progress(
        measure_persona,
        persona,
        folder,
        model_args=_pairs(model_args),
        measures=_split(names) if names else None,
        **options,
        command=shlex.join(["personae", *sys.argv[1:]]),
    )
    report = _write_report(folder)
    differences = [] if earlier is None else compare_runs(measurements, earlier)
    if as_json:
        click.echo(json.dumps(_as_data(folder, measurements, differences), ensure_ascii=False, indent=1))
    else:
        _print_table("value", measurements)
        if differences:
            _print_table(f"difference to {compare}", differences)
    _say_where(folder, len(measurements), report)


def _say_where(folder: Path, count: int, report: Path | None) -> None:
    click.echo(f"{count} numbers in {folder / 'measurements.json'}", err=True)
    if report:
        click.echo(f"report:  open {report} in a browser", err=True)
    click.echo(f"logs:    inspect view --log-dir {shlex.quote(str(folder / 'logs'))}", err=True)


def _with_progress(
    measure_persona: Callable[..., list[Measurement]], persona: str, folder: Path, **options: Any
) -> list[Measurement]:
    """The run with a progress bar per measure on stderr; where that is no terminal, a line per finished measure."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<15}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        rows: dict[str, Any] = {}

        def on_step(name: str, done: int, planned: int) -> None:
            if not console.is_terminal and done and done == planned:
                click.echo(f"{name} {done}/{planned}", err=True)
            if name not in rows:
                rows[name] = bars.add_task(name, total=planned, start=False)
            if done == 1 or not planned:
                bars.start_task(rows[name])
            bars.update(rows[name], completed=done, total=planned)

        try:
            return measure_persona(persona, folder, on_step=on_step, **options)
        except KeyboardInterrupt:
            line = f"interrupted; what was answered is kept, go on with --out {shlex.quote(str(folder))} --resume"
            raise RunError(line) from None


def _write_report(folder: Path) -> Path | None:
    """The page, if the report extra is installed; without it the numbers are there all the same."""
    try:
        from personae.report import write_report
    except ModuleNotFoundError as error:
        click.echo(f"no report: {MissingExtra('report', error.name or 'jinja2')}", err=True)
        return None
    return write_report([folder])


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _pairs(arguments: Sequence[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not equals or not key:
            raise UsageError(f"-M {argument!r} is not KEY=VALUE")
        try:
            pairs[key] = json.loads(value)
        except ValueError:
            pairs[key] = value
    return pairs


def _as_data(folder: Path, now: Sequence[Measurement], differences: Sequence[Measurement]) -> dict[str, Any]:
    data: dict[str, Any] = {"folder": str(folder), "measurements": [m.to_dict() for m in now]}
    return data | ({"differences": [m.to_dict() for m in differences]} if differences else {})


def _print_table(heading: str, measurements: Sequence[Measurement]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for column in (heading, "95 % interval", "unit", "n", "missing"):
        table.add_column(column)
    table.columns[0].no_wrap = True
    for m in measurements:
        value = m.reason if m.value is None else f"{m.value:.3f}"
        interval = "" if m.low is None or m.high is None else f"{m.low:.3f} … {m.high:.3f}"
        missing = ", ".join(f"{count} {reason}" for reason, count in m.missing.items())
        judge = m.details.get("judge", {})
        standing = f" ({judge['standing']} judge)" if judge else ""
        table.add_row(m.name + standing, value, interval, m.unit, str(m.n), missing)
    Console(width=None if sys.stdout.isatty() else 120).print(table)
