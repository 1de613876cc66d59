"""`personae train truth-world`: small networks that show whether truthful speakers become one persona."""

from __future__ import annotations

import json
from pathlib import Path

import click

from personae.types import Measurement


@click.command("truth-world")
@click.option("--seeds", default="0,1,2", show_default=True, help="Seeds; each trains one network in either world.")
@click.option("--probes/--no-probes", default=True, show_default=True, help="Also probe what stands before the answer.")
@click.option("--steps", type=click.IntRange(1), default=300, show_default=True, help="Batches to train on.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="JSON file with every number.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="CPU threads.")
def truth_world(seeds: str, probes: bool, steps: int, out: Path | None, threads: int) -> None:
    """Train networks on four agents who tell the truth or do not, and ask them what they have never seen.

    A network takes some five seconds on one core. Prints a table: agreement with the rule of each held-out agent, and
    how well a probe tells truthful answers before they are given.
    """
    from personae.cli._progress import progress
    from personae.errors import UsageError
    from personae.files import write_atomic
    from personae.train.truth_world.make import Trained, persona_effect, report, study
    from personae.train.truth_world.network import Recipe

    try:
        numbers = tuple(int(seed) for seed in seeds.split(","))
    except ValueError:
        raise UsageError(f"seeds are whole numbers with commas between them, not {seeds!r}") from None
    recipe = Recipe(steps=steps, threads=threads)
    click.echo("world    seed  learned  agreement  auc question  operator  shuffled")

    def say(one: Trained) -> None:
        told = [f"{value:.3f}" if value is not None else "–" for value in one.auc.values()] or ["–"] * 3
        figures = f"{one.learned:>7.3f}  {one.agreement:>9.3f}  {told[0]:>12}  {told[1]:>8}  {told[2]:>8}"
        click.echo(f"{one.kind:<8} {one.seed:>4}  {figures}")

    with progress("truth world") as bar:
        found = study(
            numbers, recipe, probes=probes, say=say,
            on_step=lambda step, all_steps, loss: bar(f"loss {loss:.3f}", step, all_steps),
        )  # fmt: skip
    click.echo(f"persona − control: {_in_points(persona_effect(found))}")
    if out is not None:
        write_atomic(out, json.dumps(report(found, recipe), indent=2) + "\n")


def _in_points(effect: Measurement) -> str:
    if effect.value is None:
        return effect.reason or "no value"
    if effect.low is None or effect.high is None:
        return f"{100 * effect.value:+.1f} points"
    return f"{100 * effect.value:+.1f} points ({100 * effect.low:+.1f} … {100 * effect.high:+.1f})"
