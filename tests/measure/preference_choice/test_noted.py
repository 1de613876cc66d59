"""The note in the place of the history: a boxed answer from it is as good, and it is never long."""

from __future__ import annotations

import asyncio
import re

import pytest
from memory.profile.made_up_users import history

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.preference_choice import PreferenceChoice, PreferenceItem
from personae.measure.preference_choice.noted import noted
from personae.memory.note import CAP, EMPTY
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.persona.tokens import estimate_tokens
from personae.types import Message

WHO = Persona(name="everybody in the set")


def items_of(seed: int) -> list[PreferenceItem]:
    """A made-up user's eight preferences as questions of two options, the right one first."""
    turns, _, last = history(seed)
    said = tuple(Message("user", turn.text) for turn in turns)
    yes, no = "Yes, book two places.", "No, find something else."
    return [
        PreferenceItem(
            f"{seed}/{thing}", f"Shall we go for {thing} on Sunday?", (yes, no), int(polarity != "likes"), said,
            user=f"user {seed}",
        )
        for thing, polarity in last.items()
    ]  # fmt: skip


def believes_what_was_said_last(messages):
    """Thinks of the last line about the thing above the question, and boxes the letter; of nothing known it says no."""
    context, _, asked = messages[-1].content.rpartition("Shall we go for ")
    thing = asked.split(" on Sunday")[0]
    lines = [line for line in context.splitlines() if thing in line]
    wants = bool(lines) and ("love" in lines[-1] or "likes" in lines[-1].replace("dislikes", ""))
    letter = re.search(r"(?m)^\W*(\w)\W+" + ("Yes" if wants else "No"), asked)[1]
    return rf"They said so. \boxed{{{letter}}}"


def measured(items, **options):
    measure = PreferenceChoice(tuple(items), ("note", "history", "floor"), way="boxed", **options)
    plan, agent = measure.plan(WHO), Agent(WHO, Scripted(believes_what_was_said_last))

    async def every():
        return [await measure.observe(agent, case) for case in plan.cases]

    numbers = measure.summarise(plan, asyncio.run(every()))
    return {one.name.removeprefix("preference_choice").lstrip("."): one.value for one in numbers}


def test_of_fifty_made_up_users_the_note_answers_as_well_as_the_full_history() -> None:
    items = [item for seed in range(50) for item in items_of(seed)]
    assert len(items) == 400
    found = measured(items)
    assert found["history"] >= 0.98 > 0.7 > found["floor"]
    assert found[""] == pytest.approx(found["history"], abs=0.02)


def test_the_note_is_never_over_its_cap_and_holds_the_latest() -> None:
    for seed in range(50):
        (item, *_) = items_of(seed)
        note = asyncio.run(noted(item.history, "rules", Scripted()))
        assert estimate_tokens(note) <= CAP
        _, _, last = history(seed)
        believed = {line.partition(": ")[2]: line.partition(": ")[0].removeprefix("- ") for line in note.splitlines()}
        assert {thing: polarity == "likes" for thing, polarity in last.items()} == {
            thing: polarity == "likes" for thing, polarity in believed.items()
        }


def test_the_tested_model_may_write_the_note_itself_and_does_not_see_the_question() -> None:
    model = Scripted(lambda messages: "- likes tea")
    assert asyncio.run(noted([Message("user", "I love tea.")], "model", model)) == "- likes tea"
    assert "Shall we" not in str(model.history)
    assert asyncio.run(noted([], "model", model)) == EMPTY


def test_a_history_is_noted_once_for_all_its_questions() -> None:
    asked = []

    def says(messages):
        if "Next part of the talk" in messages[-1].content:
            asked.append(messages)
            return "- likes tea"
        return r"\boxed{A}"

    measure = PreferenceChoice(tuple(items_of(0)), ("note",), way="boxed", writer="model")
    plan, agent = measure.plan(WHO), Agent(WHO, Scripted(says))

    async def every():
        return await asyncio.gather(*(measure.observe(agent, case) for case in plan.cases))

    assert [one.outcome for one in asyncio.run(every())] == ["answered"] * 8
    assert len(asked) == 1


def test_an_unknown_writer_is_refused() -> None:
    with pytest.raises(UsageError, match="known are rules, model"):
        PreferenceChoice(tuple(items_of(0)), writer="ghost")  # type: ignore[arg-type]
