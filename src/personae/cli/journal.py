"""`personae journal`: a persona from somebody's journal, and two diarists in a talk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.simulate.journals import JournalPersona
    from personae.types import PairScorer


@click.group()
def journal() -> None:
    """Personas from journals: scrubbed, dated, every statement with its entry."""


@journal.command("persona")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--consent", required=True, metavar="NOTE", help="Who agreed to this use, how and when; kept with it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the persona to this .yaml file.")
@click.option("--author", help="Whose entries, where the file holds several authors'.")
@click.option("--name", default="Diarist", show_default=True, help="What the persona is called.")
@click.option("--hide", multiple=True, metavar="NAME", help="A person's name to take out; repeatable.")
@click.option("--scorer", metavar="NAME", help="Pair scorer that finds contradictions, such as embedded.")
@click.option("--most", type=click.IntRange(1, 1000), default=120, show_default=True, help="Statements at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the clustering.")
@click.option("--json", "as_json", is_flag=True, help="Print the persona and what became of the entries as JSON.")
def from_journal(
    file: Path,
    consent: str,
    out: Path | None,
    author: str | None,
    scorer: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a persona from the journal FILE (.jsonl, .json, .csv, or .md and .txt with a date above every entry).

    Addresses, numbers and the names to hide are taken out first. Entries are embedded and clustered; what the author
    writes about most becomes the persona. Statements keep their entry and day, and one that a later statement
    contradicts ends there.
    """
    if out and out.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"{str(out)!r}: a persona is written as YAML; end the name in .yaml")
    with _numpy():
        from personae.simulate.journals import persona_from_journal, read_journal
    from personae import run
    from personae.models.embedder import MiniLM

    entries = read_journal(file, author=author)
    made = run(persona_from_journal(entries, consent=consent, embedder=MiniLM(), scorer=_opened(scorer), **options))
    if out and made.persona:
        from personae.persona.formats import dump

        dump(made.persona, out)
    _tell(made, as_json, out)


@journal.command()
@click.argument("first")
@click.argument("second")
@click.option("--model", default="embedded", show_default=True, help="The model behind both.")
@click.option("--base-url", metavar="URL", help="Address of an http/ model's server.")
@click.option("--turns", type=click.IntRange(1, 100), default=9, show_default=True, help="Turns of the talk.")
@click.option("--words", type=click.IntRange(1, 200), default=20, show_default=True, help="Longest turn.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the model.")
@click.option("--json", "as_json", is_flag=True, help="Print the talk as JSON.")
def talk(
    first: str, second: str, model: str, base_url: str | None, turns: int, words: int, seed: int, as_json: bool
) -> None:
    """Let two personas from journals talk: nine turns, twenty words each."""
    import dataclasses

    from personae import run
    from personae.models.registry import open_model
    from personae.persona.find import find

    with _numpy():
        from personae.simulate.journals import journal_talk

    behind = open_model(model, **({"base_url": base_url} if base_url else {}))
    said = run(journal_talk((find(first), find(second)), behind, turns=turns, words=words, seed=seed))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(said), ensure_ascii=False, indent=1))
        return
    for line in said.lines:
        click.echo(f"{line.speaker}: {line.text}")
    if said.outcome != "answered":
        click.secho(f"the talk ended after {len(said.lines)} of {turns} turns: {said.outcome}", err=True, fg="red")


@contextmanager
def _numpy() -> Iterator[None]:
    """Clusters need numpy, which the core does without."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error


def _opened(scorer: str | None) -> PairScorer | None:
    if scorer is None:
        return None
    from personae.models.registry import open_pair_scorer

    return open_pair_scorer(scorer)


def _tell(made: JournalPersona, as_json: bool, out: Path | None) -> None:
    if as_json:
        click.echo(json.dumps(made.to_dict(), ensure_ascii=False, indent=1))
    elif made.persona:
        for one in made.persona.statements:
            until = f" – {one.valid_to}" if one.valid_to else ""
            click.echo(f"{one.valid_from or 'undated':<10}{until}  {one.text}")
    left = ", ".join(f"{count} {why}" for why, count in (made.left_out | made.unsaid).items())
    hidden = ", ".join(f"{count} {what}" for what, count in made.scrubbed.items()) or "nothing"
    click.echo(f"{len(made.kept)} of {len(made.entries)} entries kept; left out: {left or 'nothing'}", err=True)
    click.echo(f"taken out: {hidden}; names nobody gave are still there", err=True)
    for note in made.notes:
        click.echo(note, err=True)
    if made.persona is None:
        raise UsageError(str(made.reason))
    if out:
        click.echo(f"written to {out}", err=True)
