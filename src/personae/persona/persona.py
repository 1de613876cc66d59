"""The persona: one frozen record of who somebody is, versioned by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import Field, PrivateAttr, field_validator

from personae.persona.lorebook.book import Lorebook
from personae.persona.original import Original
from personae.persona.parts import (
    Asset,
    Event,
    Example,
    Identity,
    Knowledge,
    LifeContext,
    Part,
    Personality,
    Prompting,
    Provenance,
    Relation,
    Speech,
    State,
    Statement,
)


class Persona(Part):
    """Who somebody is: facts, character, voice, world. The one file everything else starts from.

    Get one from `load(path)`, from a starter, or by naming the parts; change one with `edited`.
    `statements` are the atomic facts all faithfulness measures count on; the longer texts (`description`,
    `scenario`) stay as their author wrote them, and a statement's `source` points into them.

    >>> ana = Persona(name="Ana", statements=[{"id": "s1", "text": "I am an archivist.", "kind": "work"}])
    >>> ana.statement("s1").text
    'I am an archivist.'
    >>> ana.edited(name="Rui").content_hash == ana.content_hash
    False
    """

    name: str = Field(min_length=1)
    language: str = Field(default="en", description="ISO 639-1 code of the language the persona speaks")
    summary: str = Field(default="", description="one line that says who this is")
    description: str = ""
    scenario: str = ""
    tags: tuple[str, ...] = ()

    identity: Identity = Identity()
    personality: Personality = Personality()
    values: tuple[str, ...] = ()
    life: LifeContext = LifeContext()
    statements: tuple[Statement, ...] = ()
    events: tuple[Event, ...] = ()
    relations: tuple[Relation, ...] = ()
    goals: tuple[str, ...] = ()
    knowledge: Knowledge = Knowledge()
    speech: Speech = Speech()
    state: State = State()

    greetings: tuple[str, ...] = Field(default=(), description="opening lines; the first is the default")
    group_greetings: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    prompting: Prompting = Prompting()
    lorebook: Lorebook | None = None

    portrait: str | None = Field(default=None, description="path or uri of a picture")
    voice: str | None = Field(default=None, description="path or uri of a voice sample")
    assets: tuple[Asset, ...] = ()

    licence: str | None = Field(default=None, description="SPDX identifier where there is one")
    provenance: Provenance = Provenance()
    extensions: dict[str, Any] = Field(default_factory=dict)

    _original: Original | None = PrivateAttr(default=None)

    @field_validator("statements")
    @classmethod
    def _ids_are_unique(cls, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        seen: set[str] = set()
        for statement in statements:
            if statement.id in seen:
                raise ValueError(f"statement id {statement.id!r} is used twice; give each statement its own id")
            seen.add(statement.id)
        return statements

    def __eq__(self, other: object) -> bool:
        """Equal content; where it was read from does not matter."""
        return isinstance(other, Persona) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @property
    def original(self) -> Original | None:
        """The file this persona was read from, kept beside the typed view so that nothing is lost on export."""
        return self._original

    @property
    def content_hash(self) -> str:
        """64 hex digits of SHA-256 over the content: equal content, equal hash, whatever the file format."""
        content = self.model_dump(mode="json", by_alias=True)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    def statement(self, id: str) -> Statement:
        """The statement with this id. Raises KeyError if there is none."""
        for statement in self.statements:
            if statement.id == id:
                return statement
        raise KeyError(id)

    def edited(self, **changes: Any) -> Persona:
        """A validated copy with some fields changed; it still knows the file it came from."""
        data = {name: getattr(self, name) for name in type(self).model_fields} | changes
        return type(self).model_validate(data).read_from(self._original)

    def read_from(self, original: Original | None) -> Persona:
        """The same persona, remembering the file it was read from. For the readers in `formats/`."""
        self._original = original
        return self
