"""Continuing a chat as one of its speakers: an echo of the real person, and somebody else."""

from __future__ import annotations

import numpy as np
import pytest

from personae import run
from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.chat_statistics import ChatMessage, ContinueAs, Labels
from personae.models import Scripted
from personae.persona.persona import Persona

ANA = Persona(name="Ana")
TOPICS = ("trains", "bread", "chess", "rivers", "clocks", "birds", "ships", "snow", "maps", "tea", "glass", "wool")
CHAT = tuple(
    message
    for at in range(36)
    for message in (
        ChatMessage("Rui", f"Regarding {TOPICS[at % 12]}, one ought to consider matter number {at} with patience."),
        ChatMessage("Ana", f"Wow!! I love {TOPICS[at % 12]} {at}! You too?"),
    )
)


class Words:
    """Texts as counts of the topics and numbers in them."""

    name = "words"

    def embed(self, texts):
        vocabulary = [*TOPICS, *map(str, range(36))]
        rows = [[text.replace("!", " ").replace(",", " ").split().count(word) for word in vocabulary] for text in texts]
        found = np.array(rows, dtype=np.float32) + 1e-3
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class Signs:
    name = "exclamations"

    async def label(self, chat):
        return [Labels("joy" if "!" in one.text else "neutral", 1 if "!" in one.text else 0, False) for one in chat]


def simulated(says, **options):
    measure = ContinueAs(CHAT, embedder=Words(), classifier=Signs(), n=36, **options)
    agent, plan = Agent(ANA, Scripted(says)), measure.plan(ANA)

    async def every():
        return [await measure.observe(agent, case) for case in plan.cases]

    seen = run(every())
    return {one.name.removeprefix("continue_as").lstrip("."): one for one in measure.summarise(plan, seen)}


def echo(messages):
    heard = messages[-1].content
    topic = heard.split("Regarding ")[1].split(",")[0]
    return f"Wow!! I love {topic} {heard.split('number ')[1].split(' ')[0]}! You too?"


def test_one_who_writes_like_the_person_is_near_in_every_number():
    found = simulated(echo)
    assert (found[""].value, found[""].details["chance"]) == (1.0, 1 / 8)
    assert found["style_distance"].value < 0.2 < found["style_distance_to_others"].value
    assert found["statistics_distance"].value == 0.0
    assert found["statistics_distance"].details["labels"] == "exclamations"


def test_one_who_writes_like_the_partner_is_told_apart():
    found = simulated(lambda messages: "One ought to consider the matter with patience.")
    assert found[""].value < 0.5
    assert found["style_distance"].value > found["style_distance_to_others"].value
    assert found["statistics_distance"].value == 0.0, "a constant sign is as steady as another"


def test_a_refusal_and_a_reply_without_words_are_counted():
    found = simulated(lambda messages: "...")
    assert found[""].value is None
    assert found["style_distance"].reason == "there are no words on one side; a style needs some"
    assert sum(found[""].missing.values()) == 36


def test_the_agent_sees_what_was_said_before_and_never_the_answer():
    model = Scripted(echo)
    measure = ContinueAs(CHAT, embedder=Words(), n=5, context=4)
    plan = measure.plan(ANA)
    for case in plan.cases:
        run(measure.observe(Agent(ANA, model), case))
    for case, call in zip(plan.cases, model.history, strict=True):
        assert case.data["real"] not in [message.content for message in call.messages]
        assert call.messages[-1].content.endswith(case.input)


def test_an_unknown_speaker_and_a_short_chat_are_said():
    with pytest.raises(UsageError, match="there are Rui, Ana"):
        ContinueAs(CHAT, speaker="Eva").plan(ANA)
    assert ContinueAs(CHAT[:6]).plan(ANA).missing == {"too few messages": 3}
    with pytest.raises(UsageError):
        ContinueAs(CHAT, options=1)
