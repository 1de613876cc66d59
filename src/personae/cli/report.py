"""`personae report`: one page from one or several runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from personae.errors import MissingExtra


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page [default: report.html in the first run].")
@click.option("--bands", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="YAML of metrics with the way that is better and the band to stay in.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard of the runs as JSON, too.")
def report(runs: tuple[Path, ...], out: Path | None, bands: Path | None, as_json: bool) -> None:
    """Write one self-contained HTML page from RUNS, the folders of `personae measure`; several are compared.

    The scorecard sets the runs side by side in several metrics and merges none: which metrics pull apart, which runs no
    other run beats, and what left its band while something else gained.
    """
    try:
        from personae.report.page import read_runs, write_report
        from personae.report.scorecard import read_bands
        from personae.report.view import scorecard
    except ModuleNotFoundError as error:
        raise MissingExtra("report", error.name or "jinja2") from error
    metrics = read_bands(bands) if bands else None
    page = write_report(list(runs), out, bands=metrics)
    if not as_json:
        click.echo(page)
        return
    card = scorecard(read_runs(list(runs)), metrics)
    click.echo(json.dumps(card.to_dict() if card else None, ensure_ascii=False, indent=1))
    click.echo(page, err=True)
