"""A measure in a bounded loop: order, limits, and calls that fail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from personae.agent import Agent
from personae.errors import BadResponse, ModelUnreachable
from personae.measure.observing import observe_all
from personae.measure.protocol import Case, Observation, Plan
from personae.models import Scripted
from personae.persona.persona import Persona

PLAN = Plan(tuple(Case(str(n), "") for n in range(9)))
AGENT = Agent(Persona(name="Ana"), Scripted())


@dataclass
class Waiting:
    """Later cases are done sooner; one of them may fail."""

    error: Exception | None = None
    at_once: int = 0
    most: int = 0
    done: list[str] = field(default_factory=list)
    name: str = "waiting"

    async def observe(self, agent, case):
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep((9 - int(case.id)) / 1000)
        self.at_once -= 1
        if case.id == "4" and self.error:
            raise self.error
        self.done.append(case.id)
        return Observation(case.id, "answered", 1.0)


async def test_observations_come_in_the_order_of_the_plan_however_they_end():
    measure, heard = Waiting(), []
    seen = await observe_all(measure, AGENT, PLAN, at_once=3, on_done=lambda *told: heard.append(told))
    assert [one.case_id for one in seen] == [case.id for case in PLAN.cases]
    assert measure.done != [case.id for case in PLAN.cases]
    assert measure.most == 3
    assert heard[-1] == ("waiting", 9, 9)


async def test_a_call_that_cannot_be_answered_fails_its_case_only():
    seen = await observe_all(Waiting(BadResponse("odd")), AGENT, PLAN)
    assert [one.outcome for one in seen if one.case_id == "4"] == ["failed"]
    assert sum(one.outcome == "answered" for one in seen) == 8


async def test_a_model_that_cannot_be_reached_stops_everything():
    measure = Waiting(ModelUnreachable("gone"))
    with pytest.raises(ModelUnreachable):
        await observe_all(measure, AGENT, PLAN, at_once=1)
    assert len(measure.done) == 4
