"""What a sweep asks: every subject under every instruction, on every item, with every seed; the key of each cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.measure.sweep.subjects import Subject, with_controls
from personae.measure.sweep.wording import Instruction, version
from personae.types import Message, Model, Settings

#: Settings that a key holds; the seed is a part of its own, and patience changes no answer.
_DECISIVE = ("temperature", "top_p", "max_tokens", "stop", "json_schema")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to say to everybody. `data` is plain JSON that a suite needs to judge the replies."""

    id: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One call: who is asked what, how, with which seed."""

    subject: Subject
    instruction: Instruction
    item: Item
    seed: int

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is sent."""
        return self.instruction.messages(self.subject, self.item.text)


@dataclass(frozen=True)
class Design:
    """The cells of a sweep. The controls stand first among `subjects`; make one with `Design.of`."""

    subjects: tuple[Subject, ...]
    instructions: tuple[Instruction, ...]
    items: tuple[Item, ...]
    seeds: tuple[int, ...] = (0,)
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def of(
        cls,
        subjects: tuple[Subject, ...],
        instructions: tuple[Instruction, ...],
        items: tuple[Item, ...],
        seeds: tuple[int, ...] = (0,),
        settings: Settings | None = None,
    ) -> Design:
        """A design with the controls added.

        Raises `UsageError`, before any call, for an empty or repeated persona, an item without id or text, two items,
        instructions or seeds alike, or nothing to ask.

        >>> from personae.measure.sweep.wording import instruction
        >>> design = Design.of((Subject("b", "a baker"),), (instruction("mirror"),), (Item("q", "Why?"),), (0, 1))
        >>> len(design), [subject.id for subject in design.subjects]
        (8, ['none', 'human', 'average_human', 'b'])
        """
        everybody = with_controls(subjects)
        for what, ids in (
            ("item", [item.id for item in items]),
            ("instruction", [each.id for each in instructions]),
            ("seed", [str(seed) for seed in seeds]),
        ):
            if not ids or not all(id.strip() for id in ids):
                raise UsageError(f"a sweep needs {what}s, each with an id; got {ids[:5]!r}")
            if len(set(ids)) < len(ids):
                twice = next(id for id in ids if ids.count(id) > 1)
                raise UsageError(f"the {what} {twice!r} is there twice; name each one once")
        if blank := [item.id for item in items if not item.text.strip()]:
            raise UsageError(f"the item {blank[0]!r} has no text; give it one")
        return cls(everybody, tuple(instructions), tuple(items), tuple(seeds), settings or Settings())

    def __len__(self) -> int:
        return len(self.subjects) * len(self.instructions) * len(self.items) * len(self.seeds)

    def cells(self) -> Iterator[Cell]:
        """Every cell; all of one subject together, so that a server may keep what it has read."""
        for subject in self.subjects:
            for each in self.instructions:
                for item in self.items:
                    for seed in self.seeds:
                        yield Cell(subject, each, item, seed)

    def keyed(self, model: Model) -> Iterator[tuple[str, Cell]]:
        """Every cell with its key: what tells it from all others, in any design and with any model."""
        plain = {name: getattr(self.settings, name) for name in _DECISIVE}
        common = _canonical([version(), model.name, getattr(model, "fingerprint", None), plain])
        items = {item.id: _digest(_canonical([item.id, item.text])) for item in self.items}
        for subject in self.subjects:
            for each in self.instructions:
                asked = _digest(common + _canonical([subject.phrase, subject.card, each.text]))
                for item in self.items:
                    for seed in self.seeds:
                        yield _digest(f"{asked}{items[item.id]}{seed}"), Cell(subject, each, item, seed)


def _canonical(tree: Any) -> str:
    return json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
