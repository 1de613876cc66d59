"""What a member's words say: a letter in private, an opinion with a message in the group. Nothing is guessed."""

from __future__ import annotations

import json

from personae.judges.verdicts import Problem, read_object

#: A message longer than this in words was not held to the limit it was told; room is left for so many letters a word.
LETTERS_PER_WORD = 8


def read_letter(text: str, letters: str) -> str | Problem:
    """The one letter of {"answer": …}, in either case.

    >>> read_letter('{"answer": "b"}', "ABC"), read_letter('{"answer": "D"}', "ABC").text
    ('B', "the answer 'D' is none of A, B, C")
    """
    said = read_object(text)
    if isinstance(said, Problem):
        return said
    if set(said) != {"answer"}:
        return Problem('the object has to have the one key "answer"')
    return _letter(said["answer"], letters)


def read_turn(text: str, letters: str) -> tuple[str, str] | Problem:
    """Letter and message of {"opinion": …, "message": …}; the message is made one line.

    >>> read_turn('{"opinion": "A", "message": "Tea,\\\\n of course."}', "AB")
    ('A', 'Tea, of course.')
    """
    said = read_object(text)
    if isinstance(said, Problem):
        return said
    if set(said) != {"opinion", "message"}:
        return Problem('the object has to have the keys "opinion" and "message" and no other')
    letter = _letter(said["opinion"], letters)
    if isinstance(letter, Problem):
        return letter
    message = said["message"]
    if not isinstance(message, str) or not message.split():
        return Problem('"message" has to be what you say, as text')
    return letter, " ".join(message.split())


def letter_schema(letters: str) -> str:
    """The JSON schema of a private answer."""
    return _schema({"answer": {"type": "string", "enum": list(letters)}})


def turn_schema(letters: str, words: int) -> str:
    """The JSON schema of a turn of about `words` words at most."""
    message = {"type": "string", "minLength": 1, "maxLength": words * LETTERS_PER_WORD}
    return _schema({"opinion": {"type": "string", "enum": list(letters)}, "message": message})


def _schema(properties: dict[str, object]) -> str:
    return json.dumps(
        {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    )


def _letter(value: object, letters: str) -> str | Problem:
    said = value.strip().upper() if isinstance(value, str) else ""
    if len(said) == 1 and said in letters:
        return said
    return Problem(f"the answer {value!r:.40} is none of {', '.join(letters)}")
