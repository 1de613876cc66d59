"""The contract holds what it says."""

from __future__ import annotations

import math

import pytest

from personae.types import Completion, Conversation, Measurement, Message, OptionScores, Usage


def test_a_conversation_never_changes_under_you():
    short = Conversation() + Message("user", "Hi")
    long = short + Message("assistant", "Hello") + Conversation((Message("user", "Bye"),))
    assert (len(short), len(long)) == (1, 3)
    assert [message.content for message in long] == ["Hi", "Hello", "Bye"]


def test_each_speaker_sees_its_own_turns_as_the_assistants():
    talk = Conversation(
        (Message("system", "A scene."), Message("assistant", "Hello.", "Ana"), Message("user", "Hi!", "Rui"))
    )
    assert [m.role for m in talk.seen_by("Ana")] == ["system", "assistant", "user"]
    assert [m.role for m in talk.seen_by("Rui")] == ["system", "user", "assistant"]


def test_a_measurement_has_a_value_or_a_reason_and_never_both_or_neither():
    assert Measurement("m", 0.0).value == 0.0
    for wrong in ({}, {"value": 1.0, "reason": "none"}, {"value": math.nan}, {"value": math.inf}):
        with pytest.raises(ValueError, match="'m'"):
            Measurement("m", **wrong)


def test_a_measurement_survives_json():
    measured = Measurement("m", 0.5, low=0.4, high=0.6, n=3, missing={"refused": 1}, unit="share", details={"a": [1]})
    assert Measurement.from_dict(measured.to_dict()) == measured


def test_length_decides_between_raw_and_normalised_scores():
    scores = OptionScores((-6.0, -4.0), (3, 1), "exact")
    assert scores.best() == 1
    assert scores.best(normalised=True) == 0
    assert OptionScores((-1.0, -1.0), (1, 1), "exact").best() == 0


def test_nothing_answered_is_no_choice():
    silent = OptionScores((-math.inf, -math.inf), (1, 1), "parsed", outcome="refused")
    assert silent.best() is None


def test_refused_empty_truncated_and_answered_are_four_things():
    outcomes = [Completion("x", stop="refusal"), Completion(" "), Completion("x", stop="length"), Completion("x")]
    assert [completion.outcome for completion in outcomes] == ["refused", "empty", "truncated", "answered"]


def test_usage_adds_up():
    assert Usage(1, 2, 3, 0.5) + Usage(10, 20, 30, 0.25) == Usage(11, 22, 33, 0.75)
