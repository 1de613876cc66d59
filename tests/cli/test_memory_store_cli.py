"""`personae chat --memory` and `personae memory …`, as their users type them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from personae.cli.main import cli
from personae.errors import FormatError
from personae.memory.long_term import LongTerm
from personae.memory.store import open_store
from personae.memory.turns import Scope
from personae.types import Message


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=input, catch_exceptions=False)


def read(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def path(tmp_path: Path) -> str:
    store = open_store(tmp_path / "memory.db")
    for user, lines in (("Ines", ("I can't stand opera.", "The red boat went to Marta.")), ("Rui", ("I love tea.",))):
        memory = LongTerm(store, Scope("Keeper", user, "monday"), clock=lambda: "2026-03-01T09:00:00+00:00")
        memory._add([Message("user", line) for line in lines])
    store.close()
    return str(tmp_path / "memory.db")


def test_list_names_every_conversation(path: str) -> None:
    assert [(row["user"], row["turns"]) for row in read("memory", "list", path)] == [("Ines", 2), ("Rui", 1)]
    assert "monday" in run("memory", "list", path).stdout


def test_show_gives_the_beliefs_with_their_sources_and_the_turns(path: str) -> None:
    shown = read("memory", "show", path, "--user", "Ines")
    belief = shown["profile"][0]
    assert (belief["polarity"], belief["value"], belief["sources"]) == ("dislikes", "opera", ["monday/D1:1"])
    assert [turn["id"] for turn in shown["turns"]] == ["D1:1", "D1:2"]
    assert "opera" in run("memory", "show", path, "--user", "Ines").stdout


def test_find_says_what_brought_a_turn_to_mind(path: str) -> None:
    hits = read("memory", "find", path, "who has the boat", "--user", "Ines", "--k", "1")["hits"]
    assert hits[0]["text"] == "The red boat went to Marta."
    assert sum(hits[0]["why"].values()) == pytest.approx(1)


def test_forget_asks_and_then_forgets(path: str) -> None:
    turn = ("memory", "forget", path, "--user", "Ines", "--conversation", "monday", "--turn", "D1:2")
    assert run(*turn, input="n\n").exit_code == 1
    assert read(*turn, "--yes") == {"turns": 1, "derived": [], "erased": True}
    assert (
        read("memory", "forget", path, "--user", "Ines", "--belief", "preferences.things=opera", "--yes")["turns"] == 1
    )
    assert read("memory", "forget", path, "--user", "Rui", "--everything", "--yes")["turns"] == 1
    assert read("memory", "list", path) == []
    assert b"Marta" not in Path(path).read_bytes()


def test_forgetting_a_belief_tells_which_turns_still_say_it(path: str) -> None:
    store = open_store(path)
    memory = LongTerm(store, Scope("Keeper", "Ines", "tuesday"))
    memory._add([Message("user", "What did I tell you?"), Message("assistant", "Of OPERA, nothing good.")])
    store.close()
    forget = ("memory", "forget", path, "--user", "Ines", "--belief", "preferences.things=opera", "--yes")
    assert "Turns that still say 'opera': tuesday/D1:2; forget them with --turn" in run(*forget).stderr
    assert [turn["text"] for turn in read("memory", "show", path, "--user", "Ines")["turns"]][-1].startswith("Of OPERA")


def test_export_and_import_carry_everything(path: str, tmp_path: Path) -> None:
    assert run("memory", "export", path, str(tmp_path / "all.jsonl")).exit_code == 0
    copy = str(tmp_path / "copy.db")
    assert run("memory", "import", copy, str(tmp_path / "all.jsonl")).exit_code == 0
    assert read("memory", "show", copy, "--user", "Rui") == read("memory", "show", path, "--user", "Rui")


def test_an_import_that_fails_makes_no_store_and_leaves_the_one_there_was(path: str, tmp_path: Path) -> None:
    broken, new = tmp_path / "broken.jsonl", tmp_path / "new.db"
    broken.write_text("no export\n", encoding="utf-8")
    before = read("memory", "list", path)
    for store in (str(new), path):
        done = CliRunner().invoke(cli, ["memory", "import", store, str(broken)])
        assert isinstance(done.exception, FormatError)
    assert not list(tmp_path.glob("new.db*"))
    assert read("memory", "list", path) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "STORE"), "--user Ines | Rui"),
        (("show", "STORE", "--user", "Eva"), "holds nothing of agent 'any' and user 'Eva'"),
        (("show", "STORE", "--user", "Rui", "--conversation", "friday"), "there is no conversation 'friday'"),
        (("show", "."), "'.' is a folder"),
        (("show", "nowhere.db"), "there is no store 'nowhere.db'"),
        (("forget", "STORE", "--user", "Rui", "--belief", "preferences.things=mud", "--yes"), "under 'preferences"),
        (("forget", "STORE", "--turn", "D1:1", "--everything", "--yes"), "three different things"),
        (("forget", "STORE", "--everything", "--yes"), "needs --user"),
        (("forget", "STORE", "--user", "Ines", "--agent", "Keeper", "--everything", "--yes"), "of all agents"),
        (("forget", "STORE", "--user", "Ines", "--conversation", "monday", "--everything", "--yes"), "of all agents"),
        (("forget", "STORE", "--conversation", "monday", "--belief", "a=b", "--yes"), "of all conversations"),
        (("forget", "STORE", "--user", "Rui", "--belief", "", "--yes"), "'' is no FIELD=VALUE"),
        (("forget", "STORE", "--user", "Rui", "--belief", "opera", "--yes"), "'opera' is no FIELD=VALUE"),
        (("forget", "STORE", "--user", "Rui", "--turn", "D1:1", "--yes"), "--turn needs --conversation"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(arguments: tuple[str, ...], told: str, path: str) -> None:
    done = CliRunner().invoke(cli, ["memory", *(path if part == "STORE" else part for part in arguments)])
    assert done.exit_code != 0
    assert told in (done.output + str(done.exception))


def test_a_chat_remembers_the_one_before(tmp_path: Path) -> None:
    store = str(tmp_path / "memory.db")
    for name, lines in (("one", "I can't stand opera.\n"), ("two", "Shall we go out tonight?\n/why\n/undo\n")):
        transcript = str(tmp_path / f"{name}.jsonl")
        chat = ("chat", "lighthouse-keeper", "--model", "scripted/Aye.", "--user", "Ines", "--memory", store)
        done = run(*chat, "--greeting", "-1", "--transcript", transcript, input=lines)
        assert done.exit_code == 0, done.output
    assert "Ines dislikes: opera" in done.stderr
    assert [row["conversation"] for row in read("memory", "list", store)] == ["one"]
