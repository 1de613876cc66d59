"""What is forgotten is gone: from the prompt, from the profile, from the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from personae.errors import UsageError
from personae.memory.long_term import Believed, forget, forget_belief
from personae.memory.store import Store, open_store
from personae.memory.turns import Scope

from .conftest import Remembering, talk

INES = Scope("Keeper", "Ines")


async def test_a_forgotten_turn_leaves_the_profile_the_search_and_the_file(
    remembering: Remembering, store: Store, path: Path
) -> None:
    await talk(remembering("a"), "I love zwiebelkuchen.", "I hate opera.")
    forget(store, Scope("Keeper", "Ines", "a"), ["D1:1"])
    assert [entry.value for entry in Believed(store, INES).profile().entries] == ["opera"]
    _, turn = await talk(remembering("b"), "Is there zwiebelkuchen?")
    assert "D1:1" not in " ".join(source for one in turn.prompt.recollections for source in one.sources)
    forget(store, Scope("Keeper", "Ines", "b"))
    remains = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"zwiebelkuchen" not in remains
    assert b"opera" in remains


async def test_a_forgotten_belief_takes_its_turns_along_and_its_history(remembering: Remembering, store: Store) -> None:
    await talk(remembering("a"), "I love sushi.", "My boat is red.", "I hate sushi.")
    values = {entry.value for entry in Believed(store, INES).profile().entries}
    assert "sushi" in values
    gone = forget_belief(store, INES, "preferences.things", "Sushi")
    assert gone.turns == 2
    assert [turn.text for turn in store.turns(INES) if turn.speaker == "Ines"] == ["My boat is red."]
    profile = Believed(store, INES).profile()
    assert "sushi" not in profile.dumps().lower()


async def test_what_ended_a_belief_stays_when_the_belief_is_forgotten(remembering: Remembering, store: Store) -> None:
    await talk(remembering("a"), "I love sushi.", "I stopped eating fish.")
    assert forget_belief(store, INES, "preferences.things", "sushi").turns == 1
    assert [entry.value for entry in Believed(store, INES).profile().entries] == ["fish"]


def test_what_is_not_believed_cannot_be_forgotten(store: Store) -> None:
    with pytest.raises(UsageError, match="nothing is believed like"):
        forget_belief(store, INES, "preferences.things", "tea")


async def test_with_the_last_turn_of_a_user_nothing_is_left(remembering: Remembering, store: Store) -> None:
    await talk(remembering("a"), "I love tea.")
    forget(store, INES)
    assert store.scopes() == []
    assert store.read_document(INES, "profile") is None


async def test_a_profile_that_went_along_is_read_anew_from_what_stays(remembering: Remembering, store: Store) -> None:
    await talk(remembering("a"), "I love tea.")
    await talk(remembering("b"), "I hate fish.")
    store.forget(Scope("Keeper", "Ines", "b"))  # past this room: the profile goes with it
    assert [entry.value for entry in Believed(store, INES).profile().entries] == ["tea"]


CHILD = """
import asyncio, os, signal, sys
from personae.memory.long_term import LongTerm
from personae.memory.store import open_store
from personae.memory.turns import Scope
from personae.types import Conversation, Message
memory = LongTerm(open_store(sys.argv[1]), Scope("Keeper", "Ines", "a"))
async def turn():
    await memory.recall(Conversation((Message("user", "I love tea."),)))
    await memory.keep(Message("assistant", "So do I."))
asyncio.run(turn())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_turn_that_was_answered_outlives_the_process(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], env=os.environ, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    store = open_store(path)
    assert [turn.text for turn in store.turns(INES)] == ["I love tea.", "So do I."]
    assert [entry.value for entry in Believed(store, INES).profile().entries] == ["tea"]
