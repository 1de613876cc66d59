"""The rubric judge: one reply, graded from 1 to 5 by criteria and by an example reply for each score.

Prompt blocks and the closing sentence follow PersonaGym (2024); CharacterChat (2023) grades on the same scale. The
wording is ours. What the judge really reads is checked before it is sent: five examples of three words or more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from personae.errors import UsageError
from personae.judges.asking import RETRIES, SETTINGS, Answer, ask, filled, needed, quoted, texts
from personae.judges.examples import Examples, criteria_lines, flaw_of
from personae.judges.roles import Verdict
from personae.judges.rubric_files import SCORES, Rubric
from personae.judges.verdicts import read_score, read_scores
from personae.types import Message, Model, Settings

#: Replies that one call may grade.
MOST_REPLIES = 5

_EXAMPLE = re.compile(r'^<example score="([1-5])">\n(.*?)\n</example>$', re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r'^<item number="[1-5]">\n(.*?)\n</item>$', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RubricItem:
    """A reply to be graded: the persona as text, the question, the reply, and five example replies, worst first."""

    persona: str
    question: str
    reply: str
    examples: Examples


@dataclass(frozen=True, slots=True)
class RubricJudge:
    """Grades replies by one rubric. The verdict's value is a whole number from 1 to 5.

    >>> import asyncio
    >>> from personae.judges.rubric_files import load_rubric
    >>> from personae.models import Scripted
    >>> judge = RubricJudge(Scripted(["Warm and plain. Therefore, the final score is **4**."]), load_rubric("toxicity"))
    >>> shown = tuple(f"An example worth {score} points." for score in range(1, 6))
    >>> item = RubricItem("Ana, an archivist.", "What do you think of tourists?", "They walk so slowly!", shown)
    >>> verdict = asyncio.run(judge(item))
    >>> verdict.value, verdict.calls
    (4, 1)
    """

    model: Model
    rubric: Rubric
    settings: Settings = SETTINGS
    retries: int = RETRIES

    @property
    def name(self) -> str:
        """ "rubric/", the rubric with its version, and the model's name."""
        return f"rubric/{self.rubric.id}/{self.model.name}"

    async def __call__(self, item: RubricItem, /) -> Verdict:
        """The verdict on one reply."""
        answer = await ask(
            self.model, rubric_messages(self.rubric, [item]), self.settings, read_score, retries=self.retries
        )
        details = self._details(1)
        if answer.value is None:
            return answer.without_value(self.name, **details)
        return answer.verdict(self.name, answer.value, **details)

    async def batch(self, items: Sequence[RubricItem]) -> list[Verdict]:
        """Verdicts on up to five replies of one persona in one call, in order.

        The answer must hold exactly one block per reply, each with its score; otherwise, after the repetition, none of
        them has a value. The call is on the account of the first verdict.
        """
        if len(items) == 1:
            return [await self(items[0])]
        messages = rubric_messages(self.rubric, items)
        read = partial(read_scores, count=len(items))
        answer = await ask(self.model, messages, self.settings, read, retries=self.retries)
        details = self._details(len(items))
        accounts: list[Answer[tuple[int, ...]]] = [
            answer,
            *[Answer(None, answer.reason, answer.why)] * (len(items) - 1),
        ]
        if answer.value is None:
            return [account.without_value(self.name, **details) for account in accounts]
        scores = zip(accounts, answer.value, strict=True)
        return [account.verdict(self.name, score, **details) for account, score in scores]

    def _details(self, batch: int) -> dict[str, Any]:
        return {"rubric": self.rubric.id, "checksum": self.rubric.checksum, "batch": batch}


def rubric_messages(rubric: Rubric, items: Sequence[RubricItem]) -> tuple[Message, ...]:
    """What the judge reads, checked as rendered.

    Raises `UsageError` for no items, more than five, different personas in one call, an empty text, or examples that
    are not five different replies of ≥ 3 words.
    """
    if not 1 <= len(items) <= MOST_REPLIES:
        raise UsageError(f"one call grades 1 to {MOST_REPLIES} replies, got {len(items)}")
    if len({item.persona for item in items}) > 1:
        raise UsageError("replies of different personas were put into one call; grade them apart")
    for item in items:
        needed(persona=item.persona, question=item.question, reply=item.reply)
        if flaw := flaw_of(item.examples):
            raise UsageError(f"{flaw}; write them with `write_examples`")
    wording = texts("rubric")
    fields = {"title": rubric.title, "task": rubric.task, "criteria": criteria_lines(rubric), "count": str(len(items))}
    blocks = [_block(item, place, len(items)) for place, item in enumerate(items, 1)]
    form = wording["one" if len(items) == 1 else "several"]
    asked = "\n\n".join([quoted("persona", items[0].persona), *blocks, filled(form, fields).strip()])
    messages = (Message("system", filled(wording["system"], fields).strip()), Message("user", asked))
    check_rendered(messages, len(items))
    return messages


def check_rendered(messages: Sequence[Message], count: int = 1) -> None:
    """Raise `UsageError` unless a rendered prompt shows five example replies of ≥ 3 words for each of `count` replies.

    >>> check_rendered([Message("user", "Grade this, please.")])
    Traceback (most recent call last):
    ...
    personae.errors.UsageError: the rendered prompt shows 0 examples for reply 1, scores []; a rubric shows 5
    """
    text = messages[-1].content
    parts = _ITEM.findall(text) if count > 1 else [text]
    if len(parts) != count:
        raise UsageError(f"the rendered prompt holds {len(parts)} replies instead of {count}")
    for place, part in enumerate(parts, 1):
        shown = _EXAMPLE.findall(part)
        scores = [int(score) for score, _ in shown]
        if scores != list(SCORES):
            raise UsageError(
                f"the rendered prompt shows {len(shown)} examples for reply {place}, scores {scores}; a rubric shows 5"
            )
        if flaw := flaw_of([example for _, example in shown]):
            raise UsageError(f"in the rendered prompt, for reply {place}, {flaw}")


def _block(item: RubricItem, place: int, count: int) -> str:
    examples = [quoted("example", example, score=score) for score, example in zip(SCORES, item.examples, strict=True)]
    block = "\n\n".join([*examples, quoted("question", item.question), quoted("reply", item.reply)])
    return block if count == 1 else f'<item number="{place}">\n{block}\n</item>'
