"""`personae instrument …`: list, show and check questionnaires."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from personae.persona.lint import Finding
    from personae.psychometrics.instrument import Instrument

Data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="PERSONAE_DATA",
    show_envvar=True,
    help="Folder with published and registered instruments.",
)
Lang = click.option("--lang", default="en", show_default=True, help="Language of the items.")
AsJson = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def instrument() -> None:
    """List, show and check questionnaires: ours, published ones, and those you register."""


@instrument.command("list")
@Data
@AsJson
def list_instruments(data: Path | None, as_json: bool) -> None:
    """Every instrument by name, whose it is, and the languages it is there in."""
    from personae.psychometrics.library import entries

    found = entries(data)
    if as_json:
        _print_json([{"name": each.name, "origin": each.origin, "languages": list(each.languages)} for each in found])
        return
    wide = max(len(each.name) for each in found)
    for each in found:
        langs = each.languages[0] if len(each.languages) == 1 else f"{len(each.languages)} languages"
        click.echo(f"{each.name:<{wide}}  {each.origin:<10}  {langs}")
    click.echo("Look at one: personae instrument show NAME    Check one: personae instrument lint NAME", err=True)


@instrument.command()
@click.argument("name")
@Data
@Lang
@click.option("--items", is_flag=True, help="Print every item.")
@AsJson
def show(name: str, data: Path | None, lang: str, items: bool, as_json: bool) -> None:
    """Show an instrument: scales with keys, labels, licence, checksum. NAME is a name of the list or a file."""
    from personae.psychometrics.library import load

    found = load(name, data, lang)
    if as_json:
        _print_json(_tree(found))
        return
    click.echo(f"{found.id}  {found.title}  ({len(found.items)} items, {found.lang}, version {found.version})")
    click.echo(f"source    {found.source or 'not given'}")
    click.echo(f"licence   {found.licence.name}{'' if found.licence.may_ship else ' (texts may not ship)'}")
    click.echo(f"answers   {found.coding}, {found.response.low} = {' · '.join(found.response.labels)}")
    click.echo(f"checksum  {found.sha256}")
    for line in _scale_lines(found):
        click.echo(line)
    if items:
        for item in found.items:
            sign = {1: "+", -1: "-", 0: " "}[item.key]
            click.echo(f"{item.id:<14} {sign}{item.facet or item.domain:<16} {_printable(item.text)}")


@instrument.command()
@click.argument("name")
@Data
@Lang
@click.option("--answers", type=click.Path(path_type=Path), help="People's answers: CSV, JSON or JSON Lines.")
@click.option("--coding", type=click.Choice(["raw", "scored"]), help="What those answers are [default: as it says].")
@click.option("--missing", type=float, multiple=True, help="A number that stands for a missing answer, such as 0.")
@click.option("--sha256", default="", help="The checksum it should have, or its first digits.")
@AsJson
def lint(
    name: str,
    data: Path | None,
    lang: str,
    answers: Path | None,
    coding: Any,
    missing: tuple[float, ...],
    sha256: str,
    as_json: bool,
) -> None:
    """Check an instrument: key balance, duplicates, scales, checksum; with --answers, whether keys and coding fit them.

    The exit code is 1 if a check finds an error; warnings and hints leave it 0.
    """
    from personae.psychometrics.library import key, load, published_keys
    from personae.psychometrics.lint import lint as check

    key_only = name in published_keys() and data is None
    subject = key(name) if key_only else load(name, data, lang)
    found = check(subject, sha256=sha256)
    if answers is not None:
        found = (*found, *_against(subject, answers, coding, missing))
    _print_findings(subject, found, as_json)
    if any(finding.severity == "error" for finding in found):
        raise click.exceptions.Exit(1)


def _against(subject: Instrument, answers: Path, coding: Any, missing: tuple[float, ...]) -> tuple[Finding, ...]:
    from importlib.util import find_spec

    from personae.errors import MissingExtra

    if find_spec("numpy") is None:
        raise MissingExtra("evals", "numpy")
    from personae.psychometrics.lint_answers import lint_answers
    from personae.psychometrics.people import read_people

    return lint_answers(subject, read_people(answers, subject, missing), coding)


def _print_findings(subject: Instrument, found: tuple[Finding, ...], as_json: bool) -> None:
    if as_json:
        _print_json(
            {
                "instrument": subject.id,
                "sha256": subject.sha256,
                "findings": [finding.to_dict() for finding in found],
            }
        )
        return
    colours = {"error": "red", "warning": "yellow", "info": "blue"}
    for finding in found:
        click.secho(f"{finding.severity:<8}", fg=colours[finding.severity], nl=False)
        click.echo(f" {finding.rule:<11} {finding.path:<16} {finding.message}")
    click.echo(f"{len(found)} findings" if found else "nothing found", err=True)


def _scale_lines(found: Instrument) -> list[str]:
    from personae.psychometrics.lint import yes_sayers

    ends = yes_sayers(found)
    lines = []
    for scale in found.scales:
        keys = list(scale.keys.values())
        word = found.name_of(scale.name)
        label = scale.name if word == scale.name else f"{scale.name} {word}"
        if scale.level == "domain":
            agree, disagree = ends[scale.name]
            tail = f"  all-agree scores {agree:.3f}, all-disagree {disagree:.3f}"
        else:
            label, tail = f"  {label}", ""
        lines.append(f"{label:<28} {len(keys):>3} items, {keys.count(1)} for and {keys.count(-1)} against{tail}")
    return lines


def _tree(found: Instrument) -> dict[str, Any]:
    from personae.psychometrics.lint import yes_sayers

    return {
        "id": found.id,
        "version": found.version,
        "lang": found.lang,
        "title": found.title,
        "source": found.source,
        "licence": {"name": found.licence.name, "may_ship": found.licence.may_ship},
        "coding": found.coding,
        "sha256": found.sha256,
        "response": {"low": found.response.low, "labels": list(found.response.labels)},
        "names": dict(found.names),
        "scales": [
            {"name": scale.name, "level": scale.level, "items": len(scale.keys), "keys": dict(scale.keys)}
            for scale in found.scales
        ],
        "all_agree": {domain: agree for domain, (agree, _) in yes_sayers(found).items()},
        "all_disagree": {domain: disagree for domain, (_, disagree) in yes_sayers(found).items()},
        "items": [
            {"id": item.id, "text": item.text, "domain": item.domain, "facet": item.facet, "key": item.key,
             "also": list(item.also), "effects": dict(item.effects)}
            for item in found.items
        ],
    }  # fmt: skip


def _printable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _print_json(tree: Any) -> None:
    click.echo(json.dumps(tree, ensure_ascii=False, indent=2))
