"""What a scan decided: the texts to insert, and for every entry why it fired or why it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from personae.types import Role

Where = Literal["before_char", "after_char", "depth"]


@dataclass(frozen=True, slots=True)
class Insertion:
    """A text that goes into the prompt: before or after the character's text, or `depth` messages before the end."""

    content: str
    where: Where
    entry: int
    depth: int = 0
    role: Role = "system"
    tokens: int = 0
    optional: bool = False  # `@@ignore_on_max_context`: leaves first when the context is full


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one entry.

    `entry` is its place in the book (from 0), `reason` a short phrase: "key found", "constant", "sticky" … when it
    fired, "disabled", "no key found", "over budget" … when it did not. `message` is the index of the message that
    held the key, `woken_by` the entry whose text held it, `recursion` the round (0 reads messages, later rounds
    the texts of entries). `notes` names what was odd: ignored decorators, patterns that were not tried.
    """

    entry: int
    label: str
    fired: bool
    reason: str
    key: str | None = None
    message: int | None = None
    woken_by: int | None = None
    recursion: int = 0
    tokens: int = 0
    where: Where | None = None
    depth: int | None = None
    role: Role | None = None
    notes: tuple[str, ...] = ()

    def line(self) -> str:
        """One line for people.

        >>> Decision(0, "harbour", True, "key found", key="ship", message=2, tokens=9, where="after_char").line()
        "+ harbour: key found ('ship', message 2), 9 tokens, after_char"
        """
        found = [] if self.key is None else [repr(self.key)]
        if self.message is not None:
            found.append(f"message {self.message}")
        if self.woken_by is not None:
            found.append(f"in entry {self.woken_by}, round {self.recursion}")
        text = f"{'+' if self.fired else '-'} {self.label}: {self.reason}"
        text += f" ({', '.join(found)})" if found else ""
        if self.fired:
            place = f"depth {self.depth} as {self.role}" if self.where == "depth" else f"{self.where}"
            text += f", {self.tokens} tokens, {place}"
        return text + "".join(f" [{note}]" for note in self.notes)


@dataclass(frozen=True, slots=True)
class Timing:
    """How often an entry fired, and until which message count it stays or rests."""

    fired: int = 0
    sticky_until: int = 0
    cooldown_until: int = 0


@dataclass(frozen=True, slots=True)
class LoreState:
    """What earlier scans of the same talk leave behind: one `Timing` per entry that ever fired."""

    timings: Mapping[int, Timing] = field(default_factory=dict)

    def of(self, entry: int) -> Timing:
        """The timing of an entry; all zeros if it never fired."""
        return self.timings.get(entry, Timing())


@dataclass(frozen=True, slots=True)
class Activation:
    """The outcome of a scan: insertions in prompt order, one decision per entry in book order, the state after.

    `disabled_prompts` names prompts of the host that an entry switches off (`@@disable_ui_prompt`).
    """

    insertions: tuple[Insertion, ...] = ()
    trace: tuple[Decision, ...] = ()
    state: LoreState = LoreState()
    disabled_prompts: frozenset[str] = frozenset()

    @property
    def tokens(self) -> int:
        """What the insertions cost."""
        return sum(insertion.tokens for insertion in self.insertions)
