"""`personae score chat`: what a chat shows about each of its speakers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from personae.errors import MissingExtra

if TYPE_CHECKING:
    from personae.types import Measurement


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--scorer", default="embedded", show_default=True, help="embedded, hf/FOLDER-OR-NAME or judge/MODEL.")
@click.option("--cache", type=click.Path(dir_okay=False), help="A file that remembers pairs from one run to the next.")
@click.option("--json", "as_json", is_flag=True, help="Print every number with its details as JSON.")
def chat(file: str, scorer: str, cache: str | None, as_json: bool) -> None:
    """How each speaker of FILE talks: emotions, steadiness, reflection, empathy, grounding, length, delay.

    \b
    {"speaker": "Ana", "text": "Good morning!", "at": "2024-05-03T08:15:00+00:00"}    a message per line

    A speaker of fewer than 20 messages gets a reason in place of numbers. The labels come from the pair scorer, whose
    name is printed; compare speakers and chats by them, and do not diagnose people.
    """
    try:
        from personae.measure.chat_statistics import PairLabels, chat_statistics, read_chat
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    from personae import run
    from personae.cli._progress import progress
    from personae.models import open_pair_scorer
    from personae.models.pairs.cache import CachedPairs

    messages = read_chat(file)
    cached = CachedPairs(open_pair_scorer(scorer), cache)
    labels = PairLabels(cached) if scorer == "embedded" else PairLabels(cached, readable=lambda text: None)
    try:
        with progress("messages") as step:
            found = run(chat_statistics(messages, replace(labels, on_step=step)))
    finally:
        cached.close()
    if as_json:
        speakers = {who: {one.name: one.to_dict() for one in rows} for who, rows in found.items()}
        data = {"messages": len(messages), "labels": labels.name, "speakers": speakers}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
        return
    click.echo(f"{len(messages):,} messages; labels: {labels.name}")
    for who, rows in found.items():
        click.echo(who)
        for line in dict.fromkeys(map(_line, rows)):
            click.echo(f"  {line}")


def _line(one: Measurement) -> str:
    if one.value is None:
        return one.reason if one.reason and "are needed" in one.reason else f"{one.name:<22}{'–':>9}  {one.reason}"
    interval = f"  [{one.low:.3f}, {one.high:.3f}]" if one.low is not None and one.high is not None else ""
    return f"{one.name:<22}{one.value:>9.3f}  {one.unit}{interval}"
