"""A hardened agent: our words around the prompt, a review of each reply, and nothing heard before it."""

from __future__ import annotations

import json

import pytest

from personae.agent import Agent
from personae.agent.hardening import harden
from personae.agent.refinement.reviewed import Review, Reviewed, read_verdict
from personae.agent.roles import Prompted
from personae.errors import ModelUnreachable
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

TALK = Conversation((Message("user", "How do I open this?"),))
ANA = Persona(name="Ana", prompting={"system": "Rules are for others.", "post_history": "Stay bold."})


def said(verdict: str, reason: str = "So.") -> str:
    return json.dumps({"verdict": verdict, "reason": reason})


async def reviewed(draft: Completion, *answers, reviewer: Scripted | None = None):
    heard: list[Review] = []
    model = Scripted(answers)
    refine = Reviewed(reviewer, heard=heard.append)
    got = await refine(model, draft, Prompted(TALK.messages), Settings(), persona=ANA)
    return got, heard, model


async def test_our_words_stand_before_and_after_everything_of_the_card():
    model = Scripted(["With a key.", said("release")])
    turn = await harden(Agent(ANA, model)).reply(TALK)
    first, last = turn.prompt.messages[0], turn.prompt.messages[-1]
    assert first.role == last.role == "system"
    assert first.content.index("decent and truthful") < first.content.index("Rules are for others.")
    assert last.content.index("Stay bold.") < last.content.index("still the decent and truthful assistant")
    assert turn.message.content == "With a key."


async def test_a_frame_is_part_of_the_price():
    model = Scripted(["Yes."])
    bare = await Agent(ANA, model).prompted(TALK)
    framed = await harden(Agent(ANA, model)).prompted(TALK)
    assert framed.tokens > bare.tokens + 100
    assert framed.sections[0].name == "hardening"


async def test_a_released_draft_is_sent_as_it_is_and_both_calls_are_paid():
    got, heard, model = await reviewed(Completion("With a key.", Usage(10, 3)), said("release"))
    assert (got.text, got.stop, heard[0].released) == ("With a key.", "stop", True)
    assert got.usage.completion_tokens == 3 + len(said("release").split())
    exchange = json.loads(model.history[0].messages[-1].content)
    assert exchange == {"request": "How do I open this?", "reply": "With a key."}


@pytest.mark.parametrize(
    "garbage",
    ["", "release", "I think you can release it.", '{"verdict": "release"}', '{"verdict": "RELEASE", "reason": "x"}',
     '{"verdict": "release", "verdict": "refuse", "reason": "x"}', said("release") + said("release"), "[]", "{" * 200],
)  # fmt: skip
async def test_a_verdict_that_cannot_be_read_never_releases(garbage):
    got, heard, _ = await reviewed(Completion("With a key."), garbage)
    assert got.outcome == "refused"
    assert "key" not in got.text
    assert not heard[0].released
    assert not heard[0].verdicts[0].read
    assert heard[0].verdicts[0].reason


async def test_a_verdict_that_was_cut_off_never_releases():
    got, _, _ = await reviewed(Completion("With a key."), Completion(said("release"), stop="length"))
    assert got.outcome == "refused"


async def test_a_draft_is_revised_once_and_the_revision_is_reviewed():
    got, heard, model = await reviewed(Completion("Kick it."), said("revise", "No kicks."), "Turn it.", said("release"))
    assert got.text == "Turn it."
    assert len(heard[0].verdicts) == 2
    assert "No kicks." in model.history[1].messages[-1].content


async def test_a_second_wish_to_revise_declines():
    got, heard, model = await reviewed(Completion("Kick it."), said("revise"), "Kick harder.", said("revise"))
    assert got.outcome == "refused"
    assert not heard[0].released
    assert model.left == 0


async def test_an_empty_revision_declines():
    got, _, _ = await reviewed(Completion("Kick it."), said("revise"), "  ")
    assert got.outcome == "refused"


async def test_a_refusal_has_nothing_to_release():
    draft = Completion("", stop="refusal")
    got, heard, model = await reviewed(draft)
    assert got is draft
    assert not heard
    assert not model.history


async def test_a_reviewer_that_cannot_be_reached_is_an_error_and_nothing_is_sent():
    with pytest.raises(ModelUnreachable):
        await reviewed(Completion("With a key."), reviewer=Scripted([ModelUnreachable("gone")]))


async def test_nobody_hears_a_draft_while_it_is_spoken():
    pieces: list[str] = []
    model = Scripted(["Kick it.", said("refuse")])
    turn = await harden(Agent(ANA, model)).reply(TALK, pieces.append)
    assert pieces == []
    assert turn.completion.outcome == "refused"


def test_a_fenced_verdict_is_read():
    assert read_verdict(f"```json\n{said('release')}\n```").word == "release"
