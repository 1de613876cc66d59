"""`personae judge contrast`: does a judge, or a similarity, know which reply belongs to which ask?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.judges.rewards import Contrasts
    from personae.types import Measurement


@click.command()
@click.option("--data", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="JSON list of query, query_response_k, retrieval, retrieval_response_k.")  # fmt: skip
@click.option("--model", metavar="MODEL", help="The judge, which compares two replies in both orders.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N items.")
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
def contrast(data: Path, model: str | None, base_url: str | None, limit: int | None, as_json: bool) -> None:
    """Two asks close in wording, each with its own reply: which belongs to which? Chance is one half.

    Without --model the embedder's cosine is tested, the reward that a judge has to beat.
    """
    if base_url and not model:
        raise UsageError("--base-url is the address of a judge; name it with --model")
    try:
        from personae.judges.rewards import Contrasts, read_contrasts
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    from personae import run

    read = read_contrasts(data)
    some = Contrasts(read.items[:limit], read.missing)
    numbers = run(_of_judge(model, base_url, some) if model else _of_similarity(some))
    if as_json:
        click.echo(json.dumps([number.to_dict() for number in numbers], ensure_ascii=False, indent=1))
        return
    for number in numbers:
        click.echo(f"{number.name:<12} {_figure(number)}")


async def _of_similarity(contrasts: Contrasts) -> list[Measurement]:
    from personae.judges.rewards import Similarity, contrast_test
    from personae.models.embedder import MiniLM

    return await contrast_test(Similarity(MiniLM()), contrasts)


async def _of_judge(name: str, base_url: str | None, contrasts: Contrasts) -> list[Measurement]:
    from personae.cli.simulate import _close
    from personae.judges.qualification.pairs import pair_judge
    from personae.judges.qualification.qualify import SCORED
    from personae.judges.rewards import contrast_test_of_pairs
    from personae.models.registry import open_model

    model = open_model(name, **({"base_url": base_url} if base_url else {}))
    try:
        judge = pair_judge(model, "letters" if model.name.startswith(SCORED) else "spoken", "preference")
        return [await contrast_test_of_pairs(judge, contrasts)]
    finally:
        await _close([model])


def _figure(number: Measurement) -> str:
    missing = "".join(f", {count} {why}" for why, count in number.missing.items())
    if number.value is None:
        return f"– ({number.reason}){missing}"
    between = "" if number.low is None or number.high is None else f" [{number.low:.3f}, {number.high:.3f}]"
    chance = "  chance 0.5" if "chance" in number.details else ""
    return f"{number.value:.3f}{between}{chance}  n {number.n}{missing}"
