"""`personae traits study`: does a model follow the level of a trait, and of that trait only?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personae.cli._progress import progress
from personae.errors import FormatError, MissingExtra

if TYPE_CHECKING:
    from personae.measure.trait_study import Shaping

#: A file of biographies larger than this is none.
MAX_BYTES = 4 * 1024 * 1024


@click.command()
@click.argument("biographies", type=click.Path(exists=True, dir_okay=False))
@click.option("--model", "model_name", required=True, metavar="MODEL", help="Such as embedded or openai/gpt-4o.")
@click.option("--instrument", default="big-five-60", show_default=True, help="What subjects fill in.")
@click.option("--data", type=click.Path(exists=True, file_okay=False), help="Folder of published instruments.")
@click.option("--trait", "domains", multiple=True, help="Only this trait; repeatable. All five if not given.")
@click.option("--concurrent", "at_once", is_flag=True, help="All five at once, at both ends, instead of one at a time.")
@click.option("--orders", type=click.IntRange(1), default=2, show_default=True, help="Orders of the answers.")
@click.option("--situations", is_flag=True, help="Ask for advice in situations too.")
@click.option("--out", type=click.Path(file_okay=False), help="Folder that keeps answers; the same call goes on there.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Calls at a time.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def study(
    biographies: str,
    model_name: str,
    instrument: str,
    data: str | None,
    domains: tuple[str, ...],
    at_once: bool,
    orders: int,
    situations: bool,
    out: str | None,
    limit: int,
    seed: int,
    as_json: bool,
) -> None:
    """Give every person of BIOGRAPHIES (a text, one a line) every level of a trait, and have them answer.

    You get Spearman's rho of level and score per trait, with an interval over biographies, the mean |rho| with the
    scores of other traits, and the median score of each level. From .9 on a trait counts as shaped.
    """
    try:
        from personae import run
        from personae.measure.trait_study import by_questionnaire, by_situations, concurrent, shaping, single
        from personae.models.registry import open_model
        from personae.psychometrics.administration import Design, best_route
        from personae.psychometrics.library import load
        from personae.psychometrics.trait_prompts import DOMAINS
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    pool, model, told = load(instrument, data), open_model(model_name), _lines(biographies)
    subjects = concurrent(told) if at_once else single(told, domains or tuple(DOMAINS))
    route = run(best_route(model))
    design = Design.crossed(orders=orders, options=len(pool.response.labels), route=route)
    with progress("asking") as on_step:
        answered = run(
            by_questionnaire(
                subjects,
                model,
                pool,
                design,
                out=out,
                limit=limit,
                progress=lambda done, planned: on_step("calls", done, planned),
            )
        )
        found = list(shaping(answered, pool.id, seed=seed))
        if situations:
            found += shaping(run(by_situations(subjects, model, limit=limit)), "situations", seed=seed)
    if as_json:
        click.echo(json.dumps([one.measurement.to_dict() for one in found], ensure_ascii=False, indent=1))
    else:
        _print(found)


def _lines(path: str) -> tuple[str, ...]:
    from personae.files import read_limited

    try:
        lines = read_limited(Path(path), MAX_BYTES).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path!r} is not UTF-8 text (byte {error.start})") from error
    return tuple(line.strip() for line in lines if line.strip())


def _print(found: list[Shaping]) -> None:
    for one in found:
        name = f"{one.outcome}, {one.domain}"
        if one.rho.value is None:
            click.echo(f"{name:<32}–     {one.rho.reason}")
            continue
        interval = "" if one.rho.low is None else f"[{one.rho.low:.2f}, {one.rho.high:.2f}]"
        others = "" if one.off_target is None else f"others {one.off_target:.2f}"
        medians = " ".join(f"{median:.2f}" for median in one.medians.values())
        click.echo(
            f"{name:<32}{one.rho.value:5.2f} {interval:<15} {'shaped' if one.shaped else 'not shaped':<11}{others}"
        )
        click.echo(f"  medians by level: {medians}")
