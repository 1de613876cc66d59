"""A scene before it is played: where it is set, who is in it and what they want, and the script if there is one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any

#: The voice that is nobody's: surroundings, crowds, consequences.
ENVIRONMENT = "Environment"
#: What ends a scene.
END = "<END CHAT>"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody in a scene. `profile` is what all may know of them, `motivation` what only they know of themselves."""

    name: str
    profile: str = ""
    motivation: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of the script, in the grammar of `grammar`."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember from another time: a plot's summary (`who` is None) or what one character lived in it."""

    text: str
    plot: int | str
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene. `script` is how it went in the book, if known; `major` the names chance may call upon.

    `plot` names the part of the story the scene belongs to, so that nobody remembers it (`notes` of it are left out),
    `plot_text` what happens in it, for whoever judges.

    >>> Scene("storm", "A hut in the storm.", parts=(Part("Lear"), Part("Fool"))).cast
    ('Lear', 'Fool')
    """

    id: str
    scenario: str
    topic: str = ""
    parts: tuple[Part, ...] = ()
    script: tuple[Line, ...] = ()
    major: tuple[str, ...] = ()
    first: str | None = None
    book: str = ""
    plot: int | str | None = None
    plot_text: str = ""
    language: str = "en"
    notes: tuple[Note, ...] = ()

    @property
    def cast(self) -> tuple[str, ...]:
        """Everybody who has a part, in order; the environment is not one of them."""
        return tuple(part.name for part in self.parts)

    def part(self, name: str) -> Part:
        """The part of this name, or an empty one."""
        return next((part for part in self.parts if part.name == name), Part(name))

    def with_parts(self, *more: Part) -> Scene:
        """The same scene with further parts."""
        return dataclasses.replace(self, parts=self.parts + more)

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything in it: equal scenes, equal hash."""
        canonical = json.dumps(self.to_dict(notes=True), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_dict(self, *, notes: bool = False) -> dict[str, Any]:
        """Plain JSON data without empty fields; the notes, which may be a whole book, only when asked for."""
        fields = dataclasses.asdict(self)
        if not notes:
            del fields["notes"]
        plain: dict[str, Any] = json.loads(json.dumps(fields))
        return {key: value for key, value in plain.items() if value not in ("", None, [])}
