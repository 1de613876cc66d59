"""The risk card task: exact expectations, optimum, regret, and what counts as a number of cards."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.say_do.asking import Speaker, read_whole
from personae.measure.say_do.cards import GAMES, Game, question, turn
from personae.models import Scripted


def test_the_optimal_cards_of_the_27_games_are_the_published_ones():
    """Loops over loss cards, gain, loss; mean optimum 1.48."""
    best = [game.optimum for game in GAMES]
    assert best == [3, 0, 0, 10, 3, 0, 12, 8, 3, *[0] * 6, 1, *[0] * 11]
    assert round(sum(best) / 27, 2) == 1.48


def test_the_expectation_is_that_of_all_hands_counted_out():
    game = Game(loss_cards=2, gain=10, loss=30, cards=6)
    for n in range(7):
        hands = list(combinations(range(6), n))
        points = [n * 10 if not {0, 1} & set(hand) else -30 for hand in hands]
        assert game.expected(n) == Fraction(sum(points), len(hands))


@given(st.sampled_from(GAMES), st.integers(0, 32))
def test_regret_is_never_negative_and_nil_at_the_optimum(game, n):
    assert game.regret(n) >= 0
    assert game.regret(game.optimum) == 0


def test_of_equal_numbers_the_smallest_is_the_best():
    nothing = Game(loss_cards=3, gain=0, loss=0)
    assert nothing.optimum == 0
    tied = Game(loss_cards=1, gain=1, loss=0, cards=3)  # n(3 - n)/3: 1 and 2 are worth the same
    assert tied.expected(1) == tied.expected(2) == Fraction(2, 3)
    assert tied.optimum == 1


def test_a_game_that_cannot_be_played_is_refused():
    with pytest.raises(UsageError, match="33"):
        Game(loss_cards=33, gain=1, loss=1)
    with pytest.raises(UsageError, match="cannot be turned"):
        GAMES[0].safe(33)


def test_the_question_names_every_number():
    told = question(Game(3, 20, 500))
    assert all(number in told for number in ("32", "3 of them are", "20 points", "lose 500"))


@pytest.mark.parametrize(
    "said", ["33", "-1", "3.5", '{"cards": "4"}', '{"cards": true}', "4 or 5", '{"n": 4}', "x" * 9999]
)
def test_what_is_no_number_of_cards_is_no_answer(said):
    assert not isinstance(read_whole(said, "cards", 0, 32), int)


@given(st.text(max_size=60) | st.integers(0, 32).map(lambda n: json.dumps({"cards": n})))
def test_reading_gives_a_number_in_range_or_a_problem(text):
    found = read_whole(text, "cards", 0, 32)
    assert not isinstance(found, int) or 0 <= found <= 32


async def test_without_the_persona_the_model_reads_the_game_alone(reed):
    model = Scripted(['{"cards": 3}', "5"])
    agent = Agent(reed, model)
    answers = [await turn(Speaker(agent, persona), GAMES[0]) for persona in (False, True)]
    assert [answer.value for answer in answers] == [3, 5]
    bare, played = (call.messages for call in model.history)
    assert [message.content for message in bare] == [question(GAMES[0])]
    assert "Reed" in played[0].content
    assert played[-1].content.startswith(question(GAMES[0]))


async def test_an_answer_that_cannot_be_read_is_asked_for_once_more(reed):
    model = Scripted(["all of them!", '{"cards": 32}'])
    answer = await turn(Speaker(Agent(reed, model)), GAMES[0])
    assert (answer.value, answer.outcomes) == (32, ("unparsed", "answered"))
