"""Ratios to a reference: the released figures, the zeros in them, and a judge that favours what it reads first."""

from __future__ import annotations

import csv
import math
from collections import defaultdict

import pytest

from personae.errors import UsageError
from personae.judges.ratios import order_effect, score_ratios
from personae.judges.relative import METRICS, RelativeItem, RelativeJudge, relative_messages, relative_report
from personae.judges.summary import judge_all
from personae.models import Scripted

PUBLISHED = {
    ("gpt-4-turbo", "in-test"): 1.10462,
    ("gpt-4-turbo", "out-test"): 1.08149,
    ("qwen-vl-max", "in-test"): 1.02848,
    ("qwen-vl-max", "out-test"): 1.02872,
    ("mmrole-agent", "in-test"): 0.99892,
    ("mmrole-agent", "out-test"): 0.98069,
    ("yi-vl-6b", "in-test"): 0.82582,
    ("yi-vl-6b", "out-test"): 0.83835,
}
ITEMS = [
    RelativeItem("Ana, an archivist.", f"Question {n}?", f"Our reply {n}.", f"Their reply {n}.") for n in range(20)
]


@pytest.fixture(scope="module")
def released():
    from conftest import reference_data

    pairs = defaultdict(list)
    with (reference_data("mmrole_scores") / "score_pairs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs[row["model"], row["split"]].append((float(row["score_model"]), float(row["score_reference"])))
    return pairs


@pytest.mark.parametrize("key", PUBLISHED, ids="/".join)
def test_the_eight_published_means_are_reproduced(released, key):
    ratio, _ = score_ratios(released[key], mode="as_published")
    assert ratio.value == pytest.approx(PUBLISHED[key], abs=5e-5)
    assert ratio.n == len(released[key])


def test_strict_mode_counts_the_24_zeros_of_one_model_and_no_other(released):
    strict = {key: score_ratios(pairs)[0] for key, pairs in released.items()}
    zeros = {key: sum(ratio.missing.values()) for key, ratio in strict.items() if ratio.missing}
    assert zeros == {("yi-vl-6b", "in-test"): 16, ("yi-vl-6b", "out-test"): 8}
    assert strict["yi-vl-6b", "in-test"].value == pytest.approx(0.83358, abs=5e-6)
    assert strict["yi-vl-6b", "out-test"].value == pytest.approx(0.84938, abs=5e-6)


def test_a_mean_ratio_is_not_the_inverse_of_the_other_way_round_but_a_log_ratio_is(released):
    pairs = released["gpt-4-turbo", "in-test"]
    ratio, logs = score_ratios(pairs)
    turned, turned_logs = score_ratios([(b, a) for a, b in pairs])
    assert turned.value == pytest.approx(0.9219, abs=5e-5)
    assert abs(turned.value - 1 / ratio.value) > 0.01
    assert turned_logs.value == pytest.approx(-logs.value)


@pytest.mark.parametrize("pair", [(1, 0), (-1, 5), (math.nan, 5), (5, math.inf)])
def test_scores_without_a_ratio_are_refused(pair):
    with pytest.raises(UsageError):
        score_ratios([(5, 5), pair])
    with pytest.raises(UsageError, match="as_published"):
        score_ratios([(5, 5)], mode="loose")  # type: ignore[arg-type]


def test_too_many_pairs_out_of_range_leave_no_mean():
    ratio, logs = score_ratios([(5, 5)] * 8 + [(0, 5)] * 2)
    assert ratio.value is None
    assert logs.missing == {"out_of_range": 2}
    assert score_ratios([])[0].reason == "nothing was judged"


def judge_of(reply: int, reference: int, first_place: int = 0) -> RelativeJudge:
    """A judge with fixed opinions and `first_place` points for whoever stands first."""

    def says(messages):
        a, b = (
            (reply, reference)
            if messages[1].content.index("Our") < messages[1].content.index("Their")
            else (
                reference,
                reply,
            )
        )
        return f"[Scores]: ({a + first_place}, {b})"

    return RelativeJudge(Scripted(says), "fluency")


async def test_a_fair_judge_shows_no_effect_of_the_order():
    verdicts = await judge_all(judge_of(8, 5), ITEMS)
    ratio, log_ratio, both, effect = relative_report(verdicts)
    assert ratio.value == pytest.approx(1.6)
    assert log_ratio.value == both.value == pytest.approx(math.log(1.6))
    assert (effect.value, effect.details["favours"]) == (0.0, "neither")


async def test_a_judge_that_favours_the_first_place_is_found_out_and_the_balanced_value_is_not_deceived():
    verdicts = await judge_all(judge_of(6, 6, first_place=2), ITEMS)
    ratio, _, both, effect = relative_report(verdicts)
    assert ratio.value == pytest.approx(8 / 6), "in one order alone equal replies look unequal"
    assert both.value == pytest.approx(0.0)
    assert effect.value == pytest.approx(2 * math.log(8 / 6))
    assert effect.details["favours"] == "first"
    assert effect.details["p"] < 0.001


async def test_one_order_is_one_call_as_in_the_paper():
    model = Scripted(["[Scores]: (9, 6)"])
    verdict = await RelativeJudge(model, "fluency", both_orders=False)(ITEMS[0])
    assert verdict.value == pytest.approx(math.log(1.5))
    assert verdict.calls == 1
    assert relative_report([verdict])[3].reason == "no item was judged in both orders"


async def test_a_score_of_zero_is_no_score():
    verdict = await RelativeJudge(Scripted(["[Scores]: (0, 6)"] * 2), "fluency")(ITEMS[0])
    assert (verdict.value, verdict.reason) == (None, "unparsed")
    assert "from 1 to 10" in verdict.why


async def test_items_without_a_value_are_counted_in_every_number():
    verdicts = [
        await RelativeJudge(Scripted(["Hm."] * 4), "fluency")(ITEMS[0]),
        *await judge_all(judge_of(8, 5), ITEMS),
    ]
    ratio, log_ratio, both, _ = relative_report(verdicts)
    assert ratio.missing == log_ratio.missing == both.missing == {"unparsed": 1}


async def test_a_judge_that_mostly_fails_gives_no_number():
    verdicts = await judge_all(RelativeJudge(Scripted(lambda _: "Hm."), "fluency"), ITEMS[:2])
    assert [
        measured.value for measured in relative_report([*verdicts, *await judge_all(judge_of(8, 5), ITEMS[:9])])
    ] == [None] * 4


async def test_the_image_metric_needs_a_caption_and_shows_it():
    with pytest.raises(UsageError, match="caption"):
        await RelativeJudge(Scripted([]), "image_text_relevance")(ITEMS[0])
    shown = RelativeItem("Ana", "What is there?", "A boat.", "A boat at sea.", caption="A red boat at sea.")
    assert "A red boat at sea." in relative_messages("image_text_relevance", shown)[1].content


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_its_own_question(metric):
    asked = [relative_messages(name, RelativeItem("Ana", "?", "a b", "c d", "e"))[0].content for name in METRICS]
    assert len(set(asked)) == 8
    assert "{" not in asked[METRICS.index(metric)]


def test_an_order_effect_needs_both_orders():
    with pytest.raises(UsageError):
        order_effect([0.1], [])
    with pytest.raises(UsageError, match="fluency"):
        RelativeJudge(Scripted([]), "charm")
