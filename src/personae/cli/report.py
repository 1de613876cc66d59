"""`personae report`: one page from one or several runs."""

from __future__ import annotations

from pathlib import Path

import click

from personae.errors import MissingExtra


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page [default: report.html in the first run].")
def report(runs: tuple[Path, ...], out: Path | None) -> None:
    """Write one self-contained HTML page from RUNS, the folders of `personae measure`; several are compared."""
    try:
        from personae.report import write_report
    except ModuleNotFoundError as error:
        raise MissingExtra("report", error.name or "jinja2") from error
    click.echo(write_report(list(runs), out))
