"""One turn: what the model is asked, what comes back, and which role did what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from personae.agent import Agent, BestOf, Prompted, RolePlayPrompt
from personae.agent.decoding import fresh_wording
from personae.errors import ContextOverflow, ModelUnreachable, UsageError
from personae.memory import Window
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Message, Settings, Usage

ANA = Persona.model_validate({"name": "Ana", "statements": [{"id": "s1", "text": "I keep maps."}]})
HELLO = Conversation((Message("user", "Hello"),))


class Counting(Scripted):
    """A scripted model that counts letters as tokens and reads 1,200 of them."""

    context = 1_200

    async def count_tokens(self, text: str) -> int:
        return len(text)


async def test_a_reply_is_a_message_in_the_personas_name() -> None:
    model = Scripted(["Ana: Good evening. "])
    turn = await Agent(ANA, model).reply(HELLO)
    assert turn.message == Message("assistant", "Good evening.", name="Ana")
    assert turn.completion.text == "Ana: Good evening. "
    assert model.history[0].messages == turn.prompt.messages


async def test_the_users_label_ends_the_turn() -> None:
    model = Scripted(["Yes."])
    await Agent(ANA, model, user="Rui", settings=Settings(stop=("###",))).reply(HELLO)
    asked = model.history[0].settings
    assert asked is not None
    assert asked.stop == ("###", "\nRui:")


async def test_prompted_shows_the_prompt_without_asking() -> None:
    model = Scripted(["Yes."])
    agent = Agent(ANA, model)
    prompted = await agent.prompted(HELLO)
    assert model.history == []
    assert (await agent.reply(HELLO)).prompt == prompted


async def test_pieces_are_heard_as_they_come_and_join_to_the_reply() -> None:
    heard: list[str] = []
    turn = await Agent(ANA, Scripted(["Good evening to you."])).reply(HELLO, heard.append)
    assert len(heard) > 1
    assert "".join(heard) == turn.message.content == "Good evening to you."
    assert turn.completion.usage.completion_tokens > 0


async def test_outcomes_stay_visible() -> None:
    turn = await Agent(ANA, Scripted([Completion("", stop="refusal")])).reply(HELLO)
    assert turn.completion.outcome == "refused"
    with pytest.raises(ModelUnreachable):
        await Agent(ANA, Scripted([ModelUnreachable("down")])).reply(HELLO)


async def test_every_role_has_its_place() -> None:
    order: list[str] = []

    class Memory(Window):
        async def keep(self, message: Message) -> None:
            order.append(f"keep {message.content}")

    async def refine(
        model: Any, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        order.append(f"refine {draft.text}")
        return Completion("Better.")

    async def adapt(persona: Persona, conversation: Conversation) -> Persona:
        order.append("adapt")
        return persona.edited(name="Rui")

    turn = await Agent(ANA, Scripted(["Draft."]), memory=Memory(), refine=refine, adapt=adapt).reply(HELLO)
    assert order == ["adapt", "refine Draft.", "keep Better."]
    assert turn.message.name == "Rui"
    assert "You are Rui" in turn.prompt.messages[0].content


async def test_the_models_own_count_and_context_bound_the_prompt() -> None:
    long = Conversation(tuple(Message("assistant" if n % 2 else "user", f"line {n} " * 8) for n in range(41)))
    model = Counting(["Yes."])
    turn = await Agent(ANA, model, settings=Settings(max_tokens=100)).reply(long)
    letters = sum(len(message.content) for message in turn.prompt.messages)
    assert letters <= 1_100
    assert turn.prompt.messages[-1].content == long[-1].content
    assert any("oldest message" in line for line in turn.prompt.pruned)


async def test_no_room_for_an_answer_is_one_clear_error() -> None:
    with pytest.raises(ContextOverflow, match="no room"):
        await Agent(ANA, Counting(["Yes."]), settings=Settings(max_tokens=1_200)).reply(HELLO)
    with pytest.raises(ContextOverflow, match="shorten the persona"):
        await Agent(ANA.edited(description="long " * 900), Counting(["Yes."])).reply(HELLO)


class TestBestOf:
    @staticmethod
    def longest(context: Sequence[Message], persona: Persona, candidates: Sequence[str]) -> list[float]:
        return [float(len(text)) for text in candidates]

    async def test_the_best_score_wins_and_all_are_paid(self) -> None:
        usage = Usage(10, 2)
        model = Scripted([Completion("aa", usage), Completion("aaaa", usage), Completion("aaaaaa", usage, "length")])
        turn = await Agent(ANA, model, decode=BestOf(3, self.longest), settings=Settings(seed=7)).reply(HELLO)
        assert turn.message.content == "aaaa"
        assert turn.completion.usage == Usage(30, 6)
        assert [candidate.score for candidate in turn.candidates] == [2.0, 4.0, None]
        assert [call.settings.seed for call in model.history if call.settings] == [7, 8, 9]

    async def test_without_a_usable_answer_the_first_stays_what_it_is(self) -> None:
        model = Scripted([Completion("", stop="refusal"), Completion("")])
        turn = await Agent(ANA, model, decode=BestOf(2, self.longest)).reply(HELLO)
        assert turn.completion.outcome == "refused"

    async def test_of_equals_the_first_wins_and_only_it_is_heard(self) -> None:
        heard: list[str] = []
        agent = Agent(ANA, Scripted(["one", "two"]), decode=BestOf(2, self.longest))
        await agent.reply(HELLO, heard.append)
        assert heard == ["one"]

    def test_one_candidate_is_not_a_choice(self) -> None:
        with pytest.raises(UsageError, match="at least 2"):
            BestOf(1, self.longest)


def test_fresh_wording_counts_repeated_and_echoed_pairs() -> None:
    context = [Message("user", "do you like tea"), Message("assistant", "I am fine")]
    scores = fresh_wording(context, ANA, ["a b a b", "do you like tea", "I am here", "well"])
    # pairs: (ab, ba, ab) one of three repeated; all three echoed; (I am) of two said before; no pairs
    assert scores == pytest.approx([1 - 1 / 3, 0.5, 0.5, 1.0])


@pytest.mark.slow
def test_the_embedded_model_plays_a_persona() -> None:
    from personae.models.embedded import Embedded

    async def talk() -> str:
        async with Embedded() as model:
            persona = ANA.edited(greetings=("Good evening.",))
            agent = Agent(persona, model, prompt=RolePlayPrompt(), settings=Settings(temperature=0, max_tokens=8))
            return (await agent.reply(Conversation((Message("user", "What do you do?"),)))).message.content

    assert asyncio.run(talk()).strip()
