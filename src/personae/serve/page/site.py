"""What all panels share: what is served, who may come in, and where files may lie."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nicegui import app

from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.serve.api import Door
from personae.serve.hosting import model_name
from personae.serve.keys import Keys
from personae.serve.page.talks import Talk
from personae.serve.page.visitors import Visitor, Visitors
from personae.types import Model, PairScorer

#: Where the page lies on its server.
PATH = "/page"
#: Personas that are served at once.
MOST_PERSONAS = 200


@dataclass(frozen=True)
class Site:
    """folder: where new personas and votes are written, None for nowhere.
    runs:   a folder of runs to be read, None for none.
    models: models by name that a persona may be compared on, besides its own.
    scorer: what puts replies beside the persona's statements; None is the one that comes with the toolkit.
    """

    door: Door
    keys: Keys
    folder: Path | None = None
    runs: Path | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    scorer: PairScorer | None = None
    visitors: Visitors = field(default_factory=Visitors)

    def visitor(self) -> Visitor:
        """Who is looking at the page that is drawn now."""
        visitor = self.visitors.of(app.storage.browser["id"])
        if visitor.model not in self.door.host.agents:
            visitor.model = next(iter(self.door.host.agents))
        return visitor

    def talk(self, visitor: Visitor, model: str, name: str | None = None) -> Talk:
        """The talk of this name, the one that goes on with the persona, or a new one."""
        name = name or visitor.talking.get(model)
        known = visitor.talks.get((model, name or ""))
        return visitor.keep(known or Talk(self.door, model, visitor.owner, visitor.name, name).read())

    def new_talk(self, visitor: Visitor, model: str) -> Talk:
        """Another one."""
        return visitor.keep(Talk(self.door, model, visitor.owner, visitor.name))

    def can_serve(self, persona: Persona) -> str:
        """The model name it would have. Raises UsageError where that is taken, or too many are served."""
        name, agents = model_name(persona), self.door.host.agents
        if name in agents:
            raise UsageError(f"somebody is served as {name!r} already; give the persona another name")
        if len(agents) >= MOST_PERSONAS:
            raise UsageError(f"{len(agents)} personas are served, which is the most there can be")
        return name

    def serve(self, persona: Persona) -> str:
        """Serve one more persona, as the first one is served; its model name. Raises UsageError as `can_serve`."""
        name, agents = self.can_serve(persona), self.door.host.agents
        agents[name] = dataclasses.replace(next(iter(agents.values())), persona=persona)
        return name
