"""Behaviours in the model's own words, judged against what the character did. (MMRole's relative judge, 2024.)"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from personae.errors import BadResponse, ContextOverflow
from personae.judges.qualification.card import judge_note
from personae.judges.relative import RelativeItem, RelativeJudge, relative_report
from personae.judges.roles import Verdict
from personae.measure.behaviour_chains.chain import Chain
from personae.measure.behaviour_chains.prompting import open_messages
from personae.measure.protocol import Observation
from personae.models.scoring import looks_refused
from personae.types import Completion, Measurement, Message, Model, Outcome, Settings

#: What is kept of the words before, where a prompt is still too long.
KEEP = 0.8


async def judged(
    model: Model, judge: RelativeJudge, chain: Chain, index: int, settings: Settings, words: int | None = None
) -> dict[str, Any]:
    """What the model says the character does, and the verdict on it against what the character did.

    Plain JSON: "text", "outcome" and "verdict", which is None where there is nothing to judge.
    """
    completion = await _behave(model, chain, index, settings, words)
    if completion is None:
        return {"text": "", "outcome": "failed", "verdict": None}
    text = completion.text.strip()
    outcome: Outcome = "refused" if text and looks_refused(text) else completion.outcome
    if outcome not in ("answered", "truncated") or not text:
        return {"text": text, "outcome": outcome, "verdict": None}
    node = chain.nodes[index]
    persona = f"{chain.character}. {chain.profile}".strip()
    verdict = await judge(RelativeItem(persona, open_messages(chain, index)[-1].content, text, node.behaviour))
    return {"text": text, "outcome": outcome, "verdict": verdict.to_dict()}


def open_measurements(
    name: str,
    observations: Sequence[Observation],
    judge: RelativeJudge | None,
    note: Mapping[str, Any] | None,
) -> list[Measurement]:
    """Mean ratio, log-ratio and order effect of the judged behaviours, each with what stands for the judge."""
    if judge is None:
        return []
    said = [each.data.get("open") or {"outcome": "failed", "verdict": None} for each in observations]
    verdicts = [_verdict(one, judge.name) for one in said]
    about = dict(note or judge_note(judge.model.name, None))
    return [
        dataclasses.replace(found, name=f"{name}.open.{found.name}", details={**found.details, "judge": about})
        for found in relative_report(verdicts)
    ]


async def _behave(model: Model, chain: Chain, index: int, settings: Settings, words: int | None) -> Completion | None:
    """The model's behaviour; of a prompt that is too long, a fifth of what went before is cut, again and again."""
    kept = words
    while True:
        messages = open_messages(chain, index, kept)
        try:
            return await model.generate(messages, settings)
        except BadResponse:
            return None
        except ContextOverflow:
            kept = int((_words(messages) if kept is None else kept) * KEEP)
            if kept < 1:
                return None


def _words(messages: Sequence[Message]) -> int:
    return len(messages[-1].content.split())


def _verdict(said: Mapping[str, Any], judge: str) -> Verdict:
    kept = said["verdict"]
    if kept is None:
        return Verdict(judge, reason=said["outcome"], why="there was no behaviour to judge")
    return Verdict(
        judge,
        kept["value"],
        kept["reason"],
        kept["why"],
        outcomes=tuple(kept["outcomes"]),
        details=kept["details"],
    )
