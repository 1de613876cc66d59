"""The guided form behind `personae persona new`: questions in, persona out, and the commented file an author edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from personae.persona.formats.native_yaml import VERSION, sparse
from personae.persona.formats.yaml_patch import emit
from personae.persona.persona import Persona
from personae.persona.statements import split


class Ask(Protocol):
    """How a question is put to the user; an empty answer skips it."""

    def __call__(self, question: str, default: str = "", hint: str = "") -> str:
        """The answer, stripped."""
        ...


#: Question → the field of the persona it fills. Routine, loves and hates come before traits: they tell people apart.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("One line that says who this is", "summary"),
    ("Pronouns (she/her, he/him, they/them)", "identity.pronouns"),
    ("Age", "identity.age"),
    ("Where do they live", "identity.region"),
    ("What do they do", "identity.occupation"),
    ("A typical weekday", "life.weekday"),
    ("A typical weekend", "life.weekend"),
    ("What do they love (comma-separated)", "life.loves"),
    ("What do they hate (comma-separated)", "life.hates"),
    ("Traits (comma-separated)", "personality.traits"),
    ("How do they speak", "speech.tone"),
    ("Their goals (comma-separated)", "goals"),
)
_LISTS = frozenset(("life.loves", "life.hates", "personality.traits", "goals"))

#: Comment above a key of a new file.
COMMENTS: dict[str, str] = {
    "identity": "Who they are on paper.",
    "personality": "What they are like. big_five takes -1 (low) to 1 (high).",
    "life": "Their days, loves and hates: people are told apart by these better than by traits.",
    "statements": "Atomic facts, one each: what faithfulness is measured on. Keep an id when you reword its text.",
    "goals": "What they want.",
    "speech": "How they talk. formality, verbosity, emoji and humour run from 0 to 1.",
    "greetings": "Opening lines; the first is the default.",
    "description": "Free text; statements may point into it.",
}


def from_answers(ask: Ask) -> Persona:
    """The persona that the answers describe; every question but the name may be skipped."""
    name = ""
    while not name:
        name = ask("Name")
    fields: dict[str, Any] = {"name": name}
    for question, target in QUESTIONS:
        answer = ask(question)
        if answer:
            _set(fields, target, _items(answer) if target in _LISTS else answer)
    facts = " \n".join(_lines(ask))
    fields["statements"] = [item.model_copy(update={"source": None}) for item in split(facts)]
    greeting = ask("Their first words to a user")
    return Persona.model_validate(fields | ({"greetings": [greeting]} if greeting else {}))


def commented_yaml(persona: Persona) -> str:
    """A native file with a comment above each section that needs one."""
    parts = [f"# A persona for the personae toolkit. Check it: personae persona lint FILE\npersonae: {VERSION}\n"]
    for key, value in sparse(persona).items():
        comment = f"\n# {COMMENTS[key]}\n" if key in COMMENTS else ""
        parts.append(comment + emit({key: value}))
    return "".join(parts)


def _lines(ask: Ask) -> Iterator[str]:
    hint = "Facts about them, one at a time, as they would say it (“I have two cats.”). Empty line to end."
    while fact := ask("Fact", hint=hint):
        hint = ""
        yield f"- {fact}"


def _items(answer: str) -> list[str]:
    return [item.strip() for item in answer.split(",") if item.strip()]


def _set(fields: dict[str, Any], target: str, value: Any) -> None:
    part, _, key = target.partition(".")
    if key:
        fields.setdefault(part, {})[key] = value
    else:
        fields[part] = value
