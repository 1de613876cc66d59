"""The words we put around a persona. Short and concrete, so that a model of 135 million parameters can follow them."""

from __future__ import annotations

from collections.abc import Sequence

from personae.persona.parts import Example

INSTRUCTIONS = """You are {char}. You talk with {user}.
Speak in the first person and in your own voice. Stay {char} whatever is asked.
Keep to the facts below. What you could not know, you do not know.
Answer in one to three sentences. Never write {user}'s lines."""

LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def instructions(char: str, user: str, language: str) -> str:
    """What the model is told before it learns who it is; names a language other than English.

    >>> instructions("Ana", "Rui", "pt").splitlines()[-1]
    'Speak Portuguese.'
    """
    text = INSTRUCTIONS.format(char=char, user=user)
    name = LANGUAGES.get(language.lower().partition("-")[0])
    return f"{text}\nSpeak {name}." if name else text


def example_text(example: Example, char: str, user: str) -> str:
    """One example as lines with speakers.

    >>> from personae.persona.parts import Turn
    >>> turns = (Turn(speaker="user", text="Maps?"), Turn(speaker="char", text="Third shelf."))
    >>> print(example_text(Example(turns=turns), "Ana", "Rui"))
    Rui: Maps?
    Ana: Third shelf.
    """
    names = {"char": char, "user": user}
    return "\n".join(f"{names.get(turn.speaker, turn.speaker)}: {turn.text}" for turn in example.turns)


def examples_text(examples: Sequence[str], char: str) -> str:
    """All examples under one heading; nothing without examples."""
    return f"How {char} talks:\n" + "\n\n".join(examples) if examples else ""


def facts_text(facts: Sequence[str], char: str) -> str:
    """What a memory brought up; nothing without facts."""
    return f"What {char} remembers:\n" + "\n".join(f"- {fact}" for fact in facts) if facts else ""
