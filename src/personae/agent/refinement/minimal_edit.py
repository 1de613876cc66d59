"""Grounded minimal edits: mend what contradicts the persona, and leave every other word alone.

Grounded Minimal Editing for persona dialogue (2021), with a pair scorer in place of the trained editor: find the
contradicting spans, rewrite them, and take the result only if it is consistent and still the same reply.
"""

from __future__ import annotations

import dataclasses
import difflib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from personae.agent.reading import Unread
from personae.agent.refinement.from_statement import from_statement
from personae.agent.refinement.rewriting import Proposals, Rewrite
from personae.agent.refinement.spans import DROP, ReplySpan, claims, contradicting_spans
from personae.agent.refinement.violations import VIOLATED, contradictions, statements_of
from personae.agent.roles import Prompted
from personae.errors import ModelError
from personae.metrics.overlap import unigram_f1
from personae.models.pairs.unanswered import PairsUnanswered
from personae.persona.persona import Persona
from personae.types import Completion, Model, PairScorer, Settings, Usage

#: An edit must bring max P(contradiction) below this (spec 2.7) …
ACCEPT_BELOW = 0.3
#: … and keep at least this token F1 with the original, tokens `[a-z0-9']+` (spec 2.7).
KEEP_F1 = 0.6
#: A reply that breaks several statements is mended one after the other, at most so many times.
ROUNDS = 3
#: So many broken statements are mended at once, the worst first.
BROKEN = 3
NO_CLAIM = "what contradicts says nothing of the speaker"
#: A reply of more characters is not looked into.
MAX_CHARS = 20_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """Characters `start` to `end` (excluded) of the original, and what stands there now."""

    start: int
    end: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A reply looked at again.

    `outcome` is "consistent" (nothing to mend: `text` is the original), "edited", or "kept" (it should be mended and
    could not be: `text` is the original and `reason` says why). `before` and `after` are max P(contradiction) over
    the statements, None where nothing was scored. `violated` are the statements the original breaks, the worst first;
    `dismissed` those that it seems to break, but that do not contradict it the other way round: they count no more.
    """

    text: str
    outcome: Literal["consistent", "edited", "kept"]
    before: float | None = None
    after: float | None = None
    reason: str | None = None
    diff: tuple[Change, ...] = ()
    spans: tuple[ReplySpan, ...] = ()
    violated: tuple[str, ...] = ()
    dismissed: tuple[str, ...] = ()
    usage: Usage = field(default=Usage())


async def edit(
    reply: str,
    persona: Persona | Sequence[str],
    scorer: PairScorer,
    rewrite: Rewrite = from_statement,
    *,
    both_ways: bool = True,
    violated_at: float = VIOLATED,
    accept_below: float = ACCEPT_BELOW,
    keep_f1: float = KEEP_F1,
) -> Edit:
    """The reply with its contradictions mended, or the reply itself and the reason.

    A reply that violates no statement comes back byte for byte, and the rewriter is not called. With `both_ways` a
    contradiction counts only if it is also one from the statement to the reply, at `accept_below` or more; our scorer
    then falls for far fewer replies that contradict nothing. Of several proposals the first that passes both tests
    wins, so a rewriter names its smallest change first. Pairs that the scorer has no answer for are a reason; a scorer
    that cannot be reached raises its `ModelError`.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> fact, reply = "I am 32.", "I am 40, so finding work is hard."
    >>> scorer = ScriptedPairs({(reply, fact): (0.9, 0.1, 0.0), (fact, reply): (0.8, 0.2, 0.0)})
    >>> asyncio.run(edit(reply, [fact], scorer)).text
    'I am 32, so finding work is hard.'
    """
    try:
        statements = statements_of(persona, scorer)
    except Unread as error:
        return Edit(reply, "kept", reason=str(error))
    if reason := _unfit(reply, statements, persona, rewrite):
        return Edit(reply, "kept", reason=reason)
    try:
        (row,) = await contradictions([reply], statements, scorer)
        if max(row) < violated_at:
            return Edit(reply, "consistent", max(row), max(row))
        violated = _violated(statements, row, violated_at)
        dismissed = await _one_sided(reply, violated, scorer, accept_below) if both_ways else ()
        held = [n for n, statement in enumerate(statements) if statement not in dismissed]
        if len(dismissed) == len(violated):
            reason = "no contradiction holds the other way round"
            return Edit(reply, "kept", max(row), max(row), reason, dismissed=dismissed)
        first = Edit(reply, "kept", violated=tuple(s for s in violated if s not in dismissed), dismissed=dismissed)
        task = _Task(reply, tuple(statements[n] for n in held), scorer, rewrite, violated_at, accept_below, keep_f1)
        return await _edited(task, tuple(row[n] for n in held), first)
    except (PairsUnanswered, Unread) as error:
        return Edit(reply, "kept", reason=f"it could not be scored: {error}")


def _unfit(reply: str, statements: Sequence[str], persona: Persona | Sequence[str], rewrite: Rewrite) -> str:
    """Why a reply is not looked into at all, or nothing."""
    if not reply.strip():
        return "the reply is empty"
    if not statements:
        return "the persona makes no statement"
    if len(reply) > MAX_CHARS:
        return f"the reply has {len(reply)} characters, at most {MAX_CHARS} are looked into"
    if rewrite is from_statement and isinstance(persona, Persona) and not persona.language.lower().startswith("en"):
        return f"the rules are English, the persona speaks {persona.language!r}; use ByModel"
    return ""


async def _one_sided(reply: str, violated: Sequence[str], scorer: PairScorer, accept_below: float) -> tuple[str, ...]:
    """The statements that the reply contradicts, but that do not contradict it."""
    rows = await contradictions(violated, [reply], scorer)
    return tuple(statement for statement, row in zip(violated, rows, strict=True) if row[0] < accept_below)


@dataclass(frozen=True)
class _Task:
    reply: str
    statements: tuple[str, ...]
    scorer: PairScorer
    rewrite: Rewrite
    violated_at: float
    accept_below: float
    keep_f1: float

    async def row(self, text: str) -> tuple[float, ...]:
        """P(contradiction) of a text with every statement."""
        return (await contradictions([text], self.statements, self.scorer))[0]


async def _edited(task: _Task, row: tuple[float, ...], first: Edit) -> Edit:
    text, usage, reason = task.reply, Usage(), ""
    first = dataclasses.replace(first, before=max(row), after=max(row))
    for number in range(ROUNDS):
        violated = _violated(task.statements, row, min(task.violated_at, max(row)))[:BROKEN]
        spans = await contradicting_spans(text, violated, task.scorer, drop=DROP)
        first = dataclasses.replace(first, spans=spans) if number == 0 else first
        mendable = [span for span in spans if claims(text, span)]
        if not mendable:
            reason = reason or (NO_CLAIM if spans else "no part of it carries the contradiction")
            break
        proposals = await task.rewrite(text, mendable, violated)
        usage += proposals.usage
        judged = await _judge(task, proposals, violated)
        accepted = next((j for j in judged if j.accepted), None)
        if accepted is not None:
            diff, after = _diff(task.reply, accepted.text), accepted.worst
            return dataclasses.replace(first, text=accepted.text, outcome="edited", after=after, diff=diff, usage=usage)
        reason = reason or _why_not(task, proposals, judged)
        step = min(judged, key=lambda j: j.total, default=None)
        if step is None or step.total >= sum(dict(zip(task.statements, row, strict=True))[s] for s in violated) - DROP:
            break
        text, row = step.text, await task.row(step.text)
    return dataclasses.replace(first, reason=reason, usage=usage)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A proposal that is near enough to the original: its worst P(C), and the sum over the broken statements."""

    text: str
    worst: float
    total: float
    accepted: bool = False


async def _judge(task: _Task, proposals: Proposals, violated: Sequence[str]) -> list[_Judged]:
    """What is near enough is scored with the broken statements, and what mends them with all, until one passes."""
    near = [text for text in proposals.texts if _WORD.search(text) and _overlap(text, task.reply) >= task.keep_f1]
    rows = await contradictions(near, violated, task.scorer) if near else ()
    judged = []
    for text, row in zip(near, rows, strict=True):
        worst = max(row)
        if worst < task.accept_below:
            worst = max(await task.row(text))
        judged.append(_Judged(text, worst, sum(row), worst < task.accept_below))
        if judged[-1].accepted:
            break
    return judged


def _overlap(text: str, reply: str) -> float:
    return unigram_f1(text, reply, tokeniser="words")


def _violated(statements: Sequence[str], row: Sequence[float], at: float) -> tuple[str, ...]:
    """The statements at or above a level, the worst first."""
    order = sorted(range(len(row)), key=lambda index: -row[index])
    return tuple(dict.fromkeys(statements[index] for index in order if row[index] >= at))


def _why_not(task: _Task, proposals: Proposals, judged: Sequence[_Judged]) -> str:
    if proposals.outcome != "answered":
        return f"no rewriting could be had: {proposals.outcome}"
    if judged:
        worst = min(j.worst for j in judged)
        return f"rewritten it still contradicts: P(C) {worst:.2f}, allowed below {task.accept_below:g}"
    overlaps = [_overlap(text, task.reply) for text in proposals.texts if _WORD.search(text)]
    if not overlaps:
        return "the rewriting left no words"
    return f"rewritten it is another reply: F1 {max(overlaps):.2f} with the original, at least {task.keep_f1:g} wanted"


_WORD = re.compile(r"\w")
_PIECES = re.compile(r"\s+|\w+(?:['’]\w+)*|[^\w\s]")


def _diff(old: str, new: str) -> tuple[Change, ...]:
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    starts = [0]
    for piece in before:
        starts.append(starts[-1] + len(piece))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        Change(starts[a], starts[b], old[starts[a] : starts[b]], "".join(after[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )


@dataclass(frozen=True)
class MinimalEdit:
    """The `Refine` role: a draft that contradicts the persona is mended, any other passes untouched.

    `rewrite` is `from_statement` (rules, no model) or `ByModel(model)`; `heard` gets every `Edit`, so that an
    application can show or count them. They are logged too. Refused and empty drafts pass as they are, and so does any
    draft when the scorer cannot be reached.
    """

    scorer: PairScorer
    rewrite: Rewrite = from_statement
    both_ways: bool = True
    heard: Callable[[Edit], None] | None = None

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The mended draft with the usage of both, or the draft."""
        if draft.outcome in ("refused", "empty"):
            return draft
        try:
            done = await edit(draft.text, persona, self.scorer, self.rewrite, both_ways=self.both_ways)
        except ModelError as error:
            logger.warning("the draft stands, for it could not be looked at: %s", error)
            return draft
        if done.outcome != "consistent":
            logger.info("%s (P(C) %s → %s): %s", done.outcome, done.before, done.after, done.reason or done.diff)
        if self.heard is not None:
            self.heard(done)
        return dataclasses.replace(draft, text=done.text, usage=draft.usage + done.usage)
