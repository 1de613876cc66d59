"""How a persona and an item become the messages of a call. Nothing in a persona or an item is ever read as a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.judges.asking import filled
from personae.measure.sweep.subjects import Subject
from personae.types import Message

#: The three of reasoning audits.
THREE = ("mirror", "adopt", "role")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One way to tell a model who it is. `system` and `user` hold {p}, `user` also {item}; `bare` is `user` for nobody.

    `suffix` ends the system prompt, "" where there is none: what is tried against the harm of a persona.

    >>> instruction("mirror").messages(Subject("b", "a {p} baker"), "What is 2 + 2?")[0].content[:22]
    'You are a {p} baker. Y'
    """

    id: str
    system: str = ""
    user: str = "{item}"
    bare: str = "{item}"
    suffix: str = ""

    def messages(self, subject: Subject, item: str) -> tuple[Message, ...]:
        """What is sent. Without a persona the system prompt is empty, and then left out."""
        fields = {"p": subject.phrase, "item": item}
        system = filled(self.system, fields) if subject.phrase else ""
        if subject.card:
            system = filled(str(_wording()["carded"]), {"card": subject.card, "system": system}).strip()
        if subject.phrase and self.suffix:
            system = f"{system} {self.suffix}".strip()
        told = Message("user", filled(self.user if subject.phrase else self.bare, fields))
        return (Message("system", system), told) if system else (told,)

    @property
    def text(self) -> str:
        """All of its wording, as a part of what tells one cell from another."""
        return "\n".join((self.system, self.user, self.bare, self.suffix))


def instruction(name: str, *, suffix: str = "", id: str | None = None) -> Instruction:
    """One of ours: "mirror", "adopt", "role" (reasoning), "speak" (harm), "base" (harm, of models that
    only continue a text), "frame" (entities)."""
    known: Mapping[str, Any] = {key: value for key, value in _wording().items() if isinstance(value, dict)}
    if name not in known:
        raise UsageError(f"no instruction is called {name!r}; there are {', '.join(known)}")
    return Instruction(id or name, **known[name], suffix=suffix)


def version() -> int:
    """The version of the wording."""
    return int(_wording()["version"])


@cache
def _wording() -> Mapping[str, Any]:
    found: Mapping[str, Any] = bundled(__package__, "texts/wording.en.yaml")
    return found
