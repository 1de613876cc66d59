"""`personae score apc`: a talk beside a persona's statements – which were shown, missed and violated?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from personae.errors import FormatError, MissingExtra, UsageError

if TYPE_CHECKING:
    from personae.measure.consistency.cells import Cell
    from personae.measure.consistency.matrix import Matrix
    from personae.types import Message

#: A dialogue file larger than this is not read.
MAX_BYTES = 50 * 1024 * 1024
#: Cells of each list that the table shows; `--json` has all.
SHOWN = 8

#: What a scorer that is not "ok" is, in words.
VALIDITY = {
    "below_gate": "this scorer misses a quality gate of its own card; take its numbers as hints",
    "unmeasured": "nobody measured how good this scorer is at judging pairs",
}

_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "char": "assistant", "tool": "system"}


@click.command()
@click.option("--persona", "who", required=True, metavar="PERSONA", help="A file, or the name of a starter.")
@click.option("--dialogue", required=True, type=click.Path(exists=True, dir_okay=False), help="JSON of the talk.")
@click.option("--scorer", default="embedded", show_default=True, help="embedded, hf/NAME or judge/MODEL.")
@click.option("--with-query", is_flag=True, help="Read each reply together with what it answers.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers, lists and the whole matrix as JSON.")
def apc(who: str, dialogue: str, scorer: str, with_query: bool, as_json: bool) -> None:
    """How many of a persona's statements do its replies satisfy, and which do they break?

    The dialogue is a JSON list of {"role", "content"}, or an object with such a list under "messages"; the assistant
    plays the persona. A transcript of `personae chat` (.jsonl) is read as well.
    """
    from personae.persona.find import find

    persona = find(who)
    messages = read_dialogue(dialogue)
    try:
        from personae.measure.consistency.matrix import consistency_matrix, exchanges_of, guard_of
    except ModuleNotFoundError as error:
        raise MissingExtra("embedded", error.name or "numpy") from error
    from personae import run
    from personae.models.registry import open_pair_scorer

    exchanges = exchanges_of(messages)
    if not exchanges:
        raise UsageError(f"{dialogue!r} holds no message of the role 'assistant', so there is no reply to score")
    pairs, readable = open_pair_scorer(scorer), guard_of(scorer)
    matrix = run(consistency_matrix(pairs, persona, exchanges, with_query=with_query, readable=readable))
    if as_json:
        click.echo(json.dumps(as_data(matrix), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print(persona.name, matrix)


def read_dialogue(path: str | Path) -> list[Message]:
    """The messages in a JSON file or a transcript. Raises FormatError for anything else, naming the place."""
    from personae.agent.transcript import read
    from personae.files import read_limited
    from personae.types import Message

    if Path(path).suffix == ".jsonl":
        return list(read(path))
    try:
        data = json.loads(read_limited(path, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no JSON: {error}") from error
    listed = data.get("messages") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise FormatError(f"{str(path)!r} is neither a list of messages nor an object with one under 'messages'")
    messages = []
    for number, each in enumerate(listed):
        role = _ROLES.get(str(each.get("role"))) if isinstance(each, dict) else None
        content = _text(each.get("content")) if role else None
        if role is None or content is None:
            shown = json.dumps(each, ensure_ascii=False)[:60]
            raise FormatError(
                f"message {number} of {str(path)!r} is {shown}; it needs a 'role' and a 'content' of text"
            )
        name = each.get("name")
        messages.append(Message(role, content, name if isinstance(name, str) else None))  # type: ignore[arg-type]
    return messages


def as_data(matrix: Matrix) -> dict[str, Any]:
    """Everything as plain JSON: numbers (None with a reason where there is none), per reply, lists, the matrix."""
    from personae.measure.consistency import apc as forms
    from personae.measure.consistency import cells
    from personae.measure.consistency.family import c_score, uncontradicted_share

    numbers: dict[str, Any] = {"reason": _why_empty(matrix)}
    per_reply: list[dict[str, Any]] = []
    if numbers["reason"] is None:
        arrays = matrix.asked, matrix.entailment, matrix.contradiction
        columns = {form.__name__: form(*arrays) for form in (forms.apc, forms.delta_apc, forms.apc_share)}
        for name, values in columns.items():
            followed = forms.over_turns(values)
            keys = ("mean", "minimum", "slope")
            numbers[name] = {key: _rounded(getattr(followed, key)) if followed else None for key in keys}
        numbers["delta_apc_per_asked"] = _rounded(forms.delta_apc_per_asked(*arrays))
        numbers["apc_of_asked"] = _rounded(forms.apc_of_asked(*arrays))
        numbers["c_score"] = _rounded(c_score(matrix.kinds))
        numbers["uncontradicted_share"] = _rounded(uncontradicted_share(matrix.kinds))
        per_reply = [
            {"id": each.id} | {name: _rounded(values[row]) for name, values in columns.items()}
            for row, each in enumerate(matrix.exchanges)
        ]
    lowest = cells.worst(matrix)
    lists = {each.__name__: each(matrix) for each in (cells.violated, cells.missed, cells.shown)}
    return {
        **numbers,
        "replies": len(matrix.exchanges),
        "statements": len(matrix.statements),
        "missing": dict(matrix.missing),
        "scorer": dict(matrix.scorer),
        "validity": matrix.scorer.get("validity", "ok"),
        "per_reply": per_reply,
        "worst": lowest.to_data() if lowest else None,
        **{name: [cell.to_data() for cell in listed] for name, listed in lists.items()},
        "matrix": matrix.to_data(),
    }


def _print(name: str, matrix: Matrix) -> None:
    from personae.measure.consistency import cells

    data = as_data(matrix)
    said = ", ".join(f"{count} {reason}" for reason, count in matrix.missing.items())
    if data["reason"]:
        raise UsageError(f"no APC for {name}: {data['reason']}")
    click.echo(
        f"{name}: {data['replies']} replies × {data['statements']} statements" + (f", not {said}" if said else "")
    )
    for label, key in (("APC", "apc"), ("APC / statements", "apc_share"), ("ΔAPC", "delta_apc")):
        number = data[key]
        click.echo(f"  {label:<18}{_shown(number['mean'])}   lowest {_shown(number['minimum'])}   "
                   f"per turn {_shown(number['slope'])}")  # fmt: skip
    click.echo(f"  {'ΔAPC per asked':<18}{_shown(data['delta_apc_per_asked'])}")
    click.echo(f"  {'C-score':<18}{_shown(data['c_score'])}")
    for title, listed in (
        ("violated", cells.violated(matrix)),
        ("missed", cells.missed(matrix)),
        ("shown", cells.shown(matrix)),
    ):
        _print_cells(title, listed)
    facts = matrix.scorer
    click.echo(f"scorer {facts.get('name')}, checkpoint {facts.get('checkpoint')}, data {facts.get('data')}", err=True)
    if data["validity"] in VALIDITY:
        click.echo(f"{data['validity']}: {VALIDITY[data['validity']]}", err=True)


def _print_cells(title: str, listed: list[Cell]) -> None:
    click.echo(f"{title} ({len(listed)})")
    for cell in listed[:SHOWN]:
        click.echo(f"  {cell.probability:.2f}  {_line(cell.statement)}  ←  [{cell.reply_id}] {_line(cell.reply)}")
    if len(listed) > SHOWN:
        click.echo(f"  … {len(listed) - SHOWN} more; --json has all")


def _why_empty(matrix: Matrix) -> str | None:
    if matrix.exchanges and matrix.statements:
        return None
    said = ", ".join(f"{count} {reason}" for reason, count in matrix.missing.items())
    return said or ("the persona has no statements" if not matrix.statements else "no reply")


def _text(content: Any) -> str | None:
    """Plain text, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return " ".join(str(part["text"]) for part in content if part.get("type") == "text" and "text" in part)
    return None


def _line(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= 90 else f"{plain[:89]}…"


def _rounded(value: Any) -> float | None:
    number = None if value is None else float(value)
    return None if number is None or number != number else round(number, 6)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}" if value < 0 else f"{value:.3f}"
