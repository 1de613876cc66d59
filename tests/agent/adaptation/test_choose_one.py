"""One statement for a turn: the prior, the choice, and what goes to the prompt."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.agent.adaptation import ChooseOne, Chosen, prior
from personae.errors import UsageError
from personae.models import Scripted, ScriptedPairs
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import Conversation, Message

ANA = Persona.model_validate(
    {
        "name": "Ana",
        "description": "Ana has a past in the circus.",
        "goals": ["see the sea"],
        "statements": [
            {"id": "name", "text": "My name is Ana.", "kind": "name"},
            {"id": "cat", "text": "I have a cat.", "kind": "pet"},
            {"id": "tea", "text": "I like tea.", "kind": "food", "origin": "expanded"},
            {"id": "rui", "text": "My friend has a dog.", "speaker": "other"},
        ],
    }
)
ASKED = Conversation((Message("user", "Hello."), Message("assistant", "Hi!"), Message("user", "Any pets?")))
SCORER = ScriptedPairs(relevant={("I have a cat.", "Any pets?"): 0.75, ("I like tea.", "Any pets?"): 0.5})


async def test_the_prior_is_the_softmax_of_the_heads_logits_sharpened_by_the_temperature():
    # logits ln 3 and 0; τ = 1: 3/4 and 1/4; τ = .5: 9/10 and 1/10
    free = ANA.statements[1:3]
    assert await prior(free, "Any pets?", SCORER, temperature=1.0) == pytest.approx([0.75, 0.25])
    assert await prior(free, "Any pets?", SCORER) == pytest.approx([0.9, 0.1])


async def test_heads_of_zero_and_one_leave_the_prior_finite():
    sure = ScriptedPairs(relevant={("I have a cat.", "Any pets?"): 1.0})
    assert await prior(ANA.statements[1:3], "Any pets?", sure) == pytest.approx([1.0, 0.0], abs=1e-9)


async def test_given_and_expanded_stand_for_choice_others_and_the_core_do_not():
    chosen = await ChooseOne(SCORER).choose(ANA, ASKED)
    assert chosen.id == "cat"
    assert not chosen.forced
    assert [name for name, _ in chosen.prior] == ["cat", "tea"]
    assert sum(share for _, share in chosen.prior) == pytest.approx(1.0)


async def test_statements_in_the_third_person_are_compared_in_the_first():
    eve = Persona.model_validate(
        {"name": "Eve", "statements": [{"id": "cat", "text": "Eve has a cat.", "person": "third"}, *ANA.statements[2:]]}
    )
    assert (await ChooseOne(SCORER).choose(eve, ASKED)).id == "cat"


async def test_a_forced_statement_is_taken_and_the_prior_still_told():
    chosen = await ChooseOne(SCORER, force="tea").choose(ANA, ASKED)
    assert (chosen.id, chosen.forced, dict(chosen.prior)["cat"]) == ("tea", True, pytest.approx(0.9))


async def test_forcing_a_statement_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match="no statement 'dog' to force; the ids are name, cat"):
        await ChooseOne(SCORER, force="dog").choose(ANA, ASKED)


async def test_forcing_needs_no_turn_of_the_user():
    assert await ChooseOne(SCORER, force="tea").choose(ANA, Conversation()) == Chosen("tea", forced=True)


async def test_before_anybody_spoke_the_persona_stays_whole():
    heard = []
    assert await ChooseOne(SCORER, on_choice=heard.append)(ANA, Conversation()) == ANA
    assert heard == [Chosen(None)]


async def test_a_temperature_of_nothing_is_an_error():
    with pytest.raises(UsageError, match="temperature is 0"):
        ChooseOne(SCORER, temperature=0)


async def test_only_the_core_and_the_chosen_statement_reach_the_prompt():
    heard = []
    agent = Agent(ANA, Scripted(["Yes."]), adapt=ChooseOne(SCORER, on_choice=heard.append))
    text = "\n".join(message.content for message in (await agent.prompted(ASKED)).messages)
    assert "You have a cat" in text
    assert "Your name is Ana" in text
    for gone in ("tea", "circus", "see the sea", "dog"):
        assert gone not in text
    assert heard[0].id == "cat"


async def test_what_the_scorer_cannot_read_takes_no_part():
    class English(ScriptedPairs):
        def unread(self, text):
            return "not English" if "Ich" in text else None

    half = ANA.edited(statements=(*ANA.statements, Statement(id="katze", text="Ich habe eine Katze.")))
    chosen = await ChooseOne(English()).choose(half, ASKED)
    assert [id for id, _ in chosen.prior] == ["cat", "tea"]
    for who, said in ((ANA.edited(statements=half.statements[-1:]), "Any pets?"), (half, "Ich frage mich.")):
        talk = Conversation((Message("user", said),))
        assert await ChooseOne(English()).choose(who, talk) == Chosen(None)
        assert await ChooseOne(English())(who, talk) == who
