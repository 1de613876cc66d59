"""Members who think what a test wants, and a model that lets them say it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from personae.models import Scripted
from personae.persona.persona import Persona
from personae.simulate.groups import Member, Question

TEA = Question("tea", "What is to be drunk?", ("Tea", "Coffee", "Water"))


def member(name: str, identity: str = "", population: str | None = None) -> Member:
    return Member(Persona(name=name, summary="Somebody."), identity, population)


def who(messages) -> str:
    """Whose prompt this is."""
    return re.search(r"You are (\w+)\.", messages[0].content)[1]


def stage(messages) -> str:
    last = messages[-1].content
    return "turn" if '"opinion"' in last else "reflection" if "discussion is over" in last else "onboarding"


def playing(
    private: Mapping[str, str],
    turn: Callable[[str, str], tuple[str, str]],
    reflect: Callable[[str, str], str],
) -> Scripted:
    """Members with these first answers; `turn` and `reflect` get a name and all that the member read."""

    def answer(messages) -> str:
        name, text = who(messages), "\n".join(message.content for message in messages)
        if stage(messages) == "onboarding":
            return json.dumps({"answer": private[name]})
        if stage(messages) == "reflection":
            return json.dumps({"answer": reflect(name, text)})
        opinion, message = turn(name, text)
        return json.dumps({"opinion": opinion, "message": message})

    return Scripted(answer)
