"""The unanswerable question: when it is one, what is found, and that it is found again."""

from __future__ import annotations

import asyncio

import pytest
from stubs.bag import BagOfWords

from personae.agent import Agent
from personae.agent.adaptation import Invent, Notebook, Pool
from personae.agent.adaptation.sounding import style_nearness
from personae.models import Scripted, ScriptedPairs
from personae.persona.parts import Statement
from personae.persona.persona import Persona
from personae.types import Conversation, Message

ANA = Persona(name="Ana", statements=(Statement(id="bus", text="I take the bus because I cannot drive."),))
POOL = Pool(("I drive a red car.", "I drive a bus.", "I grow roses.", "I have a boat."))
QUESTION = "Do you drive a car?"


def asked(text: str = QUESTION) -> Conversation:
    return Conversation((Message("user", text),))


def denies(*facts: str) -> ScriptedPairs:
    return ScriptedPairs({(fact, ANA.statements[0].text): (0.9, 0.1, 0.0) for fact in facts})


async def test_the_best_fact_that_contradicts_nothing_is_told_and_written_down():
    book = Notebook()
    found = await Invent(denies("I drive a red car."), POOL, book).answer(ANA, asked())
    assert found.how == "invented"
    assert found.statement is not None
    assert found.statement.text == "I drive a bus."
    assert found.statement.origin == "invented"
    assert [text for text, _ in found.dropped] == ["I drive a red car."]
    assert [note.statement for note in book.notes("Ana")] == [found.statement]
    assert found.persona.statements == (*ANA.statements, found.statement)


async def test_a_contradiction_counts_in_either_direction():
    other_way = ScriptedPairs({(ANA.statements[0].text, "I drive a red car."): (0.5, 0.5, 0.0)})
    found = await Invent(other_way, POOL).answer(ANA, asked())
    assert found.dropped == (("I drive a red car.", 0.5),)


@pytest.mark.parametrize("again", [QUESTION, "do you drive a car"])
async def test_the_same_question_gets_the_same_fact_in_this_session_and_the_next(tmp_path, again):
    path = tmp_path / "notes.jsonl"
    first = await Invent(ScriptedPairs(), POOL, Notebook(path)).answer(ANA, asked())
    for book in (Notebook(path), Notebook(path)):
        second = await Invent(ScriptedPairs(), POOL, book).answer(ANA, asked(again))
        assert (second.how, second.statement) == ("noted", first.statement)
    assert len(path.read_text().splitlines()) == 1


async def test_a_statement_that_answers_leaves_nothing_to_invent():
    for relevance, how in [(0.3, "known"), (0.29, "invented")]:
        scorer = ScriptedPairs(relevant={(ANA.statements[0].text, QUESTION): relevance})
        assert (await Invent(scorer, POOL).answer(ANA, asked())).how == how


async def test_with_an_embedder_a_statement_that_answers_is_also_near():
    far = "I was born in May."
    scorer = ScriptedPairs(relevant={(far, QUESTION): 0.9, (ANA.statements[0].text, QUESTION): 0.4})
    eve = Persona(name="Eve", statements=(Statement(id="may", text=far), *ANA.statements))
    assert (await Invent(scorer, POOL).answer(eve, asked())).statement == eve.statements[0]
    for near, how in [(0.1, "known"), (0.99, "invented")]:
        found = await Invent(scorer, POOL, embedder=BagOfWords(), near=near).answer(eve, asked())
        assert found.how == how
        assert how == "invented" or found.statement == eve.statements[1]


@pytest.mark.parametrize("text", ["Hello!", "How are you?", "I drive a car.", "Is it raining?"])
async def test_where_nobody_asks_about_the_persona_nothing_is_made_up(text):
    scorer = ScriptedPairs()
    found = await Invent(scorer, POOL).answer(ANA, asked(text))
    assert (found.how, found.persona) == ("no question", ANA)
    assert scorer.history == []


async def test_when_everything_contradicts_nothing_is_made_up():
    everything = ScriptedPairs(otherwise=(1.0, 0.0, 0.0))
    found = await Invent(everything, POOL).answer(ANA, asked())
    assert (found.how, found.statement, found.persona) == ("nothing fits", None, ANA)
    assert "I drive a red car." in dict(found.dropped)


async def test_what_is_far_from_the_question_is_no_answer():
    assert (await Invent(ScriptedPairs(), POOL).answer(ANA, asked("Would you zzz?"))).how == "nothing fits"
    found = await Invent(ScriptedPairs(), POOL, embedder=BagOfWords()).answer(ANA, asked("Would you zzz?"))
    assert found.how == "nothing fits"


async def test_a_fact_made_up_earlier_binds_the_later_ones():
    book = Notebook()
    boat = book.write("Ana", "Do you have a boat?", "I have a boat.")
    scorer = ScriptedPairs({("I drive a red car.", boat.text): (0.9, 0.1, 0.0)})
    found = await Invent(scorer, POOL, book).answer(ANA, asked())
    assert found.statement is not None
    assert found.statement.text != "I drive a red car."
    assert boat in found.persona.statements


async def test_two_turns_at_once_agree():
    invent = Invent(ScriptedPairs(), POOL)
    found = await asyncio.gather(*(invent.answer(ANA, asked()) for _ in range(4)))
    assert len({each.statement.id for each in found if each.statement}) == 1
    assert len(invent.notebook.notes("Ana")) == 1


async def test_an_agent_reads_the_fact_in_its_prompt():
    heard = []
    invent = Invent(ScriptedPairs(), POOL, on_invention=heard.append)
    agent = Agent(ANA, Scripted(["I do."]), adapt=invent)
    prompted = await agent.prompted(asked())
    assert "You drive a red car." in prompted.messages[0].content
    assert [each.how for each in heard] == ["invented"]


def test_of_two_equal_facts_the_one_in_the_personas_manner_comes_first():
    pool = Pool(("I drive a car!!! So happy!!!", "I drive a car, so happy."))
    calm = ["I keep maps, so quiet.", "I read a lot."]
    assert Invent(ScriptedPairs(), pool).ranked(QUESTION, calm)[0] == "I drive a car, so happy."
    near = style_nearness(list(pool.facts), calm)
    assert near[1] > near[0]
    assert style_nearness(["same"], ["same"]) == [1.0]


async def test_a_question_that_leans_on_the_talk_is_another_one_in_another_talk():
    invent = Invent(ScriptedPairs(), Pool(("I have a boat.", "I grow roses.")))

    async def told(before: str) -> str | None:
        talk = Conversation(
            (Message("user", before), Message("assistant", "Oh!"), Message("user", before), *asked("And you?"))
        )
        statement = (await invent.answer(ANA, talk)).statement
        return statement and statement.text

    assert await told("I have a boat.") == "I have a boat."
    assert await told("I grow roses.") == "I grow roses."


async def test_what_the_scorer_cannot_read_is_not_answered_with_an_invention(caplog):
    class English(ScriptedPairs):
        def unread(self, text):
            return "not English" if "Ich" in text or "dich" in text else None

    book = Notebook()
    invent = Invent(English(), POOL, book, when=lambda text: True)
    anna = Persona(name="Anna", statements=(Statement(id="bus", text="Ich fahre Bus."),))
    assert (await invent.answer(anna, asked())).how == "unread"
    assert (await invent.answer(ANA, asked("Was fährt dich?"))).how == "unread"
    assert book.notes("Ana") == ()
    assert "not English" in caplog.text
