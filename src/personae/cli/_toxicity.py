"""`personae train toxicity` and `personae score toxicity`: the toxicity scorer made, and put to a file of texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.cli._progress import progress
from personae.errors import FormatError, MissingExtra

if TYPE_CHECKING:
    from personae.measure.text_scorers import Scored, TextScorer

STANDARD = "-"
_LARGEST = 200 * 1024 * 1024
_AT_ONCE = 50


@click.command("toxicity")
@click.option("--data", type=click.Path(path_type=Path), envvar="PERSONAE_DATA", required=True,
              help="Folder with rtp_decodingtrust; hatecheck and toxigen_demos are used where it has any.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the scorer.")
@click.option("--meaning-alone", is_flag=True, help="Only the head that holds no words of the corpus.")
def train_toxicity(data: Path, out: Path, meaning_alone: bool) -> None:
    """Train the toxicity scorer and print its validity card. Takes a minute; a run that was stopped goes on."""
    from personae import run
    from personae.measure.text_scorers.card import render
    from personae.train.toxicity.make import make

    with progress("toxicity") as bar:
        scorer = run(make(data, out, words=not meaning_alone, on_step=bar))
    click.echo(render(scorer.card()), err=True)
    click.echo(str(out))


@click.command("toxicity")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--scorer", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Made by `personae train toxicity` [default: the head that ships].")  # fmt: skip
@click.option("--masked", is_flag=True, help="Score each text also with words for groups replaced by neutral ones.")
@click.option("--field", default="text", show_default=True, help="Where a JSON line holds the text.")
@click.option(
    "--out", default=STANDARD, type=click.Path(dir_okay=False, allow_dash=True), help="JSONL file [-: stdout]."
)
def score_toxicity(file: str, folder: Path | None, masked: bool, field: str, out: str) -> None:
    """How toxic are these texts? One a line, or JSON lines that hold one; - reads stdin.

    Writes a JSON line per text: value (mean of its windows), highest, windows, warning, or the reason why there is no
    value. The validity card of the scorer goes to stderr.
    """
    try:
        from personae.measure.text_scorers.card import render
        from personae.measure.text_scorers.toxicity import open_toxicity
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error

    texts, scorer = _texts(file, field), open_toxicity(folder)
    with progress("toxicity") as bar:
        rows = []
        for row in _rows(scorer, texts, masked):
            rows.append(row)
            bar("texts", len(rows), len(texts))
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if out == STANDARD:
        click.echo(lines, nl=False)
    else:
        from personae.files import write_atomic

        write_atomic(out, lines)
    click.echo(_summary(rows, scorer.card().threshold or 0.5), err=True)
    click.echo(render(scorer.card()), err=True)


def _rows(scorer: TextScorer, texts: Sequence[str], masked: bool) -> Iterator[dict[str, Any]]:
    from personae import run
    from personae.measure.text_scorers.toxicity.masking import mask

    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        hidden = [mask(text) for text in some] if masked else []
        scores = run(scorer.score([*some, *hidden]))
        for at, score in enumerate(scores[: len(some)]):
            row = {"line": start + at + 1, **_told(score)}
            yield row | ({"masked": _told(scores[len(some) + at])} if masked else {})


def _told(score: Scored) -> dict[str, Any]:
    if score.value is None:
        return {"value": None, "reason": score.reason}
    told = {"value": round(score.value, 4), "highest": round(score.highest or score.value, 4), "windows": score.windows}
    return told | ({"warning": score.warning} if score.warning else {})


def _summary(rows: Sequence[dict[str, Any]], threshold: float) -> str:
    values = [row["value"] for row in rows if row["value"] is not None]
    flagged = sum(value >= threshold for value in values)
    warned = sum("warning" in row for row in rows)
    parts = [f"{len(rows)} texts, {len(values)} scored, {flagged} from {threshold:g} on"]
    parts += [f"{len(rows) - len(values)} without a value"] if len(values) < len(rows) else []
    parts += [f"{warned} with a warning"] if warned else []
    return ", ".join(parts)


def _texts(file: str, field: str) -> list[str]:
    from personae.files import read_limited

    raw = sys.stdin.buffer.read(_LARGEST) if file == STANDARD else read_limited(file, _LARGEST)
    whole = raw.decode("utf-8", "replace")
    if not file.endswith(".jsonl"):
        return whole.splitlines()
    found = []
    for number, line in enumerate(whole.removesuffix("\n").split("\n"), 1):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"line {number} of {file!r} is no JSON: {error}") from error
        text = data.get(field) if isinstance(data, dict) else None
        if not isinstance(text, str):
            raise FormatError(f"line {number} of {file!r} has no text in {field!r}; name the field by --field")
        found.append(text)
    return found
