"""All claims put to a stub."""

from __future__ import annotations

import pytest
from stubs.stances import Stub, exact

from personae.agent import Agent
from personae.measure.stance import Stances
from personae.persona.persona import Persona


@pytest.fixture
def run():
    """All claims put to a stub; gives (measurements by name, plan, observations)."""

    async def go(says, **options):
        measure = Stances(scorer=options.pop("scorer", None) or exact(), readable=lambda text: None, **options)
        agent = Agent(Persona(name="Ana"), Stub(says))
        plan = measure.plan(agent.persona)
        seen = [await measure.observe(agent, case) for case in plan.cases]
        return {m.name: m for m in measure.summarise(plan, seen)}, plan, seen

    return go
