"""Several adaptations in one turn."""

from __future__ import annotations

from personae.agent.adaptation import ChooseOne, InTurn, Invent, Pool
from personae.models import ScriptedPairs
from personae.persona.persona import Persona
from personae.types import Conversation, Message

ASKED = Conversation((Message("user", "Do you drive a car?"),))
ANA = Persona.model_validate({"name": "Ana", "statements": [{"id": "maps", "text": "I keep maps."}]})


async def test_each_gets_what_the_one_before_it_made():
    scorer = ScriptedPairs(relevant={("I drive a red car.", "Do you drive a car?"): 0.9})
    adapt = InTurn((Invent(scorer, Pool(("I drive a red car.",))), ChooseOne(scorer)))
    assert [s.text for s in (await adapt(ANA, ASKED)).statements] == ["I drive a red car."]


async def test_none_leaves_the_persona_as_it_is():
    assert await InTurn(())(ANA, ASKED) is ANA
