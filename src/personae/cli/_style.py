"""`personae score style`: what each style policy would have done in recorded talks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.style_frontier import Frontier


@click.command()
@click.argument("logs", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--policies", default="all", show_default=True, metavar="NAMES", help="Names with commas between, or all."
)
@click.option("--language", default="en", show_default=True, help="Other than en only sentence length can be read.")
@click.option("--plot", type=click.Path(dir_okay=False), help="Write the frontier as an SVG file.")
@click.option("--json", "as_json", is_flag=True, help="Print all points, warnings and caveats as JSON.")
def style(logs: tuple[str, ...], policies: str, language: str, plot: str | None, as_json: bool) -> None:
    """How much of the partner's style should a voice take on? Replay the policies on LOGS (JSON lines).

    \b
    {"event": "message", ...}                    transcripts of `personae chat`
    {"id": "t1", "messages": [{"role", "content"}]}    a talk per line
    {"talk": "t1", "user": ..., "bot": ...}      a turn per line, texts or style vectors

    Talks with "condition": "static" are the floor: replies that nobody adapted. Everything is shown on two scales.
    """
    try:
        from personae.measure.style_frontier import caveats, frontiers
        from personae.measure.style_logs import read_style_log
        from personae.metrics.style_policies import POLICIES
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    names = tuple(POLICIES) if policies == "all" else tuple(dict.fromkeys(policies.replace(" ", "").split(",")))
    log = read_style_log(logs, language=language)
    found = frontiers(log, names)
    said = caveats(found, log)
    if plot:
        _draw(found, plot)
    if as_json:
        data: dict[str, Any] = {
            "talks": len(log.talks),
            "turns": sum(len(talk.users) for talk in log.talks),
            "missing": {reason: count for reason, count in log.missing.items() if count},
            "scales": [each.to_data() for each in found],
            "caveats": said,
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for each in found:
        _print(each)
    click.echo("\n".join(f"- {line}" for line in said))


def _draw(found: list[Frontier], path: str) -> None:
    if not path.endswith(".svg"):
        raise UsageError(f"the plot is an SVG file; {path!r} does not end in .svg")
    from personae.files import write_atomic

    try:
        from personae.report.frontier import frontier_plot
    except ModuleNotFoundError as error:
        raise MissingExtra("report", error.name or "matplotlib") from error
    write_atomic(path, frontier_plot(found))


def _print(frontier: Frontier) -> None:
    about = frontier.to_data()["about"]
    click.echo(f"scale “{frontier.scale}”: {about}; {', '.join(frontier.dimensions)}")
    click.echo(f"  {'':<22}{'synchrony':>10}{'stability':>11}{'flips':>8}{'gain':>8}{'talks':>7}")
    for row in frontier.rows:
        gain = frontier.gains.get(row.name)
        told = f"{gain:+.0%}" if gain is not None else "–"
        numbers = f"{_shown(row.synchrony):>10}{_shown(row.stability):>11}{_shown(row.flips):>8}"
        click.echo(f"  {row.name:<22}{numbers}{told:>8}{row.talks:>7}")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
