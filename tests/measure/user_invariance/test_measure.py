"""Scripted models that do and do not mind who asks."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from personae import run
from personae.agent import Agent
from personae.errors import BadResponse, UsageError
from personae.judges.pairwise import PairwiseJudge
from personae.measure.user_invariance import CONTROL, NOBODY, Prompt, Prompts, UserInvariance, claims, read_prompts
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.psychometrics.administration.refusals import refusal
from personae.types import Completion

WHO = Persona(name="the model itself", statements=[{"id": "s", "text": "I mend nets."}])
NO = "I'm sorry, but I can't help with that."
KINDS = ("safe", "unsafe")
FEW = Prompts(tuple(Prompt(f"{label}-{at}", f"Question {at}?", label) for label in KINDS for at in range(8)))
TWO = claims(["student", "nurse"])


def audited(model, **options):
    measure = UserInvariance(**{"prompts": FEW, "claims": TWO, **options})
    agent, plan = Agent(WHO, model), measure.plan(WHO)

    async def every():
        return [await measure.observe(agent, case) for case in plan.cases]

    seen = run(every())
    return {one.name: one for one in measure.summarise(plan, seen)}, seen


def minds(sentence):
    """A model that refuses everybody who does not say this."""
    return Scripted(lambda messages: "With pleasure: do this." if sentence in messages[-1].content else NO)


def test_a_model_that_answers_students_only_is_caught_on_all_of_xstest(data_dir):
    prompts = read_prompts(data_dir / "xstest" / "xstest_prompts.csv")
    there = Counter(one.label for one in prompts.questions)
    found, _ = audited(minds("I am a student."), prompts=prompts, claims=claims(["student"]))
    for label in ("safe", "unsafe"):
        student, control = found[f"user_invariance.student.{label}"], found[f"user_invariance.control.{label}"]
        assert student.details["discordant"] == student.details["less"] == there[label]
        assert student.value == -1.0
        assert student.details["p_holm"] < 1e-50
        assert control.details["discordant"] == control.value == 0
        assert found[f"user_invariance.refused.{label}"].value == 1.0
    if there.total() == 450:
        assert there == {"safe": 250, "unsafe": 200}
    assert found["user_invariance"].value == 0.0


def test_a_model_that_minds_nobody_is_invariant():
    found, seen = audited(Scripted(lambda messages: "Certainly. Take the left one."))
    assert found["user_invariance"].value == 1.0
    assert {one.text for one in seen} == {"answered"}
    for user in ("control", "student", "nurse"):
        for label in ("safe", "unsafe"):
            gap = found[f"user_invariance.{user}.{label}"]
            assert (gap.value, gap.details["p_holm"], gap.n) == (0.0, 1.0, 8)
            assert gap.low < 0 < gap.high
        assert found[f"user_invariance.{user}.words"].value == 0.0


def test_what_any_sentence_changes_shows_in_the_control_and_not_in_the_claims():
    found, _ = audited(Scripted(lambda messages: NO if ". " in messages[-1].content else "Yes, of course."))
    assert found["user_invariance.control.safe"].value == 1.0
    assert found["user_invariance.control.safe"].details["against"] == "nobody"
    assert found["user_invariance.student.safe"].value == 0.0


def test_safe_and_unsafe_questions_are_kept_apart():
    def says(messages):
        asked = messages[-1].content
        return NO if "nurse" in asked and any(f"Question {at}" in asked for at in range(6)) else "Well, like this."

    prompts = Prompts(tuple(one for one in FEW.questions if one.label == "unsafe" or one.id in ("safe-6", "safe-7")))
    found, _ = audited(Scripted(says), prompts=prompts)
    assert found["user_invariance.nurse.unsafe"].value == pytest.approx(6 / 8)
    assert found["user_invariance.nurse.unsafe"].details["p"] == 2 / 2**6
    assert found["user_invariance.nurse.unsafe"].details["p_holm"] == pytest.approx(6 * 2 / 2**6)
    assert found["user_invariance.nurse.safe"].value == 0.0
    assert found["user_invariance.nurse.safe"].n == 2


def test_only_one_kind_of_question_leaves_a_reason_for_the_other():
    found, _ = audited(minds("x"), prompts=Prompts(tuple(one for one in FEW.questions if one.label == "safe")))
    assert found["user_invariance.refused.unsafe"].reason == "no reply to compare: there is no such question"
    assert found["user_invariance.student.unsafe"].value is None


def test_a_reply_that_is_empty_or_fails_is_neither_refused_nor_answered():
    class Odd(Scripted):
        async def generate(self, messages, settings):
            asked = messages[-1].content
            if "student" in asked and "Question 1" in asked:
                raise BadResponse("no JSON")
            if "nurse" in asked:
                return Completion("")
            if "student" in asked and "Question 2" in asked:
                return Completion("blocked", stop="refusal")
            return Completion("Like this.")

    found, seen = audited(Odd())
    student = found["user_invariance.student.safe"]
    assert (student.reason, student.missing) == ("7 of 8 items have a value; 90 % are needed", {"failed": 1})
    assert student.details["uncovered"] == pytest.approx(1 / 7), "what the provider filters is refused"
    nurse = found["user_invariance.nurse.safe"]
    assert nurse.reason == "no reply to compare: 8 empty"
    assert [one.outcome for one in seen].count("empty") == 0, "the student has an answer"
    assert found["user_invariance.student.words"].missing == {"failed": 2, "refused": 2}


def test_a_control_without_an_answer_leaves_the_case_without_a_value():
    found, seen = audited(Scripted(lambda messages: "" if "coffee" in messages[-1].content else "Yes."))
    assert Counter(one.outcome for one in seen) == {"empty": 16}
    assert (found["user_invariance"].value, found["user_invariance"].missing) == (None, {"empty": 16})
    assert found["user_invariance.student.safe"].missing == {"empty": 8}


def test_an_answer_that_was_cut_off_is_read_for_refusals_and_not_for_length():
    model = Scripted([Completion("I would begin by", stop="length")] * 64)
    found, _ = audited(model)
    assert found["user_invariance.student.safe"].value == 0.0
    assert found["user_invariance.student.words"].missing == {"truncated": 16}


def test_longer_answers_for_some_are_seen():
    says = Scripted(lambda m: "Take this one, my dear." if "student" in m[-1].content else "Take this.")
    found, _ = audited(says)
    assert found["user_invariance.student.words"].value == 3.0
    assert found["user_invariance.nurse.words"].value == 0.0


def test_a_judge_compares_answers_with_the_controls():
    def judges(messages):
        first = messages[-1].content.index("Good and full")
        return "[[A]]" if first < messages[-1].content.index("Meagre") else "[[B]]"

    says = Scripted(lambda m: "Good and full." if "student" in m[-1].content else "Meagre.")
    found, _ = audited(says, judge=PairwiseJudge(Scripted(judges, name="reader"), asks="Which is better?", ties=True))
    assert found["user_invariance.student.quality"].value == 0.5
    assert found["user_invariance.nurse.quality"].value == 0.0, "the same words are as good"
    assert found["user_invariance.student.quality"].details["judge"] == "pairwise/own/reader"


def test_nothing_but_the_claim_differs_between_users():
    model = minds("x")
    audited(model, n=1)
    asked = [call.messages for call in model.history]
    assert [len(messages) for messages in asked] == [1] * 4
    question = asked[0][0].content
    assert [messages[0].content for messages in asked[1:]] == [f"{said} {question}" for said in TWO.values()]
    assert {call.settings for call in model.history} == {model.history[0].settings}


def test_the_persona_is_asked_only_where_it_is_wanted():
    for as_persona in (False, True):
        model = minds("x")
        audited(model, n=1, as_persona=as_persona)
        assert ("mend nets" in model.history[0].messages[0].content) == as_persona


def test_what_was_not_run_is_counted():
    measure = UserInvariance(FEW, TWO)
    found = {one.name: one for one in measure.summarise(measure.plan(WHO), [])}
    assert found["user_invariance"].missing == {"not_run": 16}
    assert found["user_invariance.student.safe"].missing == {"not_run": 8}


def test_too_little_to_compare_is_refused():
    with pytest.raises(UsageError, match="one more"):
        UserInvariance(FEW, {CONTROL: "I like tea."})
    with pytest.raises(UsageError, match="0 questions"):
        UserInvariance(Prompts(()))
    assert UserInvariance(FEW, TWO).asked("Why?", NOBODY) == "Why?"


def test_the_detector_finds_what_people_call_a_refusal(data_dir):
    """XSTest's completions carry two annotators' verdict; a reply they call a full refusal or compliance is one."""
    right = total = 0
    for path in sorted((data_dir / "xstest").glob("xstest_v2_completions_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["final_label"] in ("1_full_compliance", "2_full_refusal"):
                    total += 1
                    right += bool(refusal(row["completion"], no=False)) == (row["final_label"] == "2_full_refusal")
    assert total > 1000
    assert right / total > 0.9
