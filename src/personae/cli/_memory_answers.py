"""`personae memory eval judge | answers`: may a judge of answers be believed, and what do given answers come to?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from personae.errors import MissingExtra

if TYPE_CHECKING:
    from personae.types import Measurement

FORMS = ("locomo", "own", "results")
WIDE = 160  #: of tables that go to a file or a pipe


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--form", type=click.Choice(FORMS), default="locomo", show_default=True, help="What FILE is.")
@click.option("--model", help="The judge; without one only the words of the golds are tried.")
@click.option("--base-url", metavar="URL", help="Address of the model's server, for models that need one.")
@click.option("--n", type=click.IntRange(1), default=50, show_default=True, help="Questions the judge is tried on.")
@click.option("--runs", type=click.IntRange(1, 10), default=3, show_default=True, help="How often it reads each.")
@click.option(
    "--cache", type=click.Path(dir_okay=False), help="File that keeps every verdict, so that none is paid twice."
)
@click.option("--seed", default=0, show_default=True, help="Seed of the questions drawn and of the judge.")
@click.option("--json", "as_json", is_flag=True, help="Print every number with its details as JSON.")
def judge(
    file: str,
    form: Any,
    model: str | None,
    base_url: str | None,
    n: int,
    runs: int,
    cache: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """What a judge of answers accepts: golds of other questions, vague answers, the gold in other words, the gold.

    FILE has questions with gold answers. A judge that takes vague answers is not to be believed, however repeatable;
    what the words of the gold accept (half of them, dates as days) is printed beside it.
    """
    try:
        from personae.measure.answer_scores import accepted_by_words
        from personae.measure.answer_scores.files import golds_of
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    golds, left_out = golds_of(file, form)
    words = accepted_by_words(golds)
    numbers = _tried(golds, model, base_url, n, runs, cache, seed) if model else []
    if as_json:
        plain = {str(code): {"accepted": yes, "of": of} for code, (yes, of) in words.items()}
        rows = [number.to_dict() for number in numbers]
        data = {"golds": len(golds), "left_out": left_out, "rotated_by_words": plain, "judge": rows}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
        return
    _show_words(words)
    if numbers:
        _show(numbers)
    _tell_left_out(left_out)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print every number with its details as JSON.")
def answers(file: str, as_json: bool) -> None:
    """Score answers that a memory system has given, as mem0, Zep and Memobase publish them.

    FILE holds question, answer or response, gold, category and, where a judge has read it, label. Printed are LoCoMo's
    lexical score, the share of the gold's words, and what the judge accepted with how much of it the words accept too.
    """
    try:
        from personae.measure.answer_scores.files import score_answers
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    from personae.memory.formats import results

    numbers = score_answers(results.load(file))
    if as_json:
        click.echo(json.dumps([one.to_dict() for one in numbers], ensure_ascii=False, indent=1, allow_nan=False))
        return
    _show(numbers)


def _tried(
    golds: Any, model: str, base_url: str | None, n: int, runs: int, cache: str | None, seed: int
) -> list[Measurement]:
    from dataclasses import replace

    from personae import run
    from personae.judges.asking import SETTINGS
    from personae.measure.answer_scores import AnswerJudge, stress, stress_cases
    from personae.models.cache import Cached
    from personae.models.registry import open_model

    opened = open_model(model, **({"base_url": base_url} if base_url else {}))
    reader = AnswerJudge(Cached(opened, cache) if cache else opened, replace(SETTINGS, seed=seed))
    numbers: list[Measurement] = run(stress(reader.repeated(runs), stress_cases(golds, n=n, seed=seed)))
    return numbers


def _show_words(words: dict[int | str, tuple[int, int]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("code", "golds of the next question", "accepted by half of the gold's words", title="words alone")
    for code, (yes, of) in sorted(words.items(), key=lambda row: str(row[0])):
        table.add_row(str(code), str(of), f"{100 * yes / of:.1f} %" if of else "–")
    Console().print(table)


def _show(numbers: list[Measurement]) -> None:
    from rich.console import Console
    from rich.table import Table

    codes = sorted({str(code) for number in numbers for code in number.details.get("codes", {})})
    table = Table(
        "", "value", "interval", "n", *(f"code {code}" for code in codes), "two keys", "to look at", "missing"
    )
    for one in numbers:
        by = {str(code): value for code, value in one.details.get("codes", {}).items()}
        span = f"{100 * one.low:.1f} … {100 * one.high:.1f}" if one.low is not None and one.high is not None else ""
        looked = str(len(one.details["to_look_at"])) if "to_look_at" in one.details else ""
        lost = ", ".join(f"{count} {why}" for why, count in one.missing.items())
        name = one.name.partition(".")[2]
        value = _percent(one.value) if one.value is not None else one.reason or "–"
        cells = [_percent(by.get(code)) for code in codes]
        table.add_row(name, value, span, str(one.n or ""), *cells, _percent(one.details.get("two_key")), looked, lost)
    for column in table.columns:
        column.overflow = "fold"  # a number that is cut off is another number
    Console(width=None if Console().is_terminal else WIDE).print(table)


def _tell_left_out(left_out: dict[str, int]) -> None:
    if left_out:
        told = ", ".join(f"{count} {why}" for why, count in left_out.items())
        click.secho(f"questions left out: {told}", err=True, dim=True)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
