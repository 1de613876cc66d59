"""Chats come from JSON lines, from our talks and from kept turns."""

from __future__ import annotations

import json

import pytest

from personae.errors import FormatError
from personae.measure.chat_statistics import ChatMessage, of_conversation, of_turns, read_chat, speakers
from personae.memory.turns import Scope, Turn
from personae.types import Conversation, Message


def test_a_file_is_read_with_its_times(tmp_path):
    path = tmp_path / "chat.jsonl"
    rows = [
        {"speaker": "Ana", "text": "Hi", "at": "1970-01-01T00:01:00+00:00"},
        {"speaker": "Rui", "text": "Hello", "at": "1970-01-01T00:01:30"},
        {"speaker": "Ana", "text": "So?", "at": 120},
        {"speaker": "Rui", "text": "Well."},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    found = read_chat(path)
    assert [one.at for one in found] == [60.0, 90.0, 120.0, None]
    assert speakers(found) == ("Ana", "Rui")


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"speaker": "Ana"}', '{"speaker": "", "text": "x"}', '{"speaker": "A", "text": "x", "at": "noon"}'],
)
def test_a_line_that_is_no_message_is_named(tmp_path, line):
    path = tmp_path / "chat.jsonl"
    path.write_text('{"speaker": "Ana", "text": "Hi"}\n' + line)
    with pytest.raises(FormatError, match="line 2"):
        read_chat(path)


def test_an_empty_file_and_bytes_are_no_chat(tmp_path):
    path = tmp_path / "chat.jsonl"
    for data in (b"", b"\n\n", b"\xff\xfe"):
        path.write_bytes(data)
        with pytest.raises(FormatError):
            read_chat(path)


def test_our_talks_and_kept_turns_are_chats():
    talk = Conversation((Message("system", "Be kind."), Message("user", "Hi"), Message("assistant", "Hey", name="Ana")))
    assert of_conversation(talk) == (ChatMessage("user", "Hi"), ChatMessage("Ana", "Hey"))
    scope = Scope("Rui", "ana", "first")
    turns = [
        Turn("D1:1", scope, "1", "Ana", "Hi", at="2024-01-01T00:00:00+00:00"),
        Turn("D1:2", scope, "1", "Ana", "Ana said hi.", origin="derived", sources=("D1:1",)),
    ]
    assert of_turns(turns) == (ChatMessage("Ana", "Hi", 1704067200.0),), "what was derived nobody has said"


def test_a_line_ends_at_its_line_feed_and_nowhere_within_a_text(tmp_path):
    path = tmp_path / "chat.jsonl"
    path.write_text(
        '{"speaker": "Ana", "text": "one\u2028two\x85three"}\r\n{"speaker": "Rui", "text": "four"}\n', newline=""
    )
    assert [one.text for one in read_chat(path)] == ["one\u2028two\x85three", "four"]


@pytest.mark.parametrize("at", [9e11, -9e11, 1_777_000_000_000])
def test_a_time_outside_the_calendar_is_named(tmp_path, at):
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps({"speaker": "Ana", "text": "Hi", "at": at}))
    with pytest.raises(FormatError, match="line 1: the time is"):
        read_chat(path)
