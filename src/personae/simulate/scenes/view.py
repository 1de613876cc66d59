"""The same scene from different seats: one actor's, and that of everybody who only watches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from personae.simulate.scenes.grammar import visible
from personae.simulate.scenes.scene import Line
from personae.types import Conversation, Message, Role


def seen_by(name: str, lines: Iterable[Line]) -> Conversation:
    """What one actor knows of the scene: own turns whole, of others' turns speech and actions, one message each.

    A turn of which nothing can be seen is not there.

    >>> talk = seen_by("Ana", [Line("Ana", "[He lies.] Hm."), Line("Rui", "[She knows.] (nods)"), Line("Rui", "[…]")])
    >>> [(m.role, m.name, m.content) for m in talk]
    [('assistant', 'Ana', '[He lies.] Hm.'), ('user', 'Rui', '(nods)')]
    """
    messages = (
        Message("assistant", line.text.strip(), name=name)
        if line.speaker == name
        else Message("user", visible(line.text), name=line.speaker)
        for line in lines
    )
    return Conversation(tuple(message for message in messages if message.content))


def alternating(messages: Iterable[Message], name: str, *, opening: str, silence: str) -> Conversation:
    """The same talk as chat models want it: "user" first and last, by turns, others' lines under their names.

    `opening` is what begins it; `silence` stands for an answer where `name` had the last turn.

    >>> talk = seen_by("Ana", [Line("Rui", "Well?"), Line("Kent", "(nods)"), Line("Ana", "Hm.")])
    >>> [m.content for m in alternating(talk, "Ana", opening="(Curtain.)", silence="(Silence.)")]
    ['(Curtain.)\\n\\nRui: Well?\\n\\nKent: (nods)', 'Hm.', '(Silence.)']
    """
    talk: list[tuple[Role, list[str]]] = [("user", [opening])]
    for message in messages:
        role: Role = "assistant" if message.name == name else "user"
        text = message.content if role == "assistant" else f"{message.name}: {message.content}"
        if talk[-1][0] == role:
            talk[-1][1].append(text)
        else:
            talk.append((role, [text]))
    if talk[-1][0] == "assistant":
        talk.append(("user", [silence]))
    named = {"user": None, "assistant": name}
    return Conversation(tuple(Message(role, "\n\n".join(texts), name=named[role]) for role, texts in talk))


def watched(lines: Iterable[Line]) -> tuple[str, ...]:
    """What anybody can see and hear of the scene, one text a turn with the name in front; no thoughts.

    >>> watched([Line("Ana", "[He lies.] Hm."), Line("Rui", "[So?]")])
    ('Ana: Hm.',)
    """
    return tuple(text for text in map(labelled, lines) if text)


def labelled(line: Line) -> str:
    """Name and visible part of a turn; empty when nothing can be seen."""
    text = visible(line.text)
    return f"{line.speaker}: {text}" if text else ""


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["Ana", "Rui", "Kent"])
    'Ana, Rui and Kent'
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
