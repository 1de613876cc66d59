"""Trait accuracy: values told from replies by rules and by entailment, and the share over hand-made replies."""

from __future__ import annotations

import re

import pytest

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.traits import ByEntailment, ByRules, Either, Traits, trait_accuracy
from personae.models import ScriptedPairs, open_pair_scorer
from personae.models.scripted import Scripted
from personae.persona.facts import attributes, statements_for
from personae.persona.persona import Persona
from personae.types import Completion

CARD = {"gender": "female", "age": "34", "location": "Porto", "occupation": "archivist"}
OPTIONS = {
    "gender": ["male"],
    "age": ["25", "60"],
    "location": ["Rome", "New York"],
    "occupation": ["nurse", "cook"],
}


@pytest.mark.parametrize(
    ("key", "reply", "told"),
    [
        ("gender", "I'm a woman, of course.", 0),
        ("gender", "I saw a woman.", None),
        ("gender", "I am a young man.", 1),
        ("age", "I'm thirty-four years old.", 0),
        ("age", "Thirty-four.", 0),
        ("age", "25, if you must know!", 1),
        ("location", "I live in Porto, by the river.", 0),
        ("location", "In New York.", 2),
        ("location", "Not Porto.", None),
        ("location", "Porto?", None),
        ("location", "My sister is in Porto.", None),
        ("location", "I live in Paris.", None),
        ("occupation", "I'm a cook at a small inn.", 2),
        ("occupation", "I work as an archivist.", 0),
        ("occupation", "Hello there.", None),
        ("age", "I just turned sixty last week.", 2),
    ],
)
async def test_rules_tell_what_a_reply_says_outright(key, reply, told):
    assert await ByRules()(key, [CARD[key], *OPTIONS[key]], [reply]) == [told]


async def test_entailment_tells_the_value_whose_sentence_follows_most():
    scorer = ScriptedPairs(
        {
            ("Up early for the ward.", "I work as a nurse."): (0.0, 0.2, 0.8),
            ("Up early for the ward.", "I work as a cook."): (0.1, 0.3, 0.6),
            ("Hm.", "I work as a cook."): (0.1, 0.5, 0.4),
        }
    )
    classify = ByEntailment(scorer)
    replies = ["Up early for the ward.", "Hm.", "Well."]
    assert await classify("occupation", ["nurse", "cook"], replies) == [0, None, None]
    assert await classify("occupation", ["nurse", "cook"], []) == []
    assert len(scorer.history) == 6


async def test_entailment_is_asked_where_the_rules_tell_nothing():
    scorer = ScriptedPairs({("Up early.", "I work as a nurse."): (0.0, 0.0, 1.0)})
    classify = Either((ByRules(), ByEntailment(scorer)))
    assert await classify("occupation", ["nurse", "cook"], ["I'm a cook.", "Up early."]) == [1, 0]
    assert {premise for premise, _ in scorer.history} == {"Up early."}


async def test_the_accuracy_is_the_share_of_replies_that_show_the_value():
    replies = {"age": ["I'm 34.", "I am 60 years old.", " "], "location": ["I live in Porto.", "Nice weather."]}
    found = await trait_accuracy(CARD, replies, OPTIONS, ByRules())
    assert (found.value, found.n, found.missing) == (0.5, 4, {"empty": 1})
    assert found.details["values"] == {"age": 0.5, "location": 0.5}
    assert found.details["chance"] == pytest.approx(1 / 3)
    assert found.low < 0.5 < found.high


async def test_a_card_said_in_its_own_sentences_is_recovered_whole_and_another_card_not_at_all():
    people = [
        {"gender": "female", "age": "34", "location": "Porto", "occupation": "archivist", "marital status": "single"},
        {"gender": "male", "age": "25", "location": "Rome", "occupation": "nurse", "marital status": "married"},
        {"gender": "non-binary", "age": "60", "location": "Oslo", "occupation": "cook", "marital status": "widowed"},
    ]
    values = {key: [person[key] for person in people] for key in people[0]}
    for number, person in enumerate(people):
        said = {s.slot: [f"Well, {s.text} And you?"] for s in statements_for(person)}
        assert (await trait_accuracy(person, said, values, ByRules())).value == 1.0
        assert (await trait_accuracy(people[number - 1], said, values, ByRules())).value == 0.0


@pytest.mark.parametrize("key", [key for key in attributes() if key != "gender"])
async def test_every_way_of_saying_a_key_is_understood(key):
    attribute = attributes()[key]
    value, other = (list(attribute.words) or (["34", "60"] if attribute.number else ["baker", "sailor"]))[:2]
    for shape in (attribute.say, *attribute.read):
        reply = re.sub(r"\{\w*\}", value, shape.replace("{a}", "a {}"))
        assert await ByRules()(key, [value, other], [f"Oh! {reply} Why?"]) == [0], reply


async def test_without_a_reply_there_is_a_reason():
    found = await trait_accuracy(CARD, {"age": [""]}, OPTIONS, ByRules())
    assert found.value is None
    assert "1 empty" in found.reason


async def test_a_key_that_cannot_be_told_apart_is_refused():
    with pytest.raises(UsageError, match="one value only"):
        await trait_accuracy(CARD, {"age": ["I'm 34."]}, {}, ByRules())
    with pytest.raises(UsageError, match="no 'shoe size'"):
        await trait_accuracy(CARD, {"shoe size": ["41"]}, OPTIONS, ByRules())


ANA = Persona(name="Ana", identity={"age": "34", "region": "Porto", "occupation": "archivist", "gender": "female"})


def test_a_plan_asks_about_every_key_of_the_card():
    plan = Traits(seed=1).plan(ANA)
    assert {case.id: case.input for case in plan.cases}["age"] == "How old are you?"
    assert all(case.data["options"][0] == CARD[case.id] and len(case.data["options"]) <= 4 for case in plan.cases)
    assert plan == Traits(seed=1).plan(ANA)
    assert Traits().plan(ANA.edited(language="de")).missing == {"language_de": 4}


async def test_the_measure_counts_recovered_values_and_keeps_failures_apart():
    measure = Traits()
    plan = measure.plan(ANA)
    said = {
        "age": "I'm 34.",
        "location": "I live in Rome.",
        "gender": "",
        "occupation": Completion("x", stop="refusal"),
    }
    observed = [await measure.observe(Agent(ANA, Scripted([said[case.id]])), case) for case in plan.cases]
    found = measure.summarise(plan, observed)[0]
    assert (found.value, found.n, found.missing) == (0.5, 2, {"empty": 1, "refused": 1})
    assert [item["told"] for item in found.details["items"] if item["id"] == "age"] == ["34"]


#: Replies that show a value without saying it outright: key, values, reply, index of the value.
IMPLIED = [
    ("occupation", ["nurse", "cook", "teacher"], "I spend my days in a restaurant kitchen, making soups.", 1),
    ("occupation", ["nurse", "cook", "teacher"], "I teach maths to ten-year-olds.", 2),
    ("occupation", ["nurse", "cook", "teacher"], "I look after the patients on the night shift.", 0),
    ("location", ["Porto", "Rome", "Oslo"], "My flat is in the middle of Rome.", 1),
    ("location", ["Porto", "Rome", "Oslo"], "Home is Porto, where the river meets the sea.", 0),
    ("gender", ["female", "male"], "I am his father.", 1),
    ("gender", ["female", "male"], "I am the mother of two boys.", 0),
    ("marital status", ["married", "single", "widowed"], "My wife and I celebrate ten years next week.", 0),
    ("marital status", ["married", "single", "widowed"], "My husband died two years ago.", 2),
    ("interests", ["chess", "football", "painting"], "I spend my evenings at a canvas with my brushes.", 2),
    ("interests", ["chess", "football", "painting"], "I love a good game of chess.", 0),
    ("age", ["25", "40", "70"], "I am seventy and still swimming every day.", 2),
]
UNRELATED = [
    ("occupation", ["nurse", "cook", "teacher"], "What a lovely day it is!"),
    ("location", ["Porto", "Rome", "Oslo"], "I like to read in the evening."),
    ("marital status", ["married", "single", "widowed"], "I work at a school."),
    ("interests", ["chess", "football", "painting"], "My sister is visiting me."),
]


@pytest.mark.slow
async def test_the_embedded_scorer_tells_implied_values_that_rules_do_not():
    classify = Either((ByRules(), ByEntailment(open_pair_scorer("embedded"))))
    right = [(await classify(key, values, [reply]))[0] == told for key, values, reply, told in IMPLIED]
    silent = [(await classify(key, values, [reply]))[0] is None for key, values, reply in UNRELATED]
    print(f"\nimplied values told: {sum(right)} of {len(right)}; unrelated replies left alone: {sum(silent)} of 4")
    assert sum(right) > len(right) / 2
    assert sum(silent) >= 3
