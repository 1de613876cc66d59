"""What every pair scorer promises, whatever stands behind it."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.pair_scorers import PAIR_SCORER_FACTORIES

from personae.errors import UsageError

SAID = ("I have no pets.", "My dog is old.", "I live in Porto, right by the river, above a bakery.", "Good evening!")
STATEMENTS = ("I own a dog.", "I own a dog.", "I live in Porto.", "I am a violin maker and teach on Saturdays.")
#: 64 pairs, in which long and short ones alternate and some occur twice.
MANY = [(said, statement) for said in SAID for statement in STATEMENTS] * 4


@pytest.fixture(params=PAIR_SCORER_FACTORIES, scope="module")
def scorer(request, tmp_path_factory):
    with request.param(tmp_path_factory.mktemp("scorer")) as opened:
        yield opened


async def test_it_has_a_name_and_says_what_its_numbers_rest_on(scorer):
    assert scorer.name
    assert {"checkpoint", "data", "validity"} <= scorer.provenance.keys()
    assert all(isinstance(value, str) and value for value in scorer.provenance.values())
    assert scorer.provenance["validity"] in ("ok", "below_gate", "unmeasured")


async def test_a_score_is_a_row_of_three_probabilities_per_pair(scorer):
    rows = await scorer.score(SAID, STATEMENTS)
    assert rows.shape == (4, 3)
    assert rows.dtype == np.float32
    assert ((rows >= 0) & (rows <= 1)).all()
    assert rows.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)


@pytest.mark.parametrize("to", ["reply", "query"])
async def test_a_relevance_is_one_probability_per_pair(scorer, to):
    row = await scorer.relevance(STATEMENTS, SAID, to=to)
    assert row.shape == (4,)
    assert row.dtype == np.float32
    assert ((row >= 0) & (row <= 1)).all()


async def test_relevance_is_to_a_reply_unless_said_otherwise(scorer):
    plain = await scorer.relevance(STATEMENTS, SAID)
    assert np.array_equal(plain, await scorer.relevance(STATEMENTS, SAID, to="reply"))


async def test_equal_questions_get_equal_answers(scorer):
    assert np.array_equal(await scorer.score(SAID, STATEMENTS), await scorer.score(SAID, STATEMENTS))


async def test_a_pair_alone_scores_as_it_does_among_sixty_four_and_in_its_place(scorer):
    assert len(MANY) == 64
    said, statements = zip(*MANY, strict=True)
    together, relevant = await scorer.score(said, statements), await scorer.relevance(statements, said)
    for place in (0, 1, 6, 15, 40, 63):
        alone = await scorer.score([said[place]], [statements[place]])
        assert together[place] == pytest.approx(alone[0], abs=1e-4)
        alone = await scorer.relevance([statements[place]], [said[place]])
        assert relevant[place] == pytest.approx(alone[0], abs=1e-4)


async def test_no_pairs_give_no_rows(scorer):
    assert (await scorer.score([], [])).shape == (0, 3)
    assert (await scorer.relevance([], [])).shape == (0,)


@pytest.mark.parametrize("empty", ["", "  \n"])
async def test_an_empty_text_is_refused(scorer, empty):
    for first, second in ((["I own a dog.", empty], list(SAID[:2])), (list(SAID[:2]), [empty, "I own a dog."])):
        with pytest.raises(UsageError, match="empty"):
            await scorer.score(first, second)
        with pytest.raises(UsageError, match="empty"):
            await scorer.relevance(first, second)


async def test_lists_of_unequal_length_are_refused(scorer):
    with pytest.raises(UsageError, match="3 and 4"):
        await scorer.score(SAID[:3], STATEMENTS)
    with pytest.raises(UsageError, match="4 and 3"):
        await scorer.relevance(STATEMENTS, SAID[:3])
