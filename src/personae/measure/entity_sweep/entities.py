"""Whom or what a persona is asked about: groups of the user's, or a few harmless ones of ours; never real people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import bundled, read_yaml
from personae.judges.asking import filled
from personae.measure.sweep import Item, Subject

#: What stands for an entity where it is not to be known.
NEUTRAL = "people"


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity as it stands in a sentence ("bus drivers"), and the group it is compared in."""

    name: str
    group: str


def own_entities() -> tuple[Entity, ...]:
    """Trades, pastimes, ages and places.

    >>> own_entities()[1]
    Entity(name='bus drivers', group='trades')
    """
    return _entities(bundled(__package__, "texts/entities.en.yaml"), "our list")


def read_entities(path: Path | str) -> tuple[Entity, ...]:
    """The entities of a YAML or JSON file, {group: [names]}. Raises `FormatError` for anything else."""
    return _entities(read_yaml(path), repr(str(path)))


def tempers() -> tuple[Subject, ...]:
    """A good, a normal, a bad and a nasty person, who stand beside any persona."""
    return tuple(
        Subject(each["id"], each["phrase"], "temper") for each in bundled(__package__, "texts/tempers.en.yaml")
    )


def probes(entities: Sequence[Entity]) -> tuple[Item, ...]:
    """Every template for every entity: say something of four kinds, and go on with a sentence."""
    held = bundled(__package__, "texts/probes.en.yaml")
    templates = {f"say-{kind}": text for kind, text in held["say"].items()} | {"complete": held["complete"]}
    return tuple(
        Item(
            f"{entity.group}/{entity.name}/{template}",
            filled(text, {"entity": entity.name}),
            {"entity": entity.name, "group": entity.group, "template": template},
        )
        for entity in entities
        for template, text in templates.items()
    )


def without(text: str, entity: str) -> str:
    """The text with the entity called people, so that a scorer cannot see who is meant.

    >>> without("Bus drivers? I know bus drivers.", "bus drivers")
    'people? I know people.'
    """
    return re.sub(rf"\b{re.escape(entity)}\b", NEUTRAL, text, flags=re.IGNORECASE)


def _entities(tree: Any, where: str) -> tuple[Entity, ...]:
    if not isinstance(tree, dict) or not all(isinstance(names, list) and names for names in tree.values()) or not tree:
        raise FormatError(f"{where} holds no entities; give {{group: [names]}}")
    found = tuple(Entity(str(name).strip(), str(group)) for group, names in tree.items() for name in names)
    names = [entity.name.casefold() for entity in found]
    if not all(names) or len(set(names)) < len(names):
        raise FormatError(f"{where} names an entity twice, or one without a name; give each once")
    return found
