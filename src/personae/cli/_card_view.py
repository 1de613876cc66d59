"""How a card and a lorebook look on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from personae.persona.formats.card_png import attached_assets
from personae.persona.lint import section_costs
from personae.persona.lorebook.book import Entry, Lorebook
from personae.persona.persona import Persona
from personae.persona.tokens import estimate_tokens


def print_card(persona: Persona, console: Console | None = None) -> None:
    """The summary of a card."""
    out = console or Console()
    original = persona.original
    shown = f"  [dim]{original.format if original else 'new'}[/dim]"
    out.print(f"[bold]{escape(persona.name)}[/bold]{shown}")
    _pairs(
        out,
        ("nickname", persona.identity.nickname),
        ("creator", persona.provenance.creator),
        ("version", persona.provenance.version),
        ("tags", ", ".join(persona.tags)),
        ("statements", str(len(persona.statements))),
        ("examples", str(len(persona.examples))),
        ("extensions", ", ".join(persona.extensions)),
    )
    costs = _table("section", "tokens")
    for section, tokens in section_costs(persona).items():
        if tokens:
            costs.add_row(section, str(tokens))
    out.print(costs)
    for number, greeting in enumerate(persona.greetings):
        out.print(f"[dim]greeting {number}[/dim] {escape(_short(greeting, 100))}")
    if persona.lorebook is not None:
        print_book(persona.lorebook, out)
    for asset in (*persona.assets, *attached_assets(persona)):
        out.print(f"[dim]asset[/dim] {escape(f'{asset.type} {asset.name}: {_short(asset.uri, 70)}')}")
    for note in original.notes if original else ():
        out.print(f"[yellow]note[/yellow] {escape(note)}")


def print_book(book: Lorebook, console: Console | None = None) -> None:
    """The settings and entries of a lorebook."""
    out = console or Console()
    settings = [
        f"scan depth {book.scan_depth if book.scan_depth is not None else 'all'}",
        f"budget {f'{book.token_budget} tokens' if book.token_budget is not None else 'none'}",
        f"recursion {'on' if book.recursive_scanning else 'off'}",
    ]
    shown = ", ".join([f"{len(book.entries)} entries", *settings])
    out.print(f"[bold]lorebook[/bold] {escape(book.name or '')}  [dim]{shown}[/dim]")
    table = _table("entry", "keys", "when", "order", "tokens", "content")
    for number, entry in enumerate(book.entries):
        cells = (
            entry.name or entry.comment or str(entry.id if entry.id is not None else number),
            ", ".join(entry.keys) + (f" and {', '.join(entry.secondary_keys)}" if entry.selective else ""),
            _when(entry),
            f"{entry.insertion_order:g}",
            str(estimate_tokens(entry.content)),
            _short(entry.content, 50),
        )
        table.add_row(*(escape(cell) for cell in cells))
    out.print(table)


def _when(entry: Entry) -> str:
    if not entry.enabled:
        return "off"
    return "always" if entry.constant else "regex" if entry.use_regex else "key"


def _pairs(out: Console, *pairs: tuple[str, str | None]) -> None:
    for name, value in pairs:
        if value:
            out.print(f"[dim]{name:<11}[/dim]{escape(value)}")


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False, header_style="bold")


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
