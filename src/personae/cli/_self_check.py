"""`personae score selfcheck`: replies checked against further replies to the same question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import FormatError, MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.self_check import Passage, Scorer

#: Files larger than this are not read.
MAX_BYTES = 200 * 1024 * 1024
#: Sentences of the table.
SHOWN = 10
_SCORERS = "unigram, unigram_published, semantic_unigram, embedding, nli, prompt or prompt_cot"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--scorer", "names", multiple=True, default=("unigram",), show_default=True, help=f"{_SCORERS}; repeat.")
@click.option("--pairs", default="embedded", show_default=True, help="Pair scorer for nli.")
@click.option("--model", "-m", help="Model for prompt and prompt_cot.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write every sentence's scores there, as JSON lines.")
@click.option("--json", "as_json", is_flag=True, help="Print all as JSON.")
def selfcheck(file: str, names: tuple[str, ...], pairs: str, model: str | None, out: str | None, as_json: bool) -> None:
    """What of a reply do other replies to the same question bear out? FILE has a record per reply (.jsonl, .json).

    \b
    {"id": "r1", "reply": "I was born in Faro.", "samples": ["I come from Faro.", "I was born in Porto."]}

    A record may give "sentences" in place of the reply, and "labels" of people, one per sentence: accurate,
    minor_inaccurate or major_inaccurate. Several scorers are also joined, by the sum of their z-scores. Higher means
    less borne out.
    """
    try:
        from personae import run
        from personae.measure.self_check.named import scorer_named
        from personae.models.registry import open_model
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    asked = open_model(model) if model else None
    scorers = [scorer_named(name, pairs=pairs, model=asked) for name in dict.fromkeys(names)]
    ids, passages, labels = read_passages(file)
    data = run(_checked(ids, passages, labels, scorers))
    if out:
        from personae.files import write_atomic

        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in data["sentences"])
        write_atomic(out, "".join(f"{line}\n" for line in lines))
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print(data)


def read_passages(path: str | Path) -> tuple[list[str], list[Passage], list[tuple[str, ...] | None]]:
    """Ids, passages and labels of the records in a file. Raises FormatError naming the record that is none."""
    from personae.measure.preference_choice.tables import rows
    from personae.measure.self_check.passage import Passage, tokens

    ids: list[str] = []
    passages: list[Passage] = []
    labels: list[tuple[str, ...] | None] = []
    for record, where in rows(path, limit=MAX_BYTES):
        said: Any = record.get("sentences", record.get("reply"))
        samples: Any = record.get("samples")
        whole = isinstance(said, str) and "sentences" not in record
        if not (whole or _texts(said)) or not _texts(samples):
            raise FormatError(f"{where} needs a 'reply' (or a list of 'sentences') and a list of 'samples', all texts")
        told: Any = record.get("labels")
        if told is not None and (not _texts(told) or whole or len(told) != len(said)):
            raise FormatError(f"{where} has labels that do not fit; give 'sentences' and one label for each")
        ids.append(str(record.get("id", len(ids) + 1)))
        passages.append(Passage.of(said, samples))
        kept = None if told is None else [label for label, one in zip(told, said, strict=True) if tokens(one)]
        labels.append(None if kept is None else tuple(kept))
    if not passages:
        raise FormatError(f"{str(path)!r} holds no record")
    return ids, passages, labels


async def _checked(
    ids: Sequence[str], passages: Sequence[Passage], labels: Sequence[tuple[str, ...] | None], scorers: Sequence[Scorer]
) -> dict[str, Any]:
    from collections import Counter

    from personae.measure.self_check import quality, triangulate

    good = [number for number, passage in enumerate(passages) if passage.reason is None]
    lost = Counter(passage.reason for passage in passages if passage.reason)
    for passage in passages:
        lost.update(passage.blank)
    tables: dict[str, list[list[float | None]]] = {}
    for scorer in scorers:
        found = [await scorer(passages[number]) for number in good]
        tables[scorer.name] = _scaled(scorer.name, [list(scores.values) for scores in found])
        for scores in found:
            lost.update({f"{scorer.name}: {reason}": count for reason, count in scores.missing.items()})
    joined: str | None = None
    if len(scorers) > 1:
        try:
            tables["triangulated"] = triangulate(*tables.values())
        except UsageError as error:
            joined = str(error)
    rows = [
        {"id": ids[number], "sentence": sentence} | {name: _rounded(table[place][at]) for name, table in tables.items()}
        for place, number in enumerate(good)
        for at, sentence in enumerate(passages[number].sentences)
    ]
    known = [place for place, number in enumerate(good) if labels[number] is not None]
    told = [labels[good[place]] or () for place in known]
    worth = {
        name: [one.to_dict() for one in quality([table[place] for place in known], told, name)]
        for name, table in tables.items()
        if known
    }
    replies = [{"id": ids[number]} | {name: _rounded(_mean(table[place])) for name, table in tables.items()}
               for place, number in enumerate(good)]  # fmt: skip
    return {"replies": replies, "sentences": rows, "missing": dict(lost), "quality": worth, "not_triangulated": joined}


def _scaled(name: str, table: list[list[float | None]]) -> list[list[float | None]]:
    """Semantic unigrams stand between the lowest and the highest of the file, as published, where these differ."""
    from personae.measure.self_check import min_max

    differ = len({value for row in table for value in row if value is not None}) > 1
    return min_max(table) if name == "semantic_unigram" and differ else table


def _print(data: dict[str, Any]) -> None:
    names = [name for name in (data["sentences"][0] if data["sentences"] else {}) if name not in ("id", "sentence")]
    click.echo(f"{len(data['replies'])} replies, {len(data['sentences'])} sentences; higher means less borne out")
    for name in names:
        ranked = sorted((row for row in data["sentences"] if row[name] is not None), key=lambda row: -row[name])
        click.echo(f"{name}: least borne out")
        for row in ranked[:SHOWN]:
            click.echo(f"  {row[name]:7.3f}  [{row['id']}] {_line(row['sentence'])}")
        for one in data["quality"].get(name, []):
            floor = one["details"].get("floor")
            beside = f" (random {floor:.3f})" if floor is not None else ""
            value = "–" if one["value"] is None else f"{one['value']:.3f}{beside}"
            click.echo(f"  {one['name']:<32}{value}  {one['reason'] or ''}")
    for reason, count in data["missing"].items():
        click.echo(f"missing, {reason}: {count}", err=True)
    if data["not_triangulated"]:
        click.echo(f"not joined: {data['not_triangulated']}", err=True)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _line(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= 90 else f"{plain[:89]}…"
