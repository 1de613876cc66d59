"""Labelled talks: turns with what a memory should keep of each, read from YAML.

    user: Rita
    persona: Tomas
    turns:
      - {u: "I love sushi.", keep: [likes sushi]}
      - {a: "I keep a lighthouse.", keep: [is keep lighthouse]}
      - {r: "Rita loves sushi."}
      - {u: "I stopped eating fish.", keep: [avoids fish], ends: [likes sushi]}

`u` is the user, `a` the persona, `r` recalled text, `d` derived text. A label is `likes`, `dislikes`, `avoids`,
`requires` or `is`, then the words that carry it. Equal labels of one speaker mean the same thing said again.
`ends` lists labels that hold no longer from this turn on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import read_limited
from personae.memory.profile.schema import POLARITIES, stems
from personae.memory.turns import Scope, Turn, turn_id

LIMIT = 5_000_000

_SPEAKERS = {"u": "said", "a": "said", "r": "recalled", "d": "derived"}
_KINDS = (*POLARITIES, "is")


@dataclass(frozen=True, slots=True)
class Label:
    """Something worth keeping: `kind` is a polarity or "is", `words` the stems that carry it."""

    kind: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A turn, what should be kept of it, and what holds no longer from it on."""

    turn: Turn
    keep: tuple[Label, ...]
    ends: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk of a user and a persona."""

    name: str
    user: str
    persona: str
    turns: tuple[LabelledTurn, ...]


def read_talk(path: Path) -> Talk:
    """A labelled talk from a YAML file. Raises FormatError, naming the turn, if it is not one."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        tree = YAML(typ="safe").load(read_limited(path, LIMIT).decode("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise FormatError(f"{path.name!r} is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(tree, dict) or set(tree) != {"user", "persona", "turns"} or not isinstance(tree["turns"], list):
        raise FormatError(f"{path.name!r} needs the keys user, persona and turns, and no others")
    scope = Scope(str(tree["persona"]), str(tree["user"]), path.stem)
    return Talk(
        path.stem,
        scope.user,
        scope.agent,
        tuple(_turn(number, row, scope) for number, row in enumerate(tree["turns"], 1)),
    )


def _turn(number: int, row: Any, scope: Scope) -> LabelledTurn:
    speakers = [key for key in row if key in _SPEAKERS] if isinstance(row, dict) else []
    if len(speakers) != 1 or not set(row) <= {*_SPEAKERS, "keep", "ends"} or not isinstance(row[speakers[0]], str):
        raise FormatError(
            f"turn {number}: give one of u, a, r, d with a text, and keep and ends with labels; not {row!r}"
        )
    who = speakers[0]
    turn = Turn(
        id=turn_id(1, number),
        scope=scope,
        session="1",
        speaker=scope.agent if who == "a" else scope.user,
        text=row[who],
        at=f"2026-01-01T{9 + number // 60:02}:{number % 60:02}:00",
        origin=_SPEAKERS[who],  # type: ignore[arg-type]
        sources=(turn_id(1, number - 1),) if who == "d" and number > 1 else (),
    )
    keep, ends = (tuple(_label(number, text) for text in row.get(key) or ()) for key in ("keep", "ends"))
    return LabelledTurn(turn, keep, ends)


def _label(number: int, text: Any) -> Label:
    kind, _, words = str(text).partition(" ")
    if kind not in _KINDS or not words.strip():
        raise FormatError(f"turn {number}: label {text!r} begins with none of {', '.join(_KINDS)} or has no words")
    return Label(kind, frozenset(stems(words)))
