"""What is asked right now, and whether it asks for a fact about the persona."""

from __future__ import annotations

import pytest

from personae.agent.adaptation.asking import asks_about_you, last_of_user, leans, query_of
from personae.types import Conversation, Message


def talk(*lines: str) -> Conversation:
    """Turns in order; those that begin with ">" are the persona's."""
    return Conversation(
        tuple(Message("assistant" if line[0] == ">" else "user", line.removeprefix(">")) for line in lines)
    )


def test_the_last_words_of_the_user_count_not_the_personas():
    assert last_of_user(talk("Hello.", ">Hi.", "Any pets?", ">A cat.")) == "Any pets?"
    assert last_of_user(Conversation((Message("user", " "),))) is None


@pytest.mark.parametrize(
    ("lines", "query"),
    [
        (("Any pets?",), "Any pets?"),
        ((">I love tea.", "Why?"), "I love tea. Why?"),
        (("I have a boat.", "And you?"), "I have a boat. And you?"),
        (("I have a boat.", "Do you have a boat?"), "Do you have a boat?"),
        (("And you?",), "And you?"),
        ((), None),
        ((">Hello.",), None),
    ],
)
def test_a_turn_that_says_nothing_alone_comes_with_the_one_before_it(lines, query):
    assert query_of(talk(*lines)) == query


def test_names_and_things_stand_alone():
    assert not any(
        leans(text) for text in ("", "?!", "Tea?", "What is your job?", "What do you do?", "Who are you?", "do " * 7)
    )


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What do you do for a living?", True),
        ("tell me about your family", True),
        ("I love dogs. What about you?", True),
        ("hey, how are you doing?", False),
        ("Hi! How are you today?", False),
        ("You are funny.", False),
        ("", False),
    ],
)
def test_what_counts_as_a_question_about_the_persona(text, asks):
    assert asks_about_you(text) is asks
