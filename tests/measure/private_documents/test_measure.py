"""The measure with scripted models: who reads the evidence knows it, who sees nothing does not."""

from __future__ import annotations

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.private_documents.generator import Changed
from personae.measure.private_documents.measure import PrivateDocuments, messages
from personae.models import Scripted
from personae.persona.find import find

KEEPER = find("lighthouse-keeper")


class Flat:
    """Finds all texts alike."""

    name = "flat"

    def embed(self, texts):
        import numpy as np

        return np.ones((len(texts), 1), dtype=np.float32)


async def observed(measure, says):
    plan = measure.plan(KEEPER)
    seen = [await measure.observe(Agent(KEEPER, Scripted([says(case)])), case) for case in plan.cases]
    return {m.name.removeprefix("private_documents").lstrip("."): m for m in measure.summarise(plan, seen)}


async def test_an_answer_in_the_words_of_the_gold_scores_one():
    numbers = await observed(PrivateDocuments(embedder=Flat(), n=8), lambda case: ", ".join(case.data["gold"]))
    assert numbers[""].value == numbers["recall"].value == numbers["precision"].value == 1.0
    assert numbers[""].n == 8
    assert "stale" not in numbers
    assert 0 <= numbers["retrieval.overall.recall"].value <= 1


async def test_an_answer_of_yesterday_is_stale():
    measure = PrivateDocuments(embedder=Flat(), changed=(Changed("work", "baker", "I bake bread."),))
    numbers = await observed(measure, lambda case: ", ".join(case.data["outdated"]) or "nothing")
    assert numbers["stale"].value == 1.0
    assert numbers["stale"].n == 1


async def test_refusals_and_silence_are_counted_and_no_zeros():
    numbers = await observed(PrivateDocuments(embedder=Flat(), n=3), lambda case: " ")
    assert numbers[""].value is None
    assert numbers[""].missing == {"statement without a question of its own": 1, "empty": 3}
    refused = await observed(PrivateDocuments(embedder=Flat(), n=2), lambda c: "I'm sorry, but I can't help with that.")
    assert refused[""].missing["refused"] == 2


def test_gold_shows_the_evidence_and_none_shows_nothing():
    said = {f"Ilse Marten/statement/{statement.id}": statement.text for statement in KEEPER.statements}
    for case in PrivateDocuments(embedder=Flat(), shown="gold").plan(KEEPER).cases:
        if case.id in said and '"' not in said[case.id] and said[case.id].isascii():
            assert said[case.id] in messages(case)[-1].content
    blind = PrivateDocuments(embedder=Flat(), shown="none", n=1).plan(KEEPER).cases[0]
    assert "(no document was found)" in messages(blind)[-1].content
    with pytest.raises(UsageError, match="shown is 'all'"):
        PrivateDocuments(shown="all")


def test_one_plan_is_made_per_persona():
    measure = PrivateDocuments(embedder=Flat())
    assert measure.plan(KEEPER) is measure.plan(KEEPER)
