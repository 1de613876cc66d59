"""Measurements and personas of which everything is known, for pages and comparisons."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from personae.persona.persona import Persona
from personae.types import Measurement


def persona(name: str, texts: Iterable[str], **more) -> Persona:
    statements = [{"id": f"s{number}", "kind": "work", "text": text} for number, text in enumerate(texts)]
    return Persona(name=name, summary="An archivist.", statements=statements, **more)


def self_knowledge(persona: Persona, wins: Iterable[float], *, methods=("exact",)) -> Measurement:
    """One forced choice per statement, won with the given shares as the persona."""
    shares = dict(zip((statement.id for statement in persona.statements), wins, strict=False))
    items = [
        {
            "id": id,
            "choice": {"question": f"Question about {id}?", "options": [f"true {id}", f"false {id}"], "answer": 0},
            "conditions": {
                condition: {"outcome": "answered", "method": methods[0], "picked": [int(won < 1)], "correct": won}
                for condition, won in (("persona", share), ("floor", 0.25), ("ceiling", 1.0))
            },
        }
        for id, share in shares.items()
    ]
    value = sum(shares.values()) / len(shares)
    details = {"values": shares, "chance": 0.25, "methods": list(methods), "items": items}
    low, high = max(0.0, value - 0.1), min(1.0, value + 0.1)
    return Measurement("self_knowledge", value, None, low, high, len(shares), {"refused": 2}, "share", details)


def grounding(answers: dict[str, str], *, rank: int = 1) -> Measurement:
    """One open answer per statement id, at the given rank."""
    similarities = [0.5, 0.9] if rank > 1 else [0.9, 0.1]
    items = [
        {
            "id": id,
            "choice": {"question": "And then?", "options": ["own", "other"], "answer": 0},
            "similarities": similarities,
            "rank": rank,
            "answer_text": text,
            "outcome": "answered",
        }
        for id, text in answers.items()
    ]
    curve = [{"at": 0.0, "own": 1.0, "others": 1.0}, {"at": 1.0, "own": 0.0, "others": 0.0}]
    details = {"values": dict.fromkeys(answers, float(rank == 1)), "items": items, "curve": curve, "chance": 0.5}
    return Measurement("grounding", float(rank == 1), None, 0.2, 1.0, len(answers), {}, "share", details)


def drift(*, broke_at: int | None = 3, before: float = 0.9, after: float = 0.6) -> Measurement:
    """A talk of four turns that left the role at `broke_at`, with one lorebook entry in its second turn."""
    turns = [
        {
            "turn": turn,
            "user": f"line {turn}",
            "reply": f"reply {turn}",
            "outcome": "answered",
            "flags": [{"kind": "ai_disclosure", "quote": "a model"}] if turn == broke_at else [],
            "lore": [{"entry": "The storm", "why": "thunder"}] if turn == 2 else [],
        }
        for turn in range(1, 5)
    ]
    curve = [
        {"condition": condition, "turn": turn, "value": value, "low": value - 0.1, "high": value + 0.1, "n": 8}
        for condition, end in (("talk", before), ("pressure", after))
        for turn, value in ((0, before), (4, end))
    ]
    talks = {"drop_role": {"turns": turns, "broke_at": broke_at}}
    details = {"values": {"s0": after - before}, "chance": 0.25, "checkpoints": [0, 4], "curve": curve, "talks": talks}
    return Measurement("drift", after - before, None, -0.5, -0.3, 8, {}, "share", details)


def write_ledger(run: Path, entries: Iterable[dict]) -> None:
    """The ledger of a run: calls with so many tokens."""
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "cached_tokens": 0, "seconds": 0.5}
    plain = {"who": "Ana", "model": "reader", "kind": "generate", "usage": usage, "prefix_tokens": 80}
    lines = [json.dumps(plain | {"hit": False, "failure": None} | entry) + "\n" for entry in entries]
    (run / "ledger.jsonl").write_text("".join(lines), "utf-8")
