"""A file is written whole or not at all."""

from __future__ import annotations

import os

import pytest

from personae.cli.main import main
from personae.errors import FormatError, UnsafeFile
from personae.files import read_limited, write_atomic


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    write_atomic(file, "old")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(file, "new")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_folders_are_made_and_the_mode_of_a_file_stays(tmp_path):
    file = tmp_path / "deep" / "a.txt"
    write_atomic(file, b"one")
    file.chmod(0o600)
    write_atomic(file, "zwei – 二")
    assert file.read_text("utf-8") == "zwei – 二"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_above_the_limit_or_absent_is_one_clear_error(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * 11)
    assert read_limited(file, 11) == b"x" * 11
    with pytest.raises(UnsafeFile, match="larger than"):
        read_limited(file, 10)
    with pytest.raises(FormatError, match="cannot read"):
        read_limited(tmp_path, 10)


def test_an_error_of_the_file_system_is_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(["persona", "new", str(tmp_path / "file" / "ana.yaml"), "--from", str(tmp_path / "file")])
    assert stop.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1
