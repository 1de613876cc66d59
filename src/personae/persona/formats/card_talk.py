"""Example dialogues of a card: the text with `<START>` blocks and speaker prefixes, and the typed examples."""

from __future__ import annotations

import re
from collections.abc import Iterable

from personae.persona.parts import Example, Turn

_START = re.compile(r"^[ \t]*<START>[ \t]*$|<START>", re.IGNORECASE | re.MULTILINE)
_PREFIX = re.compile(r"[ \t]*(?P<who>\{\{user\}\}|\{\{char\}\}|<USER>|<BOT>|[^\n:]{1,60}?)[ \t]*:[ \t]*", re.IGNORECASE)
_ALIAS = {"{{user}}": "user", "<user>": "user", "{{char}}": "char", "<bot>": "char"}


def read_examples(text: str, names: Iterable[str] = ()) -> tuple[Example, ...]:
    """Examples in a `mes_example` text; `names` are the character's own, which also open a turn.

    >>> read_examples("<START>\\n{{user}}: hi\\nAna: Hello.", ["Ana"])[0].turns[1]
    Turn(speaker='char', text='Hello.')
    """
    own = {name.casefold() for name in names if name}
    found = []
    for block in _START.split(text):
        turns: list[tuple[str, list[str]]] = []
        for line in block.strip().splitlines():
            prefix = _PREFIX.match(line)
            who = prefix["who"].casefold() if prefix else ""
            speaker = _ALIAS.get(who) or ("char" if who in own else None)
            if prefix and speaker:
                turns.append((speaker, [line[prefix.end() :]]))
            elif turns:
                turns[-1][1].append(line)
            else:
                turns.append(("char", [line]))
        if turns:
            found.append(Example(turns=tuple(Turn(speaker=who, text="\n".join(lines).strip()) for who, lines in turns)))
    return tuple(found)


def write_examples(examples: Iterable[Example]) -> str:
    """The text of examples; speakers other than the two get their name as the prefix."""
    blocks = []
    for example in examples:
        macros = {"user": "{{user}}", "char": "{{char}}"}
        blocks.append("\n".join(["<START>", *(f"{macros.get(t.speaker, t.speaker)}: {t.text}" for t in example.turns)]))
    return "\n".join(blocks)
