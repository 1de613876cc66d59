"""Twenty questions with somebody who may not have chosen: answers, then several reveals at the same place of the talk.

The things and what is true of them are ours, so each reveal can be checked against the answers given before. A model
that has nothing in mind only has to name something that fits; how varied the reveals are shows whether anything was
chosen at all (Role-Play with Large Language Models, 2023).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.metrics.text import unicode_words
from personae.types import Message

_YES = frozenset(["yes", "yeah", "yep", "yup", "certainly", "indeed", "aye", "correct", "absolutely", "true"])
_NO = frozenset(["no", "nope", "nay", "never", "not", "false"])

Answers = Mapping[str, bool]


@dataclass(frozen=True)
class Things:
    """What can be chosen: for each thing the questions it answers with yes."""

    yes: Mapping[str, frozenset[str]]

    def fits(self, thing: str, answers: Answers) -> bool:
        """Whether a thing agrees with every answer.

        >>> Things({"cat": frozenset({"alive"})}).fits("cat", {"alive": True, "metal": False})
        True
        """
        return all((question in self.yes[thing]) == said for question, said in answers.items())

    def possible(self, answers: Answers) -> list[str]:
        """All things that agree with the answers."""
        return [thing for thing in self.yes if self.fits(thing, answers)]

    def named(self, reply: str) -> str | None:
        """The only thing a reply names; None where it names none, or several.

        >>> Things({"cat": frozenset(), "bell": frozenset()}).named("It was the CAT, of course.")
        'cat'
        """
        said = set(unicode_words(reply.casefold()))
        found = [thing for thing in self.yes if said & {thing, f"{thing}s"}]
        return found[0] if len(found) == 1 else None


def yes_or_no(reply: str) -> bool | None:
    """What a reply answers; None where it begins with neither, or says both.

    >>> [yes_or_no(text) for text in ("Yes, it is.", "Oh no!", "Yes and no.", "Perhaps.", "It is not.")]
    [True, False, None, None, False]
    """
    first = set(unicode_words(re.split(r"(?<=[.!?])\s", reply.strip().casefold(), maxsplit=1)[0])[:6])
    yes, no = bool(first & _YES), bool(first & _NO)
    return yes if yes != no else None


def asked_so_far(opening: str, ready: str, exchanges: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
    """The talk up to here: the rules, the announcement, and each question with its answer."""
    talk = [Message("user", opening), Message("assistant", ready)]
    for question, answer in exchanges:
        talk += [Message("user", question), Message("assistant", answer)]
    return tuple(talk)
