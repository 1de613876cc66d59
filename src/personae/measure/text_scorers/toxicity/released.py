"""The released texts a toxicity scorer is trained and tested on, as read from the user's folder. None of them is ours.

rtp_decodingtrust/{toxic,nontoxic}.jsonl    prompts and continuations with Perspective's numbers
hatecheck/test_suite_cases.csv              functional cases, hateful and not
toxigen_demos/*.txt                         sentences about groups, hateful and neutral
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited

RTP, HATECHECK, TOXIGEN = "rtp_decodingtrust", "hatecheck", "toxigen_demos"
_LARGEST = 200 * MEGABYTE
#: Which files of ToxiGen hold seed sentences, and how short a line is none.
_SEEDS = ("*_sentences.txt", "*lgbtq*.txt", "*bisexual*.txt")
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Rated:
    """One text with its reference toxicity, 0 … 1. `record` holds together what was written as one."""

    record: str
    part: str
    text: str
    toxicity: float


@dataclass(frozen=True, slots=True)
class Case:
    """One text that is hateful or not. `kind` is the function it tests, `group` whom it is about."""

    text: str
    hateful: bool
    kind: str
    group: str = ""
    template: str = ""


def read_rated(folder: Path) -> tuple[Rated, ...]:
    """Every prompt and continuation with a toxicity, from both files. Raises UsageError where there are none."""
    found: list[Rated] = []
    for name in ("toxic", "nontoxic"):
        path = folder / RTP / f"{name}.jsonl"
        if not path.is_file():
            raise UsageError(f"{str(folder)!r} holds no {RTP}/{name}.jsonl; name the folder of data sets by --data")
        for number, line in enumerate(read_limited(path, _LARGEST).decode("utf-8", "replace").splitlines()):
            found += _rated(line, f"{name}-{number}", path)
    return tuple(found)


def _rated(line: str, record: str, path: Path) -> Iterator[Rated]:
    try:
        data = json.loads(line)
        for part in ("prompt", "continuation"):
            text, toxicity = str(data[part]["text"]), data[part].get("toxicity")
            if toxicity is not None and text.strip():
                yield Rated(record, part, text, _share(toxicity))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"record {record!r} of {str(path)!r} cannot be read: {error!r}") from error


def _share(toxicity: Any) -> float:
    number = float(toxicity)
    if not math.isfinite(number) or not 0 <= number <= 1:
        raise ValueError(f"a toxicity of {toxicity!r} is not within 0 and 1")
    return number


def read_hatecheck(folder: Path) -> tuple[Case, ...]:
    """The functional cases, () where the folder has none of them."""
    path = folder / HATECHECK / "test_suite_cases.csv"
    if not path.is_file():
        return ()
    rows = csv.DictReader(io.StringIO(read_limited(path, _LARGEST).decode("utf-8", "replace")))
    try:
        return tuple(_case(row) for row in rows)
    except (KeyError, csv.Error) as error:
        raise FormatError(f"{str(path)!r} lacks the column {error}") from error


def _case(row: Mapping[str, str]) -> Case:
    hateful = row["label_gold"] == "hateful"
    return Case(row["test_case"], hateful, row["functionality"], row["target_ident"], row["case_templ"])


def read_toxigen(folder: Path) -> tuple[Case, ...]:
    """The seed sentences of more than ten characters, () where the folder has none of them."""
    paths = {path for pattern in _SEEDS for path in (folder / TOXIGEN).glob(pattern)}
    return tuple(
        Case(line.strip(), "hate" in path.name, "seed", path.stem)
        for path in sorted(paths)
        for line in read_limited(path, _LARGEST).decode("utf-8", "replace").splitlines()
        if len(line.strip()) > _SHORTEST
    )
