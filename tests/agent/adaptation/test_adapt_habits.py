"""A habit that the turn touches comes to mind, before the reply or over its draft."""

from __future__ import annotations

from stubs.bag import BagOfWords

from personae.agent import Agent, Prompted
from personae.agent.adaptation import HabitParaphrase, HabitsInMind
from personae.models import Scripted
from personae.persona.habits import Habits, HabitSchema
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

ANA = Persona.model_validate({"name": "Ana", "statements": [{"id": "tea", "text": "I like tea."}]})
TEA = HabitSchema(
    "I make tea at four.",
    goals=("I want a pause.",),
    episodes=("I warm the pot.", "I wait three minutes.", "I make tea strong."),
    source="tea",
)
HABITS = Habits((TEA,), BagOfWords())
ASKED = Conversation((Message("user", "Do you make tea at four?"),))
DRAFT = Completion("Yes, I do.", Usage(3, 3))


async def test_the_lines_stand_in_the_prompt_marked_as_expanded():
    heard = []
    adapt = HabitsInMind(HABITS, count=2, on_recall=heard.append)
    persona = await adapt(ANA, ASKED)
    assert [s.text for s in persona.statements[1:]] == ["I make tea at four.", "I make tea strong.", "I want a pause."]
    assert {(s.origin, s.kind, s.source.section) for s in persona.statements[1:] if s.source} == {
        ("expanded", "habit", "statements.tea")
    }
    assert heard[0].schema == TEA
    prompted = await Agent(ANA, Scripted(["Yes."]), adapt=adapt).prompted(ASKED)
    assert "You make tea at four." in prompted.messages[0].content


async def test_nothing_comes_to_mind_far_from_every_habit_or_without_a_turn():
    for talk in (Conversation((Message("user", "Where were you born?"),)), Conversation()):
        assert await HabitsInMind(HABITS)(ANA, talk) == ANA


async def test_a_draft_is_told_again_with_the_lines_and_both_calls_are_paid():
    model = Scripted(["Yes, at four, and I warm the pot first."])
    refined = await HabitParaphrase(HABITS)(model, DRAFT, Prompted(ASKED.messages), Settings(), persona=ANA)
    assert refined.text == "Yes, at four, and I warm the pot first."
    messages = model.history[0].messages
    assert [m.role for m in messages] == ["system", *["user", "assistant"] * 3, "user"]
    assert "Draft: Yes, I do." in messages[-1].content
    assert "- I warm the pot." in messages[-1].content
    assert refined.usage.completion_tokens == 3 + 9


async def test_the_draft_stays_where_the_model_gives_no_whole_answer():
    for answer in (Completion(""), Completion("No.", stop="refusal"), Completion("Yes, at", stop="length")):
        refined = await HabitParaphrase(HABITS)(
            Scripted([answer]), DRAFT, Prompted(ASKED.messages), Settings(), persona=ANA
        )
        assert (refined.text, refined.stop) == ("Yes, I do.", "stop")


async def test_the_model_is_not_asked_where_no_habit_is_near_or_the_draft_is_none():
    model = Scripted([])
    far = Prompted((Message("user", "Where were you born?"),))
    paraphrase = HabitParaphrase(HABITS)
    assert await paraphrase(model, DRAFT, far, Settings(), persona=ANA) is DRAFT
    empty = Completion("")
    assert await paraphrase(model, empty, Prompted(ASKED.messages), Settings(), persona=ANA) is empty
