"""Of two samples the one with the higher APC is preferred, if it is higher by enough."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.consistency.preferences import apc_pairs, top_statements
from personae.models.pairs.scripted import ScriptedPairs

HOME, PET = "I live by the sea.", "I own a dog."
QUERY = "Where do you live?"


@pytest.fixture
def pairs():
    return ScriptedPairs(
        {
            ("By the sea.", HOME): (0.0, 0.1, 0.9),
            ("In a city.", HOME): (0.8, 0.2, 0.0),
            ("Near water.", HOME): (0.0, 0.3, 0.7),
        },
        {(HOME, QUERY): 1.0, (PET, QUERY): 0.1},
    )


async def test_the_reply_that_satisfies_more_is_chosen_wherever_it_stands(pairs):
    found = await apc_pairs(pairs, [PET, HOME], [(QUERY, "In a city.", "By the sea."), (QUERY, "By the sea.", "Hm.")])
    assert [(pair.chosen, pair.rejected) for pair in found.pairs] == [
        ("By the sea.", "In a city."),
        ("By the sea.", "Hm."),
    ]
    assert found.pairs[0].chosen_apc == pytest.approx(0.9 + 0.9)
    assert found.pairs[0].rejected_apc == pytest.approx(0.9)
    assert found.pairs[0].statements == (HOME, PET)


async def test_samples_that_differ_by_no_more_than_the_margin_are_counted_and_left_out(pairs):
    close, empty = (QUERY, "By the sea.", "Near water."), (QUERY, "By the sea.", "")
    found = await apc_pairs(pairs, [HOME], [close, empty])
    assert found.pairs == ()
    assert found.missing == {"empty": 1, "too_close": 1}
    wider = await apc_pairs(pairs, [HOME], [close], margin=0.1)
    assert wider.pairs[0].chosen == "By the sea."


async def test_the_prompt_holds_at_most_as_many_statements_as_asked_for(pairs):
    found = await apc_pairs(pairs, [PET, HOME], [(QUERY, "By the sea.", "In a city.")], top=1)
    assert found.pairs[0].statements == (HOME,)
    assert top_statements([0.2, 0.2, 0.1], 2) == [0, 1]


async def test_without_a_query_there_is_no_apc_and_without_statements_no_pair(pairs):
    with pytest.raises(UsageError, match="query"):
        await apc_pairs(pairs, [HOME], [(" ", "a", "b")])
    assert (await apc_pairs(pairs, [], [(QUERY, "By the sea.", "Hm.")])).pairs == ()
    assert (await apc_pairs(pairs, [HOME], [])).pairs == ()
