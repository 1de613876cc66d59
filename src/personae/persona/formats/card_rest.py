"""What a persona holds and a card has no field for: kept under `extensions.personae.rest`, laid over on reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from personae.persona.formats.card_statements import same_statements
from personae.persona.formats.card_tree import OURS, V1_FIELDS
from personae.persona.formats.lenient import cleaned
from personae.persona.persona import Persona

#: Parts of which only the differing keys are kept.
PARTS = ("identity", "personality", "prompting", "provenance")
#: Fields that follow the card's texts: not laid over when those were changed by another program since.
FROM_TEXTS = ("name", "description", "scenario", "statements", "greetings", "examples", "personality")


def with_rest(data: dict[str, Any], persona: Persona, again: Persona, view: Persona | None) -> dict[str, Any]:
    """The data with what `persona` has beyond `again` (what the data read as) kept in its extensions."""
    rest = rest_of(persona, again, view)
    held = data.get("extensions")
    if not rest and not isinstance(held, dict):
        return data
    extensions = dict(held) if isinstance(held, dict) else {}
    ours = dict(extensions[OURS]) if isinstance(extensions.get(OURS), dict) else {}
    ours.pop("rest", None)
    ours.pop("texts", None)
    if rest:
        ours |= {"texts": texts_hash(data), "rest": rest}
    if ours:
        extensions[OURS] = ours
    elif isinstance(extensions.get(OURS), dict):
        del extensions[OURS]
    return data if extensions == (held or {}) else data | {"extensions": extensions}


def rest_of(persona: Persona, again: Persona, view: Persona | None) -> dict[str, Any]:
    """The fields in which `persona` differs from `again`, as JSON."""
    mine = persona.model_dump(mode="json", by_alias=True)
    theirs = again.model_dump(mode="json", by_alias=True)
    rest: dict[str, Any] = {}
    for field, value in mine.items():
        if value == theirs[field] or (field == "statements" and same_statements(persona, again, view)):
            continue
        if field in PARTS:
            rest[field] = {key: item for key, item in value.items() if item != theirs[field][key]}
        elif field == "statements":
            known = {item["id"]: item for item in theirs[field]}
            rest[field] = [item["id"] if item == known.get(item["id"]) else _short(item) for item in value]
        else:
            rest[field] = value
    return rest


def lay_over(persona: Persona, data: Mapping[str, Any], notes: list[str]) -> Persona:
    """The persona with the kept fields laid over it; unusable ones are left out with a note."""
    extensions = data.get("extensions")
    ours = extensions.get(OURS) if isinstance(extensions, dict) else None
    rest = ours.get("rest") if isinstance(ours, dict) else None
    if not isinstance(ours, dict) or not isinstance(rest, dict):
        return persona
    rest = cleaned(rest)
    if ours.get("texts") != texts_hash(data):
        notes.append("the card's texts were changed by another program; statements were read from them anew")
        rest = {key: value for key, value in rest.items() if key not in FROM_TEXTS}
    tree = persona.model_dump(mode="json", by_alias=True)
    for field, value in rest.items():
        if field in PARTS and isinstance(value, dict):
            tree[field] |= value
        elif field == "statements" and isinstance(value, list):
            known = {item["id"]: item for item in tree[field]}
            tree[field] = [known.get(item) if isinstance(item, str) else item for item in value]
            tree[field] = [item for item in tree[field] if item is not None]
        else:
            tree[field] = value
    try:
        return Persona.model_validate(tree)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        notes.append(f"extensions.{OURS}.rest.{where}: not understood; what was kept there is not used")
        return persona


def texts_hash(data: Mapping[str, Any]) -> str:
    """Twelve hex digits over the texts of a card."""
    texts = json.dumps([data.get(key) or "" for key in V1_FIELDS], sort_keys=True)
    return hashlib.sha256(texts.encode()).hexdigest()[:12]


def _short(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if value is not None}
