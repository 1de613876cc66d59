"""A last look before a reply is sent: a reviewer releases it, has it revised once, or it is declined.

A verdict that cannot be read never releases. The idea of a second, trustworthy character that checks the first is from
Dr. Jekyll and Mr. Hyde: Two Faces of LLMs (2023); the wording is ours.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from personae.agent.refinement.texts import review_texts
from personae.agent.roles import Prompted, Refine
from personae.errors import BadResponse, ContextOverflow, FormatError
from personae.persona.formats.json_text import parse
from personae.persona.persona import Persona
from personae.types import Completion, Message, Model, Settings, Usage

logger = logging.getLogger(__name__)

Word = Literal["release", "revise", "refuse"]
WORDS: tuple[Word, ...] = ("release", "revise", "refuse")

#: The form of a verdict, for models that can be held to one.
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"verdict": {"type": "string", "enum": WORDS}, "reason": {"type": "string"}},
        "required": ["verdict", "reason"],
        "additionalProperties": False,
    }
)
#: Greedy, with room for one sentence of reasons.
SETTINGS = Settings(temperature=0.0, top_p=1.0, max_tokens=200, json_schema=SCHEMA)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reviewer said of one draft; of an answer that could not be used the word is "refuse", `read` False."""

    word: Word
    reason: str
    read: bool = True


@dataclass(frozen=True, slots=True)
class Review:
    """What became of a reply: the verdicts in order (one, or two after a revision) and whether a text was released."""

    verdicts: tuple[Verdict, ...]
    released: bool


@dataclass(frozen=True)
class Reviewed:
    """The `Refine` role: nothing leaves that the reviewer has not released.

    reviewer: the model that reviews; None: the agent's own.
    first:    another refiner, which acts before the review.
    settings: how the reviewer is asked.
    heard:    gets every `Review`.

    "revise" asks the agent's model once more with the reason, and the revision is reviewed in turn: only "release" lets
    it pass. A declined reply is our one sentence with the stop reason "refusal". A draft that is empty or refused has
    nothing to release and passes as it is; one that was cut off is reviewed like any other, for it would be sent.
    The usage is that of all calls. A reviewer that cannot be reached is an error, and nothing is released either.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> refine, talk = Reviewed(Scripted(["Fine by me!"])), Prompted((Message("user", "How do I light a stove?"),))
    >>> draft = Completion("Turn the knob and hold a match to it.")
    >>> asyncio.run(refine(Scripted(), draft, talk, Settings(), persona=Persona(name="Ana"))).stop
    'refusal'
    """

    reviewer: Model | None = None
    first: Refine | None = None
    settings: Settings = SETTINGS
    heard: Callable[[Review], None] | None = None

    async def __call__(
        self, model: Model, draft: Completion, prompted: Prompted, settings: Settings, *, persona: Persona
    ) -> Completion:
        """The draft, its revision, or the sentence that declines."""
        if self.first is not None:
            draft = await self.first(model, draft, prompted, settings, persona=persona)
        if draft.outcome in ("refused", "empty"):
            return draft
        verdict, usage = await self._verdict(model, draft.text, prompted)
        verdicts, usage = [verdict], draft.usage + usage
        if verdict.word == "revise":
            draft, verdict, more = await self._revised(model, draft, verdict, prompted, settings, persona)
            verdicts.append(verdict)
            usage += more
        released = verdict.word == "release"
        if not released:
            logger.info("a reply was declined: %s", verdict.reason)
            draft = Completion(review_texts()["declined"], stop="refusal")
        if self.heard is not None:
            self.heard(Review(tuple(verdicts), released))
        return dataclasses.replace(draft, usage=usage)

    async def _revised(
        self,
        model: Model,
        draft: Completion,
        verdict: Verdict,
        prompted: Prompted,
        settings: Settings,
        persona: Persona,
    ) -> tuple[Completion, Verdict, Usage]:
        ask = review_texts()["revise"].replace("{reason}", verdict.reason)
        again = (Message("assistant", draft.text, name=persona.name), Message("user", ask))
        try:
            revision = await model.generate((*prompted.messages, *again), settings)
        except (BadResponse, ContextOverflow) as error:
            return draft, _refused(f"the revision failed: {error}"), Usage()
        if revision.outcome != "answered":
            return draft, _refused(f"the revision was {revision.outcome}"), revision.usage
        second, usage = await self._verdict(model, revision.text, prompted)
        return revision, second, revision.usage + usage

    async def _verdict(self, model: Model, text: str, prompted: Prompted) -> tuple[Verdict, Usage]:
        try:
            completion = await (self.reviewer or model).generate(review_messages(text, prompted), self.settings)
        except (BadResponse, ContextOverflow) as error:
            return _refused(f"the reviewer failed: {error}"), Usage()
        if completion.outcome != "answered":
            return _refused(f"the reviewer's answer was {completion.outcome}"), completion.usage
        return read_verdict(completion.text), completion.usage


def review_messages(text: str, prompted: Prompted) -> tuple[Message, ...]:
    """What the reviewer reads: the last thing said to the persona and the reply, as JSON, so that neither can pass for
    an instruction of ours."""
    texts = review_texts()["review"]
    asked = next((message.content for message in reversed(prompted.messages) if message.role == "user"), "")
    exchange = json.dumps({"request": asked, "reply": text}, ensure_ascii=False)
    return (Message("system", texts["system"]), Message("user", texts["ask"].replace("{exchange}", exchange)))


def read_verdict(answer: str) -> Verdict:
    """The verdict in an answer that is one JSON object with "verdict" and "reason"; anything else refuses.

    >>> read_verdict('{"verdict": "release", "reason": "Harmless."}')
    Verdict(word='release', reason='Harmless.', read=True)
    >>> read_verdict("release").word
    'refuse'
    """
    said = answer.strip()
    if said.startswith("```") and said.endswith("```"):
        said = said.strip("`").removeprefix("json").strip()
    try:
        tree = parse(said, "the verdict")
    except FormatError:
        return _refused("the reviewer's answer is no JSON object")
    if not isinstance(tree, dict) or tree.get("verdict") not in WORDS or not isinstance(tree.get("reason"), str):
        return _refused("the reviewer's answer names no verdict")
    return Verdict(tree["verdict"], tree["reason"].strip()[:500])


def _refused(why: str) -> Verdict:
    return Verdict("refuse", why, read=False)
