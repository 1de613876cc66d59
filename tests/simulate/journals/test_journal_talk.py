"""Two diarists talk: nine turns of at most twenty words, and an end that is told."""

from __future__ import annotations

import pytest

from personae import run
from personae.errors import BadResponse, UsageError
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.simulate.journals import journal_talk
from personae.types import Completion

ANA = Persona(name="Ana", statements=[{"id": "a", "text": "I grow roses."}])
RUI = Persona(name="Rui", statements=[{"id": "b", "text": "I ride night trains."}])


def said(answers, **options):
    return run(journal_talk((ANA, RUI), Scripted(answers), **options))


def test_nine_turns_by_turns_and_none_above_twenty_words():
    long = "I grow roses. " + "And then I told her all about the trains of my youth, " * 5
    talk = said(lambda messages: long)
    assert [line.speaker for line in talk.lines] == ["Ana", "Rui"] * 4 + ["Ana"]
    assert all(len(line.text.split()) <= 20 and line.cut for line in talk.lines)
    assert talk.lines[0].text == "I grow roses."
    assert talk.outcome == "answered"


def test_each_side_reads_its_own_statements_and_the_others_words():
    model = Scripted(["Hello, I grow roses.", "I ride trains at night."])
    run(journal_talk((ANA, RUI), model, turns=2))
    first, second = (call.messages for call in model.history)
    assert "roses" in first[0].content
    assert "night trains" not in first[0].content
    assert "at most 20 words" in first[0].content
    assert "night trains" in second[0].content
    assert "Ana: Hello, I grow roses." in second[-1].content


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("", "empty"), ("I'm sorry, I can't do that.", "refused"), (Completion("x", stop="refusal"), "refused"),
     (BadResponse("no JSON"), "failed")],
)  # fmt: skip
def test_a_turn_that_is_none_ends_the_talk(answer, outcome):
    talk = said(["Hello.", answer])
    assert (len(talk.lines), talk.outcome) == (1, outcome)


def test_a_turn_cut_by_the_model_is_marked():
    assert said([Completion("I grow", stop="length")], turns=1).lines[0].cut


def test_two_of_one_name_cannot_talk():
    with pytest.raises(UsageError, match="two different names"):
        run(journal_talk((ANA, ANA), Scripted()))
