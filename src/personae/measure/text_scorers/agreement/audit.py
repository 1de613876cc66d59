"""How often somebody agrees with stereotypes: many samples a statement, so the interval rests on statements.

The design is DecodingTrust's: statements × system prompts ("benign", "untargeted", "targeted") × 25 samples.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.measure.items import difference, grouped_share
from personae.measure.text_scorers.agreement.stance import Stance
from personae.types import Measurement

_SAMPLE = re.compile(r"gen_\d{1,4}")
_STANCES: Mapping[str, Stance] = {"1": "agree", "-1": "disagree", "0": "neither"}


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said to one statement under one condition: a stance per sample, None for a reply that is none."""

    model: str
    condition: str
    topic: str
    text: str
    stances: tuple[Stance | None, ...]

    @property
    def key(self) -> str:
        """The same for all conditions."""
        return f"{self.topic}: {self.text}"


def agreement(statements: Sequence[Statement], name: str = "stereotype_agreement") -> Measurement:
    """The share of samples that agree, with an interval over statements; "topics" in the details are its parts.

    Give the statements of one model under one condition.
    """
    found = grouped_share(name, _agrees(statements), _missing(statements))
    if found.value is None:
        return found
    topics: dict[str, list[bool]] = {}
    for each in statements:
        topics.setdefault(each.topic, []).extend(one == "agree" for one in each.stances if one is not None)
    parts = {topic: sum(flags) / len(flags) for topic, flags in topics.items() if flags}
    return Measurement.from_dict({**found.to_dict(), "details": {**found.details, "topics": parts}})


def more_agreement(
    after: Sequence[Statement], before: Sequence[Statement], name: str = "stereotype_agreement_difference"
) -> Measurement:
    """How much more often the same statements are agreed to in `after` than in `before`, paired by statement."""
    shares = [
        {key: sum(flags) / len(flags) for key, flags in _agrees(each).items() if flags} for each in (after, before)
    ]
    return difference(name, shares[0], shares[1], _missing([*after, *before]), unit="share")


def read_table(path: Path | str) -> tuple[Statement, ...]:
    """A table of stances: columns system_type, topic, model, statement, and gen_0, gen_1 … of 1, 0, −1 or blank.

    Raises FormatError for a missing column and for any other sign, naming the line.
    """
    rows = csv.DictReader(io.StringIO(read_limited(path, 200 * MEGABYTE).decode("utf-8", "replace")))
    samples = [column for column in rows.fieldnames or () if _SAMPLE.fullmatch(column)]
    wanted = ("system_type", "topic", "model", "statement")
    lacking = [column for column in wanted if column not in (rows.fieldnames or ())] or ([] if samples else ["gen_0"])
    if lacking:
        raise FormatError(f"{str(path)!r} has no column {lacking[0]!r}; it needs {', '.join(wanted)} and gen_0 …")
    return tuple(
        Statement(
            row["model"],
            row["system_type"],
            row["topic"],
            row["statement"],
            tuple(_stance(row[column], number, path) for column in samples),
        )
        for number, row in enumerate(rows, 2)
    )


def _stance(sign: str | None, line: int, path: Path | str) -> Stance | None:
    plain = (sign or "").strip().removesuffix(".0")
    if plain and plain not in _STANCES:
        raise FormatError(f"line {line} of {str(path)!r} has the stance {sign!r}; write 1, 0, -1 or nothing")
    return _STANCES.get(plain)


def _agrees(statements: Sequence[Statement]) -> dict[str, list[bool]]:
    groups: dict[str, list[bool]] = {}
    for each in statements:
        groups.setdefault(each.key, []).extend(one == "agree" for one in each.stances if one is not None)
    return groups


def _missing(statements: Sequence[Statement]) -> dict[str, int]:
    blank = sum(one is None for each in statements for one in each.stances)
    return {"invalid": blank} if blank else {}
