"""`personae memory`: what is remembered; does a memory find what a question is about, and how do two runs differ?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._memory_answers import answers, judge
from personae.cli._memory_eval import RETRIEVERS, embedder_for, history_commands, written
from personae.cli._memory_store import COMMANDS
from personae.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.recall.report import Difference
    from personae.measure.recall.tuning import Tuned

LARGEST_REPORT = 400 * 1024 * 1024


@click.group()
def memory() -> None:
    """What an agent remembers: look, find, forget – and how well a memory finds things again."""


for command in COMMANDS:
    memory.add_command(command)


@memory.group("eval")
def evaluate() -> None:
    """Evidence recall and answers on a benchmark's file, or your own, which you bring yourself."""


for command in (*history_commands(), answers, judge):
    evaluate.add_command(command)


@evaluate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--retriever", type=click.Choice(RETRIEVERS), default="default", show_default=True, help="What searches.")
@click.option("--k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many are looked at.")
@click.option("--level", type=click.Choice(("turn", "session")), help="What is ranked. [default: the retriever's own]")
@click.option(
    "--evidence",
    type=click.Choice(("repaired", "strict_legacy")),
    default="repaired",
    show_default=True,
    help="How evidence ids are read; strict_legacy as published figures did.",
)
@click.option("--per-session", type=click.Choice(("set", "ids")), default="set", show_default=True,
              help="Count a session once, or once for each turn of it.")  # fmt: skip
@click.option(
    "--precision",
    type=click.Choice(("auto", "int8", "fp32")),
    default="auto",
    show_default=True,
    help="Of the embedder; auto is fp32 for raw and hybrid-session where its weights are installed.",
)
@click.option("--cache", type=click.Path(dir_okay=False), help="A file that remembers vectors from run to run.")
@click.option("--tune", is_flag=True, help="Choose the default's weights anew, leaving one conversation out in turn.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Of the embedder.")
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the report, with every ranked list, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the report, with every ranked list, as JSON.")
def locomo(
    file: str,
    retriever: Any,
    k: int,
    level: Any,
    evidence: Any,
    per_session: str,
    precision: str,
    cache: str | None,
    tune: bool,
    threads: int,
    seed: int,
    out: str | None,
    as_json: bool,
) -> None:
    """Evidence recall on FILE, in the form of LoCoMo's locomo10.json.

    For every question the turns or sessions are ranked, and the share of its evidence among the first k is taken. All
    questions count, those of code 5 too.
    """
    from personae.cli._progress import progress

    try:
        from personae.measure.recall import Setup, as_data, evaluate, load_locomo
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    if tune and (retriever != "default" or level == "session"):
        raise UsageError("--tune chooses weights of the default over turns; leave --retriever and --level out")
    setup = Setup(retriever, k, level, evidence, per_session)
    dialogues = load_locomo(file)
    with embedder_for(retriever, precision, cache, threads) as embedder, progress("evidence recall") as step:
        found = evaluate(dialogues, setup, embedder, on_step=step)
        tuned = _tuned(dialogues, embedder, k, evidence) if tune else None
    report = as_data(found, embedder=embedder.name if embedder else None, source=Path(file).name, seed=seed)
    if tuned is not None:
        report["tuning"] = _tuning(tuned, found.values(k), seed)
    _tell(report, out, as_json)


@evaluate.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--noise", default=0.5, show_default=True, help="Share of sessions that leak nothing, as in file names.")
@click.option("--k", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many chunks are looked at.")
@click.option("--precision", type=click.Choice(("int8", "fp32")), default="int8", show_default=True,
              help="Of the embedder; published figures are those of fp32.")  # fmt: skip
@click.option("--cache", type=click.Path(dir_okay=False), help="A file that remembers vectors from run to run.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Of the embedder.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def personabench(
    folder: str, noise: float, k: int, precision: str, cache: str | None, threads: int, as_json: bool
) -> None:
    """Recall and NDCG of PersonaBench's questions over each person's own documents; FOLDER holds community_0, …"""
    try:
        from personae.measure.private_documents import run_personabench
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    with embedder_for("dense", precision, cache, threads) as embedder:
        found = run_personabench(folder, embedder, noise=noise, k=k)
    if as_json:
        click.echo(
            json.dumps([{"name": m.name, "value": m.value, "reason": m.reason, "n": m.n} for m in found], indent=1)
        )
        return
    for each in found:
        value = f"{each.value:.3f}" if each.value is not None else each.reason
        click.echo(f"{each.name.removeprefix('personabench.'):<40} {value}  (n = {each.n})")


@memory.command()
@click.argument("after", type=click.Path(exists=True, dir_okay=False))
@click.argument("before", type=click.Path(exists=True, dir_okay=False))
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print the difference, with every changed question, as JSON.")
def diff(after: str, before: str, seed: int, as_json: bool) -> None:
    """How much more run AFTER finds than run BEFORE (reports of --out, or published lists), question by question."""
    try:
        from personae.measure.recall.report import check_alike, difference, values_in
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    trees = _tree(after), _tree(before)
    check_alike(*trees)
    found = difference(values_in(trees[0], after), values_in(trees[1], before), seed=seed)
    if as_json:
        click.echo(json.dumps(_difference(found) | {"changed": found.changed}, ensure_ascii=False, indent=1))
        return
    click.echo(f"recall {_signed(found)}")
    click.echo(f"{found.better} questions better, {found.worse} worse, of {found.recall.n}")
    if found.only_in_one:
        click.secho(f"{found.only_in_one} questions are in one of the runs only", err=True, dim=True)


def _tuned(dialogues: Any, embedder: Any, k: int, reading: Any) -> Tuned:
    from personae.measure.recall.tuning import leave_one_out

    return leave_one_out(dialogues, embedder, k=k, reading=reading)


def _tuning(tuned: Tuned, shipped: dict[str, float], seed: int) -> dict[str, Any]:
    from dataclasses import asdict

    from personae.measure.recall.report import difference
    from personae.stats.intervals import bootstrap

    found = bootstrap(list(tuned.held_out.values()), seed=seed)
    return {
        "held_out_recall": {"value": found.value, "low": found.low, "high": found.high, "n": found.n},
        "chosen": {name: asdict(weights) for name, weights in tuned.chosen.items()},
        "overall": asdict(tuned.overall),
        "over_shipped": _difference(difference(tuned.held_out, shipped, seed=seed)),
    }


def _tell(report: dict[str, Any], out: str | None, as_json: bool) -> None:
    written(report, out, as_json)
    if as_json:
        return
    k, unit = report["k"], report["level"]
    click.echo(f"{report['retriever']}: {unit} recall@{k} {_shown(report['recall'])}")
    about = f"{report['candidates']:.0f} {unit}s to find among, evidence {report['evidence']}"
    click.echo(f"  {about}, embedder {report['embedder'] or 'none'}")
    for code, row in report["by_code"].items():
        click.echo(f"  code {code} {row['name']:<12} {_shown(row)}")
    click.echo("  " + ", ".join(f"R@{cut} {_percent(value)}" for cut, value in report["at"].items()))
    click.echo(
        "  " + ", ".join(f"{name} {_percent(report[name]['value'])}" for name in ("r_any", "r_all", "mrr", "ndcg"))
    )
    if "tuning" in report:
        click.echo(f"  weights chosen on the other conversations: {_shown(report['tuning']['held_out_recall'])}")
    if report["weights_chosen_on"]:
        told = "the weights were chosen on these very conversations: report what --tune finds instead"
        click.secho(f"! {', '.join(report['weights_chosen_on'])}: {told}", err=True, fg="yellow")
    _tell_left_out(report)
    if out is not None:
        click.secho(f"written to {out}", err=True, dim=True)


def _tell_left_out(report: dict[str, Any]) -> None:
    told = [f"{count} questions with {why}" for why, count in report["excluded"].items()]
    told += [f"{len(report['dropped_evidence'])} evidence ids unknown"] if report["dropped_evidence"] else []
    told += [f"{report['malformed_strings']} of {report['evidence_strings']} evidence strings malformed"]
    click.secho(", ".join(told), err=True, dim=True)


def _tree(path: str) -> Any:
    from personae.errors import FormatError
    from personae.files import read_limited

    try:
        return json.loads(read_limited(path, LARGEST_REPORT))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path!r} is not JSON: {error}") from error


def _difference(found: Difference) -> dict[str, Any]:
    figure = found.recall
    return {
        "recall": {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n},
        "p": found.p,
        "better": found.better,
        "worse": found.worse,
        "only_in_one": found.only_in_one,
    }


def _signed(found: Difference) -> str:
    figure = found.recall
    low, high = figure.low, figure.high
    span = f" [{100 * low:+.1f}, {100 * high:+.1f}]" if low is not None and high is not None else ""
    return f"{100 * (figure.value or 0):+.1f}{span} points, p = {found.p:.4f}"


def _shown(figure: dict[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    span = f" [{100 * low:.1f}, {100 * high:.1f}]" if low is not None and high is not None else ""
    return f"{_percent(figure['value'])}{span}, n = {figure['n']}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"
