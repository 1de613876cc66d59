"""Collected talks: the round trip, the scales, and what makes a talk incomplete."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.errors import FormatError, UsageError
from personae.measure.collection import SCALES, CollectedTurn, Survey, Talk, read, survey, write

FULL = dict.fromkeys(SCALES, 3) | {"empathy": 50}


def talk(id="t1", length=16, **more):
    said = [
        {"speaker": "actor" if n % 2 else "user", "text": f"Line {n}.", "at": f"2026-03-01T10:{n:02}:00Z"}
        for n in range(length)
    ]
    return {"id": id, "persona": "ana", "actor": "a1", "user": "u1", "turns": said, "survey": FULL} | more


def lines(*talks):
    return "".join(json.dumps(each) + "\n" for each in talks).encode()


def test_reading_undoes_writing():
    talks = read(lines(talk(), talk("t2", user="u2", survey={"fun": 4})))
    assert read(write(talks)) == talks
    assert json.loads(write(talks).splitlines()[0]) == talk()


_TURNS = st.builds(
    CollectedTurn, speaker=st.sampled_from(["actor", "user"]), text=st.text(st.characters(codec="utf-8"), min_size=1)
)
_TALKS = st.builds(
    Talk,
    id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=5),
    persona=st.just("ana"),
    actor=st.just("a"),
    user=st.sampled_from(["u", "v"]),
    turns=st.lists(_TURNS, min_size=1, max_size=3).map(tuple),
    survey=st.builds(Survey, fun=st.none() | st.integers(1, 4), empathy=st.none() | st.integers(16, 64)),
)


@given(st.lists(_TALKS, max_size=3, unique_by=lambda each: each.id))
def test_any_talk_survives_the_round_trip(talks):
    try:
        assert read(write(talks)) == tuple(talks)
    except FormatError as error:
        assert "zero byte" in str(error)  # noqa: PT017 - text files hold none


def test_a_complete_talk_has_no_faults_and_knows_its_gaps():
    one = read(lines(talk()))[0]
    assert one.faults() == ()
    assert one.gaps_s() == (60.0,) * 15
    conversation = one.conversation()
    assert (conversation[1].role, conversation[1].name, conversation[0].name) == ("assistant", "ana", "u1")
    assert conversation[0].at == "2026-03-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"turns": talk(length=14)["turns"]}, "14 turns; a complete talk has 15 to 80"),
        ({"turns": [{"speaker": "user", "text": "Hi."}] * 20}, "only the user speaks"),
        ({"survey": {"fun": 1}}, "no answer to friendly"),
    ],
)
def test_what_is_incomplete_is_told_and_still_read(change, fault):
    assert fault in " ".join(read(lines(talk(**change)))[0].faults())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"survey": {"fun": 5}}, "survey.fun"),
        ({"survey": {"empathy": 15}}, "survey.empathy"),
        ({"survey": {"fun": "3"}}, "survey.fun"),
        ({"survey": {"mood": 3}}, "unknown key"),
        ({"turns": []}, "turns"),
        ({"turns": [{"speaker": "bot", "text": "Hi."}]}, "turns.0.speaker"),
        ({"turns": [{"speaker": "user", "text": "Hi.", "at": "2026-03-01T10:00:00"}]}, "turns.0.at"),
        ({"turns": talk()["turns"][::-1]}, "stands behind"),
    ],
)
def test_a_broken_talk_names_its_line_and_key(change, fault):
    with pytest.raises(FormatError, match=fault) as error:
        read(lines(talk(), talk("t2", **change)), "talks.jsonl")
    assert "line 2" in str(error.value)


def test_an_actor_keeps_one_persona_and_a_talk_its_own_id():
    with pytest.raises(FormatError, match="one fixed persona"):
        read(lines(talk(), talk("t2", persona="rui")))
    with pytest.raises(FormatError, match="used twice"):
        read(lines(talk(), talk()))


def test_the_survey_is_averaged_over_users_and_silence_is_missing():
    talks = read(
        lines(
            talk("t1", user="u1", survey={"fun": 4}),
            talk("t2", user="u1", survey={"fun": 2}),
            talk("t3", user="u2", survey={"fun": 1}),
            talk("t4", user="u3", survey={}),
        )
    )
    found = {measurement.name: measurement for measurement in survey(talks)}
    fun = found["survey.fun"]
    assert (fun.value, fun.n, fun.missing, fun.unit) == (2.0, 2, {"unanswered": 1}, "1–4")
    assert found["survey.empathy"].value is None
    with pytest.raises(UsageError, match="share an id"):
        survey([talks[0], talks[0]])
