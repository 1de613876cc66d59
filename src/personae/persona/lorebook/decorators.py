"""Decorators: the `@@name value` lines at the head of an entry's content, with their `@@@` fallbacks.

Names and meanings follow the character card specification V3. A decorator that is unknown, has a value it cannot
have, or speaks of something a chat does not have (token positions) is ignored, and its first usable fallback counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

POSITIONS = ("before_desc", "after_desc", "personality", "scenario")
ROLES = ("system", "user", "assistant")
UI_PROMPTS = ("system_prompt", "post_history_instructions")

#: Decorators for text completion without messages; a chat ignores them.
NOT_IN_CHAT = ("instruct_depth", "reverse_instruct_depth", "instruct_scan_depth")


def _number(value: str) -> int:
    return max(0, int(value))


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


def _nothing(value: str) -> bool:
    return True  # a value where none belongs does no harm


def _text(value: str) -> str:
    if not value:
        raise ValueError(value)
    return value


def _list(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    if not keys:
        raise ValueError(value)
    return keys


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read_choice(value: str) -> str:
        if value.lower() not in allowed:
            raise ValueError(value)
        return value.lower()

    return read_choice


READERS: dict[str, Callable[[str], Any]] = {
    "activate_only_after": _number,
    "activate_only_every": _positive,
    "keep_activate_after_match": _nothing,
    "dont_activate_after_match": _nothing,
    "depth": _number,
    "reverse_depth": _number,
    "role": _one_of(*ROLES),
    "scan_depth": _number,
    "is_greeting": _number,
    "position": _one_of(*POSITIONS),
    "ignore_on_max_context": _nothing,
    "additional_keys": _list,
    "exclude_keys": _list,
    "is_user_icon": _text,
    "activate": _nothing,
    "dont_activate": _nothing,
    "disable_ui_prompt": _one_of(*UI_PROMPTS),
}

#: May stand several times; all count. Of any other decorator the first counts.
REPEATABLE = ("additional_keys", "exclude_keys", "disable_ui_prompt")


@dataclass(frozen=True, slots=True)
class Decorated:
    """Content without its decorators, what they say, and which lines were ignored.

    `values` holds one value per name; for a repeatable name the tuple of all its values.
    """

    content: str
    values: Mapping[str, Any] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def read(content: str) -> Decorated:
    r"""Take the decorators off a text.

    >>> fog = read("@@depth 0\n@@of_another_program 3\n@@@activate_only_after 2\nFog comes in.")
    >>> fog.content, dict(fog.values), fog.ignored
    ('Fog comes in.', {'depth': 0, 'activate_only_after': 2}, ('@@of_another_program 3',))
    """
    chains, body = _split(content)
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for chain in chains:
        for line in chain:
            name, value = _read_line(line)
            if name is None:
                ignored.append(line)
                continue
            if name in REPEATABLE:
                values[name] = (*values.get(name, ()), value)
            else:
                values.setdefault(name, value)
            break
    return Decorated(body, values, tuple(ignored))


def strip(content: str) -> str:
    r"""The content without decorators, as the older card formats want it.

    >>> strip("@@depth 2\nThe map room.")
    'The map room.'
    """
    return _split(content)[1]


def _split(content: str) -> tuple[list[list[str]], str]:
    """Chains of one decorator and its fallbacks, in order, and the text below them."""
    if not content.lstrip().startswith("@@"):
        return [], content
    chains: list[list[str]] = []
    lines = content.splitlines()
    below = len(lines)
    for number, line in enumerate(lines):
        line = line.strip()
        if line and not line.startswith("@@"):
            below = number
            break
        if line.startswith("@@@"):
            if chains:
                chains[-1].append(line)
        elif line:
            chains.append([line])
    return chains, "\n".join(lines[below:]).strip("\n")


def _read_line(line: str) -> tuple[str | None, Any]:
    name, _, value = line.lstrip("@").strip().partition(" ")
    reader = READERS.get(name)
    if reader is None:
        return None, None
    try:
        return name, reader(value.strip())
    except ValueError:
        return None, None
