"""`personae persona …`: list, show, check, compare and make personas."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.errors import FormatError, MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.persona.contradictions import Compared
    from personae.persona.find import Starter
    from personae.persona.persona import Persona

#: The pair scorer that comes with the toolkit, and the packages it needs.
OURS = "embedded"
OURS_NEEDS = ("numpy", "onnxruntime", "tokenizers")


@click.group()
def persona() -> None:
    """List, show, check, compare and make personas."""


@persona.command("list")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False), help="List the personas in a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_personas(folder: str | None, as_json: bool) -> None:
    """List the starter personas, or those in a folder."""
    from rich.markup import escape

    from personae.persona.find import starters

    found = starters() if folder is None else _in_folder(Path(folder))
    if as_json:
        keys = ("id", "name", "summary", "language", "tags")
        _print_json([{key: getattr(each, key) for key in keys} | {"path": str(each.path)} for each in found])
        return
    rows = [(each.id, each.name, each.language, each.summary) for each in found]
    _print_table(("id", "name", "", "summary"), [tuple(map(escape, row)) for row in rows])
    if folder is None:
        click.echo("Talk to one: personae chat ID    Look at one: personae persona show ID", err=True)


@persona.command()
@click.argument("name")
@click.option("--style", type=click.Choice(["prose", "bullets", "second_person", "json"]), default="bullets")
@click.option("--json", "as_json", is_flag=True, help="Print the whole persona as JSON.")
def show(name: str, style: Any, as_json: bool) -> None:
    """Show a persona: NAME is a file or the id of a starter."""
    from personae.persona.find import find
    from personae.persona.lint import section_costs
    from personae.persona.render import render

    who = find(name)
    if as_json:
        _print_json({"content_hash": who.content_hash, **who.model_dump(mode="json", by_alias=True)})
        return
    click.echo(_printable(render(who, style)))
    costs = section_costs(who)
    shown = ", ".join(f"{section} {tokens}" for section, tokens in costs.items())
    click.echo(f"\n{len(who.statements)} statements, about {sum(costs.values())} tokens ({shown})", err=True)
    click.echo(f"content {who.content_hash[:12]}", err=True)


@persona.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--scorer", metavar="NAME", help="Pair scorer that looks for contradictions [default: embedded].")
@click.option("--no-pairs", is_flag=True, help="Do not compare statements with each other.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def lint(context: click.Context, names: tuple[str, ...], scorer: str | None, no_pairs: bool, as_json: bool) -> None:
    """Check personas: contradictions, duplicates, gaps, long statements, dead lore, placeholders, encoding, cost.

    The exit code is 1 if a check finds an error; warnings and hints leave it 0.
    """
    from personae.persona.find import find
    from personae.persona.lint import lint as check
    from personae.persona.lint import section_costs

    compare = None if no_pairs else _comparison(scorer)
    reports: list[dict[str, Any]] = []
    for name in names:
        who = find(name)
        compared = compare(who) if compare else None
        found = [*check(who), *(compared.findings() if compared else ())]
        found.sort(key=lambda finding: ("error", "warning", "info").index(finding.severity))
        report = {"persona": name, "findings": [each.to_dict() for each in found], "tokens": section_costs(who)}
        reports.append(report | {"pairs": compared.to_dict() if compared else None})
    if as_json:
        _print_json(reports)
    else:
        for report in reports:
            _print_report(report)
    if any(finding["severity"] == "error" for report in reports for finding in report["findings"]):
        context.exit(1)


@persona.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(before: str, after: str, as_json: bool) -> None:
    """Show what changed from one persona to another: facts by id, other fields by path."""
    from rich.markup import escape

    from personae.persona.diff import diff as compare
    from personae.persona.find import find

    a, b = find(before), find(after)
    changes = compare(a, b)
    if as_json:
        hashes = {"before": a.content_hash, "after": b.content_hash}
        _print_json(hashes | {"changes": [change.to_dict() for change in changes]})
        return
    rows = [(each.kind, each.path, _said(each.before), _said(each.after)) for each in changes]
    if rows:
        _print_table(("", "where", "before", "after"), [tuple(map(escape, row)) for row in rows])
    click.echo(f"{len(changes)} changes, content {a.content_hash[:12]} → {b.content_hash[:12]}", err=True)


@persona.command()
@click.argument("out", type=click.Path(dir_okay=False))
@click.option("--from", "source", type=click.Path(exists=True, dir_okay=False), help="A text about the persona.")
@click.option("--force", is_flag=True, help="Replace OUT without asking.")
def new(out: str, source: str | None, force: bool) -> None:
    """Make a persona by answering a few questions, or from a text; OUT is a .yaml file."""
    from personae.files import write_atomic
    from personae.persona.form import commented_yaml, from_answers

    path = Path(out)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"{out!r}: a new persona is written as YAML; end the name in .yaml")
    if path.exists() and not force:
        click.confirm(f"{out} exists. Replace it?", abort=True, err=True)
    who = _from_text(source) if source else from_answers(_ask)
    write_atomic(path, commented_yaml(who))
    click.echo(str(path))
    click.echo(f"{who.name}: {len(who.statements)} statements. Check it: personae persona lint {out}", err=True)


def _comparison(name: str | None) -> Callable[[Persona], Compared] | None:
    """How statements are compared; None, said once on stderr, where no scorer is named and ours is not installed."""
    missing = next((package for package in OURS_NEEDS if find_spec(package) is None), None)
    if missing and name is None:
        click.echo(f"contradictions not looked for: {MissingExtra('embedded', missing)}", err=True)
        return None

    from personae.models import open_pair_scorer
    from personae.models.embedder import supported
    from personae.persona.contradictions import compare

    scorer = open_pair_scorer(name or OURS)
    options: dict[str, Any] = {"readable": supported} if (name or OURS) == OURS else {"languages": None}

    def compared(who: Persona) -> Compared:
        with progress(who.name) as on_step:
            on_pairs = functools.partial(on_step, who.name)
            return asyncio.run(compare(who, scorer, on_pairs=on_pairs, **options))

    return compared


def _from_text(source: str) -> Persona:
    from personae.persona.formats import load

    return load(source).read_from(None)


def _ask(question: str, default: str = "", hint: str = "") -> str:
    if hint:
        click.secho(hint, dim=True, err=True)
    return str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()


def _in_folder(folder: Path) -> list[Starter]:
    """The personas in a folder; files that are none are named on stderr."""
    from personae.persona.find import outline
    from personae.persona.formats import ENDINGS

    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        try:
            found.append(outline(path))
        except FormatError as error:
            click.echo(f"skipped: {error}", err=True)
    return found


def _print_report(report: dict[str, Any]) -> None:
    from rich.markup import escape

    rows = [tuple(escape(each[key]) for key in ("severity", "rule", "path", "message")) for each in report["findings"]]
    if rows:
        _print_table((report["persona"], "rule", "where", "what"), rows)
    costs = ", ".join(f"{section} {tokens}" for section, tokens in report["tokens"].items())
    click.echo(
        f"{report['persona']}: {len(rows)} findings; about {sum(report['tokens'].values())} tokens: {costs}", err=True
    )


def _print_table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=index == 0)
    for row in rows:
        table.add_row(*map(_printable, row))
    console = Console()
    Console(width=console.width if console.is_terminal else 160, soft_wrap=False).print(table)


def _print_json(data: Any) -> None:
    click.echo(_printable(json.dumps(data, ensure_ascii=False, indent=2)))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and "text" in value:
        return str(value["text"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _printable(text: str) -> str:
    """Lone surrogates cannot be printed; they show as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
