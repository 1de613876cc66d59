"""A reply is put beside the speaker's own earlier ones."""

from __future__ import annotations

import pytest

from personae.measure.consistency.self_contradiction import claims, self_contradictions
from personae.models.pairs.scripted import ScriptedPairs

SAID = ["I have no cat.", "I live alone.", "Do you? My cat sleeps on my wife."]
ROWS = {
    (SAID[0], "My cat sleeps on my wife."): (0.7, 0.2, 0.1),
    (SAID[1], "My cat sleeps on my wife."): (0.8, 0.1, 0.1),
    (SAID[2], "I have no cat."): (0.9, 0.1, 0.0),
}


async def test_the_surest_earlier_contradiction_counts_and_later_ones_do_not():
    checks = await self_contradictions(ScriptedPairs(ROWS), SAID)
    assert checks[0].probability is None
    assert not checks[1].flagged
    assert (checks[2].probability, checks[2].earlier, checks[2].flagged) == (pytest.approx(0.8), 1, True)


async def test_one_half_is_flagged_and_less_is_not():
    async def probability(value):
        (_, check) = await self_contradictions(ScriptedPairs({("A.", "B."): (value, 1 - value, 0.0)}), ["A.", "B."])
        return check.flagged

    assert await probability(0.5)
    assert not await probability(0.49)


async def test_questions_and_silence_are_compared_with_nothing():
    pairs = ScriptedPairs()
    checks = await self_contradictions(pairs, ["I am here.", "", "Who are you?", "I am gone."])
    assert [check.probability is None for check in checks] == [True, True, True, False]
    assert pairs.history == [("I am here.", "I am gone."), ("Who are you?", "I am gone.")]


async def test_a_window_bounds_how_far_back_is_looked():
    pairs = ScriptedPairs()
    await self_contradictions(pairs, ["A.", "B.", "C.", "D."], last=1)
    assert pairs.history == [("A.", "B."), ("B.", "C."), ("C.", "D.")]
    assert await self_contradictions(pairs, []) == []


def test_claims_are_sentences_that_state_something():
    assert claims("Hm?! I see... 42.\nYes") == ["Hm?!", "I see...", "Yes"]
