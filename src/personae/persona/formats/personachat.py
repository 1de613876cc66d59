"""PersonaChat profiles: a handful of first-person lines, in every shape they are passed around in.

`your persona: …` lines (numbered as in ConvAI2 or not, dialogue turns after them are skipped), lines joined by `</s>`,
and JSON lists of lines. The statements keep the file's spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from personae.errors import FormatError
from personae.persona.formats.decode import decode_text, digest, parse_json
from personae.persona.formats.pick import pick
from personae.persona.kinds import kind_of
from personae.persona.original import Original
from personae.persona.parts import Span, Statement
from personae.persona.persona import Persona
from personae.persona.statements import person_of, statement_id

_LINE = re.compile(r"^\s*(?:(?P<number>\d+)\s+)?(?P<who>your|partner's) persona:\s*(?P<text>.*?)\s*$", re.IGNORECASE)

Profile = dict[str, list[str]]


def read(data: bytes, name: str) -> Persona:
    """The persona of one profile; its name is "Persona", for the lines give none."""
    text = decode_text(data, name)
    profile, _ = pick(_profiles(text, name), name)
    own, partner = profile.get("your", []), profile.get("partner's", [])
    lines = own or partner
    if not lines:
        raise FormatError(f"{name!r} holds no `your persona:` line")
    statements: list[Statement] = []
    for index, line in enumerate(lines):
        identity = statement_id(line)
        if all(identity != other.id for other in statements):
            statements.append(_statement(identity, line, index))
    persona = Persona(name="Persona", statements=tuple(statements))
    return persona.read_from(Original("personachat", tree={"lines": lines}, text=text, digest=digest(data)))


def write(persona: Persona) -> bytes:
    """`your persona:` lines, one a statement; the file as it was if the statements are still those it held."""
    lines = [" ".join(statement.text.split()) for statement in persona.statements]
    original = persona.original
    if original is not None and original.format == "personachat" and original.text is not None:
        unique = list(dict.fromkeys((original.tree or {}).get("lines", ())))
        if unique == [statement.text for statement in persona.statements]:
            return original.text.encode("utf-8")
    return "".join(f"your persona: {line}\n" for line in lines).encode("utf-8", "replace")


def _statement(identity: str, line: str, index: int) -> Statement:
    return Statement(
        id=identity,
        text=line,
        kind=kind_of(line),
        person=person_of(line),
        source=Span(section=f"lines.{index}", start=0, end=len(line)),
    )


def _profiles(text: str, name: str) -> list[Profile] | dict[str, Profile]:
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        return _from_json(parse_json(text, name))
    if "</s>" in text:
        lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
        return [{"your": [part.strip() for part in line.split("</s>") if part.strip()]} for line in lines]
    return list(_from_lines(text))


def _from_lines(text: str) -> Iterator[Profile]:
    """Profiles of numbered or plain lines; the number 1, or a persona line after a turn, starts the next one."""
    profile: Profile = {}
    talking = False
    for line in text.splitlines():
        found = _LINE.match(line)
        if not found:
            talking = talking or bool(line.strip())
            continue
        if profile and (talking or found["number"] == "1"):
            yield profile
            profile = {}
        talking = False
        if found["text"]:
            profile.setdefault(found["who"].lower(), []).append(found["text"])
    if profile:
        yield profile


def _from_json(tree: Any) -> list[Profile] | dict[str, Profile]:
    if isinstance(tree, dict):
        return {key: profile for key, value in tree.items() for profile in _flat(value)[:1]}
    return _flat(tree)


def _flat(tree: Any) -> list[Profile]:
    if not isinstance(tree, list):
        return []
    lines = [line.strip() for line in tree if isinstance(line, str) and line.strip()]
    if len(lines) > 30 or sum(len(line.split()) for line in lines) > 12 * len(lines):
        return [{"your": [line]} for line in lines]  # a collection of one-line personas
    if lines:
        return [{"your": lines}]
    return [profile for part in tree for profile in _flat(part)]
