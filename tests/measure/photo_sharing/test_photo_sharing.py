"""Plans to share pictures: fifty that are right, and everything that may be wrong with one."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae import run
from personae.errors import FormatError, UsageError
from personae.measure.photo_sharing import (
    SOURCES,
    PhotoPlan,
    Said,
    Session,
    audit_plans,
    check_sessions,
    choose,
    forbids_photos,
    plan_photos,
    read_plans,
    validity,
)
from personae.models import Scripted, ScriptedPairs, open_pair_scorer
from personae.persona.persona import Persona

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
ALBUM = {"p1": "brown dog asleep on my sofa"}


def person(*statements):
    return Persona(name="Ana", statements=[{"id": f"s{at}", "text": text} for at, text in enumerate(statements)])


def session(day=0, n=6):
    start = START + timedelta(days=day)
    said = ["How was it?", "I have just come back from the harbour."] * n
    return Session(
        tuple(Said("Rui" if at % 2 == 0 else "Ana", said[at], start + timedelta(minutes=at)) for at in range(n))
    )


def answer(at=0, **changes):
    source = SOURCES[at % 3]
    request = "p1" if source == "retrieve" else f"harbour at dawn {at}"
    plan = {
        "description": f"boats in a small harbour, number {at}",
        "source": source,
        "request": request,
        "caption": f"The harbour this morning, number {at}.",
        "after": 2 * (at % 3) + 2,
        "wait_s": float(at),
    }
    return json.dumps({"plans": [plan | changes]})


def test_fifty_scripted_plans_are_valid():
    ana = person("I live by the sea.", "I have a dog.")
    model = Scripted([answer(at) for at in range(50)])
    sessions = [session(day) for day in range(50)]
    assert min(check_sessions(sessions)) >= 0
    assert min(gap for one in sessions for gap in one.gaps_s) >= 0
    plans, problems = [], []
    for talk in sessions:
        planned = run(plan_photos(model, ana, talk, album=ALBUM))
        assert planned.outcome == "answered", planned.reason
        (plan,) = planned.plans
        assert plan.at >= talk.messages[plan.after].at
        plans.append(plan)
        problems += run(audit_plans(planned.plans, talk, ana, ScriptedPairs()))
    found = validity(plans, problems)
    assert (found.value, found.n, {plan.source for plan in plans}) == (1.0, 50, set(SOURCES))
    assert "I have a dog." in model.history[0].messages[0].content
    assert "p1: brown dog" in model.history[0].messages[0].content


def test_captions_are_held_against_the_persona_and_the_talk():
    ana, talk = person("I have no pets.", "I live by the sea."), session()
    plan = PhotoPlan(3, talk.messages[3].at, "a dog", "generate", "a dog", "My dog and I.")
    said = talk.messages[1].text
    against = dict.fromkeys([("My dog and I.", said), ("My dog and I.", "I live by the sea.")], (0.6, 0.4, 0))
    against |= {("My dog and I.", "I have no pets."): (0.9, 0.1, 0)}
    bears = {
        ("I have no pets.", "My dog and I."): 0.3,
        (said, "My dog and I."): 0.9,
    }  # the sea has nothing to do with it
    says = ScriptedPairs(against, bears)
    problems = run(audit_plans([plan], talk, ana, says))
    assert [(one.kind, one.against) for one in problems] == [
        ("contradicts persona", "I have no pets."),
        ("contradicts talk", said),
        ("contradicts talk", said),
    ]
    assert all("How was it?" not in pair for pair in says.history), "what others say binds nobody"
    assert validity([plan], problems).value == 0.0


def test_a_caption_is_not_held_against_what_comes_later():
    talk = Session((Said("Ana", "Off I go.", START), Said("Ana", "It rained.", START + timedelta(hours=1))))
    says = ScriptedPairs()
    run(audit_plans([PhotoPlan(0, START, "sun", "generate", "sun", "Sun all day.")], talk, person("I hike."), says))
    assert ("Sun all day.", "It rained.") not in says.history


def test_a_picture_follows_an_own_message_and_time():
    talk = session()
    other = PhotoPlan(0, talk.messages[0].at, "x", "web", "x", "Look at this.")
    early = PhotoPlan(1, START - timedelta(hours=1), "x", "web", "x", "Look at this.")
    beyond = PhotoPlan(60, START, "x", "web", "x", "Look at this.")
    foreign = PhotoPlan(1, talk.messages[1].at, "x", "web", "x", "今日はいい天気ですね")
    problems = run(audit_plans([other, early, beyond, foreign], talk, person("I hike."), ScriptedPairs()))
    assert [(one.plan, one.kind) for one in problems] == [
        (0, "not own message"),
        (1, "too early"),
        (2, "not own message"),
        (3, "unread"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I never share photos.",
        "I don't send pictures of myself to anybody.",
        "I will not post a selfie.",
        "I refuse to show any photographs of my family.",
        "I do not allow pictures of me.",
        "No selfies from me, ever.",
    ],
)
def test_no_plan_is_valid_when_the_persona_forbids_photos(text):
    talk, ana = session(), person("I hike.", text)
    planned = run(plan_photos(Scripted([answer()]), ana, talk, album=ALBUM))
    problems = run(audit_plans(planned.plans, talk, ana, ScriptedPairs()))
    assert [(one.kind, one.against) for one in problems] == [("forbidden", text)]


@pytest.mark.parametrize(
    "text",
    [
        "I love sharing photos.",
        "I collect old picture frames.",
        "I never watch films.",
        "I don't mind sharing photos.",
        "I never tire of sending pictures of my dog.",
        "I do not only share photos, I print them.",
    ],
)
def test_other_statements_forbid_nothing(text):
    assert run(forbids_photos(person(text), ScriptedPairs())) is None


def test_the_scorer_may_find_a_ban_in_other_words():
    text = "Pictures of mine stay with me."
    says = ScriptedPairs({(text, "I do not share photos."): (0, 0.2, 0.8)})
    assert run(forbids_photos(person(text), says)) == text
    assert run(forbids_photos(person(text))) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"after": 7}, "there are 6"),
        ({"after": 0}, "after"),
        ({"wait_s": -1.0}, "wait_s"),
        ({"source": "draw"}, "source"),
        ({"source": "retrieve", "request": "p9"}, "the album lacks"),
        ({"caption": "  "}, "caption"),
        ({"extra": 1}, "extra"),
    ],
)
def test_an_answer_that_is_no_plan_is_unparsed(changes, says):
    planned = run(plan_photos(Scripted([answer(**changes)]), person("I hike."), session(), album=ALBUM))
    assert (planned.outcome, planned.plans) == ("unparsed", ())
    assert says in planned.reason


def test_prose_refusals_and_too_many_are_told_apart():
    from personae.types import Completion

    answers = ["Sure! Here you go.", Completion("", stop="refusal"), '```json\n{"plans": []}\n```']
    model = Scripted(answers)
    outcomes = [run(plan_photos(model, person("I hike."), session())).outcome for _ in answers]
    assert outcomes == ["unparsed", "refused", "answered"]
    with pytest.raises(FormatError, match="at most 0"):
        read_plans(answer(), session(), most=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("caption", "against"),
    [
        ("My dog and I on the beach.", ["I have no pets."]),
        ("I live in the mountains, look at this view.", ["I live by the sea."]),
        ("I have no sisters, only this brother.", ["I have two sisters."]),
        ("The harbour in the rain.", []),
        ("My two sisters and I.", []),
        ("Fresh bread from this morning.", []),
    ],
)
def test_our_own_scorer_finds_what_contradicts_and_no_more(caption, against):
    ana = person("I have no pets.", "I live by the sea.", "I work as a baker.", "I have two sisters.")
    talk = session()
    plan = PhotoPlan(1, talk.messages[1].at, caption, "generate", caption, caption)
    problems = run(audit_plans([plan], talk, ana, open_pair_scorer("embedded")))
    assert [one.against for one in problems] == against


def test_time_never_runs_back():
    with pytest.raises(UsageError, match="before what it follows"):
        Session((Said("Ana", "Hi", START), Said("Rui", "Hey", START - timedelta(seconds=1))))
    with pytest.raises(UsageError, match="session 2 begins"):
        check_sessions([session(1), session(0)])
    assert check_sessions([]) == ()


def test_a_source_is_chosen_by_rule():
    assert choose("A brown dog on my sofa", ALBUM)[0] == "retrieve"
    assert choose("The Douro Bridge", {}, public=["douro bridge"])[0] == "web"
    assert choose("my future kitchen", ALBUM)[0] == "generate"
    with pytest.raises(UsageError):
        choose("…", {})


@given(st.text(max_size=300))
def test_any_text_is_a_plan_or_a_format_error(text):
    with contextlib.suppress(FormatError):
        read_plans(text, session())


def test_long_statements_are_read_in_little_time():
    started = time.process_time()
    run(forbids_photos(person("never " * 20_000 + "photo")))
    assert time.process_time() - started < 5


def test_a_refusal_in_words_is_none_of_the_unreadable_answers():
    said = run(plan_photos(Scripted(["I'm sorry, but I can't help with that."]), person(), session()))
    assert (said.outcome, said.plans) == ("refused", ())


def test_thoughts_before_the_plans_are_passed_over():
    said = run(plan_photos(Scripted(["<think>The harbour?</think>\n" + answer()]), person(), session()))
    assert (said.outcome, len(said.plans)) == ("answered", 1)


def test_a_picture_cannot_be_shared_after_the_last_day():
    last = Session((Said("Ana", "Back!", datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),))
    with pytest.raises(FormatError, match="picture 1 is shared after the year 9999"):
        read_plans(answer(after=1, wait_s=3600), last)
