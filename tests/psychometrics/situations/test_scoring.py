"""The numbers of the situational test, on respondents whose numbers are known beforehand."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import UsageError
from personae.models import Scripted
from personae.models.choices.ways import opened
from personae.psychometrics.administration.orders import orders
from personae.psychometrics.rows import Row, read_rows, write_rows
from personae.psychometrics.situations import ask_situation, own_situations, score_items, score_traits, templates
from personae.psychometrics.situations.scoring import BLOCKS, main_route, position, side
from personae.types import Completion, Message, Settings, Usage

TRAITS = {situation.id: situation.trait for situation in own_situations()}


async def asked(model, *, way="letters", situations=None, **options):
    put = await opened(model, way)

    async def prompted(question):
        return (Message("user", question),)

    rows = []
    for situation in situations or own_situations():
        rows += await ask_situation(put, situation, prompted, persona="x", model=model.name, **options)
    return rows


@pytest.mark.parametrize("shares", [(1.0, 0.0, 0.0, 0.0), (0.4, 0.3, 0.2, 0.1), (0.0, 0.1, 0.9, 0.0)])
@pytest.mark.parametrize("blocks", [1, 2])
async def test_a_taste_for_a_letter_scores_fifty_on_every_trait_and_is_called_positional(by_place, shares, blocks):
    rows = await asked(by_place(shares), blocks=blocks)
    assert len(rows) == 64 * 3 * 4 * blocks
    found = score_traits(rows, TRAITS)
    assert len(found) == 8
    for score in found.values():
        assert score.score == 50.0
        assert score.graded == pytest.approx(50.0)
        assert score.value is None
        assert score.reason.startswith("positional")
        assert score.order_sensitivity == 1.0
        assert score.refusal == 0.0
        assert score.prompt_sensitivity == 0.0
        best = max(range(4), key=shares.__getitem__)
        assert [place == best for place in range(4)] == [
            count == pytest.approx(8) for count in score.position.picked[4]
        ]
    assert position(rows).picked_test.statistic == pytest.approx(64 * 3)  # all of 64 in one of four places


async def test_a_taste_for_two_places_ties_in_every_order_and_is_positional_all_the_same(by_place):
    for score in score_traits(await asked(by_place((0.5, 0.0, 0.5, 0.0)), blocks=1), TRAITS).values():
        assert score.score == 50.0
        assert score.reason.startswith("positional")


async def test_somebody_without_any_preference_has_fifty_and_is_not_positional(by_place):
    for score in score_traits(await asked(by_place((0.25, 0.25, 0.25, 0.25)), blocks=1), TRAITS).values():
        assert score.value == 50.0
        assert score.order_sensitivity == 0.0


async def test_somebody_who_always_picks_the_high_answers_has_100_on_every_trait(by_content):
    rows = await asked(by_content(lambda _, option: 1.0 if option < 2 else 0.0))
    for score in score_traits(rows, TRAITS).values():
        assert score.value == score.score == score.graded == 100.0
        assert score.order_sensitivity == score.prompt_sensitivity == score.refusal == 0.0
        assert (score.n, score.items, score.high) == (8, 8, 100.0)
        assert 67 < score.low < 68  # Wilson, 8 of 8


async def test_whichever_high_answer_stands_first_is_still_the_high_side():
    def first_high(messages):
        shown = [line[3:] for line in messages[-1].content.splitlines() if line[1:3] == ". "]
        highs = {text for situation in own_situations() for text in situation.options[:2]}
        return "ABCD"[next(place for place, text in enumerate(shown) if text in highs)]

    rows = await asked(Scripted(first_high), way="spoken", blocks=1)
    assert {score.value for score in score_traits(rows, TRAITS).values()} == {100.0}
    assert {row.route for row in rows} == {"parsed"}
    assert {row.mass for row in rows} == {None}


async def test_a_profile_comes_back_with_its_shades(by_content):
    wanted = {trait: 0.1 + 0.1 * index for index, trait in enumerate(dict.fromkeys(TRAITS.values()))}
    taste = by_content(lambda s, option: wanted[s.trait] if option < 2 else 1 - wanted[s.trait])
    found = score_traits(await asked(taste), TRAITS)
    for trait, share in wanted.items():
        assert found[trait].graded == pytest.approx(100 * share)
        assert found[trait].value == (50.0 if abs(share - 0.5) < 1e-9 else 100.0 * (share > 0.5))


async def test_somebody_who_refuses_has_no_score_and_a_refusal_rate_of_one():
    rows = await asked(Scripted(lambda _: "I'm sorry, but I can't answer that."), way="spoken", blocks=1)
    assert {row.status for row in rows} == {"refused"}
    for score in score_traits(rows, TRAITS).values():
        assert score.refusal == 1.0
        assert score.value is None
        assert score.score is None
        assert score.n == 0
        assert score.reason.startswith("0 of 8")
        assert score.order_sensitivity is None
        assert score.position is None


async def test_letters_that_share_less_than_half_of_the_probability_are_a_refusal(by_place):
    shy = await asked(by_place((0.3, 0.1, 0.05, 0.04)), blocks=1)
    assert {round(row.mass, 6) for row in shy} == {0.49}
    assert {row.status for row in shy} == {"answered"}
    assert {score.refusal for score in score_traits(shy, TRAITS).values()} == {1.0}
    assert position(shy) is None
    enough = await asked(by_place((0.3, 0.1, 0.06, 0.04)), blocks=1)
    assert {score.refusal for score in score_traits(enough, TRAITS).values()} == {0.0}


async def test_somebody_whose_advice_hangs_on_the_wording_is_found_out():
    def scores(messages, options):
        high = "a reader" not in messages[-1].content
        shown = [line[3:] for line in messages[-1].content.splitlines() if line[1:3] == ". "]
        highs = {text for situation in own_situations() for text in situation.options[:2]}
        return [0.0 if (text in highs) is high else -50.0 for text in shown] if shown else [-0.7] * len(options)

    rows = await asked(Scripted(option_scores=scores), blocks=1)
    for score in score_traits(rows, TRAITS).values():
        assert score.prompt_sensitivity == 1.0
        assert score.order_sensitivity == 0.0
        assert score.value == 100.0
        assert score.graded == pytest.approx(100 * 2 / 3)


async def test_an_answer_missing_from_a_round_of_orders_takes_the_round_with_it(by_place):
    """Three places of four would let a taste for a letter look like a trait."""
    rows = await asked(by_place((1.0, 0.0, 0.0, 0.0)), blocks=1, situations=own_situations()[:1])
    gone = [row for row in rows if not (row.order == "square-3" and row.template == "plain")]
    (item,) = score_items(gone)
    assert (item.cells, item.high) == (2, 0.5)
    (item,) = score_items([row for row in rows if row.order != "square-3"])
    assert (item.cells, item.high, item.choice) == (0, None, None)


async def test_too_few_situations_answered_give_a_reason(by_content):
    rows = await asked(by_content(lambda _, option: float(option < 2)), blocks=1, situations=own_situations()[:6])
    found = score_traits(rows, {id: trait for id, trait in TRAITS.items() if trait == "extraversion"})
    assert found["extraversion"].reason.startswith("6 of 8 situations")
    assert found["extraversion"].score == 100.0
    with pytest.raises(UsageError, match="no trait is known for the situation 'extraversion-1'"):
        score_traits(rows, {"other": "x"})


async def test_rows_survive_their_file_and_score_the_same(by_content, tmp_path):
    rows = await asked(by_content(lambda _, option: (3.0, 2.0, 1.5, 1.0)[option]), blocks=1)
    write_rows(tmp_path / "rows.jsonl", rows)
    assert score_traits(list(read_rows(tmp_path / "rows.jsonl")), TRAITS) == score_traits(rows, TRAITS)


async def test_rows_of_two_respondents_two_routes_or_strange_orders_are_not_pooled(by_place):
    rows = await asked(by_place((0.7, 0.1, 0.1, 0.1)), blocks=1, situations=own_situations()[:1])
    other = dataclasses.replace(rows[0], persona="y")
    with pytest.raises(UsageError, match="score each by itself"):
        score_items([*rows, other])
    parsed = dataclasses.replace(rows[0], route="parsed")
    with pytest.raises(UsageError, match="score each by itself"):
        score_items([*rows, parsed])
    assert main_route([*rows, parsed]) == tuple(rows)
    with pytest.raises(UsageError, match="'4321' is no order of four options"):
        score_items([dataclasses.replace(rows[0], order="4321")])


async def test_a_prompt_too_long_and_a_broken_answer_are_failures_not_scores():
    from personae.errors import BadResponse, ContextOverflow

    class Failing:
        name = "failing"

        async def generate(self, messages, settings):
            raise ContextOverflow("too long") if "a reader" in messages[-1].content else BadResponse("HTML")

        async def logprobs(self, messages, options):
            raise AssertionError

    rows = await asked(Failing(), way="spoken", blocks=1, situations=own_situations()[:1])
    assert len(rows) == 12
    assert {row.status for row in rows} == {"failed"}
    assert score_items(rows)[0].refused == 12


async def test_cut_off_and_empty_replies_keep_their_names():
    class Cut:
        name = "cut"

        async def generate(self, messages, settings: Settings):
            stop = "length" if "a reader" in messages[-1].content else "stop"
            return Completion("Well, let me think about" if stop == "length" else "", Usage(5, 2), stop)

        async def logprobs(self, messages, options):
            raise AssertionError

    rows = await asked(Cut(), way="spoken", blocks=1, situations=own_situations()[:1])
    assert {row.status for row in rows} == {"truncated", "empty"}
    assert rows[0].tokens == 7


def test_each_round_of_orders_puts_every_option_in_every_place_once():
    for block in BLOCKS:
        columns = zip(*(orders(4)[name] for name in block), strict=True)
        assert all(sorted(column) == [0, 1, 2, 3] for column in columns)


def test_a_hundred_thousand_rows_are_scored_in_seconds(by_place):
    rows = asyncio.run(asked(by_place((0.6, 0.2, 0.1, 0.1)), situations=own_situations()[:8]))
    many = [dataclasses.replace(row, item=f"{row.item}/{n}") for n in range(521) for row in rows]
    assert len(many) > 100_000
    begun = time.perf_counter()
    score_traits(many, {row.item: "extraversion" for row in many})
    assert time.perf_counter() - begun < 15


WEIGHTS = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)


def rows_of(shares_of):
    """One situation's rows from the shares of places that `shares_of(order)` gives."""
    rows = []
    for name, order in orders(4).items():
        weights = shares_of(order)
        probs = [weights[order.index(option)] / sum(weights) for option in range(4)]
        row = Row(
            "x",
            "m",
            "situations",
            "s",
            "plain",
            "letters",
            name,
            0,
            0,
            "isolated",
            "logprobs",
            "answered",
            side(probs[0] + probs[1]),
            option_probs=tuple(probs),
            mass=1.0,
        )
        rows.append(row)
    return rows


@given(WEIGHTS)
def test_whatever_the_taste_for_places_it_leaves_no_trace_in_the_score(weights):
    (item,) = score_items(rows_of(lambda order: weights))
    assert item.high == pytest.approx(0.5)
    assert item.choice == 0.5


@given(WEIGHTS)
def test_whatever_the_taste_for_answers_it_is_recovered_exactly(weights):
    (item,) = score_items(rows_of(lambda order: [weights[option] for option in order]))
    assert item.high == pytest.approx((weights[0] + weights[1]) / sum(weights))
    assert item.turned == 0


@given(WEIGHTS, st.floats(1.5, 20))
def test_a_taste_for_places_on_top_never_turns_a_preference_round(weights, preference):
    """High answers `preference` times as dear as low ones, times any taste for places."""
    dear = (preference, preference, 1, 1)
    (item,) = score_items(rows_of(lambda order: [weights[place] * dear[option] for place, option in enumerate(order)]))
    assert item.high > 0.5
    assert item.choice == 1.0


@given(st.floats(0, 1))
def test_a_side_is_high_low_or_neither(high):
    assert side(high) in (0.0, 0.5, 1.0)
    assert side(high) + side(1 - high) == 1.0


def test_the_three_wordings_hold_the_situation_and_the_question():
    situation = dataclasses.replace(own_situations()[0], situation="A {query} in braces.", query="What {situation}?")
    for template in templates():
        filled = template.filled(situation)
        assert filled.count("A {query} in braces.") == filled.count("What {situation}?") == 1
