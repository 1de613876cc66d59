"""Three routes to an answer: what is asked of the model, and what the row says."""

from __future__ import annotations

import json
import math

import pytest
from stubs import endpoint
from stubs.endpoint import Stub

from personae.errors import BadResponse, ContextOverflow, ModelUnreachable, UsageError
from personae.models.http import HttpModel
from personae.models.scripted import Scripted
from personae.psychometrics.administration import Cell, Design, administer, ask_item, best_route, scoring_method
from personae.psychometrics.administration.asking import ask
from personae.psychometrics.administration.design import Job
from personae.psychometrics.administration.prompt import prompt, read
from personae.types import Completion, OptionScores, Settings, Usage


class Lettered(Scripted):
    """Scores letters of the list it adds itself, and finds only the likely ones, as an endpoint with top_logprobs."""

    def __init__(self, scores):
        super().__init__()
        self.scores = scores

    async def logprobs(self, messages, options):
        self.history.append((messages, options))
        given = self.scores[: len(options)]
        return OptionScores(tuple(given), (1,) * len(options), "letters")


class Parsed(Scripted):
    async def logprobs(self, messages, options):
        return OptionScores((0.0, -math.inf), (1, 1), "parsed")


async def test_the_parsed_route_says_what_was_chosen_and_where_it_stood(four, ana):
    row = await ask_item(Scripted(["Mostly."]), ana, four, "e1", Cell("aloud", "words", "reverse", seed=7))
    assert (row.status, row.answer, row.expected, row.place) == ("answered", 4, 4, 1)
    assert (row.persona, row.instrument, row.item) == ("Ana", "four", "e1")
    assert (row.template, row.label_set, row.order, row.seed, row.repeat) == ("aloud", "words", "reverse", 7, 0)
    assert (row.mode, row.route, row.text, row.option_probs, row.mass) == ("isolated", "parsed", "Mostly.", (), None)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("As an AI I have no parties.", "refused"),
        (Completion("", stop="refusal"), "refused"),
        (Completion("mostly", stop="refusal"), "refused"),
        ("", "empty"),
        ("Who knows.", "unparsed"),
        (Completion("Well, when I think of it", stop="length"), "truncated"),
        (BadResponse("an HTML page"), "failed"),
        (ContextOverflow("too long"), "failed"),
    ],
)
@pytest.mark.parametrize("route", ["parsed", "constrained"])
async def test_an_answer_that_is_missing_says_how_it_ended_and_is_no_number(four, ana, reply, status, route):
    row = await ask_item(Scripted([reply]), ana, four, "e1", Cell(route=route))
    assert (row.status, row.answer, row.expected, row.place) == (status, None, None, None)


async def test_a_label_before_the_cut_counts(four, ana):
    row = await ask_item(Scripted([Completion("fully, because", stop="length")]), ana, four, "e1")
    assert (row.status, row.answer) == ("answered", 5)


async def test_an_unreachable_model_stops_everything(four, ana):
    with pytest.raises(ModelUnreachable):
        await ask_item(Scripted([ModelUnreachable("gone")]), ana, four, "e1")


async def test_repeats_are_other_draws_and_the_seed_reaches_the_model(four, ana):
    model = Scripted(lambda messages: "fully")
    for repeat in (0, 1):
        await ask_item(model, ana, four, "e1", Cell(seed=3, repeat=repeat), settings=Settings(temperature=0.7))
    seeds = [call.settings.seed for call in model.history]
    assert seeds[0] == 3
    assert seeds[1] != 3


async def test_the_constrained_route_sends_the_labels_as_an_enumeration(four, ana):
    model = Scripted(['{"answer": "2"}', '{"answer": 4}', '{"answer": "2", "why": "x"}', "hardly"])
    cell = Cell(label_set="numbers", order="reverse", route="constrained")
    rows = [await ask_item(model, ana, four, "e1", cell) for _ in range(4)]
    assert [row.answer for row in rows] == [2, 4, None, None]
    assert [row.status for row in rows] == ["answered", "answered", "unparsed", "unparsed"]
    schema = json.loads(model.history[0].settings.json_schema)
    assert schema["properties"]["answer"]["enum"] == ["5", "4", "3", "2", "1"]


async def test_log_probabilities_of_whole_labels_become_one_distribution(four, ana):
    scores = {
        "not at all": -9.0,
        "hardly": math.log(0.1),
        "partly": math.log(0.1),
        "mostly": math.log(0.2),
        "fully": -9,
    }
    model = Scripted(option_scores=scores)
    row = await ask_item(model, ana, four, "e1", Cell(order="square-2", route="logprobs"))
    assert row.answer == 4
    assert row.mass == pytest.approx(0.4 + 2 * math.exp(-9))
    assert row.expected == pytest.approx(sum(p * n for p, n in zip(row.option_probs, range(1, 6), strict=True)))
    assert sum(row.option_probs) == pytest.approx(1)
    assert row.option_probs[3] == pytest.approx(0.2 / row.mass)
    assert row.place == 2
    assert (row.low, row.high) == (None, None)
    assert model.history[-1].options == ("hardly", "partly", "mostly", "fully", "not at all")


async def test_equals_share_the_answer_and_no_place_is_kept(four, ana):
    row = await ask_item(Scripted(), ana, four, "e1", Cell(route="logprobs"))
    assert (row.answer, row.place, row.expected) == (3, None, pytest.approx(3))


async def test_options_missing_from_a_top_list_give_bounds(four, ana):
    model = Lettered([math.log(0.6), math.log(0.3), -math.inf, -math.inf, -math.inf])
    row = await ask_item(model, ana, four, "e1", Cell(order="reverse", route="logprobs"))
    assert row.answer == 5  # the first place is the highest point
    assert row.mass == pytest.approx(0.9)
    assert row.option_probs == pytest.approx((0, 0, 0, 1 / 3, 2 / 3))
    assert row.low < row.expected == pytest.approx(row.high) == pytest.approx(14 / 3)
    assert row.low == pytest.approx((0.6 * 5 + 0.3 * 4 + 0.1 * (1 + 2 + 3)) / 1.2)


async def test_a_model_that_adds_its_own_list_is_not_given_ours(four, ana):
    model = Lettered([-1.0] * 5)
    await ask_item(model, ana, four, "e1", Cell(label_set="numbers", route="logprobs"))
    messages, options = model.history[-1]
    assert "fully" not in messages[-1].content
    assert options == ["not at all", "hardly", "partly", "mostly", "fully"]


async def test_a_model_that_scores_letters_has_no_other_label_set(four, ana):
    model = Lettered([-1.0, -2.0, -3.0, -4.0, -5.0])
    row = await ask_item(model, ana, four, "e1", Cell(label_set="words", route="logprobs"))
    assert row.label_set == "letters"
    done = await administer(model, [ana], four, Design(route="logprobs"))
    assert {row.label_set for row in done.rows} == {"letters"}
    assert done.method == "letters"
    with pytest.raises(UsageError, match="letters only"):
        await administer(model, [ana], four, Design(label_sets=("words", "numbers"), route="logprobs"))


async def test_an_endpoint_with_a_top_list_gives_bounds_over_the_wire(four, ana):
    top = [
        {"token": token, "logprob": math.log(p)} for token, p in (("A", 0.5), (" B", 0.3), ("The", 0.1), ("C", 0.05))
    ]
    found = {"content": [{"token": "A", "logprob": math.log(0.5), "top_logprobs": top}]}
    async with Stub(endpoint.reply("A", logprobs=found)) as served:
        model = HttpModel("m", served.url)
        done = await administer(model, [ana], four, Design(orders=("forward",), route="logprobs"))
        row = done.rows[0]
        assert (row.route, row.label_set, row.answer, row.place) == ("logprobs", "letters", 1, 0)
        assert row.mass == pytest.approx(0.85)
        assert row.option_probs == pytest.approx((10 / 17, 6 / 17, 1 / 17, 0, 0))
        assert row.low == pytest.approx(row.expected)
        assert row.expected < row.high <= (0.5 + 0.6 + 0.15 + 0.05 * 9) / 0.95 + 1e-9
        assert "A. not at all" in served.asked[-1]["messages"][-1]["content"]
    async with Stub(endpoint.reply("A")) as served:
        with pytest.raises(UsageError, match="gives no log-probabilities"):
            await administer(HttpModel("m", served.url), [ana], four, Design(route="logprobs"))


async def test_what_is_logged_is_what_was_read(four, ana):
    cell = Cell(label_set="letters", order="reverse", route="logprobs")
    text = read(ana, four.items[:1], four.response, cell, "letters")[-1].content
    assert "A. fully" in text
    assert read(ana, four.items[:1], four.response, cell, "exact") == prompt(ana, four.items[:1], four.response, cell)


async def test_a_model_without_log_probabilities_is_told_the_other_routes(four, ana):
    with pytest.raises(UsageError, match="'constrained' or 'parsed'"):
        await ask_item(Parsed(), ana, four, "e1", Cell(route="logprobs"))
    assert await best_route(Parsed()) == "parsed"
    assert await best_route(Scripted()) == "logprobs"
    assert await scoring_method(Scripted()) == "exact"


async def test_nothing_likely_among_the_options_is_unparsed(four, ana):
    row = await ask_item(Lettered([-math.inf] * 5), ana, four, "e1", Cell(route="logprobs"))
    assert (row.status, row.answer, row.option_probs) == ("unparsed", None, ())


@pytest.mark.parametrize(
    ("route", "reply"),
    [
        ("parsed", "Here we go:\n(a) 5\n(b) 1\n(d) As an AI, no."),
        ("constrained", '{"a": "5", "b": 1, "d": "As an AI, no."}'),
    ],
)
async def test_a_batch_gives_a_row_per_item_and_its_cost_once(four, ana, route, reply):
    cell = Cell(label_set="numbers", mode="batch", route=route)
    model = Scripted([Completion(reply, Usage(100, 7))])
    rows, _ = await ask(model, Job(ana, cell, four.items), four)
    assert [row.answer for row in rows] == [5, 1, None, None]
    assert [row.status for row in rows[:3]] == ["answered", "answered", "unparsed"]
    assert sum(row.tokens for row in rows) == 107
    assert model.history[0].settings.max_tokens == 4 * 32


async def test_messages_may_stand_for_a_persona(four):
    model = Scripted(["fully"])
    row = await ask_item(model, [], four, four.items[0])
    assert row.answer == 5
    assert len(model.history[0].messages) == 1
