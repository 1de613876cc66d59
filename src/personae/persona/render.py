"""A persona as text. What stays the same stands first and what moves (`state`) last, so that prompts of one persona
share their beginning and a server can reuse what it has read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from personae.errors import UsageError
from personae.persona.convert import ensure_stop
from personae.persona.persona import Persona
from personae.persona.perspective import to_second_person

Style = Literal["prose", "bullets", "second_person", "json"]
STYLES: tuple[Style, ...] = get_args(Style)

#: Fields that are not part of who somebody is, or have a place of their own in a prompt.
_ELSEWHERE = frozenset(
    ("greetings", "group_greetings", "examples", "prompting", "lorebook", "portrait", "voice", "assets", "licence",
     "provenance", "extensions", "tags", "language", "state", "statements")
)  # fmt: skip

Section = tuple[str, list[str]]


#: Words for a level from its least to its most.
LEVELS = ("very low", "low", "medium", "high", "very high")


def render(persona: Persona, style: Style = "prose") -> str:
    """The persona in one of the `STYLES`: paragraphs, a bullet list under headings, "you are …", or JSON.

    Two renderings that differ in `state` only share everything before it. Greetings, examples, lorebook and prompt
    texts are left to the prompt. Raises UsageError for an unknown style.

    >>> ana = Persona(name="Ana", statements=[{"id": "s1", "text": "I mend nets."}], state={"mood": 0.5})
    >>> print(render(ana, "bullets"))
    # Ana
    - I mend nets.
    <BLANKLINE>
    ## Now
    - mood: high
    """
    if style not in STYLES:
        raise UsageError(f"no style is called {style!r}; the styles are {', '.join(STYLES)}")
    if style == "json":
        return _json(persona)
    if style == "bullets":
        first, *rest = sections(persona)
        return "\n\n".join([_bullets(f"# {first[0]}", first[1]), *(_bullets(f"## {title}", it) for title, it in rest)])
    paragraphs = [(title, " ".join(map(ensure_stop, lines))) for title, lines in sections(persona)]
    if style == "second_person":
        paragraphs = [(title, _to_you(persona, text)) for title, text in paragraphs]
    opening = f"You are {persona.name}." if style == "second_person" else f"{persona.name}."
    told = [
        text if title in (persona.name, "Summary", "Description") else f"{title}: {text}"
        for title, text in paragraphs
        if text
    ]
    return "\n\n".join([opening, *told])


def sections(persona: Persona) -> tuple[Section, ...]:
    """(title, lines) in the order a prompt should have them: stable first, `Now` (the state) last.

    A description that statements were read from is not repeated; they stand for it.
    """
    read = {statement.source.section for statement in persona.statements if statement.source}
    covered = {path for path in read if path in ("description", "personality", "personality.description", "summary")}
    covered |= {"personality.description"} if "personality" in covered else set()
    found: list[Section] = [(persona.name, [statement.text for statement in persona.statements])]
    for field in type(persona).model_fields:
        if field in _ELSEWHERE or field == "name" or field in covered:
            continue
        lines = list(_lines(getattr(persona, field), field, covered))
        if lines:
            found.append((_title(field), lines))
    now = list(_lines(persona.state, "state", set()))
    return tuple([*found, ("Now", now)] if now else found)


def _lines(value: Any, path: str, covered: set[str]) -> Iterator[str]:
    """What a part says, one line a fact; labels are the names of its fields."""
    if value is None or value == "" or path in covered:
        return
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Sequence):
        yield from (_item(item) for item in value)
    else:
        inner = value if isinstance(value, Mapping) else {key: getattr(value, key) for key in type(value).model_fields}
        for key, item in inner.items():
            lines = (
                [_level(item, path)] if isinstance(item, int | float) else list(_lines(item, f"{path}.{key}", covered))
            )
            if isinstance(item, Mapping):
                yield from lines
            elif lines:
                yield f"{_title(key).lower()}: {'; '.join(lines)}"


def _level(value: float, path: str) -> str:
    """A level in words, because a number means nothing in a prompt; figures of the style vector stay figures.

    >>> _level(0.9, "speech"), _level(0.0, "personality.big_five")
    ('very high', 'medium')
    """
    if path == "speech.style":
        return f"{value:g}"
    share = value if path == "speech" else (value + 1) / 2
    return LEVELS[min(int(share * len(LEVELS)), len(LEVELS) - 1)]


def _item(item: Any) -> str:
    if isinstance(item, str):
        return item
    said = {key: value for key, value in item.model_dump(exclude_defaults=True).items() if key != "id"}
    head = said.pop("name", None) or said.pop("text", "")
    rest = "; ".join(f"{key} {value}" if isinstance(value, float) else str(value) for key, value in said.items())
    return f"{head} ({rest})" if rest else str(head)


def _title(field: str) -> str:
    return field.rstrip("_").replace("_", " ").capitalize()


def _bullets(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)])


def _json(persona: Persona) -> str:
    data = persona.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    state = data.pop("state", None)
    return json.dumps(data | ({"state": state} if state else {}), ensure_ascii=False, indent=2)


def _to_you(persona: Persona, text: str) -> str:
    """Card texts say {{char}} for the name."""
    return to_second_person(text.replace("{{char}}", persona.name), persona.name, _pronouns(persona))


def _pronouns(persona: Persona) -> str:
    given = persona.identity.pronouns
    gender = (persona.identity.gender or "").casefold()
    return given or {"female": "she", "woman": "she", "male": "he", "man": "he"}.get(gender, "they")
