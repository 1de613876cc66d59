"""`personae population`: people drawn from margins, and how mixed simulated users are."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.simulate.population import Population


@click.group()
def population() -> None:
    """Populations of personas from census margins, and of users with mixed tastes."""


@population.command()
@click.argument("margins", metavar="MARGINS")
@click.option("--n", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many people.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="JSON lines to write, a persona each.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole account as JSON.")
def sample(margins: str, n: int, out: Path | None, seed: int, as_json: bool) -> None:
    """Draw people from MARGINS, a YAML file (or "example", an invented country).

    \b
    margins:  {sex: {female: 51, male: 49}, age: {18-29: 21, 30-90: 79}}
    tables:   [{of: [age, sex], cells: {18-29: {female: 10, male: 11}, ...}}]
    starts:   [{of: ..., cells: ...}]       how strongly things hang together
    rules:    [{name: ..., if: {age: [18-29]}, not: {employment: [retired]}}]

    Numbers are counts, shares or percentages. Only `margins` is needed; an attribute is one of 33 (`population
    attributes`). Rows that break a rule are drawn anew, and what that does to each margin is printed.
    """
    _numpy()
    from personae.files import write_atomic
    from personae.simulate.population import census, people
    from personae.simulate.population.margins import example, read_margins

    if out is None and not as_json:
        raise UsageError("say where the people go (--out people.jsonl), or ask for the account alone (--json)")
    known = example() if margins == "example" and not Path(margins).exists() else read_margins(margins)
    drawn = census.sample(known, n, seed=seed)
    if out is not None:
        write_atomic(out, people.lines(people.each_persona(drawn, known, seed=seed)))
    if as_json:
        click.echo(json.dumps(people.to_dict(drawn) | {"absent": list(known.absent), "seed": seed}, indent=1))
    else:
        _tell(drawn)
    if known.absent:
        click.secho(f"nothing is known of {', '.join(known.absent)}", err=True, dim=True)
    if out is not None:
        click.secho(f"{n} people written to {out}", err=True, dim=True)


@population.command()
def attributes() -> None:
    """The 33 attributes a margins file may name, and what a persona says of each."""
    _numpy()
    from personae.simulate.population.margins import attributes as known

    for name, about in known().items():
        click.echo(f"{name:<22} {about['says']}")


@population.command()
@click.option("--n", type=click.IntRange(2, 1_000_000), default=20_000, show_default=True, help="How many users.")
@click.option(
    "--scorers", type=click.IntRange(2, 1000), default=10, show_default=True, help="How many reward functions."
)
@click.option("--alpha", "alphas", type=float, multiple=True, help="Of the Dirichlet; repeatable. [default: five]")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def users(n: int, scorers: int, alphas: tuple[float, ...], seed: int, as_json: bool) -> None:
    """How mixed users are for an alpha: the largest weight, scorers that matter, and how often two users disagree.

    Disagreement is over pairs of replies whose scores are independent; your own replies may divide users less.
    """
    _numpy()
    import numpy as np

    from personae.simulate.population import mixtures

    margins = np.random.default_rng(seed).standard_normal((1000, scorers))
    rows = []
    for alpha in alphas or (0.01, 0.05, 0.1, 0.5, 1.0):
        weights = mixtures.mixture_users(n, scorers, alpha, seed=seed)
        mixed = mixtures.concentration(weights)
        divided = mixtures.pair_disagreement(weights[:2000], margins, seed=seed)
        rows.append({"alpha": alpha, "max_weight": mixed.max_weight, "effective": mixed.effective, "disagree": divided})
    if as_json:
        click.echo(json.dumps({"n": n, "scorers": scorers, "seed": seed, "rows": rows}, indent=1))
        return
    click.echo(f"{'alpha':>7} {'largest weight':>15} {'effective scorers':>18} {'pairs in dispute':>17}")
    for row in rows:
        click.echo(f"{row['alpha']:>7g} {row['max_weight']:>15.3f} {row['effective']:>18.2f} {row['disagree']:>17.2f}")


def _numpy() -> None:
    """Raise the line that says how to get numpy, where it is not installed."""
    if find_spec("numpy") is None:
        raise MissingExtra("evals", "numpy")


def _tell(drawn: Population) -> None:
    """What was dropped, and the margins that moved most."""
    n = len(drawn.rows)
    dropped = ", ".join(f"{count} by {name!r}" for name, count in drawn.dropped.items() if count)
    click.echo(f"{n} people from {drawn.drawn} rows" + (f"; dropped {dropped}" if dropped else ""))
    beyond = drawn.beyond()
    click.echo(f"{'attribute':<22} {'loss':>7}  values beyond 3 sigma")
    for name, loss in sorted(drawn.loss.items(), key=lambda one: -one[1]):
        click.echo(f"{name:<22} {loss:>7.4f}  {', '.join(beyond.get(name, ()))}".rstrip())
