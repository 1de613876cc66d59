"""One call: a respondent, a condition, one item or a batch of them, and the rows that come of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from personae.errors import BadResponse, ContextOverflow
from personae.persona.persona import Persona
from personae.psychometrics.administration.design import Cell, Job, Respondent, respondent_of
from personae.psychometrics.administration.prompt import prompt, tags
from personae.psychometrics.administration.routes import (
    ANSWER,
    Reading,
    by_batch,
    by_constraint,
    by_logprobs,
    by_parsing,
    scoring_method,
)
from personae.psychometrics.administration.wording import Shown, shown
from personae.psychometrics.instrument import Instrument, Item
from personae.psychometrics.rows import Row
from personae.types import Message, Model, ScoringMethod, Settings

#: Of a reply only so many characters are kept.
KEPT_CHARS = 2_000

#: Added to the seed for every repeat, so that repeats are other draws.
REPEAT_STEP = 1_000_003


async def ask_item(
    model: Model,
    who: Persona | Respondent | Sequence[Message],
    instrument: Instrument,
    item: Item | str,
    cell: Cell | None = None,
    *,
    settings: Settings = ANSWER,
    method: ScoringMethod | None = None,
) -> Row:
    """Put one item to one respondent under one condition.

    who:    a persona, a `Respondent`, or the messages that stand before the question.
    item:   an item of the instrument or its id.
    method: how the model scores options, for the route "logprobs"; found out by one small question when not given.
            Where it is "letters", so is the row's label set.

    A broken answer or a prompt that is too long is a row of status "failed" with the error as its text; other
    `ModelError`s would meet every item and are raised. Raises `UsageError` where the model cannot take the route.

    >>> import asyncio
    >>> from personae.models.scripted import Scripted
    >>> from personae.psychometrics.instrument import Licence, Response
    >>> two = Instrument("two", (Item("a", "I like parties.", "E"),), Response(("no", "unsure", "yes")), Licence("MIT"))
    >>> row = asyncio.run(ask_item(Scripted(["Yes."]), [], two, "a", Cell(order="reverse")))
    >>> row.status, row.answer, row.place
    ('answered', 3, 0)
    """
    put = instrument.item(item) if isinstance(item, str) else item
    job = Job(respondent_of(who), dataclasses.replace(cell or Cell(), mode="isolated"), (put,))
    if job.cell.route == "logprobs" and method is None:
        method = await scoring_method(model)
    if job.cell.route == "logprobs" and method == "letters":
        job = dataclasses.replace(job, cell=dataclasses.replace(job.cell, label_set="letters"))
    return (await ask(model, job, instrument, settings, method))[0][0]


async def ask(
    model: Model, job: Job, instrument: Instrument, settings: Settings = ANSWER, method: ScoringMethod | None = None
) -> tuple[list[Row], list[Reading]]:
    """One row and one reading for each item of a job."""
    options = shown(instrument.response, job.cell.label_set, job.cell.order)
    seed = job.cell.seed + REPEAT_STEP * job.cell.repeat
    try:
        readings = await _read(model, job, instrument, options, dataclasses.replace(settings, seed=seed), method)
    except (BadResponse, ContextOverflow) as error:
        readings = [Reading("failed", text=str(error)) for _ in job.items]
    rows = [
        _row(model.name, job, instrument, item, reading, options)
        for item, reading in zip(job.items, readings, strict=True)
    ]
    return rows, readings


async def _read(
    model: Model, job: Job, instrument: Instrument, options: Shown, settings: Settings, method: ScoringMethod | None
) -> list[Reading]:
    response, route = instrument.response, job.cell.route
    asked = prompt(job.respondent, job.items, response, job.cell)
    if job.cell.mode == "batch":
        as_json = route == "constrained"
        return await by_batch(model, asked, options, settings, tags(len(job.items)), as_json=as_json)
    if route == "constrained":
        return [await by_constraint(model, asked, options, settings)]
    if route == "parsed":
        return [await by_parsing(model, asked, options, settings)]
    bare = prompt(job.respondent, job.items, response, job.cell, listed=False)
    return [await by_logprobs(model, asked, bare, options, response.points, method or "exact")]


def _writable(text: str) -> str:
    """The text with half characters, which a file cannot hold, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _row(model: str, job: Job, instrument: Instrument, item: Item, reading: Reading, options: Shown) -> Row:
    cell, found, points = job.cell, reading.shares, instrument.response.points
    chosen, answer = reading.chosen, None
    if found is not None:
        chosen = found.best[0] if len(found.best) == 1 else None
        answer = sum(points[index] for index in found.best) / len(found.best)  # equals share the answer
    elif chosen is not None:
        answer = points[chosen]
    return Row(
        persona=job.respondent.name,
        model=model,
        instrument=instrument.id,
        item=item.id,
        template=cell.template,
        label_set=cell.label_set,
        order=cell.order,
        seed=cell.seed,
        repeat=cell.repeat,
        mode=cell.mode,
        route=cell.route,
        status=reading.status,
        answer=answer,
        expected=found.expected if found else answer,
        place=None if chosen is None else options.place(chosen),
        option_probs=found.probs if found else (),
        mass=found.mass if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        text=_writable(reading.text[:KEPT_CHARS]),
        tokens=reading.usage.prompt_tokens + reading.usage.completion_tokens,
    )
