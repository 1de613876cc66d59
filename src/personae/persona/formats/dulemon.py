"""DuLeMon sessions: a bot's persona, what it knows of its user, and a talk whose turns say which fact they use.

One JSON object a line: `bot_persona`, `user_said_persona`, `user_no_said_persona` (facts as "B1: …", "U1: …") and
`conversation` ("Usr: …" or "Bot: …", after a tab the tag of the fact). Texts keep the file's spelling, Chinese words
parted by blanks. [Long Time No See! 2022]
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict

from personae.errors import FormatError
from personae.persona.formats.decode import decode_text, digest, parse_json, validated
from personae.persona.formats.pick import pick
from personae.persona.kinds import kind_of
from personae.persona.original import Original
from personae.persona.parts import Example, Part, Span, Statement, Turn
from personae.persona.persona import Persona

#: Key of the facts → whose they are, and the letter of their tags.
SECTIONS: dict[str, tuple[Literal["self", "user"], str]] = {
    "bot_persona": ("self", "B"),
    "user_said_persona": ("user", "U"),
    "user_no_said_persona": ("user", "U"),
}
_FACT = re.compile(r"\s*(?P<tag>[BU]\d{1,4})\s*[:：]\s*(?P<text>.*\S)\s*", re.DOTALL)
_TURN = re.compile(r"\s*(?P<who>Usr|Bot)\s*[:：]\s*(?P<text>[^\t]*?)\s*(?:\t\s*(?P<tag>[BU]\d{1,4})\s*)?", re.DOTALL)
_CHINESE = re.compile("[\u4e00-\u9fff]")


class Line(Part):
    """The typed view of one session; keys that are not known are kept in the tree."""

    bot_persona: tuple[str, ...] = ()
    user_said_persona: tuple[str, ...] = ()
    user_no_said_persona: tuple[str, ...] = ()
    conversation: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True, slots=True)
class TaggedTurn:
    """One turn, and the id of the statement it uses (None where the file names none)."""

    speaker: Literal["user", "char"]
    text: str
    statement: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `statements` are both sides' facts (`speaker` tells whose), `unsaid` those the user never spoke."""

    statements: tuple[Statement, ...]
    unsaid: frozenset[str]
    turns: tuple[TaggedTurn, ...]


def read(data: bytes, name: str) -> Persona:
    """The persona of one session; a file with several is picked from by `name#3`. It is called "Bot"."""
    tree, _ = pick(_trees(data, name), name)
    session = _session(tree, name)
    turns = tuple(Turn(speaker=turn.speaker, text=turn.text) for turn in session.turns)
    persona = Persona(
        name="Bot",
        language=_language(session),
        statements=session.statements,
        examples=(Example(turns=turns),) if turns else (),
    )
    return persona.read_from(Original("dulemon", tree=tree, digest=digest(data)))


def write(persona: Persona) -> bytes:
    """One JSON line: the session it came from with its facts as they are now, or a fresh one.

    Facts keep their tags; new ones get the next free one. Turns stay as they were, also where their fact is gone.
    """
    original = persona.original
    known = original.tree if original is not None and original.format == "dulemon" else None
    tree = copy.deepcopy(dict(known)) if known is not None else _fresh(persona)
    unsaid = {_parsed(line)[0] for line in tree.get("user_no_said_persona") or ()}
    taken = {statement.id for statement in persona.statements}
    lines: dict[str, list[str]] = {key: [] for key in SECTIONS}
    for statement in persona.statements:
        text = " ".join(statement.text.split())
        if statement.speaker == "other" or not text:
            continue
        key = "bot_persona" if statement.speaker == "self" else "user_said_persona"
        key = "user_no_said_persona" if statement.id in unsaid and statement.speaker == "user" else key
        fits = _FACT.fullmatch(f"{statement.id}: x") and statement.id[0] == SECTIONS[key][1]
        tag = statement.id if fits else _free(SECTIONS[key][1], taken)
        taken.add(tag)
        lines[key].append(f"{tag}: {text}")
    for key, facts in lines.items():
        if [_parsed(line) for line in tree.get(key) or ()] != [_parsed(line) for line in facts]:
            tree[key] = facts
    return (json.dumps(tree, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def sessions(data: bytes, name: str = "<memory>") -> tuple[Session, ...]:
    """Every session of a file, with the tags of its turns.

    >>> line = b'{"bot_persona": ["B1: I sew."], "conversation": ["Usr: And you?", "Bot: I sew.\\\\tB1"]}'
    >>> [(turn.speaker, turn.text, turn.statement) for turn in sessions(line)[0].turns]
    [('user', 'And you?', None), ('char', 'I sew.', 'B1')]
    """
    return tuple(_session(tree, f"{name}, session {number}") for number, tree in enumerate(_trees(data, name), start=1))


def _trees(data: bytes, name: str) -> list[dict[str, Any]]:
    text = decode_text(data, name)
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and lines[0].rstrip().endswith("}"):
        trees = [parse_json(line, f"{name}, line {number}") for number, line in enumerate(lines, start=1)]
    else:
        tree = parse_json(text, name)
        trees = tree if isinstance(tree, list) else [tree]
    for tree in trees:
        if not isinstance(tree, dict):
            raise FormatError(f"{name!r}: a session is an object of keys and values, not {type(tree).__name__}")
    return trees


def _session(tree: Mapping[str, Any], name: str) -> Session:
    line = validated(Line, tree, name)
    statements: dict[str, Statement] = {}
    unsaid: set[str] = set()
    for key, (speaker, letter) in SECTIONS.items():
        for index, raw in enumerate(getattr(line, key)):
            tag, text = _fact(raw, name, f"{key}.{index}", letter)
            if tag in statements:
                raise FormatError(f"{name!r}: {key}.{index}: the tag {tag!r} is used twice; give each fact its own")
            start = raw.index(text)
            span = Span(section=f"{key}.{index}", start=start, end=start + len(text))
            statements[tag] = Statement(id=tag, text=text, kind=kind_of(text), speaker=speaker, source=span)
            if key == "user_no_said_persona":
                unsaid.add(tag)
    turns = tuple(_turn(raw, name, index) for index, raw in enumerate(line.conversation))
    for index, turn in enumerate(turns):
        if turn.statement is not None and turn.statement not in statements:
            raise FormatError(f"{name!r}: conversation.{index}: no fact has the tag {turn.statement!r}")
    return Session(tuple(statements.values()), frozenset(unsaid), turns)


def _fact(raw: str, name: str, path: str, letter: str) -> tuple[str, str]:
    found = _FACT.fullmatch(raw)
    if not found or found["tag"][0] != letter:
        raise FormatError(f"{name!r}: {path}: a fact begins with its tag, as in '{letter}1: …' (got {raw[:60]!r})")
    return found["tag"], found["text"]


def _turn(raw: str, name: str, index: int) -> TaggedTurn:
    found = _TURN.fullmatch(raw)
    if not found:
        raise FormatError(
            f"{name!r}: conversation.{index}: a turn begins with 'Usr:' or 'Bot:' and may end with a tab and a tag "
            f"(got {raw[:60]!r})"
        )
    return TaggedTurn("user" if found["who"] == "Usr" else "char", found["text"], found["tag"])


def _language(session: Session) -> str:
    text = "".join(statement.text for statement in session.statements)
    return "zh" if _CHINESE.search(text) else "en"


def _fresh(persona: Persona) -> dict[str, Any]:
    who = {"char": "Bot", persona.name: "Bot", "user": "Usr"}
    turns = [turn for example in persona.examples[:1] for turn in example.turns if turn.speaker in who]
    said = [f"{who[turn.speaker]}: {' '.join(turn.text.split())}" for turn in turns]
    return {key: [] for key in SECTIONS} | {"conversation": said}


def _free(letter: str, taken: set[str]) -> str:
    return next(f"{letter}{number}" for number in range(1, len(taken) + 2) if f"{letter}{number}" not in taken)


def _parsed(line: str) -> tuple[str, str]:
    """Tag and text but for spacing: what makes a line the same fact."""
    found = _FACT.fullmatch(line)
    return (found["tag"], " ".join(found["text"].split())) if found else ("", line)
