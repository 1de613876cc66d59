"""Expansion on a hundred real profiles. The pair scorer that sifts is the one that counts afterwards, for the toolkit
ships one only: that nothing is left shows that the sieve is whole, and what it let through closely is printed, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.models import open_pair_scorer
from personae.models.embedder import MiniLM
from personae.persona.expansion import SLOTS, GrammarFacts, expand
from personae.persona.kinds import kind_of
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import CONTRADICTION


def profiles(data_dir: Path) -> list[Persona]:
    tree = json.loads((data_dir / "personachat" / "valid_personas.json").read_text("utf-8"))
    return [
        Persona(
            name=f"Persona {key}",
            statements=tuple(Statement(id=f"s{n}", text=line, kind=kind_of(line)) for n, line in enumerate(lines[0])),
        )
        for key, lines in tree.items()
    ]


@pytest.mark.slow
async def test_kept_expansions_contradict_nothing_and_the_slots_are_filled(data_dir):
    scorer, people = open_pair_scorer("embedded"), profiles(data_dir)
    filled, kept, dropped, above, close = dict.fromkeys(SLOTS, 0), 0, 0, 0, 0
    for person in people:
        found = await expand(person, GrammarFacts(), scorer, MiniLM(), per_slot=1)
        for slot, number in found.filled.items():
            filled[slot] += number > 0
        pairs = [(new.text, old.text) for new in found.kept for old in person.statements]
        rows = await scorer.score(
            [a for a, _ in pairs] + [b for _, b in pairs], [b for _, b in pairs] + [a for a, _ in pairs]
        )
        above += int((rows[:, CONTRADICTION] >= 0.5).sum())
        close += int((rows[:, CONTRADICTION] >= 0.25).sum())
        kept, dropped = kept + len(found.kept), dropped + len(found.dropped)
    print(
        f"{len(people)} profiles: {kept} facts kept, {dropped} dropped; P(C) ≥ .5 with a statement: {above}, "
        f"≥ .25: {close}; slots filled {filled}"
    )
    assert len(people) == 100
    assert above == 0
    assert min(filled.values()) >= 80
