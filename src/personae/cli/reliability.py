"""`personae reliability`: how reliable are the scores in a table of answers?"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.psychometrics.reliability import Reliability
    from personae.stats.coefficient import Coefficient
    from personae.stats.retest import Retest


@click.command()
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--instrument", required=True, metavar="NAME|FILE", help="What was asked: a name or a YAML file.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where instruments lie.")
@click.option("--units", metavar="COLUMN", help="The model or persona behind each respondent.")
@click.option(
    "--level", "levels", multiple=True, metavar="[SCALE=]COLUMN", help="The level assigned to each respondent."
)
@click.option("--retest", "again", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="The answers of the same people on a second occasion; needs --person.")  # fmt: skip
@click.option("--occasion", metavar="COLUMN", help="What tells a first and a second occasion apart in ANSWERS itself.")
@click.option("--person", metavar="COLUMN", help="Names of the respondents.")
@click.option(
    "--missing", multiple=True, metavar="CODE", help="What stands for a missing answer beside NA; repeatable."
)
@click.option(
    "--coding",
    type=click.Choice(("raw", "scored")),
    help="Whether the key has turned the numbers already (scored) [default: as the instrument says].",
)
@click.option("--resamples", type=click.IntRange(0), default=1000, show_default=True, help="Of the bootstrap; 0: none.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def reliability(
    answers: Path,
    instrument: str,
    data: Path | None,
    units: str | None,
    levels: tuple[str, ...],
    again: Path | None,
    occasion: str | None,
    person: str | None,
    missing: tuple[str, ...],
    coding: Literal["raw", "scored"] | None,
    resamples: int,
    seed: int,
    as_json: bool,
) -> None:
    """Do the items of each scale in ANSWERS go together: alpha, lambda 6, omega, split-half, with 95 % intervals.

    ANSWERS is a CSV or TSV file or a JSON array with one respondent per row and one column per item, or the .jsonl rows
    of `personae administer`. Cells hold points or labels of the response scale; empty ones are missing, and nothing is
    filled in.

    \b
    --units model      also between and within models; intervals draw whole models
    --level E=assigned alpha within each assigned level, for that scale or for all
    --retest FILE      the same people once more; with --occasion repeat they are in ANSWERS, and the coefficients
                       above are of the first occasion
    """
    try:
        from personae.psychometrics import reliability as room
        from personae.psychometrics.answer_table import occasions, read_answers
        from personae.psychometrics.library import load
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    if again and (occasion or not person):
        raise UsageError("--retest joins two files by people's names: --person COLUMN, and no --occasion")
    asked = load(instrument, data)
    asked = replace(asked, coding=coding or asked.coding)
    table, second = read_answers(answers, asked, missing=missing, person=None if occasion else person), None
    if occasion:
        table, second = occasions(table, occasion, person)
    elif again:
        second = read_answers(again, asked, missing=missing, person=person)
    found = room.reliability(table, asked, units=units, levels=_levels(levels), seed=seed, n_resamples=resamples)
    twice = None if second is None else room.retest(table, second, asked, seed=seed, n_resamples=resamples)
    if as_json:
        click.echo(json.dumps(_as_data(found, twice), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print(found)
        _print_dependence(found)
        if twice is not None:
            _print_retest(twice)
    for line in found.warnings:
        click.echo(f"! {line}", err=True)
    if found.missing:
        gaps = ", ".join(f"{count} {why}" for why, count in found.missing.items())
        click.echo(f"no answer: {gaps}", err=True)


def _levels(given: tuple[str, ...]) -> Mapping[str, str] | str | None:
    """One column for all scales, or one by scale."""
    plain = [each for each in given if "=" not in each]
    if not plain:
        return {scale: column for scale, _, column in (each.partition("=") for each in given)} or None
    if len(given) > 1:
        raise UsageError(f"--level {' '.join(given)}: give one column for all scales, or SCALE=COLUMN for each")
    return plain[0]


def _as_data(found: Reliability, twice: Mapping[str, Retest] | None) -> dict[str, Any]:
    again = {} if twice is None else {"retest": {scale: asdict(each) for scale, each in twice.items()}}
    return found.to_dict() | again


def _print(found: Reliability) -> None:
    rows = [
        (each.scale, each.group, str(each.people), str(len(each.items)), _shown(each.alpha), _shown(each.lambda6),
         _shown(each.omega), _shown(each.split_half), each.alpha.reason or each.lambda6.reason or "")
        for each in found.scales
    ]  # fmt: skip
    _table(("scale", "over", "n", "items", "alpha", "lambda 6", "omega", "split-half", ""), rows)


def _print_dependence(found: Reliability) -> None:
    rows = [
        (scale, str(each.rows), str(each.units), _shown(each.icc), f"{each.effective:.0f}", each.icc.reason or "")
        for scale, each in found.dependence.items()
    ]
    if rows:
        click.echo()
        _table(("scores", "rows", "units", "ICC(1)", "count like", ""), rows)


def _print_retest(twice: Mapping[str, Retest]) -> None:
    rows = [
        (scale, str(each.n), _shown(each.r), _shown(each.icc), "–" if each.shift is None else f"{each.shift:+.2f}",
         f"{each.unpaired} only once" if each.unpaired else "", each.r.reason or "")
        for scale, each in twice.items()
    ]  # fmt: skip
    click.echo()
    _table(("test–retest", "n", "r", "ICC(A,1)", "shift", "", ""), rows)


def _shown(found: Coefficient) -> str:
    if found.value is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.2f} … {found.high:.2f})"


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    used = [place for place in range(len(titles)) if any(row[place] for row in rows)]
    for place in used:
        table.add_column(titles[place], overflow="fold")
    for row in rows:
        table.add_row(*(escape(row[place]) for place in used))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
