"""What an eliciting assistant may do in a turn, strictly read: ask one question, or give the final answer.

###ACTION###
ask_question
Do you like it short?
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from personae.judges.verdicts import Problem, answer_of

ACTION = "###ACTION###"
#: What a user says who has nothing left to wish for.
STOP = "###STOP###"
MAX_CHARS = 20_000

Name = Literal["ask_question", "final_answer"]

_FORM = re.compile(
    r"###ACTION###\s{0,20}(ask_question|final_answer)[ \t]{0,20}:?[ \t]{0,20}(?=[\s:]|\Z)(.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Action:
    """One turn: which of the two, and what it says."""

    name: Name
    text: str


def read_action(text: str) -> Action | Problem:
    """The one action of a turn: the mark, the action's name, then what it says, and nothing before the mark.

    >>> read_action("###ACTION###\\nask_question\\nDo you like it short?")
    Action(name='ask_question', text='Do you like it short?')
    >>> read_action("Do you like it short?").text
    "it has no '###ACTION###'; begin with it, then ask_question or final_answer, then your words"
    """
    said = answer_of(text).strip()
    if len(said) > MAX_CHARS:
        return Problem(f"it has {len(said)} characters; answer in fewer than {MAX_CHARS}")
    if (count := said.count(ACTION)) != 1:
        what = f"has no {ACTION!r}" if not count else f"has {count} actions"
        return Problem(f"it {what}; begin with it, then ask_question or final_answer, then your words")
    form = _FORM.fullmatch(said)
    if form is None:
        return Problem(f"{ACTION!r} must stand first, followed by ask_question or final_answer and then your words")
    words = form[2].strip()
    if not words:
        return Problem(f"{form[1]} says nothing; put your words below it")
    return Action("ask_question" if form[1] == "ask_question" else "final_answer", words)
