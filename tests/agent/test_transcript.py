"""A talk on disk: nothing written is lost, nothing torn is read."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.agent.transcript import Transcript, read, save
from personae.errors import FormatError, UsageError
from personae.types import Conversation, Message

ONE, TWO = (
    Message("user", "Olá \u2028 there\ud800", name="Rui"),
    Message("assistant", "Sim.\n", at="2026-01-01T00:00:00Z"),
)


def test_what_is_added_is_read_back(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "deep" / "talk.jsonl")
    transcript.start(persona="Ana")
    transcript.add(ONE)
    transcript.add(TWO)
    assert read(transcript.path) == Conversation((ONE, TWO))


def test_undone_messages_are_gone_and_stay_in_the_file(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "talk.jsonl")
    for message in (ONE, TWO):
        transcript.add(message)
    transcript.undo(1)
    assert read(transcript.path) == Conversation((ONE,))
    assert "Sim." in transcript.path.read_text("utf-8")


def test_a_line_torn_by_a_crash_is_passed_over_even_when_the_talk_goes_on(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "talk.jsonl")
    transcript.add(ONE)
    with transcript.path.open("a") as file:
        file.write('{"event": "message", "role": "assi')
    assert read(transcript.path) == Conversation((ONE,))
    transcript.add(TWO)
    assert read(transcript.path) == Conversation((ONE, TWO))


@pytest.mark.parametrize(
    "line", ["hello", "[1]", '{"event": "dance"}', '{"event": "message", "role": "boss", "content": ""}']
)
def test_another_file_is_one_clear_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(FormatError, match="line 1"):
        read(path)


def test_saving_leaves_out_what_was_undone(tmp_path: Path) -> None:
    save(Conversation((ONE,)), tmp_path / "saved.jsonl", persona="Ana")
    assert read(tmp_path / "saved.jsonl") == Conversation((ONE,))


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--transcript"):
        Transcript(tmp_path / "file" / "talk.jsonl").add(ONE)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_talk_or_a_format_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "talk.jsonl"
    path.write_bytes(data)
    with contextlib.suppress(FormatError):
        read(path)
