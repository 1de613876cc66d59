"""One situation put in every template and every order; each answer becomes a row of the tidy table."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from personae.errors import BadResponse, ContextOverflow
from personae.models.choices.asking import in_orders
from personae.models.choices.ways import Answer, Put, failed
from personae.psychometrics.administration.orders import Order, orders
from personae.psychometrics.rows import Row
from personae.psychometrics.situations.items import OPTIONS, Situation
from personae.psychometrics.situations.scoring import BLOCKS, HIGH, side
from personae.psychometrics.situations.wording import Template, templates
from personae.types import Message

#: From the text of a question to the messages the respondent reads.
Prompted = Callable[[str], Awaitable[Sequence[Message]]]

#: What `Row.instrument` says unless told otherwise.
INSTRUMENT = "situations"
#: What `Row.label_set` says: options stand under letters.
LABELS = "letters"


async def ask_situation(
    put: Put,
    situation: Situation,
    prompted: Prompted,
    *,
    persona: str,
    model: str,
    instrument: str = INSTRUMENT,
    wordings: Sequence[Template] | None = None,
    blocks: int = len(BLOCKS),
    seed: int = 0,
) -> tuple[Row, ...]:
    """The situation in each wording (all three without) and in the orders of the first `blocks` Latin squares.

    In a row, `option_probs` stands in the order high, high, low, low, `expected` is their high part, and `answer` is
    1 for a high answer, 0 for a low one, .5 where both are equally likely. A broken answer, or a prompt that is too
    long, is "failed"; other model errors are raised.
    """
    known = orders(len(OPTIONS))
    shown = {name: known[name] for block in BLOCKS[:blocks] for name in block}
    rows: list[Row] = []
    for template in wordings or templates():
        messages = await prompted(template.filled(situation))
        answers = await in_orders(partial(_or_failed, put), messages, situation.options, list(shown.values()))
        asked = (persona, model, instrument, situation.id, template.name, LABELS)
        cell = partial(Row, *asked, seed=seed, repeat=0, mode="isolated")
        rows += [_row(cell, name, order, answer) for (name, order), answer in zip(shown.items(), answers, strict=True)]
    return tuple(rows)


def _row(cell: Callable[..., Row], name: str, order: Order, answer: Answer) -> Row:
    scores = answer.scores
    probs = answer.by_option
    read = {
        "order": name,
        "route": "parsed" if scores.method == "parsed" else "logprobs",
        "status": answer.outcome,
        "text": answer.why[:2_000],
        "tokens": scores.usage.prompt_tokens + scores.usage.completion_tokens,
    }
    if not probs:
        return cell(**read)
    best = max(probs)
    places = [place for place, option in enumerate(order) if best - probs[option] < 1e-9]
    mass = None if scores.method == "parsed" else min(1.0, math.fsum(map(math.exp, scores.logprobs)))
    high = math.fsum(probs[:HIGH])
    place = places[0] if len(places) == 1 else None
    return cell(**read, answer=side(high), expected=high, place=place, option_probs=probs, mass=mass)


async def _or_failed(put: Put, messages: Sequence[Message], options: Sequence[str]) -> Answer:
    try:
        return await put(messages, options)
    except (BadResponse, ContextOverflow) as error:
        return failed(options, BadResponse(str(error)))
