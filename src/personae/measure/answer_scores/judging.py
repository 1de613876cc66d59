"""A judge of answers: does an answer say what the gold answer says? And the second key that its yes needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from personae.files import bundled
from personae.judges.asking import RETRIES, SETTINGS, ask, filled, needed, quoted
from personae.judges.roles import Verdict
from personae.judges.verdicts import Problem, answer_of
from personae.measure.answer_scores.dates import compare_dates
from personae.measure.answer_scores.lexical import gold_word_recall
from personae.types import Message, Model, Settings

#: Gold-word recall from which the second key turns.
KEY = 0.5

_MARK = re.compile(r"\[\[[ \t]{0,4}(right|wrong)[ \t]{0,4}\]\]", re.IGNORECASE)

Flag = Literal["both", "neither", "only the judge", "only the words"]


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """An answer beside the gold answer of its question."""

    question: str
    gold: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnswerJudge:
    """Accepts an answer (value 1) or not (0); a reading without exactly one verdict has no value.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> verdict = asyncio.run(AnswerJudge(Scripted(["Same day. [[right]]"]))(AnswerItem("When?", "7 May", "May 7")))
    >>> verdict.value
    1.0
    """

    model: Model
    settings: Settings = SETTINGS
    retries: int = RETRIES

    @property
    def name(self) -> str:
        """ "answer/" and the model's name."""
        return f"answer/{self.model.name}"

    async def __call__(self, item: AnswerItem, /) -> Verdict:
        """The verdict on one answer. Raises `UsageError` for an empty text."""
        answer = await ask(self.model, answer_messages(item), self.settings, read_verdict, retries=self.retries)
        if answer.value is None:
            return answer.without_value(self.name)
        return answer.verdict(self.name, float(answer.value))

    def repeated(self, runs: int = 3) -> list[AnswerJudge]:
        """The same judge for several runs, each with another seed."""
        seed = self.settings.seed or 0
        return [replace(self, settings=replace(self.settings, seed=seed + run)) for run in range(runs)]


def answer_messages(item: AnswerItem) -> tuple[Message, ...]:
    """What the judge reads."""
    needed(question=item.question, gold=item.gold, answer=item.answer)
    wording = bundled(__package__, "texts/judge.en.yaml")
    fields = {
        "question": quoted("question", item.question),
        "gold": quoted("reference", item.gold),
        "answer": quoted("reply", item.answer),
    }
    return (Message("system", wording["system"].strip()), Message("user", filled(wording["ask"], fields).strip()))


def read_verdict(text: str) -> bool | Problem:
    """Whether it says `[[right]]` or `[[wrong]]`; both or neither is a `Problem`.

    >>> read_verdict("It is the same town. [[Right]]"), read_verdict("[[right]] or [[wrong]]").text
    (True, 'it holds 2 different verdicts; end with exactly one of [[right]] and [[wrong]]')
    """
    said = {mark.lower() for mark in _MARK.findall(answer_of(text))}
    if len(said) != 1:
        return Problem(f"it holds {len(said)} different verdicts; end with exactly one of [[right]] and [[wrong]]")
    return said == {"right"}


def words_agree(answer: str, gold: str) -> bool:
    """The second key: the same or finer days where the gold is a date, else half of the gold's words.

    >>> words_agree("8 May 2023", "7 May 2023"), words_agree("to a small café in Rome", "Rome")
    (False, True)
    """
    days = compare_dates(answer, gold)
    if days in ("no date in the gold", "no date in the answer"):
        return gold_word_recall(answer, gold) >= KEY
    return days in ("same", "finer")


def two_key(judged: bool, answer: str, gold: str) -> Flag:
    """Which of the two keys turn. What turns one alone is for somebody to look at: a flag, not a score.

    >>> two_key(True, "somewhere nice", "Rome")
    'only the judge'
    """
    agree = words_agree(answer, gold)
    if judged == agree:
        return "both" if judged else "neither"
    return "only the judge" if judged else "only the words"
