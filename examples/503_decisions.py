"""A character decides as it did, or not: memories found through the persona, and a chain of behaviours. No weights."""

from personae import run
from personae.agent import Agent
from personae.measure.behaviour_chains import BehaviourChains, own_chains
from personae.measure.decisions import CharMap, Decision, Decisions, compare_retrieval, synthetic_decisions
from personae.models import Scripted
from personae.persona.persona import Persona

night = Decision(
    id="night",
    character="Ana",
    scenario="A boat is ready at the pier, and it is dark.",
    question="What does Ana do?",
    options=("She goes aboard.", "She stays on land.", "She waits for Rui.", "She sells her ticket."),
    gold=1,
    description="Ana bakes bread. About any boat Ana hears what Marta said.",
    memories=("The pier was green.", "The bread was stale.", "Marta said: never at night.", "A dark boat sank."),
)
for mapped in (False, True):
    found = CharMap(parts=1, memories=2, mapped=mapped)(night)
    print("mapped:" if mapped else "scenario:", [night.memories[index] for index in found.memories])


def reader(messages, options):
    """A model that goes by Marta's words where it gets to read them."""
    read = "never at night" in messages[-1].content
    return [(-0.1 if not read or "stays" in option else -9.0) * len(option.split()) for option in options]


def taken(measure, model):
    """All cases of a measure, one after the other, and their numbers."""
    nobody = Persona(name="nobody")
    plan, agent = measure.plan(nobody), Agent(nobody, model)
    seen = [run(measure.observe(agent, case)) for case in plan.cases]
    for number in measure.summarise(plan, seen):
        print(f"{number.name:32}", number.reason if number.value is None else round(number.value, 3))


taken(Decisions((night,), recall=CharMap(parts=1, memories=2)), Scripted(option_scores=reader))
print(compare_retrieval(synthetic_decisions(50), CharMap(), CharMap(mapped=False)))

saver = Scripted(option_scores=lambda messages, options: [-2.0 if "takes" in option else -3.0 for option in options])
taken(BehaviourChains(own_chains()), saver)
