"""Pairs in both orders: what hangs on the order is no verdict, and a judge of places is found out by its numbers."""

from __future__ import annotations

import csv
import dataclasses
import random
from collections import defaultdict

import pytest

from personae.errors import UsageError
from personae.judges.pairwise import ASPECTS, PairItem, PairwiseJudge, pair_messages, swap_report
from personae.judges.position import position_bias
from personae.judges.roles import Verdict
from personae.judges.summary import judge_all
from personae.models import Scripted
from personae.types import Settings

ITEM = PairItem("Where to?", "To the river, as always.", "As an assistant I go nowhere.", "Ana, an archivist.")
ITEMS = [PairItem(f"Question {n}?", f"Good reply {n}.", f"Bad reply {n}.") for n in range(60)]
WARM = Settings(temperature=0.7, seed=3)


def biased(share_by_place: float, *, seed: int = 0) -> Scripted:
    """A judge that says A whatever stands there in this share of calls, and otherwise names the good reply."""
    rng = random.Random(seed)

    def says(messages):
        text = messages[1].content
        good = "A" if text.index("Good") < text.index("Bad") else "B"
        return f"[[{'A' if rng.random() < share_by_place else good}]]"

    return Scripted(says)


async def test_both_orders_are_asked_and_only_the_sides_change():
    model = Scripted(["[[A]]", "[[B]]"])
    verdict = await PairwiseJudge(model)(ITEM)
    assert (verdict.value, verdict.details["rounds"]) == (1.0, [["A", "B"]])
    straight, swapped = (call.messages[1].content for call in model.history)
    assert straight.index(ITEM.first) < straight.index(ITEM.second)
    assert swapped.index(ITEM.second) < swapped.index(ITEM.first)
    assert straight.replace(ITEM.first, "X").replace(ITEM.second, "Y") == swapped.replace(ITEM.first, "Y").replace(
        ITEM.second, "X"
    )


@pytest.mark.parametrize(
    ("said", "value", "reason"),
    [
        (("A", "B"), 1.0, None),
        (("B", "A"), 0.0, None),
        (("tie", "tie"), 0.5, None),
        (("A", "A"), None, "inconsistent"),
        (("B", "B"), None, "inconsistent"),
        (("A", "tie"), None, "inconsistent"),
    ],
)
async def test_a_verdict_is_what_both_orders_say(said, value, reason):
    verdict = await PairwiseJudge(Scripted([f"[[{side}]]" for side in said]), ties=True)(ITEM)
    assert (verdict.value, verdict.reason) == (value, reason)
    assert bool(verdict.why) == (reason is not None)


async def test_a_tie_that_was_not_offered_is_unparsed():
    verdict = await PairwiseJudge(Scripted(["[[tie]]"] * 4))(ITEM)
    assert (verdict.reason, verdict.calls) == ("unparsed", 4)
    assert verdict.details["rounds"] == [[None, None]]


async def test_an_always_a_judge_is_undecided_after_all_rounds_everywhere():
    model = Scripted(lambda _: "[[A]]")
    verdicts = await judge_all(PairwiseJudge(model, rounds=5, settings=WARM), ITEMS)
    assert {verdict.reason for verdict in verdicts} == {"undecided"}
    assert {verdict.calls for verdict in verdicts} == {10}
    assert {call.settings.seed for call in model.history} == {3, 4, 5, 6, 7}


async def test_a_round_without_a_readable_verdict_is_followed_by_another():
    model = Scripted(["[[A]]", "Hm.", "Hm.", "[[A]]", "[[B]]"])
    verdict = await PairwiseJudge(model, rounds=2, settings=WARM)(ITEM)
    assert (verdict.value, verdict.details["rounds"]) == (1.0, [["A", None], ["A", "B"]])
    assert verdict.outcomes == ("answered", "unparsed", "unparsed", "answered", "answered")


async def test_rounds_need_chance():
    with pytest.raises(UsageError, match="temperature"):
        PairwiseJudge(Scripted([]), rounds=2)
    with pytest.raises(UsageError, match="seed"):
        PairwiseJudge(Scripted([]), rounds=2, settings=dataclasses.replace(WARM, seed=None))
    with pytest.raises(UsageError, match="rounds"):
        PairwiseJudge(Scripted([]), rounds=0)


async def test_rounds_follow_the_arithmetic_of_independent_verdicts():
    """Right with .9 in one order and .6 in the other, five rounds (Jekyll & Hyde, 2024): of the accepted .931 right,
    .0131 undecided, 1.702 rounds on average; here within three standard errors at n trials."""
    rng, n = random.Random(5), 3000

    def says(messages):
        first = messages[1].content.index("Good") < messages[1].content.index("Bad")
        right = rng.random() < (0.9 if first else 0.6)
        return f"[[{'A' if right == first else 'B'}]]"

    judge = PairwiseJudge(Scripted(says), rounds=5, settings=WARM)
    verdicts = [await judge(ITEMS[0]) for _ in range(n)]
    values = [verdict.value for verdict in verdicts if verdict.value is not None]
    assert sum(values) / len(values) == pytest.approx(0.931, abs=3 * (0.931 * 0.069 / n) ** 0.5)
    assert 1 - len(values) / n == pytest.approx(0.0131, abs=3 * (0.0131 / n) ** 0.5)
    assert sum(verdict.calls for verdict in verdicts) / 2 / n == pytest.approx(1.702, abs=3 * 1.05 / n**0.5)


async def test_a_judge_that_looks_at_the_place_alone_is_found_out():
    verdicts = await judge_all(PairwiseJudge(biased(1.0)), ITEMS)
    consistency, bias = swap_report(verdicts)
    assert {verdict.reason for verdict in verdicts} == {"inconsistent"}
    assert (consistency.value, bias.value) == (0.0, 1.0)
    assert bias.details["favours"] == "first"
    assert bias.details["p"] == pytest.approx(2 * 0.5**60, rel=1e-4)


async def test_a_judge_with_a_weakness_for_the_first_place_is_found_out():
    """In 30 % of its calls it says A whatever stands there, so 30 % of the pairs, give or take, hang on the order."""
    consistency, bias = swap_report(await judge_all(PairwiseJudge(biased(0.3)), ITEMS, limit=1))
    assert 0.5 < consistency.value < 0.9
    assert bias.details["favours"] == "first"
    assert bias.details["second_place_won"] == 0
    assert bias.details["p"] < 0.001


async def test_a_judge_of_replies_is_not_accused():
    consistency, bias = swap_report(await judge_all(PairwiseJudge(biased(0.0)), ITEMS))
    assert (consistency.value, bias.value) == (1.0, 0.5)
    assert (bias.details["favours"], bias.details["p"]) == ("neither", 1.0)


def test_a_judge_of_chance_is_inconsistent_but_favours_no_place():
    rng = random.Random(2)
    rounds = [[[rng.choice("AB"), rng.choice("AB")]] for _ in range(400)]
    said = [Verdict("coin", 0.5, details={"rounds": each}) for each in rounds]
    consistency, bias = swap_report(said)
    assert consistency.low < 0.5 < consistency.high
    assert bias.details["favours"] == "neither"


def test_pairs_that_could_not_be_read_are_counted():
    read = Verdict("p", 1.0, details={"rounds": [["A", "B"]]})
    unread = Verdict("p", reason="unparsed", details={"rounds": [["A", None]]})
    consistency, _ = swap_report([read] * 9 + [unread])
    assert (consistency.n, consistency.missing) == (9, {"unread": 1})
    assert [measured.value for measured in swap_report([read, unread])] == [None, None]
    assert swap_report([])[0].reason == "nothing was judged"
    tied = Verdict("p", 0.5, details={"rounds": [["tie", "tie"]]})
    assert swap_report([tied])[1].reason == "every verdict is a tie"


async def test_certainty_is_the_mean_of_both_orders():
    model = Scripted(["Certainty: 90\n[[A]]", "Certainty: 60\n[[B]]"])
    verdict = await PairwiseJudge(model, certainty=True)(ITEM)
    assert verdict.certainty == pytest.approx(0.75)
    assert "Certainty" in model.history[0].messages[1].content
    missing = await PairwiseJudge(Scripted(["[[A]]"] * 4), certainty=True)(ITEM)
    assert missing.reason == "unparsed"


async def test_equal_replies_and_unknown_aspects_are_refused():
    with pytest.raises(UsageError, match="nothing to compare"):
        await PairwiseJudge(Scripted([]))(PairItem("?", "The same.", " The  same. "))
    with pytest.raises(UsageError, match="in_character"):
        PairwiseJudge(Scripted([]), aspect="charm")


@pytest.mark.parametrize("asks", [*ASPECTS, "Which is shorter?"])
def test_the_question_asked_is_in_the_prompt(asks):
    system, asked = (message.content for message in pair_messages(ITEM, asks))
    assert "{" not in system + asked
    assert "?" in system
    assert asks in ASPECTS or asks in system


def test_released_verdicts_show_their_share_of_a_and_the_biased_run_is_flagged(data_dir):
    runs = defaultdict(list)
    with (data_dir / "personalized_judge" / "judgements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["answer"] in ("A", "B") and row["ground_truth"] in ("A", "B"):
                runs[row["run"]].append((row["answer"], row["ground_truth"]))
    by_run = {run: position_bias(*zip(*pairs, strict=True)) for run, pairs in runs.items()}
    lean = next(bias for run, bias in by_run.items() if run.startswith("prism") and round(bias.share_a, 3) == 0.349)
    assert (round(lean.gold_share_a, 3), lean.n, round(lean.accuracy, 4)) == (0.512, 1001, 0.6783)
    assert lean.biased
    assert lean.accuracy_gold_b > lean.accuracy_gold_a
    full = by_run["prism_all_features_command-r-plus"]
    assert (round(full.share_a, 3), round(full.accuracy, 4), full.n) == (0.604, 0.7203, 1001)
    fair = by_run["ap_all_features_all_features_command-r-plus_jun5"]
    assert (round(fair.share_a, 3), fair.biased) == (0.524, False)


def test_accuracy_is_told_by_the_true_side():
    bias = position_bias(["A", "A", "A", "B", "tie"], ["A", "A", "B", "B", "A"])
    assert (bias.n, bias.ties, bias.accuracy) == (4, 1, 0.75)
    assert (bias.accuracy_gold_a, bias.accuracy_gold_b) == (1.0, 0.5)
    assert position_bias([], []).p is None
    with pytest.raises(UsageError):
        position_bias(["A"], ["tie"])
    with pytest.raises(UsageError):
        position_bias(["A"], [])
