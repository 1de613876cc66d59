"""The relative judge: a reply and a reference reply, scored side by side on one metric, in both orders.

MMRole (2024); the wording is ours. A reference anchors the scale: 0 is a reply as good as the reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from personae.errors import UsageError
from personae.judges.asking import RETRIES, SETTINGS, Answer, ask, filled, needed, quoted, texts
from personae.judges.ratios import order_effect, score_ratios
from personae.judges.roles import Verdict
from personae.judges.summary import mean_verdict
from personae.judges.verdicts import read_pair
from personae.types import Measurement, Message, Model, Settings

#: The eight metrics of MMRole, as keys of our wording; the fourth needs a caption of the image.
METRICS = (
    "instruction_adherence",
    "fluency",
    "coherency",
    "image_text_relevance",
    "response_accuracy",
    "personality_consistency",
    "knowledge_consistency",
    "tone_consistency",
)


@dataclass(frozen=True, slots=True)
class RelativeItem:
    """A reply and a reference reply to one question to one persona; `caption` describes the image, if there is one."""

    persona: str
    question: str
    reply: str
    reference: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class RelativeJudge:
    """Scores a reply against its reference on one metric. The value is log(reply/reference), mean over the orders.

    Two calls per item: in the first the reply is shown as A, in the second as B; the details hold both under
    "orders". With `both_orders` false only the first is asked, as the paper does. An order without scores leaves the
    item without a value.

    >>> import asyncio
    >>> from personae.models import Scripted
    >>> judge = RelativeJudge(Scripted(["[Scores]: (8, 8)", "[Scores]: (8, 8)"]), "fluency")
    >>> asyncio.run(judge(RelativeItem("Ana, an archivist.", "Where to?", "To the river.", "Down to the river."))).value
    0.0
    """

    model: Model
    metric: str
    both_orders: bool = True
    settings: Settings = SETTINGS
    retries: int = RETRIES

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise UsageError(f"unknown metric {self.metric!r}; known are {', '.join(METRICS)}")

    @property
    def name(self) -> str:
        """ "relative/", the metric and the model's name."""
        return f"relative/{self.metric}/{self.model.name}"

    async def __call__(self, item: RelativeItem, /) -> Verdict:
        """The verdict on one reply. Raises `UsageError` for an empty text, or an image metric without a caption."""
        raw: tuple[str, ...] = ()
        orders: list[dict[str, Any]] = []
        total: Answer[tuple[float, float]] = Answer()
        for first in ("reply", "reference")[: 1 + self.both_orders]:
            messages = relative_messages(self.metric, item, first=first)
            answer = await ask(self.model, messages, self.settings, read_pair, retries=self.retries)
            raw += answer.raw
            total = Answer(
                None, answer.reason, answer.why, raw, total.outcomes + answer.outcomes, total.usage + answer.usage
            )
            if answer.value is None:
                return total.without_value(self.name, orders=orders)
            reply, reference = answer.value if first == "reply" else answer.value[::-1]
            orders.append({"first": first, "reply": reply, "reference": reference})
        logs = [math.log(order["reply"] / order["reference"]) for order in orders]
        return total.verdict(self.name, sum(logs) / len(logs), orders=orders)


def relative_judges(model: Model, *, captions: bool = False, **options: Any) -> tuple[RelativeJudge, ...]:
    """A judge for each metric; the image metric only where items carry captions.

    >>> from personae.models import Scripted
    >>> len(relative_judges(Scripted())), len(relative_judges(Scripted(), captions=True))
    (7, 8)
    """
    return tuple(
        RelativeJudge(model, metric, **options) for metric in METRICS if captions or metric != "image_text_relevance"
    )


def relative_messages(metric: str, item: RelativeItem, *, first: str = "reply") -> tuple[Message, ...]:
    """What the judge reads; `first` says whether the "reply" or the "reference" is shown as A."""
    needed(persona=item.persona, question=item.question, reply=item.reply, reference=item.reference)
    if metric == "image_text_relevance":
        needed(caption=item.caption)
    wording = texts("relative")
    shown = (item.reply, item.reference) if first == "reply" else (item.reference, item.reply)
    fields = {
        "metric": wording["metrics"][metric]["title"],
        "looked_for": wording["metrics"][metric]["asks"].strip(),
        "persona": quoted("persona", item.persona),
        "caption": quoted("caption", item.caption) + "\n\n" if item.caption.strip() else "",
        "question": quoted("question", item.question),
        "a": quoted("reply", shown[0], side="A"),
        "b": quoted("reply", shown[1], side="B"),
    }
    return (
        Message("system", filled(wording["system"], fields).strip()),
        Message("user", filled(wording["ask"], fields).strip()),
    )


def relative_report(verdicts: Sequence[Verdict], *, seed: int = 0) -> tuple[Measurement, ...]:
    """The mean ratio and log-ratio with the reply shown first, the log-ratio over both orders, and the order effect.

    The first two are what a judge that asks in one order reports; where the effect of the order is not nothing, only
    the third may be quoted. Items without a value are counted by reason; where they are more than a tenth, no number is
    given.
    """
    balanced = mean_verdict("log_ratio_both_orders", verdicts)
    if balanced.value is None:
        return tuple(replace(balanced, name=name) for name in ("ratio", "log_ratio", balanced.name, "order_effect"))
    valued = [verdict for verdict in verdicts if verdict.value is not None]
    orders = [{order["first"]: order for order in verdict.details["orders"]} for verdict in valued]
    first = [(order["reply"]["reply"], order["reply"]["reference"]) for order in orders]
    both = [order for order in orders if len(order) == 2]
    effect = order_effect(
        [math.log(order["reply"]["reply"] / order["reply"]["reference"]) for order in both],
        [math.log(order["reference"]["reply"] / order["reference"]["reference"]) for order in both],
        seed=seed,
    )
    ratio, log_ratio = (replace(found, missing=balanced.missing) for found in score_ratios(first))
    return ratio, log_ratio, balanced, effect
