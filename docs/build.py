"""Generated pages: the command line and the papers. `--check` fails when a page is out of step."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from personae.cli.main import COMMANDS, cli
from personae.papers import papers

DOCS = Path(__file__).parent


def cli_page() -> str:
    """Every command with its help, as a user sees it."""
    blocks = ["# Command line\n", "Every command prints its data on stdout and talks on stderr.\n"]
    for path, command in _commands(cli, "personae"):
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        blocks.append(f"## {path}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(blocks)


def papers_page() -> str:
    """One row per paper."""
    lines = [
        "# Papers\n",
        "What the toolkit is built from. A paper *works* when the named check reproduces its figures.\n",
        "| key | paper | year | what of it | status | check |",
        "|---|---|---|---|---|---|",
    ]
    for paper in papers():
        cells = (paper.key, paper.title, paper.year or "–", paper.implements, paper.status, paper.check or "–")
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


PAGES = {DOCS / "reference" / "cli.md": cli_page, DOCS / "papers.md": papers_page}


def main() -> int:
    """Write the pages, or with --check say which are out of step."""
    stale = [path for path, page in PAGES.items() if not path.is_file() or path.read_text("utf-8") != page()]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent)} is out of step; run `make docs`")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[path](), "utf-8")
        print(f"wrote {path.relative_to(DOCS.parent)}")
    return 0


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group, info_name=path)
    names = COMMANDS if group is cli else group.list_commands(context)
    for name in names:
        command = group.get_command(context, name)
        if command is not None:
            yield f"{path} {name}", command
            if isinstance(command, click.Group):
                yield from _commands(command, f"{path} {name}")


if __name__ == "__main__":
    sys.exit(main())
