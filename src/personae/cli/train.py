"""`personae train`: recipes that make or tune models."""

from __future__ import annotations

from pathlib import Path

import click

from personae.cli._toxicity import train_toxicity
from personae.cli._truth_world import truth_world


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


@train.command("soft-prompt")
@click.option("--persona", "who", required=True, metavar="PERSONA", help="A file, or the name of a starter.")
@click.option("--data", type=click.Path(path_type=Path), envvar="PERSONAE_DATA", required=True,
              help="Folder with personachat.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the soft prompt.")
@click.option("--model", type=click.Path(path_type=Path), metavar="PATH",
              help="A GGUF file, or a folder that Transformers reads [default: the embedded weights].")  # fmt: skip
@click.option("--tokens", type=click.IntRange(1, 100), default=20, show_default=True, help="Vectors to tune.")
@click.option("--steps", type=click.IntRange(1), default=300, show_default=True, help="Batches to tune on.")
@click.option("--entailment/--no-entailment", default=True, show_default=True,
              help="Also learn what follows from what is said.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of rows and their order.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="CPU threads.")
def soft_prompt(
    who: str,
    data: Path,
    out: Path,
    model: Path | None,
    tokens: int,
    steps: int,
    entailment: bool,
    seed: int,
    threads: int,
) -> None:
    """Tune a few vectors that make a frozen model speak as a persona, without its text in the prompt.

    A run that was stopped goes on when the same command is given again. Prints the folder; use it as the option
    soft_prompt of an hf model.
    """
    from personae.cli._progress import progress
    from personae.models.hf import HfModel
    from personae.persona.find import find
    from personae.train.soft_prompt.make import make
    from personae.train.soft_prompt.recipe import Recipe

    recipe = Recipe(tokens=tokens, steps=steps, entailment=entailment, seed=seed, threads=threads)
    base = HfModel(model, threads=threads) if model else None
    with progress("soft prompt") as bar:
        folder = make(
            find(who), data, out, model=base, recipe=recipe, say=lambda text: bar(text, 0, None),
            on_step=lambda step, all_steps, loss: bar(f"loss {loss:.3f}", step, all_steps),
        )  # fmt: skip
    click.echo(str(folder))


train.add_command(truth_world)
train.add_command(train_toxicity)
