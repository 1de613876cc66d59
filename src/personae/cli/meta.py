"""`personae meta`: does a metric say what people say, and how much of that is possible at all?"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.meta import Meta, Verdict
    from personae.measure.ratings import Columns, Rated
    from personae.stats.intervals import Interval
    from personae.types import PairScorer

#: The pair scorer that comes with the toolkit.
OURS = "embedded"

#: Rows of a table that are printed.
SHOWN = 40

#: Rows that are looked at to tell what the columns hold.
SAMPLE = 100


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--metric", "asked", multiple=True, metavar="NAME", help="A column or a built-in metric; repeatable.")
@click.option("--human", multiple=True, metavar="COLUMN", help="Column of human ratings; repeatable, one per rater.")
@click.option("--system", metavar="COLUMN", help="Column that says which system replied.")
@click.option("--persona", metavar="COLUMN", help="Column that says which persona replied.")
@click.option("--text", metavar="COLUMN", help="Column of the replies.")
@click.option("--reference", metavar="COLUMN", help="Column of references, for unigram_f1.")
@click.option("--query", metavar="COLUMN", help="Column of what was said before, for apc.")
@click.option("--statements", metavar="COLUMN", help="Column of the persona's statements, for metrics with a scorer.")
@click.option("--cluster", metavar="COLUMN", help="Draw whole clusters again, such as dialogues, not single rows.")
@click.option("--scorer", "scorer_name", metavar="NAME", help="Pair scorer of the consistency metrics: embedded …")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the splits and the bootstrap.")
@click.option("--resamples", type=click.IntRange(100), default=1000, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def meta(
    file: Path,
    asked: tuple[str, ...],
    scorer_name: str | None,
    seed: int,
    resamples: int,
    as_json: bool,
    **named: Any,
) -> None:
    """Validate metrics on FILE, replies that people rated: JSON lines, CSV, or the folder of the GRADE ratings.

    \b
    First comes the ceiling: how far the ratings agree with themselves, and so how high a metric can correlate.
    Then each metric's Pearson, Spearman and Kendall correlation with the mean rating, overall, per system and per
    persona, and its correlation with the number of words.

    \b
    Columns are found by name (human or human_1 …, system, persona, reply, reference); other columns of numbers are
    metrics. Built in: length, distinct, repetition, unigram_f1, and with --scorer c_score, contradiction,
    entailment, apc, delta_apc.
    """
    try:
        from personae.measure.consistency.matrix import guard_of
        from personae.measure.meta import choose, collect, judge
        from personae.models import open_pair_scorer
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error

    replies, columns = _replies(file, asked, named)
    there = {"texts": columns.text is not None, "references": columns.reference is not None}
    names, built_in = choose(asked, columns.metrics, **there)
    if not names and not built_in:
        raise UsageError("no metric to judge: no other column holds numbers and there is no text; name one, --metric")
    scorer = open_pair_scorer(scorer_name) if scorer_name else None
    readable = guard_of(scorer_name or OURS)
    with progress("reading") as on_step:
        work = collect(
            replies,
            names,
            built_in,
            scorer=scorer,
            readable=readable,
            on_rows=lambda rows: on_step("reading", rows, None),
        )
        table = asyncio.run(work)
    with progress("judging") as on_step:
        found = judge(table, seed=seed, clustered=columns.cluster is not None, n_resamples=resamples, on_step=on_step)
    if as_json:
        data = _as_data(file, columns, scorer, seed, found)
        click.echo(_printable(json.dumps(data, ensure_ascii=False, indent=1)))
    else:
        _print(found)
    _say_what_is_missing(found)


def _replies(file: Path, asked: tuple[str, ...], named: dict[str, Any]) -> tuple[Iterable[Rated], Columns]:
    from personae.measure import ratings

    if file.is_dir():
        columns = ratings.Columns(("HumanScores",), system="system", text="text", reference="reference", query="query")
        return ratings.grade_human(file), columns
    found = ratings.rows(file)
    sample = list(itertools.islice(found, SAMPLE))
    if not sample:
        raise UsageError(f"{file.name!r} has no rows; a row is one reply with its ratings")
    columns = ratings.find_columns([row for _, row in sample], **named)
    return ratings.rated(itertools.chain(sample, found), columns, file.name), columns


def _as_data(file: Path, columns: Columns, scorer: PairScorer | None, seed: int, found: Meta) -> dict[str, Any]:
    facts = {"name": scorer.name, **scorer.provenance} if scorer else None
    return {"file": file.name, **found.to_dict(), "columns": columns.to_dict(), "scorer": facts, "seed": seed}


def _print(found: Meta) -> None:
    rated = found.reliability
    if rated.ceiling is None:
        click.echo(f"ceiling  –     {rated.reason}")
    else:
        click.echo(
            f"ceiling  {rated.ceiling:.2f}  (√R; split-half r {rated.split_half:.2f}, Spearman–Brown R "
            f"{rated.spearman_brown:.2f}; {rated.n} replies, {rated.per_thing:.1f} ratings each, {rated.splits} splits)"
        )
    if found.systems:
        means = [(name, _number(mean), str(mean.n)) for name, mean in found.systems.items()]
        _table(("system", "mean rating", "n"), means)
    for by, title in (("all", "metric"), ("system", "metric, system"), ("persona", "metric, persona")):
        rows = [_row(verdict) for verdict in found.verdicts if verdict.by == by]
        if rows:
            _table((title, "Pearson", "of ceiling", "Spearman", "Kendall", "AUC", "with length", "n", ""), rows[:SHOWN])
        if len(rows) > SHOWN:
            click.echo(f"and {len(rows) - SHOWN} more rows; --json has them", err=True)


def _row(verdict: Verdict) -> tuple[str, ...]:
    found = verdict.validity
    name = f"{verdict.metric}, {verdict.group}" if verdict.group else verdict.metric
    reason = "" if found.pearson.value is not None else found.pearson.reason or ""
    above = "above the ceiling" if verdict.surely_above else "above the ceiling, perhaps by chance"
    note = above if verdict.above_ceiling else reason
    area = _number(found.auc) if found.auc else ""
    share = "" if verdict.of_ceiling is None else f"{verdict.of_ceiling:.0%}"
    ranks = (_number(found.spearman), _number(found.kendall))
    return (name, _number(found.pearson), share, *ranks, area, _number(verdict.length), str(verdict.n), note)


def _number(interval: Interval) -> str:
    if interval.value is None:
        return "–"
    if interval.low is None or interval.high is None:
        return f"{interval.value:.3f}"
    return f"{interval.value:.3f} ({interval.low:.2f} … {interval.high:.2f})"


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    used = [column for column in range(len(titles)) if any(row[column] for row in rows)]
    for column in used:
        table.add_column(titles[column], overflow="fold")
    for row in rows:
        table.add_row(*(escape(_printable(row[column])) for column in used))
    click.echo()
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _say_what_is_missing(found: Meta) -> None:
    if found.unrated:
        click.echo(f"{found.unrated} replies without a rating were left out", err=True)
    for verdict in found.verdicts:
        if verdict.by == "all" and verdict.missing:
            gaps = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in verdict.missing.items())
            click.echo(f"{verdict.metric}: left out {gaps}", err=True)
    for by, count in found.groups_left_out.items():
        click.echo(f"{count} more {by}s have fewer replies and were not looked at one by one", err=True)


def _printable(text: str) -> str:
    """Lone surrogates cannot be printed; they show as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
