"""The judge card: what an examination of a judge found, and whether its verdicts may be shown as such.

Whether a judge is qualified is worked out from the figures whenever it is asked, never taken from a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.types import Measurement

Standing = Literal["qualified", "unqualified", "untested"]

#: The version of the file; raised when its fields change meaning.
SCHEMA = 1
#: Largest file that is read.
MAX_BYTES = 5 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Floor:
    """A line that the value of a figure must not cross.

    >>> str(Floor(0.8)), Floor(0.8).holds(0.8), Floor(0.2, most=True).holds(0.3)
    ('at least 0.8', True, False)
    """

    at: float
    most: bool = False

    def holds(self, value: float) -> bool:
        """Whether the value is on the right side; the line itself is."""
        return value <= self.at if self.most else value >= self.at

    def surely_broken(self, found: Measurement) -> bool:
        """Whether the whole interval of a figure is on the wrong side."""
        end = found.low if self.most else found.high
        return end is not None and not self.holds(end)

    def __str__(self) -> str:
        return f"at {'most' if self.most else 'least'} {self.at:g}"


#: Figure → its line, where a judge would lead its users astray beyond it. The lines are ours.
FLOORS: Mapping[str, Floor] = {
    "order_swap": Floor(0.8),
    "contrast": Floor(0.75),
    "vague.right": Floor(0.8),
    "vague.accepted": Floor(0.2, most=True),
    "vague.wrong": Floor(0.2, most=True),
    "verbosity": Floor(0.6, most=True),
    "self_preference": Floor(0.6, most=True),
}


@dataclass(frozen=True, slots=True)
class ItemSet:
    """Which items a judge was given: the checksum of the whole set, how many it holds, and how many were asked."""

    sha256: str
    size: int
    asked: int
    source: str = "personae"


@dataclass(frozen=True)
class JudgeCard:
    """An examination. `figures` are measurements by the names of `qualify`, `floors` the lines they were held against.

    model: the judge's name; date: the day, ISO 8601; way: how it answered; items: the sets by name, "speakers" first;
    calls: what was spent. Two judges of one model with different settings are two judges: the name tells them apart.
    """

    model: str
    date: str
    way: str
    items: Mapping[str, ItemSet]
    figures: tuple[Measurement, ...]
    floors: Mapping[str, Floor] = field(default_factory=lambda: dict(FLOORS))
    seed: int = 0
    calls: Mapping[str, Any] = field(default_factory=dict)

    def figure(self, name: str) -> Measurement:
        """The figure of this name; one without a value where it was not taken."""
        return next((one for one in self.figures if one.name == name), Measurement(name, reason="not taken"))

    @property
    def faults(self) -> tuple[str, ...]:
        """What speaks against the judge: role identification no better than shared words, or a floor not held."""
        return tuple(dict.fromkeys(fault.said for fault in _faults(self)))

    @property
    def gaps(self) -> tuple[str, ...]:
        """Why nothing can be said: no role identification at all, or figures for which too many calls failed."""
        if "speakers" not in self.items:
            return ("no role identification was asked for",)
        return tuple(
            f"{one.name}: {one.missing['failed']} calls failed"
            for one in self.figures
            if one.value is None and one.missing.get("failed")
        )

    @property
    def partial(self) -> tuple[str, ...]:
        """The sets of which only a part was asked."""
        return tuple(
            f"{name}: {one.asked} of {one.size} items" for name, one in self.items.items() if one.asked < one.size
        )

    @property
    def standing(self) -> Standing:
        """ "qualified" when nothing speaks against the judge and every item was asked.

        Role identification must beat shared words and a uniform answer, and every floor must hold. A part of the items
        cannot qualify a judge; it disqualifies one where the whole interval of a figure is on the wrong side.
        """
        if self.gaps:
            return "untested"
        if self.partial:
            return "unqualified" if any(fault.sure for fault in _faults(self)) else "untested"
        return "unqualified" if self.faults else "qualified"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the standing is not "qualified"; empty when it is."""
        if self.standing == "untested":
            return self.gaps or self.partial
        return self.faults

    def standing_for(self, model: str, items: Mapping[str, str] | None = None) -> Standing:
        """The standing as a judge called `model`, examined on the items with these checksums (by set).

        Without `items` ours of today are meant. A card of another model, or on other items, says nothing: "untested".
        """
        if items is None:
            from personae.judges.qualification.bundled import checksums

            items = checksums()
        same = model == self.model and {name: one.sha256 for name, one in self.items.items()} == dict(items)
        return self.standing if same else "untested"

    @property
    def checksums(self) -> dict[str, str]:
        """The checksums of its items by set, to be passed to `standing_for` by who trusts them."""
        return {name: one.sha256 for name, one in self.items.items()}

    def short(self) -> dict[str, Any]:
        """What a report prints of it, as plain JSON data."""
        top, brier, place = self.figure("top_1"), self.figure("brier"), self.figure("place")
        return {
            "model": self.model, "date": self.date, "way": self.way, "n": top.n,
            "top_1": top.value, "low": top.low, "high": top.high, "baseline": self.figure("baseline").value,
            "brier": brier.value, "uniform_brier": brier.details.get("uniform"),
            "place_p": place.details.get("p"),
            "probes": {name: self.figure(name).value for name in self.floors},
            "standing": self.standing, "reasons": list(self.reasons),
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, the standing beside the figures for whoever reads the file."""
        return {
            "schema": SCHEMA, "model": self.model, "date": self.date, "way": self.way, "seed": self.seed,
            "standing": self.standing, "reasons": list(self.reasons),
            "items": {name: asdict(one) for name, one in self.items.items()},
            "figures": [one.to_dict() for one in self.figures],
            "floors": {name: {"at": floor.at, "most": floor.most} for name, floor in self.floors.items()},
            "calls": dict(self.calls),
        }  # fmt: skip


def judge_note(model: str, card: JudgeCard | None, items: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a measurement made with a judge carries in `details["judge"]`: name, standing and the card in short.

    >>> judge_note("openai/some-model", None)
    {'name': 'openai/some-model', 'standing': 'untested', 'card': None}
    """
    standing: Standing = card.standing_for(model, items) if card is not None else "untested"
    fits = card is not None and card.model == model
    return {"name": model, "standing": standing, "card": card.short() if fits and card is not None else None}


def write_card(card: JudgeCard, path: Path | str) -> None:
    """Write the card as JSON, whole or not at all."""
    write_atomic(path, json.dumps(card.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_card(path: Path | str) -> JudgeCard:
    """The card of a file.

    Raises FormatError for a file that is no card of this version, whose figures cannot be, or whose standing is not the
    one its figures give; UnsafeFile for one above 5 MB.
    """
    from personae.judges.qualification.card_shapes import CardShape
    from personae.persona.formats.decode import parse_json, validated

    name = Path(path).name
    tree = parse_json(read_limited(path, MAX_BYTES), name)
    if not isinstance(tree, dict) or tree.get("schema") != SCHEMA:
        raise FormatError(f"{name!r} is no judge card of version {SCHEMA}; `personae judge qualify` makes one")
    file = validated(CardShape, tree, name)
    card = JudgeCard(
        file.model,
        file.date,
        file.way,
        {key: ItemSet(**one.model_dump()) for key, one in file.items.items()},
        tuple(Measurement(**one.model_dump()) for one in file.figures),
        {key: Floor(one.at, one.most) for key, one in file.floors.items()},
        file.seed,
        file.calls,
    )
    if file.standing != card.standing:
        said = f"says {file.standing!r}, but its figures give {card.standing!r}"
        raise FormatError(f"{name!r} {said}; it was changed by hand – make it again with `personae judge qualify`")
    return card


class _Fault(NamedTuple):
    said: str
    sure: bool = False


def _faults(card: JudgeCard) -> Iterator[_Fault]:
    """Floors of the card and ours of today, so that a file cannot lower them; not of sets that were left out."""
    yield from _identification_faults(card)
    for name, floor in dict.fromkeys([*FLOORS.items(), *card.floors.items()]):
        found, asked = card.figure(name), card.items.get(name.partition(".")[0])
        if asked is not None and not asked.asked:
            continue
        if found.value is None:
            yield _Fault(f"{name}: {found.reason}")
        elif not floor.holds(found.value):
            yield _Fault(f"{name}: {found.value:.3f} is not {floor}", floor.surely_broken(found))


def _identification_faults(card: JudgeCard) -> Iterator[_Fault]:
    top, brier, baseline = card.figure("top_1"), card.figure("brier"), card.figure("baseline")
    if top.value is None:
        yield _Fault(f"top_1: {top.reason}")
        return
    if baseline.value is None or top.low is None or top.low <= baseline.value:
        low = "missing" if top.low is None else f"{top.low:.3f}"
        words = "unknown" if baseline.value is None else f"{baseline.value:.3f}"
        sure = baseline.value is not None and top.high is not None and top.high < baseline.value
        yield _Fault(f"top_1: the lower bound {low} is not above {words}, which shared words or guessing reach", sure)
    uniform = brier.details.get("uniform")
    if brier.value is None or uniform is None or brier.value >= uniform:
        said = "missing" if brier.value is None else f"{brier.value:.4f}"
        least = "unknown" if uniform is None else f"{uniform:.4f}"
        yield _Fault(f"brier: {said} is not below {least}, that of a uniform answer")
