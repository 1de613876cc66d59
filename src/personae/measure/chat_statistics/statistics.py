"""How somebody talks, in numbers per speaker: emotions, steadiness, reflection, empathy, grounding, length, delay.

Entropies are in nats and not corrected, so that four equal labels give 1.3863. Below 20 messages there is a reason and
no number. [REALTALK 2025]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from personae.measure.chat_statistics.chat import ChatMessage, speakers
from personae.measure.chat_statistics.labels import Classifier, Labels
from personae.measure.items import mean, share
from personae.metrics.text import unicode_words
from personae.stats.entropy import entropy
from personae.types import Measurement

FEWEST = 20
#: The statistics, in the order of a report.
NAMES = (
    "emotion_diversity",
    "sentiment_diversity",
    "sentiment_stability",
    "reflective",
    "empathy",
    "grounding",
    "intimacy",
    "length",
    "delay",
)


async def chat_statistics(chat: Sequence[ChatMessage], classifier: Classifier) -> dict[str, list[Measurement]]:
    """The statistics of every speaker of a chat; the classifier is named in the details of each number."""
    labels = await classifier.label(chat)
    worth = dict(getattr(classifier, "provenance", {}))
    by = {"labels": classifier.name, **({"provenance": worth} if worth else {})}
    return {who: of_speaker(chat, labels, who, by) for who in speakers(chat)}


def of_speaker(
    chat: Sequence[ChatMessage], labels: Sequence[Labels], who: str, by: Mapping[str, Any] | None = None
) -> list[Measurement]:
    """The statistics of one speaker, in the order of `NAMES`.

    diversities: entropy of the emotions, and of the signs of feeling, in nats.
    sentiment_stability: share of this speaker's consecutive messages with the same sign.
    reflective, grounding: shares of the messages, and of the replies to somebody else.
    empathy 0 … 5, intimacy 0 … 1, length in words: means.
    delay:       seconds from the other's message to the reply, the median; negative ones are counted and left out.

    >>> [one.reason for one in of_speaker([ChatMessage("Ana", "Hi")], [Labels()], "Ana")][0]
    '1 message of Ana; 20 are needed'
    """
    own = [at for at, message in enumerate(chat) if message.speaker == who]
    details = dict(by or {})
    if len(own) < FEWEST:
        reason = f"{len(own)} message{'s' * (len(own) != 1)} of {who}; {FEWEST} are needed"
        return [Measurement(name, reason=reason, n=len(own), unit=UNITS[name], details=details) for name in NAMES]
    told = [labels[at] for at in own]
    rows: dict[str, Measurement] = {
        "emotion_diversity": _entropy("emotion_diversity", [one.emotion for one in told], details),
        "sentiment_diversity": _entropy("sentiment_diversity", [one.sign for one in told], details),
        "sentiment_stability": _stability([one.sign for one in told], details),
        "reflective": _share("reflective", told, lambda one: one.reflective, details),
        "empathy": _mean("empathy", told, lambda one: one.empathy, details),
        "grounding": _grounding(chat, labels, own, details),
        "intimacy": _mean("intimacy", told, lambda one: one.intimacy, details),
        "length": mean(
            "length", {str(at): float(len(unicode_words(chat[at].text))) for at in own}, {}, unit=UNITS["length"]
        ),
        "delay": _delay(chat, own),
    }
    return [rows[name] for name in NAMES]


UNITS = {
    "emotion_diversity": "nats",
    "sentiment_diversity": "nats",
    "sentiment_stability": "share",
    "reflective": "share",
    "empathy": "points",
    "grounding": "share",
    "intimacy": "share",
    "length": "words",
    "delay": "s",
}


def stability(signs: Sequence[int | None]) -> float | None:
    """Share of consecutive messages with the same sign; None where no two neighbours have one.

    >>> stability([1, -1, 1, -1]), stability([1, 1, None, 1])
    (0.0, 1.0)
    """
    pairs = _neighbours(signs)
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def _neighbours(signs: Sequence[int | None]) -> list[tuple[int, int]]:
    return [(one, other) for one, other in pairwise(signs) if one is not None and other is not None]


def _entropy(name: str, found: Sequence[Any], details: Mapping[str, Any]) -> Measurement:
    told = [one for one in found if one is not None]
    missing = _unlabelled(len(found) - len(told))
    if not told:
        return Measurement(name, reason=UNTOLD, missing=missing, unit="nats", details=details)
    counts = {str(label): count for label, count in Counter(told).most_common()}
    value = entropy(told, corrected=False)
    return Measurement(name, value, n=len(told), missing=missing, unit="nats", details={**details, "counts": counts})


def _stability(signs: Sequence[int | None], details: Mapping[str, Any]) -> Measurement:
    name, n = "sentiment_stability", len(_neighbours(signs))
    value, missing = stability(signs), _unlabelled(list(signs).count(None))
    if value is None:
        return Measurement(name, reason=UNTOLD, missing=missing, unit="share", details=details)
    return Measurement(name, value, n=n, missing=missing, unit="share", details=details)


def _share(
    name: str, told: Sequence[Labels], of: Callable[[Labels], bool | None], details: Mapping[str, Any]
) -> Measurement:
    values = {str(at): float(value) for at, one in enumerate(told) if (value := of(one)) is not None}
    missing = _unlabelled(len(told) - len(values))
    if not values:
        return Measurement(name, reason=UNTOLD, missing=missing, unit="share", details=details)
    return share(name, values, missing, details=details)


def _mean(
    name: str, told: Sequence[Labels], of: Callable[[Labels], float | None], details: Mapping[str, Any]
) -> Measurement:
    values = {str(at): float(value) for at, one in enumerate(told) if (value := of(one)) is not None}
    missing = _unlabelled(len(told) - len(values))
    if not values:
        return Measurement(name, reason=UNTOLD, missing=missing, unit=UNITS[name], details=details)
    return mean(name, values, missing, unit=UNITS[name], details=details)


def _grounding(
    chat: Sequence[ChatMessage], labels: Sequence[Labels], own: Sequence[int], details: Mapping[str, Any]
) -> Measurement:
    replies = [at for at in own if at and chat[at - 1].speaker != chat[at].speaker]
    if not replies:
        return Measurement("grounding", reason="no reply to anybody else", unit="share", details=details)
    return _share("grounding", [labels[at] for at in replies], lambda one: one.grounded, details)


def _delay(chat: Sequence[ChatMessage], own: Sequence[int]) -> Measurement:
    replies = [at for at in own if at and chat[at - 1].speaker != chat[at].speaker]
    times = [(chat[at - 1].at, chat[at].at) for at in replies]
    gaps = [now - before for before, now in times if before is not None and now is not None]
    forward = [gap for gap in gaps if gap >= 0]
    missing = {"no time": len(replies) - len(gaps), "back in time": len(gaps) - len(forward)}
    missing = {reason: count for reason, count in missing.items() if count}
    if not forward:
        return Measurement("delay", reason="no reply has a time", missing=missing, unit="s")
    return Measurement("delay", float(np.median(forward)), n=len(forward), missing=missing, unit="s")


UNTOLD = "the classifier does not tell this of any message"


def _unlabelled(count: int) -> dict[str, int]:
    return {"unlabelled": count} if count else {}
