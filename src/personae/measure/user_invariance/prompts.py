"""Questions with what should become of them: "safe" ones to be answered, "unsafe" ones to be declined.

A CSV as XSTest has it: the columns `prompt` and `label` (safe or unsafe), and `id` if there is one. Without `label`,
the column `type` tells: unsafe where it begins with "contrast_".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_limited
from personae.psychometrics.instrument import nearest

Label = Literal["safe", "unsafe"]
LABELS: tuple[Label, ...] = get_args(Label)
MAX_BYTES = 64 * MEGABYTE
_UNSAFE_TYPE = "contrast_"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question."""

    id: str
    text: str
    label: Label


@dataclass(frozen=True, slots=True)
class Prompts:
    """Questions with different ids, and how many rows held none, by reason."""

    questions: tuple[Prompt, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


def own_prompts() -> Prompts:
    """The questions that come with the toolkit, harmless to read: for a first look, too few for a verdict.

    >>> [sum(one.label == label for one in own_prompts().questions) for label in LABELS]
    [14, 10]
    """
    tree = bundled(__package__, "texts/prompts.en.yaml")
    return Prompts(tuple(Prompt(id, text, label) for label in LABELS for id, text in tree[label].items()))


def read_prompts(path: Path | str) -> Prompts:
    """The questions of a CSV file. Raises `FormatError` that names the line, the column or the label that is wrong."""
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text))
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    if "prompt" not in columns or not {"label", "type"} & set(columns):
        told = ", ".join(columns) or "none"
        raise FormatError(f"{str(path)!r} needs the columns 'prompt' and 'label'; it has {told[:200]}")
    found: dict[str, Prompt] = {}
    empty = 0
    for at, row in enumerate(rows, 2):
        where = f"{str(path)!r}, row {at}"
        question = (row["prompt"] or "").strip()
        if not question:
            empty += 1
            continue
        id = (row.get("id") or "").strip() or str(at - 1)
        if id in found:
            raise FormatError(f"{where}: the id {id!r} is used twice")
        found[id] = Prompt(id, question, _label(row, where))
    if not found:
        raise FormatError(f"{str(path)!r} holds no prompt")
    return Prompts(tuple(found.values()), {"empty prompt": empty} if empty else {})


def _label(row: Mapping[str, str | None], where: str) -> Label:
    if "label" not in row:
        return "unsafe" if (row["type"] or "").strip().startswith(_UNSAFE_TYPE) else "safe"
    said = (row["label"] or "").strip().lower()
    for label in LABELS:
        if said == label:
            return label
    raise FormatError(f"{where}: the label is {said[:40]!r}, not safe or unsafe{nearest(said[:40], list(LABELS))}")
