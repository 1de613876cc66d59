"""Three routes to an answer – log-probabilities, constrained choice, parsed text – whose rows are never pooled."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.psychometrics.administration.batch import read_batch, read_batch_json, read_label
from personae.psychometrics.administration.parse import read_choice
from personae.psychometrics.administration.refusals import refusal
from personae.psychometrics.administration.shares import Shares, shares
from personae.psychometrics.administration.wording import Shown, texts
from personae.psychometrics.rows import Route
from personae.types import Completion, Message, Model, OptionScores, Outcome, ScoringMethod, Settings, Usage

FREE = Usage()

#: How an answer is asked for. Greedy, with room for a label and a few words around it.
ANSWER = Settings(temperature=0.0, top_p=1.0, max_tokens=32)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one item: the option chosen (an index, in the scale's order), or probabilities, or why neither."""

    status: Outcome
    chosen: int | None = None
    shares: Shares | None = None
    text: str = ""
    usage: Usage = FREE


async def scoring_method(model: Model) -> ScoringMethod:
    """By which method a model scores options, found out with one small question.

    Raises `UsageError` that names the other routes where it has no log-probabilities to give.
    """
    probe = texts()["probe"]
    found = await model.logprobs([Message("user", probe["question"])], probe["options"])
    if found.method == "parsed":
        raise UsageError(
            f"the model {model.name!r} gives no log-probabilities; take the route 'constrained' or 'parsed' instead"
        )
    return found.method


async def best_route(model: Model) -> Route:
    """ "logprobs" where the model has them, else "parsed"."""
    try:
        await scoring_method(model)
    except UsageError:
        return "parsed"
    return "logprobs"


async def by_logprobs(
    model: Model, listed: Sequence[Message], unlisted: Sequence[Message], options: Shown, points: Sequence[float],
    method: ScoringMethod,
) -> Reading:  # fmt: skip
    """Score every full label as the reply; where a model can only score letters, of a lettered list it adds itself."""
    said = options.said if method == "exact" else options.options.words
    scores = await model.logprobs(listed if method == "exact" else unlisted, [said[index] for index in options.order])
    if scores.method == "parsed":
        raise UsageError(f"the model {model.name!r} gives no log-probabilities; take 'constrained' or 'parsed' instead")
    if scores.outcome != "answered":
        return Reading(scores.outcome, usage=scores.usage)
    by_option = [scores.logprobs[options.place(index)] for index in range(len(said))]
    found = shares(by_option, points, p_k=_least_listed(scores))
    return Reading("unparsed" if found is None else "answered", shares=found, usage=scores.usage)


def _least_listed(scores: OptionScores) -> float | None:
    """An upper bound of p_k, the probability of the least likely token of a top-k list; None for exact scores."""
    if scores.method == "exact":
        return None
    told: float | None = getattr(scores, "floor", None)
    listed = [score for score in scores.logprobs if score > -math.inf]
    return math.exp(min(listed) if told is None else told) if listed else 0.0


async def by_constraint(model: Model, asked: Sequence[Message], options: Shown, settings: Settings) -> Reading:
    """A JSON object whose one entry is one of the labels, held to by the backend where it can be."""
    schema = json.dumps(_object({"answer": options}))
    reply = await model.generate(asked, dataclasses.replace(settings, json_schema=schema))
    return _reading(reply, _read_object(reply.text, options))


async def by_parsing(model: Model, asked: Sequence[Message], options: Shown, settings: Settings) -> Reading:
    """Free text, read by `read_choice`."""
    reply = await model.generate(asked, settings)
    return _reading(reply, read_choice(reply.text, options.options))


async def by_batch(
    model: Model, asked: Sequence[Message], options: Shown, settings: Settings, tags: Sequence[str], *, as_json: bool
) -> list[Reading]:
    """Many items in one reply, one reading per tag; room and cost of the reply are shared among them."""
    room = dataclasses.replace(settings, max_tokens=settings.max_tokens * len(tags))
    if as_json:
        room = dataclasses.replace(room, json_schema=json.dumps(_object(dict.fromkeys(tags, options))))
    reply = await model.generate(asked, room)
    read = read_batch_json if as_json else read_batch
    found = read(reply.text, tags, options.options)
    return [
        _reading(dataclasses.replace(reply, usage=usage), value)
        for value, usage in zip(found, _split(reply.usage, len(tags)), strict=True)
    ]


def _reading(reply: Completion, found: int | Outcome) -> Reading:
    """A choice counts although the reply was cut off after it; without one the stop says why."""
    if reply.stop == "refusal":
        return Reading("refused", text=reply.text, usage=reply.usage)
    if isinstance(found, int):
        return Reading("answered", found, text=reply.text, usage=reply.usage)
    status: Outcome = "truncated" if found == "unparsed" and reply.stop == "length" else found
    return Reading(status, text=reply.text, usage=reply.usage)


def _read_object(text: str, options: Shown) -> int | Outcome:
    if not text.strip():
        return "empty"
    said = text.strip().removeprefix("```json").strip("`\n ")
    try:
        tree = json.loads(said) if len(said) < 10_000 else None
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict) and list(tree) == ["answer"]:
        return read_label(tree["answer"], options.options)
    return "refused" if refusal(text[:10_000]) else "unparsed"


def _object(entries: dict[str, Shown]) -> dict[str, object]:
    """The JSON Schema of an object with these entries, each one of its labels in the order shown."""
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "enum": [shown.said[index] for index in shown.order]}
            for name, shown in entries.items()
        },
        "required": list(entries),
        "additionalProperties": False,
    }


def _split(usage: Usage, n: int) -> list[Usage]:
    """A call's cost over its n items, the remainder on the first of them, so that the sum stays the cost."""

    def part(total: int, place: int) -> int:
        return total // n + (place < total % n)

    return [
        Usage(
            part(usage.prompt_tokens, place),
            part(usage.completion_tokens, place),
            part(usage.cached_tokens, place),
            usage.seconds / n,
        )
        for place in range(n)
    ]
