"""Preference pairs as TRL reads them: a prompt, the reply to learn, and the one to unlearn, as messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.errors import UsageError
from personae.files import write_atomic
from personae.types import Message


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """One row of direct preference optimisation. `about` says where the preference comes from; TRL does not read it."""

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.prompt or not self.chosen.strip() or not self.rejected.strip():
            raise UsageError("a preference pair needs a prompt and two replies that are not empty")
        if self.chosen == self.rejected:
            raise UsageError(f"both replies are {self.chosen[:60]!r}; there is nothing to prefer")

    def to_trl(self) -> dict[str, Any]:
        """The row in TRL's conversational form.

        >>> PreferencePair((Message("user", "Hi"),), "Hello.", "What?").to_trl()["chosen"]
        [{'role': 'assistant', 'content': 'Hello.'}]
        """
        return {
            "prompt": [{"role": message.role, "content": message.content} for message in self.prompt],
            "chosen": [{"role": "assistant", "content": self.chosen}],
            "rejected": [{"role": "assistant", "content": self.rejected}],
        }


def write_pairs(pairs: Sequence[PreferencePair], path: Path | str, *, about: bool = False) -> None:
    """Write the rows as JSON Lines, whole or not at all; with `about` what is known of each goes into a column more."""
    rows = [pair.to_trl() | ({"about": dict(pair.about)} if about else {}) for pair in pairs]
    write_atomic(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
