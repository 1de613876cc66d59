"""The rows of an administration as one Inspect log, written when the run is over: one sample per answer.

The calls were issued by our own loop, so this is the only place where a survey meets Inspect. A log is a zip archive
of JSON (`.eval`); it is written member by member, for Inspect's own writer compares each sample with all before it.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
)
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.scorer import Score
from pydantic_core import to_json

from personae.errors import RunError
from personae.psychometrics.administration.design import Cell, Respondent
from personae.psychometrics.administration.prompt import read
from personae.psychometrics.instrument import Instrument, Item
from personae.psychometrics.rows import Row
from personae.types import Message, ScoringMethod, Settings, Usage

#: What the one score of a sample is called, and the scorer with it.
SCORE = "answer"

#: Little is gained by more, and most of the time of writing would be spent on it.
COMPRESSION = 1

_KINDS: Mapping[str, type[ChatMessage]] = {
    "system": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}


def write_survey_log(
    path: Path | str,
    rows: Iterable[Row],
    instrument: Instrument,
    respondents: Sequence[Respondent],
    *,
    settings: Settings,
    usage: Usage | None = None,
    method: ScoringMethod | None = None,
    started: datetime | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Path:
    """Write the log and return its path, which ends in `.eval`.

    A sample has the prompt as its input, the reply as its output, and one score: the point chosen, explained by its
    label and key; a missing answer is unscored, and the reason says how it ended. Items of a batch are a sample each,
    with the item alone as their input. The log's metrics are shares of the outcomes: what answers are worth is not for
    a log to say. `metadata` is plain JSON data, such as certificates. Raises `RunError` for no rows.

    Read it with `inspect view` or `inspect_ai.log.read_eval_log`.
    """
    target = Path(path).with_suffix(".eval")
    target.parent.mkdir(parents=True, exist_ok=True)
    people = {one.name: one for one in respondents}
    counts: Counter[str] = Counter()
    first: Row | None = None
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive,
        ):
            summaries = []
            for row in rows:
                first = first or row
                counts[row.status] += 1
                sample = sample_of(row, instrument, people.get(row.persona), method)
                archive.writestr(f"samples/{sample.id}_epoch_{sample.epoch}.json", _json(sample))
                summaries.append(sample.summary().model_copy(update={"input": _question(sample)}))
            if first is None:
                raise RunError("there are no answers to write a log of")
            ids = list(dict.fromkeys(summary.id for summary in summaries))
            log = _log(first, instrument, ids, len(people), counts, settings, usage, started, metadata)
            archive.writestr("_journal/start.json", _json({"version": log.version, "eval": log.eval, "plan": log.plan}))
            archive.writestr("summaries.json", _json(summaries))
            archive.writestr("header.json", _json(log))
        os.chmod(name, 0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def sample_of(
    row: Row, instrument: Instrument, who: Respondent | None, method: ScoringMethod | None = None
) -> EvalSample:
    """One row as a sample. Its id names respondent, item and condition; its epoch is the repeat."""
    item = instrument.item(row.item)
    asked = _asked(row, instrument, item, who, method)
    output = ModelOutput.from_content(row.model, row.text or said(row, instrument))
    output.usage = ModelUsage(total_tokens=row.tokens)
    chat = [_KINDS[message.role](content=message.content) for message in asked]
    return EvalSample(
        id=sample_id(row.persona, row.item, row),
        epoch=row.repeat + 1,
        input=chat,
        target="",
        choices=list(instrument.response.labels),
        messages=[*chat, output.choices[0].message],
        output=output,
        scores={SCORE: score_of(row, instrument)},
        metadata={
            "persona": row.persona,
            "item": row.item,
            "domain": item.domain,
            "key": item.key,
            "template": row.template,
            "label_set": row.label_set,
            "order": row.order,
            "seed": row.seed,
            "route": row.route,
            "mode": row.mode,
        },
    )


def _question(sample: EvalSample) -> str:
    """What a list of samples shows of the input: the question without who answers it."""
    return str(sample.input[-1].content) if isinstance(sample.input, list) else sample.input


def _asked(
    row: Row, instrument: Instrument, item: Item, who: Respondent | None, method: ScoringMethod | None
) -> Sequence[Message]:
    cell = Cell(row.template, row.label_set, row.order, row.seed, row.repeat, "isolated", row.route)
    if who is None or row.mode == "batch":
        return (*(who.before if who else ()), Message("user", item.text))
    return read(who, (item,), instrument.response, cell, method)


def score_of(row: Row, instrument: Instrument) -> Score:
    """The point chosen, explained by its label and key; unscored where there is none."""
    item = instrument.item(row.item)
    kept = {name: getattr(row, name) for name in ("status", "place", "expected", "mass", "option_probs", "low", "high")}
    if row.answer is None:
        why = f"{row.status}: no option could be read from the reply"
        return Score.unscored(reason=row.status, answer=row.text[:200], explanation=why, metadata=kept)
    keyed = f"; {instrument.keyed(item.id, row.answer):g} for {instrument.name_of(item.domain)}" if item.key else ""
    explanation = f"{row.answer:g} of {instrument.response.low} … {instrument.response.high}, key {item.key:+d}{keyed}"
    return Score(value=row.answer, answer=said(row, instrument), explanation=explanation, metadata=kept)


def said(row: Row, instrument: Instrument) -> str:
    """The words of the option chosen; the number where options share the answer, "" where there is none."""
    points = instrument.response.points
    if row.answer is None:
        return ""
    return instrument.response.labels[points.index(int(row.answer))] if row.answer in points else f"{row.answer:g}"


def sample_id(persona: str, item: str, cell: Row | Cell) -> str:
    """What a sample is called: respondent, item and condition. Repeats are epochs."""
    parts = (persona, item, cell.template, cell.label_set, cell.order, f"seed {cell.seed}")
    return " · ".join(part.replace("/", "-").replace("\\", "-") for part in parts)


def _log(
    row: Row,
    instrument: Instrument,
    ids: list[int | str],
    respondents: int,
    counts: Counter[str],
    settings: Settings,
    usage: Usage | None,
    started: datetime | None,
    metadata: Mapping[str, Any] | None,
) -> EvalLog:
    now = datetime.now(UTC)
    n, spent = counts.total(), usage or Usage()
    begun = (started or now).isoformat(timespec="seconds")
    metrics = {name: EvalMetric(name=name, value=count / n) for name, count in sorted(counts.items())}
    config = GenerateConfig(temperature=settings.temperature, top_p=settings.top_p, max_tokens=settings.max_tokens)
    answered = counts["answered"]
    return EvalLog(
        version=2,
        status="success",
        eval=EvalSpec(
            created=begun,
            task=f"personae/{instrument.id}",
            task_version=instrument.version,
            dataset=EvalDataset(name=instrument.id, samples=n, sample_ids=ids),
            model=row.model,
            model_generate_config=config,
            config=EvalConfig(),
            metadata={"instrument_sha256": instrument.sha256, "respondents": respondents, **(metadata or {})},
        ),
        results=EvalResults(
            total_samples=n,
            completed_samples=n,
            scores=[
                EvalScore(
                    name=SCORE, scorer=SCORE, metrics=metrics, scored_samples=answered, unscored_samples=n - answered
                )
            ],
        ),
        stats=EvalStats(
            started_at=begun,
            completed_at=now.isoformat(timespec="seconds"),
            model_usage={row.model: _usage(spent)},
        ),
    )


def _usage(spent: Usage) -> ModelUsage:
    total = spent.prompt_tokens + spent.completion_tokens
    return ModelUsage(input_tokens=spent.prompt_tokens, output_tokens=spent.completion_tokens, total_tokens=total)


def _json(value: Any) -> bytes:
    """JSON as Inspect reads it: fields without a value left out, NaN as it is."""
    return to_json(value, exclude_none=True, inf_nan_mode="constants")
