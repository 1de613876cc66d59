"""Event memory: where sessions end, what they are found by, and what decay does to recall."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from personae.errors import UsageError
from personae.memory.events import (
    PUBLISHED_DECAY,
    Event,
    EventMemory,
    blocks,
    decayed,
    event_of,
    overlap,
    sessions_of,
    summarised,
)
from personae.memory.retrieval.words import terms
from personae.memory.turns import Scope, Turn
from personae.models.scripted import Scripted

WHERE = Scope("keeper", "ines", "harbour")


def turn(number: int, text: str = "The boat leaks.", minute: int = 0, **more: Any) -> Turn:
    at = f"2026-03-01T{9 + minute // 60:02}:{minute % 60:02}:00"
    return Turn(f"D1:{number}", more.pop("scope", WHERE), more.pop("session", "1"), "Ines", text, at, **more)


def test_the_overlap_is_that_of_the_specification() -> None:
    assert overlap({"a", "b"}, {"b", "c", "d"}) == pytest.approx(0.41667, abs=5e-6)  # (1/2 + 1/3) / 2
    assert overlap(set(), set()) == 0.0


def test_after_thirty_days_the_published_decay_leaves_the_number_of_the_specification() -> None:
    assert decayed(1.0, 30 * 86_400, PUBLISHED_DECAY) == pytest.approx(0.7717, abs=5e-5)
    assert decayed(0.4, 1e9) == 0.4  # off by default


def test_more_than_an_hour_of_silence_closes_a_session_and_an_hour_does_not() -> None:
    told = [turn(1), turn(2, minute=60), turn(3, minute=121)]
    assert [len(session) for session in sessions_of(told)] == [2, 1]


def test_thirty_turns_close_a_session() -> None:
    told = [turn(number) for number in range(1, 62)]
    assert [len(session) for session in sessions_of(told)] == [30, 30, 1]


def test_recalled_text_is_in_no_session() -> None:
    told = [turn(1), turn(2, origin="recalled"), turn(3, origin="derived", sources=("D1:1",))]
    assert [[one.id for one in session] for session in sessions_of(told)] == [["D1:1"]]


def test_two_users_in_one_memory_are_an_error() -> None:
    with pytest.raises(UsageError, match="one of each"):
        sessions_of([turn(1), turn(2, scope=Scope("keeper", "rui", "harbour"))])


def test_the_most_central_turn_stands_for_the_session() -> None:
    event = event_of([turn(1, "Hello."), turn(2, "The boat leaks badly."), turn(3, "A boat that leaks badly sinks.")])
    assert event.summary in ("The boat leaks badly.", "A boat that leaks badly sinks.")
    assert event.keys >= {"boat", "leak"}
    assert event.sources == ("D1:1", "D1:2", "D1:3")


def test_only_events_that_share_a_word_come_to_mind() -> None:
    memory = EventMemory((event_of([turn(1)]), event_of([turn(2, "My dog sleeps.", session="2")])))
    assert [found.event.summary for found in memory.recall("Is the dog well?", k=5)] == ["My dog sleeps."]
    assert memory.recall("Opera?") == ()
    assert len(memory.without({"D1:2"}).events) == 1


def test_with_a_decay_the_newer_of_two_equal_events_comes_first() -> None:
    old = Event("1", "boat", frozenset({"boat"}), "2025-01-01", ("a",))
    new = Event("2", "boat", frozenset({"boat"}), "2026-01-01", ("b",))
    assert EventMemory((old, new)).recall("boat")[0].event == old
    assert EventMemory((old, new), PUBLISHED_DECAY).recall("boat", now="2026-01-02")[0].event == new
    with pytest.raises(UsageError, match="now="):
        EventMemory((old,), PUBLISHED_DECAY).recall("boat")


async def test_a_summary_by_a_model_is_one_short_line_or_a_counted_failure() -> None:
    good = await summarised([turn(1)], Scripted(["Ines' boat leaks."]))
    assert (good.summary, good.outcome) == ("Ines' boat leaks.", "answered")
    bad = await summarised([turn(1)], Scripted(["word " * 50]))
    assert (bad.summary, bad.outcome) == ("The boat leaks.", "unparsed")
    empty = await summarised([turn(1)], Scripted([" "]))
    assert (empty.summary, empty.outcome) == ("The boat leaks.", "empty")


def test_the_prompt_has_its_blocks_in_the_order_of_the_paper() -> None:
    system, said = blocks(
        role="Keeper", own_traits="calm", context="CONTEXT", memory="MEMORY", user_traits="TRAITS", utterance="Hi"
    )
    order = [system.content.index(word) for word in ("Keeper", "calm", "CONTEXT", "MEMORY", "TRAITS", "30 words")]
    assert order == sorted(order)
    assert said.content == "Hi"


# LoCoMo: what decay costs. Read here in a few lines; strict legacy sessions, all codes.


def _published_time(text: str) -> str:
    return datetime.strptime(text.upper(), "%I:%M %p on %d %B, %Y").isoformat()


def _sample(sample: dict[str, Any]) -> tuple[tuple[Event, ...], list[tuple[str, set[str]]], str]:
    talk = sample["conversation"]
    events = []
    for key in (key for key in talk if re.fullmatch(r"session_\d+", key)):
        keys = frozenset(stem for row in talk[key] for stem in terms(row["text"]))
        end = _published_time(talk[f"{key}_date_time"])
        events.append(Event(key.removeprefix("session_"), "", keys, end, (key,)))
    asked = []
    for row in sample["qa"]:
        found = [re.match(r"D(\d+):", text) for text in row["evidence"]]
        asked.append((row["question"], {match[1] for match in found if match}))
    return tuple(events), asked, max(event.end or "" for event in events)


def _recalls(folder: Path, decay: float) -> list[float]:
    hits: dict[int, list[float]] = {1: [], 5: [], 10: []}
    for sample in json.loads((folder / "locomo" / "locomo_first5.json").read_text("utf-8")):
        events, asked, now = _sample(sample)
        memory = EventMemory(events, decay)
        for question, gold in asked:
            ranked = [found.event.session for found in memory.recall(question, 10, now=now)]
            for k, values in hits.items():
                values.append(len(gold & set(ranked[:k])) / len(gold) if gold else 1.0)
    return [100 * sum(values) / len(values) for values in hits.values()]


def test_without_decay_sessions_of_locomo_are_found_as_often_as_the_reference_says(data_dir: Path) -> None:
    assert _recalls(data_dir, 0.0) == pytest.approx([56.0, 84.4, 92.9], abs=0.5)


def test_the_published_decay_harms_recall_as_much_as_the_reference_says(data_dir: Path) -> None:
    assert _recalls(data_dir, PUBLISHED_DECAY) == pytest.approx([30.9, 55.9, 71.8], abs=0.5)


def test_a_probing_question_of_memorybank_returns_that_users_turns_alone(data_dir: Path) -> None:
    folder = data_dir / "memorybank"
    people = json.loads((folder / "memory_bank_en.json").read_text("utf-8"))
    memories = {}
    for name, person in people.items():
        where = Scope("companion", name.strip(), "all")
        rows = [(day, row) for day, said in sorted(person["history"].items()) for row in said]
        turns = [
            Turn(f"{name.strip()}:{at}", where, day, name.strip(), row["query"], day)
            for at, (day, row) in enumerate(rows)
            if row["query"].strip()
        ]
        memories[name.strip()] = EventMemory(tuple(map(event_of, sessions_of(turns))))
    asked = 0
    for line in (folder / "probing_questions_en.jsonl").read_text("utf-8").splitlines():
        for name, questions in json.loads(line).items() if line.strip() else ():
            for question in questions:
                found = memories[name.strip()].recall(question, 10)
                assert all(source.startswith(f"{name.strip()}:") for one in found for source in one.event.sources)
                asked += bool(found)
    assert asked >= 90  # of 100
