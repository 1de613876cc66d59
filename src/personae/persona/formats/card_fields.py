"""The fields of a card as the fields of a `Persona`, and back: one reading and one patch of the data object."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from personae.persona.formats.book_tree import patch_book, read_book
from personae.persona.formats.card_talk import read_examples, write_examples
from personae.persona.formats.card_tree import OURS
from personae.persona.formats.lenient import Lenient, cleaned, without
from personae.persona.parts import Asset, Identity, Personality, Prompting, Provenance
from personae.persona.persona import Persona
from personae.persona.statements import split

#: Data key → the persona's value for it. Used when the value changed; "" and None mean the key is emptied.
PLAIN: dict[str, Any] = {
    "name": lambda p: p.name,
    "description": lambda p: p.description,
    "personality": lambda p: p.personality.description,
    "scenario": lambda p: p.scenario,
    "first_mes": lambda p: p.greetings[0] if p.greetings else "",
    "creator_notes": lambda p: p.provenance.notes,
    "system_prompt": lambda p: p.prompting.system,
    "post_history_instructions": lambda p: p.prompting.post_history,
    "alternate_greetings": lambda p: list(p.greetings[1:]),
    "tags": lambda p: list(p.tags),
    "creator": lambda p: p.provenance.creator,
    "character_version": lambda p: p.provenance.version,
    "nickname": lambda p: p.identity.nickname,
    "creator_notes_multilingual": lambda p: dict(p.provenance.notes_by_language),
    "source": lambda p: list(p.provenance.sources),
    "group_only_greetings": lambda p: list(p.group_greetings),
    "creation_date": lambda p: p.provenance.created,
    "modification_date": lambda p: p.provenance.modified,
}
_STRINGS = (
    "personality",
    "creator_notes",
    "system_prompt",
    "post_history_instructions",
    "creator",
    "character_version",
)


def read_fields(data: Mapping[str, Any], name: str, notes: list[str]) -> Persona:
    """The persona some card data describe, before anything kept for us in its extensions is laid over it."""
    card = Lenient(data, notes)
    called = card.text("name").strip() or _stem(name)
    if not card.text("name").strip():
        notes.append(f"the card has no name; called {called!r} after the file")
    description, personality = card.text("description"), card.text("personality")
    statements = split(description, section="description")
    taken = frozenset(statement.id for statement in statements)
    nickname = card.text("nickname") or None
    book = data.get("character_book")
    return Persona(
        name=card.text("name") if card.text("name").strip() else called,
        description=description,
        scenario=card.text("scenario"),
        tags=card.texts("tags", split=True),
        identity=Identity(nickname=nickname),
        personality=Personality(description=personality or None),
        statements=(*statements, *split(personality, section="personality", taken=taken)),
        greetings=tuple(text for text in (card.text("first_mes"), *card.texts("alternate_greetings")) if text.strip()),
        group_greetings=card.texts("group_only_greetings"),
        examples=read_examples(card.text("mes_example"), [called, nickname or ""]),
        prompting=_prompting(card, notes),
        lorebook=read_book(book, notes, "character_book.") if isinstance(book, dict) else None,
        assets=_assets(card),
        provenance=Provenance(
            creator=card.text("creator") or None,
            version=card.text("character_version") or None,
            notes=card.text("creator_notes") or None,
            notes_by_language={
                k: v for k, v in cleaned(card.object("creator_notes_multilingual")).items() if isinstance(v, str)
            },
            sources=card.texts("source"),
            created=card.whole("creation_date"),
            modified=card.whole("modification_date"),
        ),
        extensions=without(
            cleaned(card.object("extensions")),
            lambda key: key == OURS or (key == "depth_prompt" and _depth(data) is not None),
        ),
    )


def patch_fields(data: Mapping[str, Any], old: Persona, new: Persona) -> dict[str, Any]:
    """Card data with those fields rewritten in which `new` differs from `old`, which the data read as."""
    patched: dict[str, Any] = dict(data)
    for key, value_of in PLAIN.items():
        if value_of(old) != value_of(new):
            _put(patched, key, value_of(new))
    if old.examples != new.examples:
        patched["mes_example"] = write_examples(new.examples)
    if old.assets != new.assets:
        patched["assets"] = [asset.model_dump() for asset in new.assets]
    if old.lorebook != new.lorebook:
        book = patched.get("character_book")
        if new.lorebook is None:
            patched.pop("character_book", None)
        else:
            patched["character_book"] = patch_book(book if isinstance(book, dict) else None, new.lorebook)
    _patch_extensions(patched, old, new)
    return patched


def _patch_extensions(patched: dict[str, Any], old: Persona, new: Persona) -> None:
    before, after = old.extensions, new.model_dump(mode="json", include={"extensions"})["extensions"]
    depth = [(p.prompting.depth, p.prompting.depth_at, p.prompting.depth_role) for p in (old, new)]
    if before == after and depth[0] == depth[1]:
        return
    held = patched.get("extensions")
    extensions = dict(held) if isinstance(held, dict) else {}
    for key in [*before, *after]:
        if key not in after:
            extensions.pop(key, None)
        elif before.get(key) != after[key] or key not in before:
            extensions[key] = copy.deepcopy(after[key])
    if depth[0] != depth[1]:
        prompt, at, role = depth[1]
        known = extensions.get("depth_prompt")
        if prompt is None:
            extensions.pop("depth_prompt", None)
        else:
            known = dict(known) if isinstance(known, dict) else {}
            extensions["depth_prompt"] = known | {"prompt": prompt, "depth": at, "role": role}
    patched["extensions"] = extensions


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    if value is None and key not in _STRINGS:
        data.pop(key, None)
    else:
        data[key] = "" if value is None else value


def _prompting(card: Lenient, notes: list[str]) -> Prompting:
    own: dict[str, Any] = {
        "system": card.text("system_prompt") or None,
        "post_history": card.text("post_history_instructions") or None,
    }
    tree = _depth(card.tree)
    if tree is None:
        return Prompting(**own)
    depth = Lenient(tree, notes, "extensions.depth_prompt.")
    at, role = depth.whole("depth"), depth.text("role").lower()
    own |= {"depth": depth.text("prompt"), "depth_at": 4 if at is None else at}
    return Prompting(**own | {"depth_role": role if role in ("user", "assistant") else "system"})


def _depth(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The depth prompt of a card, if it has one with a text."""
    extensions = data.get("extensions")
    tree = extensions.get("depth_prompt") if isinstance(extensions, dict) else None
    return tree if isinstance(tree, dict) and isinstance(tree.get("prompt"), str) and tree["prompt"] else None


def _assets(card: Lenient) -> tuple[Asset, ...]:
    found = []
    for tree in card.objects("assets"):
        asset = Lenient(tree, card.notes, "assets.")
        try:
            found.append(
                Asset(type=asset.text("type"), uri=asset.text("uri"), name=asset.text("name"), ext=asset.text("ext"))
            )
        except ValidationError as error:
            card.notes.append(f"assets: left out, {error.error_count()} faults")
    return tuple(found)


def _stem(name: str) -> str:
    file = name.replace("\\", "/").rsplit("/", 1)[-1]
    return file.rsplit(".", 1)[0].strip("<> ") or "unnamed"
