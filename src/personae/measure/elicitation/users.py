"""Users who are asked what they want: one that answers and volunteers nothing, one that helps along.

What a user may say is decided before it is put into words: only the preferences a question asks for are ever shown to
the model that words the reply. So the passive user cannot name what was not asked, however the model is.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.measure.elicitation.actions import STOP
from personae.measure.elicitation.need import Need, Want
from personae.types import Message, Model, Settings

Manner = Literal["passive", "collaborative"]
MANNERS = ("passive", "collaborative")

#: PREFDISCO words its passive user at this temperature.
SETTINGS = Settings(temperature=0.4, max_tokens=80)


@dataclass(frozen=True, slots=True)
class UserTurn:
    """What the user said, which attributes it stated, and whether it has nothing left to wish for.

    `note` says where a model's wording was not taken: "leaked", or how its answer ended.
    """

    text: str
    stated: tuple[str, ...]
    stop: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """Answers questions out of a need. With a `model` replies are worded by it, else they are the wants' own words.

    manner: "passive" states a preference only if asked; "collaborative" adds the weightiest one still unstated.

    >>> import asyncio
    >>> need = Need("n", "Why is the sky blue?", (Want("length", "Keep it short.", 0.6), Want("jokes", "No fun.", 0.4)))
    >>> asyncio.run(SimulatedUser(need).reply("Any length in mind?")).text
    'Keep it short.'
    >>> asyncio.run(SimulatedUser(need).reply("Any jokes?", stated={"length"})).text
    'No fun. ###STOP###'
    """

    need: Need
    manner: Manner = "passive"
    model: Model | None = None
    settings: Settings = SETTINGS

    def __post_init__(self) -> None:
        check_manner(self.manner)

    async def reply(self, question: str, stated: Set[str] = frozenset()) -> UserTurn:
        """The answer to a question; `stated` are the attributes that were stated before."""
        wants = [want for want in self.need.wants if want.named_in(question)]
        if self.manner == "collaborative":
            known = {*stated, *(want.attribute for want in wants)}
            rest = [want for want in self.need.wants if want.attribute not in known and want.weight > 0]
            wants += [max(rest, key=lambda want: want.weight)] if rest else []
        text = " ".join(want.says for want in wants) or str(_texts()["nothing"])
        note = ""
        if self.model is not None and wants:
            text, note = await self._worded(self.model, question, wants, text)
        known = {*stated, *(want.attribute for want in wants)}
        stop = all(want.attribute in known for want in self.need.wants if want.weight > 0)
        said = f"{text} {STOP}" if stop else text
        return UserTurn(said, tuple(want.attribute for want in wants), stop, note)

    async def _worded(self, model: Model, question: str, wants: Sequence[Want], plain: str) -> tuple[str, str]:
        """The model's wording, or the plain words and why."""
        listed = "\n".join(f"- {want.says}" for want in wants)
        asked = str(_texts()["word"]).replace("{listed}", listed).replace("{question}", question)
        try:
            reply = await model.generate([Message("user", asked)], self.settings)
        except (BadResponse, ContextOverflow):
            return plain, "failed"
        if reply.outcome != "answered":
            return plain, reply.outcome
        said = " ".join(reply.text.replace(STOP, "").split())
        if not said or any(want.named_in(said) for want in self.need.wants if want not in wants):
            return plain, "leaked" if said else "empty"
        return said, ""


def check_manner(manner: str) -> None:
    """Raise UsageError for a manner that is neither passive nor collaborative."""
    if manner not in MANNERS:
        raise UsageError(f"unknown manner {manner!r}; known are {' and '.join(MANNERS)}")


def _texts() -> Any:
    return bundled(__package__, "texts/asking.en.yaml")["user"]
