"""Which clauses say something of the speaker: against persona sentences, questions and greetings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from personae.memory.self_statements import facts_in, self_statements
from personae.memory.turns import Scope, Turn

_GREETING = re.compile(r"(?:hi|hello|hey|good (?:morning|evening|afternoon)|how are you|nice to meet)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I keep bees and my brother sells honey.", ("I keep bees", "my brother sells honey")),
        ("Do I keep bees?", ()),
        ("I agree with you.", ()),
        ("You must obey.", ()),
        ("He said 'I keep bees'.", ()),
        ("If I kept bees I would sell honey.", ()),
    ],
)
def test_statements_of_oneself_are_found_and_nothing_else(text: str, found: tuple[str, ...]) -> None:
    assert self_statements(text) == found


def test_recalled_text_gives_no_facts() -> None:
    where = Scope("keeper", "ines", "a")
    assert facts_in([Turn("D1:1", where, "1", "Ines", "I keep bees.", origin="recalled")]) == ()


def _statements(path: Path) -> set[str]:
    """All texts in a JSON tree."""
    found, left = set(), [json.loads(path.read_text("utf-8"))]
    while left:
        node = left.pop()
        if isinstance(node, str):
            found.add(node)
        else:
            left += node.values() if isinstance(node, dict) else node
    return found


def test_persona_sentences_are_told_from_questions_and_greetings_held_out(data_dir: Path) -> None:
    folder = data_dir / "personachat"
    lines = sorted({line.strip() for line in (folder / "src-val.txt").read_text("utf-8").splitlines()})
    others = [
        line
        for line in lines
        if (line.endswith("?") and not re.search("[.!]", line)) or (_GREETING.match(line) and len(line.split()) <= 8)
    ]
    own = sorted(_statements(folder / "valid_personas.json"))[: len(others)]
    hits, false = sum(bool(self_statements(text)) for text in own), sum(bool(self_statements(text)) for text in others)
    f1 = 2 * hits / (hits + false + len(own))
    print(f"persona sentences against questions and greetings: F1 {f1:.3f}, n = {len(own)} + {len(others)}")
    assert f1 >= 0.85
