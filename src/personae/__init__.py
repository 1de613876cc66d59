"""Personae: define a persona, talk to it, measure whether it stays itself, and make it better.

Names are loaded on first use, so that importing costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

#: Public name → where it lives.
_PUBLIC = {
    "Agent": "personae.agent",
    "Completion": "personae.types",
    "Conversation": "personae.types",
    "Measurement": "personae.types",
    "Message": "personae.types",
    "Persona": "personae.persona.persona",
    "PersonaeError": "personae.errors",
    "Settings": "personae.types",
    "Statement": "personae.persona.parts",
    "dump": "personae.persona.formats",
    "find": "personae.persona.find",
    "load": "personae.persona.formats",
    "measure_persona": "personae.tasks.run",
    "open_model": "personae.models.registry",
    "render": "personae.persona.render",
    "run": "personae._run",
}

__all__ = [*sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'personae' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
