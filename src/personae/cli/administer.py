"""`personae administer`: put a questionnaire to personas, and say what the answers may be taken for."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.errors import FormatError, MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from personae.psychometrics.administration import Administration, Design, Respondent
    from personae.psychometrics.instrument import Instrument
    from personae.psychometrics.rows import Row
    from personae.types import Measurement, Model, Settings

#: The respondent when no persona is named: the model as it is.
NOBODY = "no persona"

#: Of more respondents than these only the crowd is shown; --json and the rows have everybody.
SHOWN = 10

_ROUTES = click.Choice(["logprobs", "constrained", "parsed"])


@click.command()
@click.argument("instrument")
@click.option("--persona", "personas", multiple=True, metavar="P", help="A file or a starter; repeatable.")
@click.option(
    "--biographies",
    type=click.Path(path_type=Path),
    help="A text file with one person a line; each answers under 25 wordings, as 25 simulated people.",
)
@click.option("--model", default="embedded", show_default=True, help="Our own or any Inspect model string.")
@click.option("--base-url", metavar="URL", help="Address of an http/ model's server.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of instruments that do not ship with us.")
@click.option("--lang", default="en", show_default=True, help="Language of the instrument.")
@click.option("--orders", type=click.IntRange(1), default=2, show_default=True, help="Orders of the options.")
@click.option("--templates", type=click.IntRange(1), default=3, show_default=True, help="Wordings around an item.")
@click.option("--label-sets", type=click.IntRange(1), default=1, show_default=True, help="Words, numbers, letters.")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="Seeds of sampling, from 0 on.")
@click.option("--repeats", type=click.IntRange(1), default=1, show_default=True, help="Times each cell is asked.")
@click.option("--route", type=_ROUTES, help="[default: logprobs where the model has them, else parsed]")
@click.option("--batch", type=click.IntRange(2), metavar="N", help="Put N items into one prompt, not one.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.0, show_default=True, help="Of the replies.")
@click.option("--connections", type=click.IntRange(1, 1000), default=20, show_default=True, help="Calls at once.")
@click.option("--price", "prices", type=float, nargs=2, metavar="IN OUT", help="Money per million tokens.")
@click.option("--study", type=click.Path(path_type=Path), help="Validity study of the model with this instrument.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [default: runs/INSTRUMENT-TIME].")
@click.option("--resume", is_flag=True, help="Go on with the run that is in --out; conditions may be added.")
@click.option("--retry-failed", is_flag=True, help="With --resume: ask again what failed.")
@click.option("--log/--no-log", default=True, show_default=True, help="Write an Inspect log of the run at its end.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def administer(
    instrument: str,
    personas: tuple[str, ...],
    biographies: Path | None,
    out: Path | None,
    resume: bool,
    log: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Put INSTRUMENT, one of the library or a YAML file, to personas: every item under every wording and option order.

    \b
    Rows are kept in --out as they come; a run that was stopped goes on with --resume and asks nothing twice.
    A score is shown as a trait only where its certificate is stable and the model was validated; else the line says
    what was answered and why that is no score.

    \b
    personae administer big-five-60 --persona lighthouse-keeper
    personae administer ipip-neo-120 --data DIR --persona a.yaml --persona b.yaml --model http/M --orders 4
    """
    from personae.psychometrics.library import load

    put = load(instrument, options["data"], options["lang"])
    people = _respondents(personas, biographies)
    folder = _folder(out, put, resume)
    model = _opened(options["model"], options["base_url"], options["connections"])
    started = datetime.now(UTC)
    design, done, settings = _run(model, people, put, folder, options)
    found = _numbers(put, done.rows, options["study"])
    if log:
        _write_log(folder, done, put, people, settings, started, found)
    if as_json:
        click.echo(json.dumps(_as_data(folder, put, done, design, found), ensure_ascii=False, indent=1))
    else:
        _print(put, done, found)
    click.echo(_spent(done, options["prices"]), err=True)
    click.echo(f"rows:  {folder / 'rows.jsonl'}", err=True)


def _respondents(personas: Sequence[str], biographies: Path | None) -> list[Respondent]:
    from personae.files import MEGABYTE, read_limited
    from personae.persona.find import find
    from personae.psychometrics.administration import Respondent, respondent_of, simulated

    people = [respondent_of(find(name)) for name in personas]
    if biographies is not None:
        try:
            text = read_limited(biographies, MEGABYTE).decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(f"{str(biographies)!r} is not text in UTF-8: {error}") from error
        people += simulated([line for line in text.splitlines() if line.strip()])
    return people or [Respondent(NOBODY)]


def _folder(out: Path | None, instrument: Instrument, resume: bool) -> Path:
    if resume and out is None:
        raise UsageError("--resume needs --out, the folder of the run to go on with")
    folder = out or Path("runs") / f"{instrument.id}-{datetime.now():%Y%m%d-%H%M%S}"
    if not resume and (folder / "rows.jsonl").exists():
        raise UsageError(f"{str(folder)!r} holds a run; go on with it by --resume, or give --out another folder")
    return folder


def _opened(spec: str, base_url: str | None, connections: int) -> Model:
    from personae.models.registry import open_model

    if not spec.startswith("http/"):
        return open_model(spec, **({"base_url": base_url} if base_url else {}))
    return open_model(spec, connections=connections, base_url=base_url)


def _run(
    model: Model, people: Sequence[Respondent], instrument: Instrument, folder: Path, options: Mapping[str, Any]
) -> tuple[Design, Administration, Settings]:
    from personae import run as synchronously
    from personae.psychometrics.administration import ANSWER, Design, administer, best_route, calls

    async def work(on_step: Any) -> tuple[Design, Administration]:
        route = options["route"] or await best_route(model)
        design = Design.crossed(
            options=len(instrument.response.labels),
            **{name: options[name] for name in ("orders", "templates", "label_sets", "seeds", "repeats")},
            mode="batch" if options["batch"] else "isolated",
            route=route,
            batch_size=options["batch"] or 1,
        )
        click.echo(_planned(people, instrument, design, calls(people, instrument, design)), err=True)
        done = await administer(
            model, people, instrument, design, settings=settings, out=folder, limit=options["connections"],
            again=options["retry_failed"],
            progress=lambda at, planned: on_step(instrument.id, at, planned),
        )  # fmt: skip
        return design, done

    settings = dataclasses.replace(ANSWER, temperature=options["temperature"])
    try:
        with progress(instrument.id) as on_step:
            return (*synchronously(work(on_step)), settings)
    except KeyboardInterrupt:
        where = shlex.quote(str(folder))
        raise RunError(f"interrupted; what was answered is kept, go on with --out {where} --resume") from None


def _planned(people: Sequence[Respondent], instrument: Instrument, design: Design, calls: int) -> str:
    templates = "own wordings" if all(one.template for one in people) else f"{len(design.templates)} templates"
    sizes = [
        f"{len(people)} respondents",
        f"{len(instrument.items)} items",
        templates,
        f"{len(design.label_sets)} label sets",
        f"{len(design.orders)} orders",
        f"{len(design.seeds) * design.repeats} times",
    ]
    told = " × ".join(size for size in sizes if not size.startswith("1 "))
    batches = f", up to {design.batch_size} items each" if design.mode == "batch" else ""
    return f"{told or '1 item'}: {calls:,} calls by {design.route}{batches}"


def _numbers(instrument: Instrument, rows: Sequence[Row], study: Path | None) -> dict[str, list[Measurement]]:
    """What `personae measure` would say of each respondent's rows; nothing without the extra that has the numbers."""
    if not instrument.domains:
        return {}
    try:
        from personae.measure.personality.numbers import numbers
        from personae.psychometrics.gate import validated
        from personae.psychometrics.scoring import by_respondent, pooled
        from personae.psychometrics.study import read_study
    except ModuleNotFoundError as error:
        click.echo(f"no scores: {MissingExtra('evals', error.name or 'numpy')}", err=True)
        return {}
    known = read_study(study) if study else None
    found: dict[str, list[Measurement]] = {}
    for who, own in by_respondent(rows).items():
        missing = Counter[str](pooled(own).why.values())
        found[who.persona] = numbers(
            instrument.id,
            instrument,
            own,
            (),
            missing,
            None,
            lambda one, scale: validated(known, instrument, one, scale),
        )
    return found


def _write_log(
    folder: Path,
    done: Administration,
    instrument: Instrument,
    people: Sequence[Respondent],
    settings: Settings,
    started: datetime,
    found: Mapping[str, Sequence[Measurement]],
) -> None:
    """One Inspect log of the run, if the evals extra is installed; the rows are there all the same."""
    try:
        from personae.tasks.survey_log import write_survey_log
    except ModuleNotFoundError as error:
        click.echo(f"no log: {MissingExtra('evals', error.name or 'inspect_ai')}", err=True)
        return
    told = {"measurements": {who: [each.to_dict() for each in numbers] for who, numbers in found.items()}}
    path = folder / "logs" / f"{instrument.id}.eval"
    write_survey_log(
        path,
        done.rows,
        instrument,
        people,
        settings=settings,
        usage=done.usage,
        method=done.method,
        started=started,
        metadata=told,
    )
    click.echo(f"log:   inspect view --log-dir {shlex.quote(str(path.parent))}", err=True)


def _as_data(
    folder: Path,
    instrument: Instrument,
    done: Administration,
    design: Design,
    found: Mapping[str, Sequence[Measurement]],
) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "instrument": {"id": instrument.id, "version": instrument.version, "sha256": instrument.sha256},
        "design": dataclasses.asdict(design),
        "calls": {"planned": done.planned, "asked": done.asked, "kept": done.kept},
        "usage": dataclasses.asdict(done.usage),
        "outcomes": done.by_status,
        "mass": done.mass,
        "respondents": {who: [each.to_dict() for each in numbers] for who, numbers in found.items()},
    }


def _print(instrument: Instrument, done: Administration, found: Mapping[str, Sequence[Measurement]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    outcomes = ", ".join(f"{count:,} {status}" for status, count in done.by_status.items())
    held = "" if done.mass is None else f"; of all it might say, {done.mass:.1%} are the answers offered"
    click.echo(f"{len(done.rows):,} answers: {outcomes}{held}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("respondent", "scale", "answered", "of", "score", "95 % interval", "why not"):
        table.add_column(column, overflow="fold")
    for who, numbers in list(found.items())[:SHOWN]:
        shared = _shared(numbers)
        for name, each in zip((who, *[""] * len(numbers)), _scales(numbers), strict=False):
            table.add_row(*map(escape, (name, *_row(each, shared))))
        if shared:
            table.add_row("", "all of them", *[""] * 4, escape("; ".join(shared)))
    if found:
        Console(width=None if sys.stdout.isatty() else 140).print(table)
    if len(found) > SHOWN:
        _print_crowd(instrument, done.rows)


def _scales(numbers: Sequence[Measurement]) -> list[Measurement]:
    return [each for each in numbers if "answered" in each.details]


def _shared(numbers: Sequence[Measurement]) -> list[str]:
    """Reasons that every scale has, said once."""
    gates: list[list[str]] = [each.details["gate"] for each in _scales(numbers)]
    return [reason for reason in gates[0] if all(reason in gate for gate in gates)] if len(gates) > 1 else []


def _row(each: Measurement, shared: Sequence[str]) -> tuple[str, ...]:
    said, about = each.details["answered"], each.details
    mean = "–" if said["mean"] is None else f"{said['mean']:.2f}"
    share = f"{said['answered']} of {said['items']}"
    value = "not reportable" if each.value is None else f"{each.value:.2f}"
    interval = "" if each.low is None or each.high is None else f"{each.low:.2f} … {each.high:.2f}"
    why = [reason for reason in about["gate"] if reason not in shared]
    if said["mean"] is None:
        why = [f"too few answers: {share}"]
    return about["called"], mean, share, value, interval, "; ".join(why)


def _print_crowd(instrument: Instrument, rows: Sequence[Row]) -> None:
    """What many respondents have in common, in place of a table of each."""
    from personae.measure.personality.numbers import population

    crowd = population(instrument, rows)
    click.echo(f"and {crowd['people'] - SHOWN} more; over all {crowd['people']} respondents:")
    for domain, scores in crowd["scores"].items():
        alpha = crowd["alpha"][domain]
        mean = f"mean {sum(scores.values()) / len(scores):.2f}" if scores else "nobody has a score"
        click.echo(f"  {instrument.name_of(domain)}: {mean}, alpha {'–' if alpha is None else f'{alpha:.2f}'}")


def _spent(done: Administration, prices: tuple[float, float] | None) -> str:
    """What the run cost, in one line."""
    usage = done.usage
    there = f" ({done.kept:,} were there already)" if done.kept else ""
    words = (
        f"{done.asked:,} calls{there}, {usage.prompt_tokens:,} tokens read and {usage.completion_tokens:,} written "
        f"in {done.seconds:.1f} s"
    )
    if prices is None:
        return words
    from personae.models.ledger import Prices

    return f"{words}; cost {Prices(*prices).cost(usage):.4f}"
