"""The role-play prompt: what stands where, and what leaves when there is no room."""

from __future__ import annotations

from typing import Any

import pytest

from personae.agent import RolePlayPrompt
from personae.agent.prompting import opening
from personae.agent.roles import Prompted
from personae.errors import ContextOverflow, UsageError
from personae.memory import Recalled
from personae.persona.persona import Persona
from personae.types import Conversation, Message


def ana(**changes: Any) -> Persona:
    return Persona.model_validate(
        {
            "name": "Ana Reis",
            "identity": {"nickname": "Ana"},
            "statements": [{"id": "s1", "text": "I keep the maps of Lisbon.", "kind": "work"}],
            "greetings": ["Boa tarde, {{user}}.", "Bom dia."],
            "examples": [
                {"turns": [{"speaker": "user", "text": f"q{n}"}, {"speaker": "char", "text": f"a{n}"}]}
                for n in range(3)
            ],
            **changes,
        }
    )


def prompt(
    persona: Persona, *lines: str, limit: int | None = None, facts: tuple[str, ...] = (), **fields: Any
) -> Prompted:
    messages = tuple(Message("assistant" if n % 2 else "user", line) for n, line in enumerate(lines))
    recalled = Recalled(Conversation(messages), facts)
    return RolePlayPrompt(**fields)(
        persona, recalled, user="Rui", seed=0, count_tokens=lambda text: len(text.split()), max_tokens=limit
    )


def names(prompted: Prompted) -> list[str]:
    return [section.name for section in prompted.sections]


def test_the_parts_stand_in_order() -> None:
    book = {
        "entries": [
            {"constant": True, "content": "Before.", "position": "before_char"},
            {"constant": True, "content": "After."},
            {"constant": True, "content": "@@depth 1\nDeep."},
        ]
    }
    author = {"post_history": "Be brief. {{original}}", "depth": "Whisper.", "depth_at": 2}
    made = prompt(ana(lorebook=book, prompting=author, state={"mood": 0.5}), "Maps?", facts=("Rui is tall.",))
    assert names(made) == [
        "instructions",
        "lore before",
        "persona",
        "examples",
        "lore after",
        "memory",
        "state",
        "history",
        "author's note at depth 2",
        "lore at depth 1",
        "post-history",
    ]
    assert [(m.role, m.content) for m in made.messages[1:]] == [
        ("system", "Whisper."),
        ("assistant", "Boa tarde, Rui."),
        ("system", "Deep."),
        ("user", "Maps?"),
        ("system", "Be brief."),
    ]
    head = made.messages[0].content
    parts = (
        "You are Ana. You talk with Rui.",
        "Before.",
        "maps of Lisbon",
        "Rui: q0\nAna: a0",
        "After.",
        "Rui is tall",
        "mood: high",
    )
    places = [head.index(part) for part in parts]
    assert places == sorted(places)


def test_a_prompt_of_a_later_turn_begins_with_the_same_text() -> None:
    persona = ana(state={"mood": 0.1})
    moved = ana(state={"mood": 0.9})
    one, two = prompt(persona, "Maps?").messages[0].content, prompt(moved, "Maps?", "Yes.", "More").messages[0].content
    assert one[: one.index("Now")] == two[: two.index("Now")]


def test_the_greeting_opens_a_talk_the_user_began() -> None:
    assert prompt(ana(), "Maps?").messages[1].content == "Boa tarde, Rui."
    assert prompt(ana(), "Maps?", greeting=1).messages[1].content == "Bom dia."
    assert prompt(ana(), "Maps?", greeting=None).messages[1].role == "user"


def test_a_greeting_already_said_or_forgotten_is_not_repeated() -> None:
    begun = Conversation((Message("assistant", "Hello."), Message("user", "Maps?")))
    tail = Conversation((Message("user", "Maps?"),))
    for recalled in (Recalled(begun), Recalled(tail, forgotten=4)):
        made = RolePlayPrompt()(ana(), recalled, user="Rui", seed=0, count_tokens=len, max_tokens=None)
        assert len(made.messages) == len(recalled.conversation) + 1


def test_opening_names_the_greetings_there_are() -> None:
    assert opening(ana(), 0, user="Rui").content == "Boa tarde, Rui."
    with pytest.raises(UsageError, match="0 to 1"):
        opening(ana(), 7, user="Rui")


def test_the_authors_system_prompt_replaces_ours_and_may_quote_it() -> None:
    made = prompt(ana(prompting={"system": "{{original}}\nStay in the 1970s, {{user}}."}), "Hi")
    assert made.sections[0].text.startswith("You are Ana.")
    assert made.sections[0].text.endswith("Stay in the 1970s, Rui.")
    assert "You talk with" not in prompt(ana(prompting={"system": "Only this."}), "Hi").messages[0].content


def test_lore_may_switch_the_instructions_off() -> None:
    book = {"entries": [{"constant": True, "content": "@@disable_ui_prompt system_prompt\nLore."}]}
    assert "instructions" not in names(prompt(ana(lorebook=book), "Hi"))


def test_another_language_is_named() -> None:
    assert "Speak Portuguese." in prompt(ana(language="pt"), "Hi").messages[0].content


def test_several_partners_are_told_apart() -> None:
    talk = Conversation((Message("user", "Hi", name="Rui"), Message("user", "Hey", name="Eva")))
    made = RolePlayPrompt(greeting=None)(ana(), Recalled(talk), user="Rui", seed=0, count_tokens=len, max_tokens=None)
    assert [message.content for message in made.messages[1:]] == ["Rui: Hi", "Eva: Hey"]


class TestBudget:
    LINES = ("one " * 10, "two " * 10, "three " * 10, "four " * 10, "five " * 10)

    def test_examples_leave_first_then_the_oldest_messages(self) -> None:
        whole = prompt(ana(), *self.LINES, greeting=None)
        a_little = prompt(ana(), *self.LINES, greeting=None, limit=whole.tokens - 1)
        assert a_little.pruned == ("1 × example",)
        assert len(a_little.messages) == len(whole.messages)
        much = prompt(ana(), *self.LINES, greeting=None, limit=whole.tokens - 40)
        assert much.pruned == ("3 × example", "2 × oldest message")
        assert much.messages[-1].content == self.LINES[-1]

    def test_the_limit_is_never_exceeded(self) -> None:
        smallest = prompt(ana(examples=[]), self.LINES[-1], greeting=None).tokens
        for limit in range(smallest, 160, 7):
            assert prompt(ana(), *self.LINES, limit=limit).tokens <= limit

    def test_a_persona_that_does_not_fit_is_one_clear_error(self) -> None:
        with pytest.raises(ContextOverflow, match="there is room for 10"):
            prompt(ana(), "Hi", limit=10)

    def test_lore_gets_a_quarter_of_the_room_unless_the_book_says(self) -> None:
        entries = [{"constant": True, "content": "word " * 30}, {"constant": True, "content": "word " * 30}]
        assert len(prompt(ana(lorebook={"entries": entries}), "Hi", limit=200).lore.insertions) == 1
        own = {"entries": entries, "token_budget": 90}
        assert len(prompt(ana(lorebook=own), "Hi", limit=300).lore.insertions) == 2

    def test_optional_lore_leaves_before_messages(self) -> None:
        book = {"token_budget": 99, "entries": [{"constant": True, "content": "@@ignore_on_max_context\n" + "w " * 20}]}
        whole = prompt(ana(lorebook=book, examples=[]), "Hi")
        assert prompt(ana(lorebook=book, examples=[]), "Hi", limit=whole.tokens - 1).pruned == ("1 × optional lore",)
