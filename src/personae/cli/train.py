"""`personae train`: recipes that make or tune models."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def train() -> None:
    """Make or tune models (needs the extra `train`)."""


@train.command("pair-scorer")
@click.option("--data", type=click.Path(path_type=Path), envvar="PERSONAE_DATA", required=True,
              help="Folder with nli-compiled, nli-cad and personachat.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where runs and weights go.")
@click.option("--mix", type=click.Choice(["open", "research"]), default="open", show_default=True,
              help="open: licences that allow passing the weights on. research: everything, for yourself.")  # fmt: skip
@click.option("--seeds", default="0,1,2", show_default=True, help="Seeds to train; the best is taken, all are shown.")
@click.option("--epochs", type=click.IntRange(1), default=2, show_default=True, help="Passes over the data.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="CPU threads.")
def pair_scorer(data: Path, out: Path, mix: str, seeds: str, epochs: int, threads: int) -> None:
    """Train, calibrate, export and measure the pair scorer.

    About twenty minutes per seed on two idle cores with bfloat16; uses a GPU when torch sees one. A run that was
    stopped goes on when the same command is given again.
    """
    from rich.console import Console
    from rich.progress import Progress

    from personae.errors import UsageError
    from personae.train.pair_scorer.make import make
    from personae.train.pair_scorer.recipe import Recipe

    try:
        numbers = tuple(int(seed) for seed in seeds.split(","))
    except ValueError:
        raise UsageError(f"seeds are whole numbers with commas between them, not {seeds!r}") from None
    recipe = Recipe(threads=threads, epochs=epochs)
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=None)

        def on_step(step: int, steps: int, loss: float, rate: float) -> None:
            progress.update(bar, completed=step, total=steps, description=f"loss {loss:.3f}, {rate:.0f} pairs/s")

        folder = make(
            data, out, mix="open" if mix == "open" else "research", seeds=numbers, recipe=recipe,
            say=lambda text: progress.console.print(text), on_step=on_step,
        )  # fmt: skip
    click.echo(str(folder))
