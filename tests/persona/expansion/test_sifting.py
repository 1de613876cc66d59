"""Which proposed facts stay, and what the numbers say of those that go."""

from __future__ import annotations

from stubs.bag import BagOfWords

from personae.models import ScriptedPairs
from personae.persona.expansion import Fact, sift
from personae.persona.parts import Statement

MEAT = Statement(id="meat", text="I never eat meat.")
DOG = Statement(id="dog", text="I have a dog.")
STEAK = Fact("I grill steak on Sundays.", "routine", MEAT)
WALK = Fact("I walk before breakfast.", "routine", DOG)
CONTRADICTS = (0.8, 0.2, 0.0)


async def test_a_fact_that_denies_a_given_one_is_dropped_whichever_is_the_premise():
    for pair in [(STEAK.text, MEAT.text), (MEAT.text, STEAK.text)]:
        kept, dropped = await sift([STEAK, WALK], [MEAT.text, DOG.text], ScriptedPairs({pair: CONTRADICTS}))
        assert kept == (WALK,)
        assert [(d.fact, d.reason, d.against, round(d.value, 3)) for d in dropped] == [
            (STEAK, "contradicts", MEAT.text, 0.8)
        ]


async def test_one_half_is_a_contradiction_and_a_little_less_only_lowers_the_confidence():
    at, below = (ScriptedPairs({(WALK.text, DOG.text): (p, 1 - p, 0.0)}) for p in (0.5, 0.49))
    assert (await sift([WALK], [DOG.text], at))[0] == ()
    (kept,), _ = await sift([WALK], [DOG.text], below)
    assert round(kept.confidence, 3) == 0.51


async def test_the_same_words_are_a_repetition_also_without_an_embedder():
    again = Fact("i have a DOG", "characteristic", DOG)
    kept, dropped = await sift([again], [DOG.text], ScriptedPairs())
    assert kept == ()
    assert (dropped[0].reason, dropped[0].value) == ("repeats", 1.0)


async def test_near_the_same_by_cosine_is_a_repetition_of_given_and_of_kept():
    # seven of eight words shared: cosine 7/8 · … = 0.935 > .9 (bags of 8 and 7 different words)
    long = Fact("I take my old brown dog out early", "routine", DOG)
    longer = Fact("I take my old brown dog out early today", "routine", DOG)
    kept, dropped = await sift([long, longer], [], ScriptedPairs(), BagOfWords())
    assert kept == (long,)
    assert dropped[0].against == long.text
    assert round(dropped[0].value, 3) == round((8 / (8 * 9) ** 0.5), 3)


async def test_a_slot_takes_no_more_than_it_may_and_asks_only_for_what_it_needs():
    facts = [Fact(f"I do thing number {n}.", "routine", DOG) for n in range(9)]
    scorer = ScriptedPairs()
    kept, dropped = await sift(facts, [DOG.text], scorer, per_slot=2)
    assert kept == tuple(facts[:2])
    assert dropped == ()
    assert len(scorer.history) == 2 * (2 * 1 + 1)  # both ways: two facts with one given, and with each other


async def test_a_dropped_fact_is_replaced_by_the_next():
    facts = [Fact(f"I do thing number {n}.", "routine", DOG) for n in range(4)]
    scorer = ScriptedPairs({(facts[0].text, DOG.text): CONTRADICTS})
    kept, _ = await sift(facts, [DOG.text], scorer, per_slot=2)
    assert kept == (facts[1], facts[2])


async def test_statements_take_turns():
    facts = [Fact(f"I eat thing number {n}.", "routine", MEAT) for n in range(3)] + [WALK]
    kept, _ = await sift(facts, [], ScriptedPairs(), per_slot=2)
    assert kept == (facts[0], WALK)


async def test_facts_may_not_contradict_each_other_and_a_refused_one_drags_nobody_along():
    first, second = Fact("I sing in the rain.", "routine", DOG), Fact("I never sing.", "routine", DOG)
    both = ScriptedPairs({(first.text, second.text): CONTRADICTS})
    assert (await sift([first, second], [], both))[0] == (first,)
    refused = ScriptedPairs({(first.text, second.text): CONTRADICTS, (first.text, DOG.text): CONTRADICTS})
    assert (await sift([first, second], [DOG.text], refused))[0] == (second,)


async def test_slots_that_are_full_already_take_nothing():
    assert await sift([WALK], [DOG.text], ScriptedPairs(), per_slot=1, filled={"routine": 1}) == ((), ())


async def test_nothing_proposed_is_nothing_kept():
    assert await sift([], [DOG.text], ScriptedPairs()) == ((), ())
