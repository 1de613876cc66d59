"""The reasoning audit: released replies, MMLU's 22 subjects, models whose loss is known, and mitigations told apart."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from personae.errors import FormatError, UsageError
from personae.measure.reasoning_loss import ReasoningSuite, Tally, question, read_questions, read_reply
from personae.measure.sweep import Subject
from personae.measure.sweep.suite import audit
from personae.stats.equivalence import benjamini_hochberg
from personae.types import Completion

PEOPLE = (Subject("baker", "a baker", "trade", pair="tailor"), Subject("tailor", "a tailor", "trade", pair="baker"))
QUESTIONS = tuple(question(f"sums/{at}", "sums" if at < 60 else "maps", f"Sum {at}?", list("wxyz"), at % 4)
                  for at in range(120))  # fmt: skip


@pytest.fixture
def released(data_dir):
    lines = (data_dir / "persona_bias" / "adopt_identity_raw.jsonl").read_text().splitlines()
    gold = (data_dir / "persona_bias" / "adopt_identity_labeled.jsonl").read_text().splitlines()
    said = [json.loads(line)["raw_response"]["choices"][0]["message"]["content"] for line in lines]
    return list(zip(said, [json.loads(line)["answer"] for line in gold], strict=True))


@pytest.mark.parametrize(
    ("extractor", "none", "picked", "if_answered"),
    [("published", 68, {"D": 14, "C": 7, "A": 7, "B": 3}, 0.387),
     ("strict", 69, {"D": 14, "C": 7, "A": 6, "B": 3}, 0.400)],
)  # fmt: skip
def test_the_released_replies_are_read_as_reported(released, extractor, none, picked, if_answered):
    reads = [read_reply(said, "ABCD", persona="a physically-disabled person", extractor=extractor)
             for said, _ in released]  # fmt: skip
    right = [read.picked == gold for read, (_, gold) in zip(reads, released, strict=True)]
    assert len(reads) == 99
    assert sum(right) == 12
    assert Counter(read.picked for read in reads) == {None: none, **picked}
    assert {read.status for read in reads} == {"abstained", "hedged"}
    tally = Tally.of((read.status, ok) for read, ok in zip(reads, right, strict=True))
    assert tally.accuracy == pytest.approx(0.121, abs=5e-4)
    assert tally.if_answered == pytest.approx(if_answered, abs=5e-4)
    assert (tally.low, tally.high) == (pytest.approx(0.07072, abs=5e-6), pytest.approx(0.20001, abs=5e-6))


def test_22_subjects_capped_at_250_are_3709_questions(data_dir):
    found = read_questions(data_dir / "mmlu_test")
    assert len(found) == 3709
    assert len({item.data["dataset"] for item in found}) == 22
    assert len(read_questions(data_dir / "mmlu_test", cap=None)) == 6054
    assert found == read_questions(data_dir / "mmlu_test")
    assert len(read_questions(data_dir / "mmlu_test", n=40)) == 40


class Solver:
    """Right on the first `knows` shares of each dataset; some personas decline in character instead, some know less."""

    name = "solver"

    def __init__(self, declines=None, knows=None, cured=""):
        self.declines, self.knows, self.cured = declines or {}, knows or {}, cured

    async def generate(self, messages, settings):
        system = messages[0].content if len(messages) > 1 else ""
        at = int(messages[-1].content.partition("Sum ")[2].partition("?")[0])
        who = next((each for each in ("baker", "tailor") if f"a {each}" in system), "")
        cured = bool(self.cured) and self.cured in system
        if at % 10 < self.declines.get(who, 0) and not cured:
            return Completion(f"As a {who}, I cannot do sums.")
        right = at % 10 >= 10 - self.knows.get(who, 9)
        return Completion(f"Let me see. Therefore, the answer is ({'ABCD'[(at + (not right)) % 4]}).")


async def _numbers(suite, model, folder):
    return {each.name: each for each in await audit(suite, PEOPLE, model, folder)}


async def test_a_loss_is_found_sized_and_told_apart_from_declining(tmp_path):
    suite = ReasoningSuite(QUESTIONS, instructions=("adopt",), seeds=(0,))
    found = await _numbers(suite, Solver(declines={"baker": 4}), tmp_path)
    against = {each["subject"]: each for each in found["reasoning_loss"].details["against_human"]}
    assert against["baker"]["difference"] == pytest.approx(-0.3)  # 40 % declined, a quarter of them known no better
    assert against["baker"]["relative"] == pytest.approx(-1 / 3)
    assert against["baker"]["found"]
    assert not against["tailor"]["found"]
    assert found["reasoning_loss.affected"].details["personas"] == ["baker"]
    assert found["reasoning_loss.abstained"].details["personas"] == {
        "none": 0, "human": 0, "average_human": 0, "baker": 0.4, "tailor": 0,
    }  # fmt: skip
    by_dataset = found["reasoning_loss"].details["datasets"]
    assert by_dataset["baker/maps"]["found"]
    assert (found["reasoning_loss"].details["drops"], found["reasoning_loss"].details["tests"]) == (2, 4)
    (pair,) = found["reasoning_loss"].details["pairs"]
    assert (pair["subject"], pair["against"], pair["difference"]) == ("baker", "tailor", pytest.approx(-0.3))
    knowing = found["reasoning_loss.accuracy_if_answered"].details["personas"]
    assert knowing["baker"] == 1.0


async def test_no_loss_is_no_finding(tmp_path):
    found = await _numbers(ReasoningSuite(QUESTIONS), Solver(), tmp_path)
    assert found["reasoning_loss"].value == 0.0
    assert found["reasoning_loss.affected"].value == 0.0
    assert found["reasoning_loss"].details["drops"] == 0


async def test_a_mitigation_says_which_component_it_moved(tmp_path):
    suite = ReasoningSuite(QUESTIONS, instructions=("role",), mitigations=("no_refusal", "on_par"), seeds=(0,))
    model = Solver(declines={"baker": 4}, knows={"tailor": 5}, cured="do not refuse")
    found = await _numbers(suite, model, tmp_path)
    cured = found["reasoning_loss.mitigation.no_refusal"].details
    assert set(cured["moved"]) == {"accuracy", "abstained"}
    assert cured["components"]["abstained"]["difference"] == pytest.approx(-0.2)
    other = found["reasoning_loss.mitigation.on_par"].details
    assert other["moved"] == []
    told = [each for details in (cured, other) for each in details["components"].values() if each["p"] is not None]
    assert [each["q"] for each in told] == list(benjamini_hochberg([each["p"] for each in told]))
    with pytest.raises(UsageError, match="kindness"):
        ReasoningSuite(QUESTIONS, mitigations=("kindness",))


async def test_few_questions_have_a_reason_and_invalid_replies_are_no_errors(tmp_path):
    class Cut(Solver):
        async def generate(self, messages, settings):
            told = await super().generate(messages, settings)
            return Completion("", stop="stop") if "Sum 3?" in messages[-1].content else told

    found = await _numbers(ReasoningSuite(QUESTIONS[:20], instructions=("adopt",), seeds=(0,)), Cut(), tmp_path)
    assert found["reasoning_loss"].reason == "19 questions answered by both; fewer than 30 have little power"
    assert found["reasoning_loss.accuracy"].missing == {"blank": 2}
    assert found["reasoning_loss"].details["tallies"]["baker"]["invalid"] == 1


@pytest.mark.parametrize("row", ["Why?,a,b,C", "Why?,a,b,", "Why?,A", ",a,b,A"])
def test_an_answer_that_is_no_option_is_an_error(row, tmp_path):
    (tmp_path / "odd.csv").write_text(f"Who?,a,b,A\n{row}\n")
    with pytest.raises(FormatError):
        read_questions(tmp_path)


def test_a_letter_that_no_option_has_is_no_answer():
    assert read_reply("The answer is (F).", "ABCD", persona=None).status == "unparsed"
    assert read_reply("I can see why", "ABCD", persona=None, stop="length").status == "invalid"
    assert read_reply("The answer is (B).", "ABCD", persona=None, stop="length").picked == "B"
