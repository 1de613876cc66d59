"""Free text about somebody: read into statements that point back into it, written as readable prose."""

from __future__ import annotations

import re
from pathlib import PurePath

from personae.errors import FormatError
from personae.persona.formats.decode import decode_text, digest
from personae.persona.original import Original
from personae.persona.persona import Persona
from personae.persona.statements import split

_NAMED = re.compile(
    r"(?i:\b(?:my name is|i am called|named|call me)\s+|^\W*name\s*[:：]\s*|^you are\s+)"
    r"(?P<name>[^\W\d_a-z][\w'’.-]*(?:\s+[^\W\d_a-z][\w'’-]*){0,3})",
    re.MULTILINE,
)
_TITLE = re.compile(r"\s*(?:#+\s+)?(?P<name>[^\W\d_a-z][\w'’.-]*(?:\s+[^\W\d_a-z][\w'’-]*){0,3})\.?[ \t]*(?:\r?\n|$)")
_SUBJECT = re.compile(
    r"^\W*(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){0,2})\s+(?:is|was|has|lives|works|loves|grew)\b"
)
_NO_NAMES = frozenset(
    (
        "She",
        "He",
        "They",
        "It",
        "I",
        "We",
        "The",
        "A",
        "An",
        "This",
        "That",
        "There",
        "My",
        "Her",
        "His",
        "Their",
        "You",
    )
)
_CAPITAL = re.compile(r"[^\W\d_a-z]")


def read(data: bytes, name: str) -> Persona:
    """The persona a text tells of. The name is the one the text gives, else the file's."""
    text = decode_text(data, name)
    if not text.strip():
        raise FormatError(f"{name!r} is empty")
    title = name_in(text) or PurePath(name.rpartition("#")[0] or name).stem.replace("_", " ").strip("<>. ") or "Unnamed"
    heading = _TITLE.match(text)
    told = " " * heading.end() + text[heading.end() :] if heading else text
    persona = Persona(name=title, description=text, statements=split(told))
    return persona.read_from(Original("profile_text", text=data.decode("utf-8"), digest=digest(data)))


def write(persona: Persona) -> bytes:
    """The text it was read from where nothing else changed, else the persona as prose."""
    original = persona.original
    if original is not None and original.format == "profile_text" and original.text is not None:
        before = read(original.text.encode("utf-8"), persona.name)
        if before.edited(name=persona.name).content_hash == persona.content_hash:
            return original.text.encode("utf-8")
    from personae.persona.render import render

    return (render(persona, "prose") + "\n").encode("utf-8", "replace")


def name_in(text: str) -> str | None:
    """The name a text gives its subject, if it gives one at the start or in words.

    >>> name_in("Ana Reis is an archivist."), name_in("Hello, my name is Rui."), name_in("She reads.")
    ('Ana Reis', 'Rui', None)
    """
    start = text[:2000]
    for found in (_TITLE.match(start), _NAMED.search(start), _SUBJECT.search(start)):
        if found and _CAPITAL.match(found["name"]) and found["name"].split()[0] not in _NO_NAMES:
            words = found["name"].split()
            kept = [word for word in words if _CAPITAL.match(word)]
            return " ".join(kept).rstrip(".,'’")
    return None
