"""SimOAP: fit first, then entailment; the parrot does not win."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.agent.decoding import SimOAP, select
from personae.errors import UsageError
from personae.models import ScriptedPairs
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Conversation, Message, Settings

ALL = "I own a dog. I live in Porto."
ECHO = "Do you have a pet?"


def entails(**replies: float) -> ScriptedPairs:
    return ScriptedPairs({(ALL, text): (0.0, 1 - p, p) for text, p in replies.items()})


async def test_the_candidate_the_persona_entails_is_taken(ana, talk):
    candidates = ["My pet is a cat.", "Yes, a dog is my pet."]
    choice = await select(talk, ana, candidates, SimOAP(entails(**{candidates[1]: 0.9})).rank)
    assert choice.index == 1
    assert choice.table[1].score == choice.table[1].scores["consistency"] == pytest.approx(0.9)


async def test_only_the_coherent_ones_are_read_by_the_scorer(ana, talk):
    scorer = ScriptedPairs()
    candidates = ["No pet here.", "You have a nice pet.", "Blue.", "A pet? I have.", "Rain.", "My pet sleeps."]
    choice = await select(talk, ana, candidates, SimOAP(scorer, keep=4).rank)
    read = {hypothesis for _, hypothesis in scorer.history}
    assert read == {candidates[0], candidates[1], candidates[3], candidates[5]}
    assert [row.score is None for row in choice.table] == [False, False, True, False, True, False]
    assert set(choice.table[2].scores) == {"nearness", "echo", "coherence"}


async def test_repeating_the_question_costs_half_a_point_per_shared_pair(ana, talk):
    choice = await select(talk, ana, [ECHO, "A pet, yes."], SimOAP(ScriptedPairs()).rank)
    parrot = choice.table[0].scores
    assert parrot["nearness"] == pytest.approx(1.0)
    assert parrot["echo"] == 1.0
    assert parrot["coherence"] == pytest.approx(0.5)
    assert (await select(talk, ana, [ECHO, "A pet, yes."], SimOAP(ScriptedPairs(), echo=0).rank)).table[0].scores[
        "coherence"
    ] == pytest.approx(1.0)


@pytest.mark.parametrize(("n", "kept"), [(3, 3), (16, 16), (80, 16), (400, 20), (2000, 100)])
def test_a_twentieth_is_kept_and_at_least_sixteen(n, kept):
    assert len(SimOAP(ScriptedPairs())._kept([float(number) for number in range(1, n + 1)])) == kept


async def test_a_persona_without_statements_is_judged_by_coherence(nobody, talk):
    choice = await select(talk, nobody, ["Rain.", "A pet? No."], SimOAP(ScriptedPairs()).rank)
    assert choice.index == 1
    assert choice.table[1].score == choice.table[1].scores["coherence"]


async def test_only_what_the_persona_says_of_itself_is_read(talk):
    own = {"id": "s1", "text": "Ana owns a dog", "person": "third"}
    ana = Persona.model_validate(
        {"name": "Ana", "statements": [own, {"id": "s2", "text": "You sing.", "speaker": "user"}]}
    )
    scorer = ScriptedPairs()
    await select(talk, ana, ["A pet."], SimOAP(scorer).rank)
    assert scorer.history == [("I own a dog.", "A pet.")]


async def test_when_nobody_has_spoken_all_candidates_are_read(ana):
    scorer = entails(f=0.4)
    choice = await select([], ana, list("abcdef"), SimOAP(scorer).rank)
    assert choice.index == 5
    assert len(scorer.history) == 6


async def test_as_a_decoder_it_samples_hot_with_its_own_seeds(ana):
    model = Scripted(["Rain.", "A dog is my pet.", "My pet?", "No pet."])
    decode = SimOAP(entails(**{"A dog is my pet.": 0.8}), n=4)
    turn = await Agent(ana, model, decode=decode, settings=Settings(temperature=0.2, seed=3)).reply(
        Conversation((Message("user", "Do you have a pet?"),))
    )
    assert turn.message.content == "A dog is my pet."
    asked = [call.settings for call in model.history if call.settings]
    assert {(settings.temperature, settings.top_p) for settings in asked} == {(1.0, 0.95)}
    assert [settings.seed for settings in asked] == [3, 4, 5, 6]
    assert turn.candidates[1].scores["consistency"] == pytest.approx(0.8)


async def test_the_agents_own_temperature_may_stand(ana, talk):
    model = Scripted(["a", "b"])
    decode = SimOAP(ScriptedPairs(), n=2, temperature=None, top_p=None)
    await Agent(ana, model, decode=decode, settings=Settings(temperature=0.2, top_p=0.8)).reply(Conversation(talk))
    assert {(c.settings.temperature, c.settings.top_p) for c in model.history if c.settings} == {(0.2, 0.8)}


def test_keeping_none_is_an_error():
    with pytest.raises(UsageError, match="at least 1"):
        SimOAP(ScriptedPairs(), keep=0)
