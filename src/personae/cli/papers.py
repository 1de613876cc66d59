"""`personae papers`: the papers behind the toolkit."""

from __future__ import annotations

import difflib
import json

import click

from personae.errors import UsageError


@click.command()
@click.argument("key", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def papers(key: str | None, as_json: bool) -> None:
    """The papers behind the toolkit: all of them, or the one with KEY."""
    from personae.papers import papers as all_papers

    rows = all_papers()
    if key is not None:
        chosen = [row for row in rows if row.key == key]
        if not chosen:
            near = difflib.get_close_matches(key, [row.key for row in rows], n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else "; `personae papers` lists the keys"
            raise UsageError(f"no paper has the key {key!r}{hint}")
        rows = tuple(chosen)
    if as_json:
        data = [row.model_dump() for row in rows]
        click.echo(json.dumps(data[0] if key is not None else data, ensure_ascii=False, indent=1))
    elif key is not None:
        for name, value in rows[0].model_dump().items():
            click.echo(f"{name:<11}{value if value is not None else '–'}")
    else:
        _print_table([(row.key, str(row.year or "–"), row.status, row.title) for row in rows])


def _print_table(rows: list[tuple[str, str, str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("key", "year", "status", "title", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
