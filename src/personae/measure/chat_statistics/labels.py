"""What each message shows: an emotion, a sign of feeling, reflection, empathy, intimacy, and taking up the partner.

`PairLabels` reads these with a pair scorer, from statements in `texts/labels.en.yaml`; no people labelled them, so its
shares compare chats and speakers with each other and are no diagnosis. Anything with a `name` and an async `label`
serves in its place – a classifier of yours – and is named in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from personae.files import bundled
from personae.measure.chat_statistics.chat import ChatMessage
from personae.metrics.style import sentiment
from personae.models.embedder import supported
from personae.types import ENTAILMENT, PairScorer

NEUTRAL = "neutral"
HELD = 0.5  #: entailed from here on; and relevant
FLAT = 0.05  #: a feeling smaller than this has no sign
AT_ONCE = 64  #: messages asked about in one call: a cache keeps those of a run that was killed


@dataclass(frozen=True, slots=True)
class Labels:
    """What one message shows; None for what the classifier does not tell.

    emotion:    a word; "neutral" where nothing is shown.
    sign:       −1, 0 or 1.
    reflective: about own feelings or thoughts.
    empathy:    0 … 5.
    intimacy:   0 … 1.
    grounded:   takes up what the partner said right before; None where nobody had spoken.
    reason:     why there is nothing at all.
    """

    emotion: str | None = None
    sign: int | None = None
    reflective: bool | None = None
    empathy: float | None = None
    intimacy: float | None = None
    grounded: bool | None = None
    reason: str | None = None


class Classifier(Protocol):
    """Labels messages. A classifier of yours need not tell everything."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    async def label(self, chat: Sequence[ChatMessage]) -> list[Labels]:
        """One `Labels` per message, in order."""
        ...


@dataclass(frozen=True)
class PairLabels:
    """Labels from a pair scorer and, for the sign, the sentiment lexicon of `metrics.style`.

    readable: None, or why the scorer cannot read a text; such messages carry the reason and nothing else.
    on_step: hears what is done, how much of it, and of how much.
    """

    scorer: PairScorer
    readable: Callable[[str], str | None] = supported
    emotions: Mapping[str, str] = field(default_factory=lambda: dict(_texts()["emotion"]))
    on_step: Callable[[str, int, int | None], None] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The scorer's name."""
        return f"statements by {self.scorer.name}"

    @property
    def provenance(self) -> Mapping[str, str]:
        """Of the scorer; what the labels are worth nobody has measured."""
        return {**self.scorer.provenance, "labels": "unmeasured"}

    async def label(self, chat: Sequence[ChatMessage]) -> list[Labels]:
        """One row per message."""
        reasons = [self.readable(message.text) for message in chat]
        kept = [at for at, reason in enumerate(reasons) if reason is None]
        shown = await self._shown([chat[at].text for at in kept])
        taken = await taken_up(chat, kept, self.scorer)
        found = [Labels(reason=reason) for reason in reasons]
        for at, row in zip(kept, shown, strict=True):
            found[at] = self._labels(chat[at].text, row, taken.get(at))
        return found

    async def _shown(self, texts: Sequence[str]) -> Any:
        """P(entailment) of every statement: (texts, statements)."""
        statements = self._statements()
        found = np.zeros((len(texts), len(statements)))
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            rows = await self.scorer.score([text for text in some for _ in statements], statements * len(some))
            told = np.asarray(rows, dtype=np.float64).reshape(len(some), len(statements), 3)
            found[start : start + AT_ONCE] = told[:, :, ENTAILMENT]
            if self.on_step is not None:
                self.on_step("messages", start + len(some), len(texts))
        return found

    def _statements(self) -> list[str]:
        tree = _texts()
        return [*self.emotions.values(), *tree["reflective"], *tree["empathy"], *tree["intimacy"]]

    def _labels(self, text: str, row: Any, taken: bool | None) -> Labels:
        tree, start = _texts(), len(self.emotions)
        parts = []
        for name in ("reflective", "empathy", "intimacy"):
            parts.append(row[start : start + len(tree[name])])
            start += len(tree[name])
        reflective, empathy, intimacy = parts
        emotions = row[: len(self.emotions)]
        best = int(emotions.argmax()) if len(emotions) else 0
        shown = len(emotions) > 0 and emotions[best] >= HELD
        feeling = sentiment(text)
        return Labels(
            emotion=list(self.emotions)[best] if shown else NEUTRAL,
            sign=0 if abs(feeling) < FLAT else (1 if feeling > 0 else -1),
            reflective=bool((reflective >= HELD).any()),
            empathy=float(empathy.sum()),
            intimacy=float(intimacy.mean()),
            grounded=taken,
        )


async def taken_up(chat: Sequence[ChatMessage], places: Sequence[int], scorer: PairScorer) -> dict[int, bool]:
    """Of the messages at these places that answer somebody else: does each take up what was said right before?

    That is: relevance of the earlier message to this one of .5 or more. Messages at other places are not read.

    >>> import asyncio
    >>> from personae.models import ScriptedPairs
    >>> talk = (ChatMessage("a", "I have a dog."), ChatMessage("b", "What is it called?"), ChatMessage("a", "Snow."))
    >>> asyncio.run(taken_up(talk, [0, 1, 2], ScriptedPairs(relevant={("I have a dog.", "What is it called?"): 0.9})))
    {1: True, 2: False}
    """
    readable = set(places)
    asked = [at for at in places if at and at - 1 in readable and chat[at - 1].speaker != chat[at].speaker]
    found = await scorer.relevance([chat[at - 1].text for at in asked], [chat[at].text for at in asked])
    return {at: bool(value >= HELD) for at, value in zip(asked, np.asarray(found), strict=True)}


def _texts() -> Any:
    return bundled(__package__, "texts/labels.en.yaml")
