"""`personae card`: show, check, convert and trace character cards and lorebooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import FormatError, UsageError

if TYPE_CHECKING:
    from personae.persona.lint import Finding
    from personae.persona.lorebook.book import Lorebook
    from personae.persona.persona import Persona
    from personae.types import Message

File = click.argument("file", type=click.Path(path_type=Path))
AsJson = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def card() -> None:
    """Show, check, convert and trace character cards (JSON, PNG, CHARX) and lorebooks."""


@card.command()
@File
@click.option("--json", "as_json", is_flag=True, help="Print the whole JSON tree of the card.")
def show(file: Path, as_json: bool) -> None:
    """What a card holds: fields, token cost, greetings, lorebook, assets, and what was odd about the file."""
    from personae.cli._card_view import print_book, print_card
    from personae.persona.formats.card_file import book_in, load_card

    book = book_in(file)
    if book is not None:
        _print_json(json.loads(book.model_dump_json())) if as_json else print_book(book)
        return
    persona = load_card(file)
    if as_json:
        tree = persona.original.tree if persona.original else None
        _print_json(tree if tree is not None else persona.model_dump(mode="json", by_alias=True))
    else:
        print_card(persona)


@card.command()
@File
@AsJson
def lint(file: Path, as_json: bool) -> None:
    """Faults of a card: contradictory or doubled facts, dead lorebook entries, placeholders, encoding, cost.

    Exit code 1 when an error was found, 0 when there are only warnings.
    """
    from personae.persona.formats.card_file import load_card

    found = card_findings(load_card(file))
    if as_json:
        _print_json([finding.to_dict() for finding in found])
    else:
        colours = {"error": "red", "warning": "yellow", "info": "blue"}
        for finding in found:
            click.secho(f"{finding.severity:<8}", fg=colours[finding.severity], nl=False)
            click.echo(f"{finding.rule:<14}{finding.path:<28}{finding.message}")
        click.echo(f"{len(found)} findings" if found else "nothing found", err=True)
    if any(finding.severity == "error" for finding in found):
        raise click.exceptions.Exit(1)


@card.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--to", type=click.Choice(["v1", "v2", "v3", "yaml"]), help="Version to write [default: by the ending].")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
def convert(source: Path, target: Path, to: str | None, force: bool) -> None:
    """Write the card IN as OUT, in the format its ending names (.json .png .charx .yaml).

    Nothing is lost: what the new format has no field for is kept in the card's extensions, and told on stderr.
    """
    from personae.files import write_atomic
    from personae.persona.formats.card_file import converted, load_card

    if target.exists() and not force:
        raise UsageError(f"{str(target)!r} exists; add --force to replace it")
    persona = load_card(source)
    data, moved = converted(persona, target, to)
    write_atomic(target, data)
    for line in (*(persona.original.notes if persona.original else ()), *moved):
        click.echo(line, err=True)
    click.echo(f"wrote {target} ({len(data)} bytes)", err=True)


@card.command()
@File
@click.option("--text", "texts", multiple=True, help="A message of the user; may stand several times.")
@click.option("--messages", type=click.Path(path_type=Path), help="JSON lines with role and content.")
@click.option("--user", default="User", show_default=True, help="The name {{user}} stands for.")
@click.option(
    "--profile",
    type=click.Choice(["spec", "sillytavern"]),
    default="spec",
    show_default=True,
    help="Whose rules to follow.",
)
@click.option("--seed", default=0, show_default=True, help="Seed for entries that fire by chance.")
@AsJson
def trace(
    file: Path, texts: tuple[str, ...], messages: Path | None, user: str, profile: str, seed: int, as_json: bool
) -> None:
    """Which lorebook entries a talk wakes, by which key, at what cost, and why the others stay out."""
    import dataclasses

    from personae.persona.lorebook.engine import scan
    from personae.persona.tokens import estimate_tokens
    from personae.types import Message

    if bool(texts) == bool(messages):
        raise UsageError("give the talk either with --text or with --messages FILE.jsonl")
    talk = _messages(messages) if messages else [Message("user", text) for text in texts]
    book, char = _book(file)
    known = {"profile": "sillytavern"} if profile == "sillytavern" else {}
    active = scan(book, talk, count_tokens=estimate_tokens, char=char, user=user, seed=seed, **known)  # type: ignore[arg-type]
    if as_json:
        _print_json(
            {
                "tokens": active.tokens,
                "inserted": [dataclasses.asdict(insertion) for insertion in active.insertions],
                "trace": [dataclasses.asdict(decision) for decision in active.trace],
            }
        )
        return
    for decision in active.trace:
        click.echo(decision.line())
    click.echo(f"{len(active.insertions)} of {len(book.entries)} entries inserted, {active.tokens} tokens", err=True)


def card_findings(persona: Persona) -> tuple[Finding, ...]:
    """What the persona's own checks find, after what was odd about the file itself."""
    from personae.persona.formats.card_png import attached_assets
    from personae.persona.lint import Finding, lint

    notes = persona.original.notes if persona.original else ()
    odd = [Finding("warning", "file", "", note) for note in notes]
    odd += [
        Finding("info", "asset", "assets", f"{asset.uri} is not in the asset list")
        for asset in attached_assets(persona)
    ]
    icons = [asset.name for asset in persona.assets if asset.type == "icon"]
    if len(icons) > 1 and icons.count("main") != 1:
        odd.append(Finding("warning", "asset", "assets", f"of {len(icons)} icons exactly one must be called 'main'"))
    return (*odd, *lint(persona))


def _book(file: Path) -> tuple[Lorebook, str]:
    """The lorebook in a file, and the name of the character it belongs to."""
    from personae.persona.formats.card_file import book_in, load_card

    book = book_in(file)
    if book is not None:
        return book, "Character"
    persona = load_card(file)
    if persona.lorebook is None:
        raise FormatError(f"{str(file)!r} holds a persona without a lorebook; there is nothing to trace")
    return persona.lorebook, persona.identity.nickname or persona.name


def _messages(file: Path) -> list[Message]:
    from personae.files import MEGABYTE, read_limited
    from personae.persona.formats.json_text import decode, parse
    from personae.types import Message

    talk = []
    text, _ = decode(read_limited(file, 10 * MEGABYTE), str(file))
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        tree = parse(line, f"{file}:{number}")
        content = tree.get("content") if isinstance(tree, dict) else None
        role = tree.get("role", "user") if isinstance(tree, dict) else None
        if not isinstance(content, str) or role not in ("system", "user", "assistant"):
            raise FormatError(f"{str(file)!r}, line {number}: each line needs a role (user, assistant) and a content")
        talk.append(Message(role, content))
    return talk


def _print_json(tree: Any) -> None:
    from personae.persona.formats.json_text import dump_json

    click.echo(dump_json(tree, like="{\n "))
