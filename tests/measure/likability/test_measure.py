"""The whole measure with a scripted assistant and a scripted user."""

from __future__ import annotations

import json

import pytest

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.measure.likability import DIMENSIONS, Fact, Likability, User, own_users, read_users
from personae.models import Scripted, ScriptedPairs
from personae.persona.persona import Persona
from personae.types import Completion

SECRET = "Odile is 71 and grieves for her brother."
ODILE = User("Odile", SECRET, 4, ("letters", "a gift"), (Fact("My brother was called Anselm.", "His name?", "Anselm"),))


class Sitter:
    """Talks and rates: the n-th rated turn gets n in all but callback."""

    def __init__(self, talks="My brother Anselm wrote letters.", rates=None):
        self.turn, self.talks, self.rates = 0, talks, rates

    def __call__(self, messages):
        if "Rate only" not in messages[-1].content:
            return self.talks
        self.turn += 1
        if self.rates is not None:
            return self.rates
        return json.dumps(dict.fromkeys(DIMENSIONS, min(5, self.turn)) | {"callback": 1})


def agent(reply="Anselm wrote many letters.", **options):
    return Agent(Persona(name="Assistant"), Scripted(reply if callable(reply) else (lambda m: reply)), **options)


async def observed(measure, one):
    plan = measure.plan()
    seen = [await measure.observe(one, case) for case in plan.cases]
    return seen, {number.name: number for number in measure.summarise(plan, seen)}


async def test_a_talk_is_rated_turn_by_turn_and_summed_up():
    pairs = ScriptedPairs(relevant={("My brother was called Anselm.", "Anselm wrote many letters."): 0.8})
    measure = Likability((ODILE,), Scripted(Sitter()), sessions=2, turns=2, pairs=pairs)
    (seen,), numbers = await observed(measure, agent())
    assert [(one["session"], one["turn"]) for one in seen.data["rated"]] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert numbers["likability"].value == pytest.approx((1 + 2 + 3 + 4) / 4 * 6 / 7 + 1 / 7)
    assert numbers["likability.slope.turn"].value == pytest.approx(6 / 7)
    assert numbers["likability.slope.session"].value == pytest.approx(2 * 6 / 7)
    assert numbers["likability.memory_accuracy"].value == 1.0
    assert numbers["likability.facts_per_profile"].value == 1.0
    assert numbers["likability.proxy.length_fit"].value == 1.0
    assert numbers["likability.proxy.callback"].value == pytest.approx(0.8)
    assert numbers["likability.proxy.callback"].missing == {"nothing to compare with": 2}  # the first chat
    assert numbers["likability.proxy.reference"].value > 0.5


async def test_the_assistant_learns_only_from_the_talk():
    assistant = agent()
    await observed(Likability((ODILE,), Scripted(Sitter()), sessions=2, turns=2), assistant)
    read = "\n".join(message.content for call in assistant.model.history for message in call.messages)
    assert SECRET not in read
    assert "grieves" not in read


async def test_the_same_user_talks_and_rates():
    user = Scripted(Sitter())
    await observed(Likability((ODILE,), user, sessions=1, turns=2), agent())
    assert all(any(SECRET in message.content for message in call.messages) for call in user.history)


async def test_an_assistant_that_forgets_has_no_memory():
    _, numbers = await observed(Likability((ODILE,), Scripted(Sitter()), 1, 2), agent("Who?"))
    assert numbers["likability.memory_accuracy"].value == 0.0


async def test_where_no_fact_came_up_there_is_a_reason_and_no_accuracy():
    _, numbers = await observed(Likability((ODILE,), Scripted(Sitter("Hm.")), 1, 2), agent())
    assert numbers["likability.memory_accuracy"].value is None
    assert numbers["likability.memory_accuracy"].missing == {"no fact came up": 1}


async def test_a_constant_rater_gives_a_reason():
    same = json.dumps(dict.fromkeys(DIMENSIONS, 3))
    _, numbers = await observed(Likability((ODILE,), Scripted(Sitter(rates=same)), 1, 3), agent())
    assert numbers["likability"].reason == "constant rater: 3 for everything, in 3 turns"


@pytest.mark.parametrize("rates", ["5 stars!", json.dumps(dict.fromkeys(DIMENSIONS, 7)), json.dumps({"callback": 5})])
async def test_a_rating_that_is_none_is_counted_and_never_a_one(rates):
    (seen,), numbers = await observed(Likability((ODILE,), Scripted(Sitter(rates=rates)), 1, 2), agent())
    assert (seen.outcome, seen.value) == ("unparsed", None)
    assert numbers["likability"].reason == "no turn was rated"
    assert numbers["likability"].missing == {"unparsed": 2}


async def test_a_reply_that_is_none_ends_the_chat_and_is_counted():
    (seen,), numbers = await observed(
        Likability((ODILE,), Scripted(Sitter()), 1, 3),
        Agent(Persona(name="A"), Scripted([Completion("", stop="refusal")] * 2)),
    )
    assert seen.outcome == "refused"
    assert numbers["likability"].missing == {"not_run": 2, "refused": 1}


async def test_who_grades_itself_is_named():
    def both(messages):
        return Sitter()(messages)

    _, numbers = await observed(Likability((ODILE,), None, 1, 2), agent(both))
    assert numbers["likability"].details["raters"] == {"scripted": True}


def test_our_users_have_facts_that_can_come_up():
    for user in own_users():
        assert len(user.topics) >= 2
        assert all(fact.answer.lower() in fact.text.lower() for fact in user.facts)


def test_a_users_file_is_read_and_a_bad_one_named(tmp_path):
    path = tmp_path / "users.yaml"
    path.write_text("- {name: Ana, persona: A nurse., words: 20, topics: [night shifts]}\n", encoding="utf-8")
    assert read_users(path) == (User("Ana", "A nurse.", 20, ("night shifts",)),)
    path.write_text("- {name: Ana, persona: A nurse., words: 0, topics: [x]}\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"0\.words"):
        read_users(path)
    path.write_text("- [", encoding="utf-8")
    with pytest.raises(FormatError, match="no YAML"):
        read_users(path)


def test_no_chats_are_refused():
    with pytest.raises(UsageError):
        Likability((ODILE,), sessions=0)
