"""What was made up stays made up: across sessions, crashes and second askings."""

from __future__ import annotations

import json

import pytest

from personae.agent.adaptation import Notebook
from personae.errors import FormatError, UsageError
from personae.persona.parts import Statement
from personae.persona.persona import Persona


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "notes.jsonl"


def test_a_later_session_reads_what_an_earlier_one_wrote(path):
    made = Notebook(path).write("Ana", "Do you drive?", "I drive a van.", 2 / 3)
    assert Notebook(path).answer("Ana", "do you drive") == made
    assert (made.origin, made.confidence, made.person) == ("invented", 0.6667, "first")


def test_a_question_keeps_its_first_answer(path):
    book = Notebook(path)
    first = book.write("Ana", "Do you drive?", "I drive a van.")
    assert book.write("Ana", "do you DRIVE", "I never learned to drive.") == first
    assert len(path.read_text().splitlines()) == 1


def test_questions_in_other_scripts_are_told_apart():
    book = Notebook()
    book.write("Ana", "你有车吗？", "I drive a van.")
    assert book.answer("Ana", "你有车吗") is not None
    assert book.answer("Ana", "你有狗吗？") is None
    assert book.answer("Ana", "???") is None


def test_two_questions_with_one_fact_give_one_statement():
    book = Notebook()
    book.write("Ana", "Do you drive?", "I drive a van.")
    book.write("Ana", "Any car?", "I drive a van.")
    assert len(book.into(Persona(name="Ana")).statements) == 1
    assert book.answer("Ana", "Any car?") is not None


def test_personas_do_not_read_each_others_notes(path):
    Notebook(path).write("Ana", "Do you drive?", "I drive a van.")
    assert Notebook(path).answer("Rui", "Do you drive?") is None
    assert Notebook(path).into(Persona(name="Rui")) == Persona(name="Rui")


def test_another_agents_note_is_seen_at_once(path):
    one, two = Notebook(path), Notebook(path)
    assert two.notes("Ana") == ()
    one.write("Ana", "Do you drive?", "I drive a van.")
    assert len(two.notes("Ana")) == 1


def test_a_statement_the_persona_has_already_is_not_added_again():
    given = Persona(name="Ana", statements=(Statement(id="van", text="I drive a van."),))
    book = Notebook()
    book.write("Ana", "Do you drive?", "I sail a boat.")
    grown = book.into(given)
    assert [s.text for s in grown.statements] == ["I drive a van.", "I sail a boat."]
    assert book.into(grown) == grown


def test_a_line_torn_by_a_crash_costs_that_line_only(path):
    book = Notebook(path)
    book.write("Ana", "Do you drive?", "I drive a van.")
    with path.open("a") as file:
        file.write('{"persona": "Ana", "query": "Any pe')
    again = Notebook(path)
    assert len(again.notes("Ana")) == 1
    again.write("Ana", "Any pets?", "I have a newt.")
    assert [note.query for note in Notebook(path).notes("Ana")] == ["Do you drive?", "Any pets?"]


NOTE = {"persona": "Ana", "query": "Any pets?", "text": "I have a newt.", "confidence": 1}
BAD = [{"persona": 1}, {"text": " "}, {"text": None}, {"confidence": 7}, {"confidence": "high"}]


@pytest.mark.parametrize("line", ["[]", "{}", "7", *(json.dumps(NOTE | change) for change in BAD)])
def test_a_line_that_is_no_note_is_named(path, line):
    path.parent.mkdir()
    path.write_text(line + "\n")
    with pytest.raises(FormatError, match=r"line 1 of 'notes.jsonl' is no note"):
        Notebook(path).notes("Ana")


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UsageError, match="cannot write the notebook"):
        Notebook(tmp_path / "file" / "notes.jsonl").write("Ana", "Do you drive?", "I drive a van.")


def test_a_note_is_one_line_of_json(path):
    Notebook(path).write("Ana", "Gehst du aus?\nJa?", "I stay at home.")
    (line,) = path.read_text("ascii").splitlines()
    assert json.loads(line)["query"] == "Gehst du aus?\nJa?"
