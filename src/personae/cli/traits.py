"""`personae traits`: give a trait in words, read traits off a text, tell assigned traits apart."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.cli._trait_study import study
from personae.errors import FormatError, MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.author_traits import Agreement, AuthorProfile
    from personae.measure.separability import LeakReport, Person, Separability

#: Spill-overs to other traits that are printed.
SHOWN = 5


@click.group()
def traits() -> None:
    """Traits in and out of words: prompts at nine levels, authors read by their texts, assigned traits told apart."""


traits.add_command(study)


@traits.command()
@click.argument("domain")
@click.option("--level", required=True, type=int, help="1 (extremely low) over 5 (neither) to 9 (extremely high).")
@click.option("--biography", default="", help="Text that stands behind the trait.")
@click.option("--lines", is_flag=True, help="One sentence a marker, such as a list of principles.")
def prompt(domain: str, level: int, biography: str, lines: bool) -> None:
    """The sentence that gives DOMAIN (extraversion, …, or E A C N O) at a level.

    \b
    personae traits prompt extraversion --level 7
    """
    from personae.psychometrics.trait_prompts import Trait, constitution, described

    trait = Trait(domain, level)
    click.echo("\n".join(constitution([trait])) if lines else described([trait], biography))


@traits.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--model", "model_name", metavar="MODEL", help="Who reads, such as embedded or openai/gpt-4o.")
@click.option("--labelled", type=click.Path(exists=True, dir_okay=False), help="Read by a probe on these instead.")
@click.option("--embed", is_flag=True, help="Let the probe go by sentence embeddings rather than words.")
@click.option("--way", type=click.Choice(["scored", "spoken"]), default="scored", show_default=True)
@click.option("--per-trait", type=click.IntRange(1), help="Sentences per trait; all if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def text(
    file: str,
    model_name: str | None,
    labelled: str | None,
    embed: bool,
    way: str,
    per_trait: int | None,
    as_json: bool,
) -> None:
    """Whose personality is in FILE? A text (- is stdin), or JSON lines of texts.

    With --model a model rates sentences about the author, one a turn, and then chooses between the poles in both
    orders. With --labelled a probe is trained on your texts and tested on authors it has not seen.

    \b
    {"text": "...", "labels": {"extraversion": "high", ...}, "author": "a1"}
    Lines with labels are compared with what was read, beside always saying the commoner pole.
    """
    if (model_name is None) == (labelled is None):
        raise UsageError("name who reads: either --model MODEL or --labelled FILE")
    try:
        people = _people(file)
        data = _probed(people, str(labelled), embed) if labelled else _asked(people, str(model_name), way, per_trait)
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for row in data["texts"]:
        _print_text(row)
    for line in _agreement_lines(data.get("agreement") or {}):
        click.echo(line)
    if "agreement" not in data:
        click.echo("agreement with people: not tested; give lines with labels to see it", err=True)


@traits.command()
@click.argument("scores", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--texts", "texts_file", type=click.Path(exists=True, dir_okay=False), help="JSON lines of texts.")
@click.option("--markers", type=click.Path(exists=True, dir_okay=False), help="YAML: trait → words that name it.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def separability(scores: str | None, texts_file: str | None, markers: str | None, seed: int, as_json: bool) -> None:
    """Do assigned traits show in SCORES (CSV), and in texts? And do the texts give them away by name?

    \b
    trait,run,personality_type,mean_score      a long table, one trait a row
    poles,run,E,A,C,N,O                        a wide one; poles as E+A-C+N-O+
    assigned_greed,greed                       any trait, a column of its own

    Texts are JSON lines with poles (or "assigned"), "repeat" and "text". They are recovered before and after masking.
    """
    if scores is None and texts_file is None:
        raise UsageError("nothing to separate: give a CSV file of scores, --texts FILE, or both")
    try:
        from personae.measure.separability import read_scores, read_texts
        from personae.measure.separability import separability as report
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    people = read_scores(scores) if scores else ()
    written = read_texts(texts_file) if texts_file else ()
    found = report(people, written, stems=_stems(markers) if markers else None, seed=seed)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print_separability(found)


def _people(file: str) -> tuple[Person, ...]:
    """The texts of a file: JSON lines where it begins with an object, else one whole text; - is a text from stdin."""
    from personae.files import MEGABYTE, read_limited
    from personae.measure.separability import Person, read_texts

    raw = sys.stdin.buffer.read(64 * MEGABYTE) if file == "-" else read_limited(file, 64 * MEGABYTE)
    try:
        said = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{file!r} is not UTF-8 text (byte {error.start})") from error
    if file != "-" and said.lstrip().startswith("{"):
        return read_texts(file, labelled=False)
    return (Person("", "", {}, text=said),)


def _asked(people: Sequence[Person], name: str, way: str, per_trait: int | None) -> dict[str, Any]:
    """Every text read by a model; with labels the agreement."""
    from personae import run
    from personae.measure.author_traits import AuthorQuestionnaire, agreements
    from personae.models.registry import open_model

    limit = 1 if name.partition("/")[0] == "embedded" else 5  # ours reads a text once if asked about it in one go
    reader = AuthorQuestionnaire(open_model(name), way=way, per_trait=per_trait, limit=limit)  # type: ignore[arg-type]
    profiles: list[AuthorProfile] = []

    async def each() -> None:
        with progress("reading") as on_step:
            for number, person in enumerate(people, 1):
                profiles.append(await reader(person.text))
                on_step("reading", number, len(people))

    run(each())
    data: dict[str, Any] = {"texts": [profile.to_dict() for profile in profiles]}
    if any(person.assigned for person in people):
        labels = [person.assigned for person in people]
        authors = [person.repeat or str(number) for number, person in enumerate(people)]
        data["agreement"] = {
            reading: {trait: _agreement(one) for trait, one in found.items()}
            for reading, found in agreements(profiles, labels, authors).items()
        }
    return data


def _probed(people: Sequence[Person], labelled: str, embed: bool) -> dict[str, Any]:
    """Every text read by a probe on labelled texts, with how well it does on unseen authors."""
    from personae.measure.author_traits import train
    from personae.measure.author_traits.pieces import too_short
    from personae.measure.separability import read_texts

    embedder = None
    if embed:
        from personae.models.embedder import MiniLM

        embedder = MiniLM()
    probe = train(read_texts(labelled), embedder)
    rows = [
        {
            "reader": f"probe on {probe.name}",
            "warnings": [probe.leaks.warning] if probe.leaks.warning else [],
            "traits": {
                trait: {"value": value, "unit": "P(high)", "reason": too_short(person.text) or None}
                for trait, value in probe(person.text).items()
            },
        }
        for person in people
    ]
    tested = {trait: _agreement(one) for trait, one in probe.tested.items()}
    return {"texts": rows, "agreement": {"unseen authors": tested}, "left_out": dict(probe.left_out)}


def _agreement(one: Agreement) -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(one)


def _print_text(row: dict[str, Any]) -> None:
    for trait, found in row["traits"].items():
        if found["value"] is None:
            click.echo(f"{trait:<18}–      {found['reason']}")
            continue
        told = f"{trait:<18}{found['value']:.2f}"
        if found.get("low") is not None:
            told += f"  [{found['low']:.2f}, {found['high']:.2f}]"
        if "choice" in found:
            doubts = f"low confidence: {'; '.join(found['doubts'])}" if found["doubts"] else ""
            told += f"  {found['choice'] or '–':<5} {doubts}"
        click.echo(told.rstrip())
    for warning in row["warnings"]:
        click.echo(f"mind: {warning}", err=True)


def _agreement_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for reading, rows in found.items():
        for trait, one in rows.items():
            share = one["accuracy"]
            if share["value"] is None:
                lines.append(f"{reading}, {trait}: –  nothing to compare")
                continue
            right = (
                f"{share['value']:.2f} [{share['low']:.2f}, {share['high']:.2f}] of {share['n']}, F1 {one['f1']:.2f}"
            )
            always = f"{one['majority']:.2f}, F1 {one['majority_f1']:.2f} (p {one['p']:.2g})"
            lines.append(f"{reading}, {trait}: right {right}; always the commoner {always}")
    return lines


def _print_separability(found: Separability) -> None:
    click.echo(f"{found.people} people in {found.groups} groups")
    for trait, one in found.own.items():
        if one.d is None:
            click.echo(f"{trait:<20}–      {one.reason}")
            continue
        interval = f"[{one.low:.2f}, {one.high:.2f}]" if one.low is not None and one.high is not None else ""
        click.echo(f"{trait:<20}d {one.d:5.2f} {interval:<16} g {one.g:5.2f}  AUC {one.auc:.3f}  p {one.p:.2g}")
    for assigned, measured, one in found.spill[:SHOWN]:
        click.echo(f"  {assigned} also moves {measured} by {one.difference:+.2f} (d {_told(one.d)})")
    if found.no_recovery:
        click.echo(f"texts: –  {found.no_recovery}")
    if found.recovery is None:
        return
    _print_leaks(found.recovery.leaks)
    for trait, plain in found.recovery.plain.items():
        masked = found.recovery.masked[trait]
        if plain.value is None:
            click.echo(f"  {trait:<20}–  {plain.reason}")
            continue
        numbers = f"told {plain.value:.3f}, masked {_told(masked.value, 3)}, chance {found.recovery.chance[trait]:.2f}"
        click.echo(f"  {trait:<20}{numbers}")


def _print_leaks(leaks: LeakReport) -> None:
    click.echo(f"texts: {leaks.leaking} of {leaks.n} name a trait")
    if leaks.warning:
        click.echo(f"mind: {leaks.warning}", err=True)


def _told(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _stems(path: str) -> Any:
    """The stems of a YAML file: trait → list of words."""
    from personae.files import read_yaml
    from personae.measure.separability import Stems

    tree = read_yaml(path)
    if not isinstance(tree, dict) or not all(isinstance(words, list) for words in tree.values()):
        raise FormatError(f"{path!r} is no table of trait → list of words")
    return Stems.of_markers({str(trait): [str(word) for word in words] for trait, words in tree.items()})
