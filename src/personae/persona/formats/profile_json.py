"""Profiles as JSON: the 16-field profile, demographic key → value tables, biographies, one-line personas, JSON lines.

Every known key fills its field (`FIELDS`), every text becomes statements whose `source.section` is the key it stood
under, and unknown short values become demographics. The tree is kept; an edit is patched into it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from personae.errors import FormatError
from personae.persona.convert import sentence_for
from personae.persona.formats.decode import decode_text, digest, parse_json, validated
from personae.persona.formats.pick import pick
from personae.persona.formats.profile_text import name_in
from personae.persona.kinds import kind_of, kind_of_label
from personae.persona.original import Original
from personae.persona.parts import Span, Statement
from personae.persona.persona import Persona
from personae.persona.statements import person_of, split, statement_id

#: Key of a profile (lower case, words joined by "_") → the field it fills. First key of a field: the one written.
FIELDS: dict[str, str] = {
    "name": "name", "character_name": "name", "character": "name", "char_name": "name", "full_name": "name",
    "gender": "identity.gender", "sex": "identity.gender", "pronouns": "identity.pronouns",
    "age": "identity.age", "birthday": "identity.birthday",
    "region": "identity.region", "location": "identity.region", "residence": "identity.region",
    "tone": "speech.tone", "language_style": "speech.tone",
    "job": "identity.occupation", "occupation": "identity.occupation", "profession": "identity.occupation",
    "personality": "personality.description",
    "mbti": "personality.type",
    "education": "identity.education",
    "ancestry": "identity.origin", "nationality": "identity.origin", "place_of_birth": "identity.origin",
    "family_relationship": "identity.family", "family": "identity.family",
    "social_relationship": "life.social_life",
    "emotional_state": "personality.emotions", "emotions": "personality.emotions",
    "living_conditions": "life.living_conditions",
    "recent_worry_or_anxiety": "life.worry", "recent_worry": "life.worry",
    "weekday": "life.weekday", "weekend": "life.weekend",
    "description": "description", "biography": "description", "persona": "description", "input_persona": "description",
    "summary": "summary", "scenario": "scenario",
}  # fmt: skip
#: Values longer than this many words are prose, not the value of a demographic key.
_SHORT = 8
#: Field → the label its sentence is made with.
_LABELS = {"name": "name", "identity.occupation": "job", "identity.region": "region", "personality.type": "MBTI type"}
_SKIPPED = frozenset(("index", "id", "movie_id", "profile_trans", "synthesized_text", "paraphrasis_1", "paraphrasis_2"))


def read(data: bytes, name: str) -> Persona:
    """The persona of one profile; a file with several is picked from by `name#3`."""
    profile, key = pick(_profiles(data, name), name)
    fields, statements = _typed(_inner(profile), key)
    persona = validated(Persona, fields | {"statements": statements}, name)
    return persona.read_from(Original("profile_json", tree=profile, text=key, digest=digest(data)))


def write(persona: Persona) -> bytes:
    """The profile it came from with the changes put in, or a fresh one with the keys of the 16-field profile."""
    original = persona.original
    if original is not None and original.format == "profile_json" and original.tree is not None:
        tree = copy.deepcopy(dict(original.tree))
        fields, statements = _typed(_inner(tree), original.text)
        before = validated(Persona, fields | {"statements": statements}, "the original")
    else:
        tree, before = {}, Persona(name="?")
    inner = _inner(tree)
    _patch_fields(inner, before, persona)
    _patch_statements(inner, before, persona)
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _profiles(data: bytes, name: str) -> list[dict[str, Any]] | dict[str, dict[str, Any]]:
    lines = [line for line in decode_text(data, name).split("\n") if line.strip()]
    if len(lines) > 1 and lines[0].rstrip().endswith("}"):
        return [_profile(parse_json(line, f"{name}, profile {n}"), name) for n, line in enumerate(lines, 1)]
    tree = parse_json(data, name)
    if isinstance(tree, list):
        return [_profile(item, name) for item in tree]
    if isinstance(tree, dict) and len(tree) > 1:
        if all(isinstance(value, dict) for value in tree.values()):
            return tree
        if all(isinstance(value, str) and len(value.split()) > 40 for value in tree.values()):
            return {key: {"name": key, "description": value} for key, value in tree.items()}
    return [_profile(tree, name)]


def _profile(tree: Any, name: str) -> dict[str, Any]:
    if isinstance(tree, str) and tree.strip():
        return {"persona": tree}
    if not isinstance(tree, dict) or not tree:
        raise FormatError(f"{name!r}: a profile is an object of keys and values, not {type(tree).__name__}")
    return tree


def _inner(tree: Any) -> dict[str, Any]:
    """The object that holds the profile's keys: `profile` or `persona` where the file wraps it."""
    for wrapper in ("profile", "persona"):
        if isinstance(tree.get(wrapper), dict):
            return tree[wrapper]  # type: ignore[no-any-return]
    return tree  # type: ignore[no-any-return]


def _typed(tree: Mapping[str, Any], key: str | None) -> tuple[dict[str, Any], list[Statement]]:
    fields: dict[str, Any] = {}
    statements: list[Statement] = []
    for path, text in _texts(tree):
        label = path.rpartition(".")[2] if not path.rpartition(".")[2].isdigit() else path.split(".")[0]
        target = FIELDS.get(_normal(label))
        short = len(text.split()) <= _SHORT and "\n" not in text
        if target and not _get(fields, target):
            _set(fields, target, text)
        elif short and not path.startswith("statements") and "." not in path:
            fields.setdefault("identity", {}).setdefault("demographics", {})[label] = text
        taken = frozenset(statement.id for statement in statements)
        labelled = short and text[-1] not in ".!?…" and not path.startswith("statements")
        one = [_labelled(path, label, text)] if labelled else split(text, path, taken=taken)
        statements += [statement for statement in one if statement.id not in taken]
    if not fields.get("name"):
        fields["name"] = key or name_in(" ".join(statement.text for statement in statements[:5])) or "Persona"
    return fields, statements


def _texts(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every leaf that says something."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if _normal(key) not in _SKIPPED:
                yield from _texts(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _texts(value, f"{path}.{index}")
    elif isinstance(tree, str | int | float) and not isinstance(tree, bool) and str(tree).strip():
        yield path, str(tree)


def _labelled(path: str, label: str, text: str) -> Statement:
    sentence = sentence_for(_LABELS.get(FIELDS.get(_normal(label), ""), label), text)
    return Statement(
        id=statement_id(sentence),
        text=sentence,
        kind=kind_of_label(label) or kind_of(sentence),
        person=person_of(sentence),
        source=Span(section=path, start=0, end=len(text)),
    )


def _patch_fields(tree: dict[str, Any], before: Persona, after: Persona) -> None:
    present = {FIELDS[_normal(key)]: key for key in reversed(tree) if _normal(key) in FIELDS}
    keys = {target: key for key, target in reversed(FIELDS.items())}
    for target, key in keys.items():
        old, new = _field(before, target), _field(after, target)
        if old == new:
            continue
        if new:
            tree[present.get(target, key)] = new
        elif target in present:
            del tree[present[target]]
    for key, value in after.identity.demographics.items():
        if before.identity.demographics.get(key) != value:
            tree[key] = value


def _patch_statements(tree: dict[str, Any], before: Persona, after: Persona) -> None:
    """Reworded and removed statements change the text they stood in, from its end; new ones go to `statements`."""
    kept = {statement.id: statement for statement in after.statements}
    known = {statement.id for statement in before.statements}
    for statement in sorted(before.statements, key=lambda each: -(each.source.start if each.source else 0)):
        new = kept.get(statement.id)
        if statement.source and (new is None or new.text != statement.text):
            _replace(tree, statement.source, new.text if new else "")
    added = [statement.text for statement in after.statements if statement.id not in known]
    if added:
        tree["statements"] = [*tree.get("statements", []), *added]


def _replace(tree: Any, span: Span, text: str) -> None:
    if span.section not in dict(_texts(tree)):
        return
    *steps, last = span.section.split(".")
    for step in steps:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    key: Any = int(last) if isinstance(tree, list) else last
    old = str(tree[key])
    tree[key] = (old[: span.start] + text + old[span.end :]).strip()


def _normal(key: str) -> str:
    return "_".join(key.casefold().replace("-", " ").replace("_", " ").split())


def _field(persona: Persona, target: str) -> str:
    value: Any = persona
    for step in target.split("."):
        value = getattr(value, step)
    return value or ""


def _get(fields: dict[str, Any], target: str) -> Any:
    part, _, key = target.partition(".")
    return fields.get(part, {}).get(key) if key else fields.get(part)


def _set(fields: dict[str, Any], target: str, value: str) -> None:
    part, _, key = target.partition(".")
    if key:
        fields.setdefault(part, {})[key] = value
    else:
        fields[part] = value.strip()
