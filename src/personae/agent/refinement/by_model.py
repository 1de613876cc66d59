"""Rewriting by a language model, which words the marked spans anew and can touch nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from personae.agent.refinement.rewriting import Proposals
from personae.agent.refinement.spans import ReplySpan, widened
from personae.agent.refinement.texts import refinement_texts
from personae.errors import ModelError
from personae.types import Message, Model, Settings

#: A replacement longer than this is not one.
MAX_CHARS = 300

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ByModel:
    """Asks a model for one replacement per span, as a JSON list of strings.

    Anything but such a list – too many parts, line breaks, a part of more than `MAX_CHARS` – is "unparsed". A model
    that cannot be reached makes the outcome "failed"; the reply is not lost for it. With `clauses` the whole clauses
    that hold a span may be worded anew: more room for the model, more change in the reply.
    """

    model: Model
    settings: Settings = field(default=Settings(temperature=0.0, max_tokens=200))
    clauses: bool = False

    async def __call__(self, reply: str, spans: Sequence[ReplySpan], statements: Sequence[str]) -> Proposals:
        """At most one proposal: the reply with its spans exchanged."""
        if self.clauses:
            spans = widened(reply, spans) or spans
        try:
            completion = await self.model.generate(edit_messages(reply, spans, statements), self.settings)
        except ModelError as error:
            logger.warning("the model that rewrites failed: %s", error)
            return Proposals((), "failed")
        if completion.outcome != "answered":
            return Proposals((), completion.outcome, completion.usage)
        parts = replacements(completion.text, len(spans))
        if parts is None:
            return Proposals((), "unparsed", completion.usage)
        return Proposals((exchanged(reply, spans, parts),), usage=completion.usage)


def edit_messages(reply: str, spans: Sequence[ReplySpan], statements: Sequence[str]) -> tuple[Message, ...]:
    """What the model reads: the task, one example, and the reply with its spans marked."""
    texts = refinement_texts()["edit"]
    marks = [f"<{number}>{reply[span.start : span.end]}</{number}>" for number, span in enumerate(spans, 1)]
    shown = texts["example"]
    return (
        Message("system", texts["system"]),
        Message("user", texts["ask"].format(facts=listed(shown["facts"]), reply=shown["reply"])),
        Message("assistant", shown["answer"]),
        Message("user", texts["ask"].format(facts=listed(statements), reply=exchanged(reply, spans, marks))),
    )


def replacements(answer: str, count: int) -> list[str] | None:
    """The parts a model answered with, or None if the answer is anything but `count` of them.

    >>> replacements('["a nurse", ""]', 2), replacements("a nurse", 1), replacements('["a nurse"]', 2)
    (['a nurse', ''], None, None)
    """
    try:
        parts = json.loads(answer.strip())
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != count:
        return None
    if not all(isinstance(part, str) and len(part) <= MAX_CHARS and "\n" not in part for part in parts):
        return None
    return [part.strip() for part in parts]


def exchanged(reply: str, spans: Sequence[ReplySpan], parts: Sequence[str]) -> str:
    """The reply with each span replaced by its part; the rest stays byte for byte."""
    out, at = [], 0
    for span, part in zip(spans, parts, strict=True):
        out += [reply[at : span.start], part]
        at = span.end
    return "".join([*out, reply[at:]])


def listed(facts: Sequence[str]) -> str:
    """One fact a line.

    >>> listed(["I am 32.", "I swim."])
    '- I am 32.\\n- I swim.'
    """
    return "\n".join(f"- {fact}" for fact in facts)
