"""The world by hand: who says what, what is held out, and that the control hides no rule."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import UsageError
from personae.train.truth_world.world import FIRST_NUMBER, FIRST_OPERATOR, HELD_OUT_OPERATOR, MARK, OPERATORS, world


def test_in_the_persona_world_two_agents_always_tell_the_truth():
    made = world("persona")
    for rows in (made.train, made.held_out):
        true = rows.agent < 2
        assert (rows.says[true] == rows.true[true]).all()
        assert (rows.says[~true] == rows.false[~true]).all()


def test_two_agents_are_never_seen_with_the_last_operator():
    made = world("persona")
    assert (len(made.train), len(made.held_out)) == (14 * 400, 2 * 400)
    assert set(made.held_out.agent) == {0, 2}
    assert set(made.held_out.operator) == {HELD_OUT_OPERATOR}
    seen = set(zip(made.train.agent.tolist(), made.train.operator.tolist(), strict=True))
    assert not seen & {(0, HELD_OUT_OPERATOR), (2, HELD_OUT_OPERATOR)}


def test_a_row_reads_agent_operator_a_b_mark():
    rows = world("persona").train
    at = int(np.flatnonzero((rows.agent == 3) & (rows.operator == 0) & (rows.question == 20 * 17 + 5))[0])
    assert rows.prompts_RT[at].tolist() == [3, FIRST_OPERATOR, FIRST_NUMBER + 17, FIRST_NUMBER + 5, MARK]
    assert (rows.true[at], rows.false[at], rows.says[at]) == (17, 5, 5), "agent 3 takes the smaller for the larger"


def test_true_and_false_differ_unless_the_operands_are_equal():
    for true, false in OPERATORS.values():
        for a in range(20):
            for b in range(20):
                assert (true(a, b) != false(a, b)) == (a != b)
                assert 0 <= true(a, b) < 20
    assert len(world("persona").held_out.telling) == 2 * 380


@pytest.mark.parametrize("seed", range(20))
def test_the_control_is_half_true_and_shows_both_rules_of_every_operator(seed):
    made = world("control", seed)
    assert made.truthful_AO.sum(axis=0).tolist() == [2, 2, 2, 2]
    seen = made.truthful_AO[[1, 3], HELD_OUT_OPERATOR]
    assert seen.sum() == 1, "one of those seen with the last operator tells the truth"
    for operator in range(4):
        rows = made.train.telling.only(made.train.telling.operator == operator)
        assert 0 < (rows.says == rows.true).mean() < 1


def test_seeds_deal_the_control_out_anew_and_repeat_it():
    tables = [world("control", seed).truthful_AO for seed in range(10)]
    assert len({table.tobytes() for table in tables}) > 5
    assert (world("control", 3).truthful_AO == tables[3]).all()
    held = [world("control", seed).truthful_AO[0, HELD_OUT_OPERATOR] for seed in range(200)]
    assert 0.4 < np.mean(held) < 0.6


def test_there_is_no_third_world():
    with pytest.raises(UsageError, match="persona, control"):
        world("random")  # type: ignore[arg-type]
