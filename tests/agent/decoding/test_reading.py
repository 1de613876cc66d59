"""What a scorer cannot read is not rated: it is set aside, and the reason is told."""

from __future__ import annotations

import pytest

from personae.agent.decoding import BestOf, NearPersona, NearTalk, NLIRerank, PersonaPrompted, SimOAP, select
from personae.agent.decoding.intensity import auto_weight
from personae.agent.roles import Prompted
from personae.models import ScriptedPairs
from personae.models.pairs.cache import CachedPairs
from personae.models.scripted import Scripted
from personae.persona.persona import Persona
from personae.types import Settings

WORDS = {"dog": (1.0, 0.0), "Hund": (1.0, 0.1), "Porto": (0.0, 1.0), "pet": (0.6, 0.4)}


def unread(text):
    return "not English" if "Ich" in text else None


class English(ScriptedPairs):
    """Reads English only."""

    def unread(self, text):
        return unread(text)


def ways(vectors):
    """Every score that has something read."""
    embedder, scorer = vectors(WORDS), CachedPairs(English())
    embedder.unread = unread
    near = NearPersona(embedder)
    return [SimOAP(scorer).rank, NLIRerank(scorer).rank, near, NearTalk(embedder), PersonaPrompted(near, embedder).rank]


@pytest.mark.parametrize("way", range(5))
async def test_a_candidate_that_cannot_be_read_is_set_aside(ana, talk, vectors, way):
    choice = await select(talk, ana, ["Ich habe einen Hund.", "A pet, a dog."], ways(vectors)[way])
    assert choice.index == 1
    assert choice.table[0].score is None


@pytest.mark.parametrize("way", range(5))
async def test_when_no_candidate_can_be_read_the_choice_has_the_reason(ana, talk, vectors, way):
    choice = await select(talk, ana, ["Ich habe einen Hund.", "Ich nicht."], ways(vectors)[way])
    assert choice.index is None
    assert choice.reason.endswith("reads none of 2 candidates: not English")
    assert len(choice.table) == 2


@pytest.mark.parametrize("way", [0, 1, 2, 4])
async def test_when_no_statement_can_be_read_the_choice_has_the_reason(talk, vectors, way):
    anna = Persona.model_validate({"name": "Anna", "statements": [{"id": "1", "text": "Ich habe einen Hund."}]})
    choice = await select(talk, anna, ["A dog.", "A pet."], ways(vectors)[way])
    assert (choice.index, choice.reason.endswith("reads none of 1 statements: not English")) == (None, True)


async def test_a_decoder_then_gives_the_first_reply_and_says_why(ana, talk):
    decode = BestOf(2, NLIRerank(English()).rank)
    decoded = await decode(Scripted(["Ich.", "Ich nicht."]), Prompted(tuple(talk)), Settings(), persona=ana)
    assert decoded.completion.text == "Ich."
    assert "not English" in decoded.note


async def test_the_intensity_is_plain_where_the_turn_cannot_be_read(caplog):
    scorer = English(relevant={("I own a dog.", "Ich frage: ein Hund?"): 0.9})
    assert await auto_weight(scorer, ["I own a dog."], "Ich frage: ein Hund?") == 1.0
    assert "not English" in caplog.text


def test_the_embedded_scorer_reads_english_only():
    from personae.models import open_pair_scorer

    scorer = open_pair_scorer("embedded")
    assert scorer.unread("I own a dog, and it is old.") is None
    assert "not English" in scorer.unread("Ich habe einen Hund und er ist alt.")
