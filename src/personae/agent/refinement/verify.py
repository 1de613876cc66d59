"""Verify and retry: a reply that contradicts the persona is asked for again, with the broken statements named."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personae.agent.reading import Unread
from personae.agent.refinement.by_model import listed
from personae.agent.refinement.texts import refinement_texts
from personae.agent.refinement.violations import VIOLATED, contradictions, statements_of
from personae.agent.roles import Prompted
from personae.errors import ModelError, UsageError
from personae.persona.persona import Persona
from personae.types import Completion, Message, Model, Outcome, PairScorer, Settings, Usage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a reply: how it ended, its max P(contradiction) (None if not scored), and what it violates."""

    text: str
    outcome: Outcome
    contradiction: float | None = None
    violated: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """An answer that was scored and violates nothing."""
        return self.outcome == "answered" and self.contradiction is not None and not self.violated


@dataclass(frozen=True, slots=True)
class Verified:
    """All attempts in order, the draft first, and the index of the one that was taken."""

    attempts: tuple[Attempt, ...]
    chosen: int


@dataclass(frozen=True)
class VerifyAndRetry:
    """The `Refine` role: checks a draft against every statement and, if one is violated, asks again.

    `tries` is how often the model is asked again at most. It stops at the first answer without a violation.
    The best attempt is taken: an answer before a cut-off one, then the lower max P(contradiction), then the
    earlier. Refused, empty, failed and unscored attempts are never taken; a draft that is refused, empty or cannot be
    scored passes as it is. `heard` gets every `Verified`; contradictions are logged.

    >>> import asyncio
    >>> from personae.models import Scripted, ScriptedPairs
    >>> ana = Persona.model_validate({"name": "Ana", "statements": [{"id": "1", "text": "I am a nurse."}]})
    >>> scorer = ScriptedPairs({("I am a cook.", "I am a nurse."): (0.9, 0.1, 0.0)})
    >>> refine = VerifyAndRetry(scorer)
    >>> talk = Prompted((Message("user", "What do you do?"),))
    >>> draft, model = Completion("I am a cook."), Scripted(["I look after people."])
    >>> asyncio.run(refine(model, draft, talk, Settings(), persona=ana)).text
    'I look after people.'
    """

    scorer: PairScorer
    tries: int = 2
    threshold: float = VIOLATED
    heard: Callable[[Verified], None] | None = None

    def __post_init__(self) -> None:
        if self.tries < 1:
            raise UsageError(f"tries is {self.tries!r}; give at least 1, or leave the role out")
        if not 0 < self.threshold <= 1:
            raise UsageError(f"threshold is {self.threshold!r}; give a probability above 0, at most 1")

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The best attempt, with the usage of all."""
        try:
            statements = statements_of(persona, self.scorer)
        except Unread as error:
            logger.warning("the reply is not checked: %s", error)
            return draft
        if draft.outcome in ("refused", "empty") or not statements:
            return draft
        completions, attempts = [draft], [await self._checked(draft, statements)]
        for number in range(1, self.tries + 1 if attempts[0].violated else 1):
            messages = (*prompted.messages, *correction(attempts[_best(attempts)], persona))
            completion = await _asked(model, messages, _other_seed(settings, number))
            if completion is None:
                completions.append(Completion(""))
                attempts.append(Attempt("", "failed"))
                break
            completions.append(completion)
            attempts.append(await self._checked(completion, statements))
            if attempts[-1].consistent:
                break
        return self._taken(completions, attempts)

    async def _checked(self, completion: Completion, statements: Sequence[str]) -> Attempt:
        if completion.outcome in ("refused", "empty"):
            return Attempt(completion.text, completion.outcome)
        try:
            (row,) = await contradictions([completion.text], statements, self.scorer)
        except (ModelError, Unread) as error:
            logger.warning("an attempt could not be scored: %s", error)
            return Attempt(completion.text, completion.outcome)
        order = sorted(range(len(row)), key=lambda index: -row[index])
        violated = tuple(statements[index] for index in order if row[index] >= self.threshold)
        return Attempt(completion.text, completion.outcome, max(row), violated)

    def _taken(self, completions: Sequence[Completion], attempts: Sequence[Attempt]) -> Completion:
        verified = Verified(tuple(attempts), _best(attempts))
        taken = attempts[verified.chosen]
        if len(attempts) > 1:
            outcomes = [(a.outcome, a.contradiction) for a in attempts]
            logger.info("attempts %s, took number %d", outcomes, verified.chosen)
        if taken.violated:
            logger.warning("the reply still contradicts %r (P(C) %.2f)", taken.violated[0], taken.contradiction)
        if self.heard is not None:
            self.heard(verified)
        usage = sum((completion.usage for completion in completions), Usage())
        return dataclasses.replace(completions[verified.chosen], usage=usage)


def correction(attempt: Attempt, persona: Persona) -> tuple[Message, Message]:
    """The two messages that follow the talk when it is asked again: the reply, and what is wrong with it."""
    ask = refinement_texts()["retry"]["ask"].format(facts=listed(attempt.violated))
    return Message("assistant", attempt.text, name=persona.name), Message("user", ask)


def _best(attempts: Sequence[Attempt]) -> int:
    """An answer before a cut-off text, the lower P(C) before the higher, the earlier before the later."""
    if all(attempt.contradiction is None for attempt in attempts):
        return 0
    scored = [
        (a.outcome != "answered", a.contradiction, n) for n, a in enumerate(attempts) if a.contradiction is not None
    ]
    return min(scored)[2]


async def _asked(model: Model, messages: Sequence[Message], settings: Settings) -> Completion | None:
    try:
        return await model.generate(messages, settings)
    except ModelError as error:
        logger.warning("asking again failed, the best reply so far stands: %s", error)
        return None


def _other_seed(settings: Settings, number: int) -> Settings:
    return settings if settings.seed is None else dataclasses.replace(settings, seed=settings.seed + number)
