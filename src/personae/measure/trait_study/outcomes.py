"""By what a trait study is scored: a questionnaire, advice in situations, or a text the subject writes.

All give the same: one `Answered` per subject, scores by the full name of a domain. A score that could not be had is
None and has its reason. Whatever else scores subjects goes the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from personae.files import bundled
from personae.judges.asking import filled
from personae.measure.author_traits.interview import TextReader, taken
from personae.measure.author_traits.together import together
from personae.measure.separability.leaks import Stems
from personae.measure.trait_study.design import Subject
from personae.measure.trait_study.results import Answered
from personae.models.choices.ways import Way, opened
from personae.psychometrics.administration import Design, administer
from personae.psychometrics.administration.loop import Progress
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.rows import Row
from personae.psychometrics.scoring import pooled, score
from personae.psychometrics.situations import Situation, ask_situation, own_situations, score_traits
from personae.psychometrics.trait_prompts import DOMAINS, domain_named, markers
from personae.types import Message, Model, Settings

#: How long a text subjects are asked for.
WORDS = 150


async def by_questionnaire(
    subjects: Sequence[Subject],
    model: Model,
    instrument: Instrument,
    design: Design | None = None,
    *,
    out: Path | str | None = None,
    limit: int = 20,
    progress: Progress | None = None,
) -> tuple[Answered, ...]:
    """Each subject fills in the instrument; `design`, `out` (a folder to resume from), `limit` and `progress` are
    those of `administer`.

    Scores are keyed means over conditions, of expected values where the route gives probabilities. Domains that are
    none of the Big Five are left out.
    """
    people = [subject.respondent for subject in subjects]
    done = await administer(model, people, instrument, design, out=out, limit=limit, progress=progress)
    rows: dict[str, list[Row]] = {subject.id: [] for subject in subjects}
    for row in done.rows:
        rows[row.persona].append(row)
    return tuple(_keyed(subject, rows[subject.id], instrument) for subject in subjects)


async def by_situations(
    subjects: Sequence[Subject],
    model: Model,
    situations: Sequence[Situation] = (),
    *,
    way: Way = "letters",
    blocks: int = 1,
    limit: int = 20,
) -> tuple[Answered, ...]:
    """Each subject advises in situations (ours on the Big Five unless others are given); scores are 0 … 100.

    A subject who follows the place of options rather than what they say has no score but a reason.
    """
    put = await opened(model, way)
    kept = [one for one in situations or own_situations() if one.trait in DOMAINS.values()]
    traits = {one.id: one.trait for one in kept}

    async def advised(subject: Subject) -> Answered:
        before = subject.respondent.before

        async def prompted(text: str) -> Sequence[Message]:
            return (*before, Message("user", text))

        rows: list[Row] = []
        for situation in kept:
            rows += await ask_situation(put, situation, prompted, persona=subject.id, model=model.name, blocks=blocks)
        found = score_traits(rows, traits)
        why = {trait: one.reason or "no_score" for trait, one in found.items() if one.value is None}
        return Answered(subject, {trait: one.value for trait, one in found.items()}, why)

    return tuple(await together([partial(advised, subject) for subject in subjects], limit))


async def by_text(
    subjects: Sequence[Subject],
    model: Model,
    read: TextReader,
    *,
    words: int = WORDS,
    mask: bool = True,
    settings: Settings | None = None,
    limit: int = 20,
) -> tuple[Answered, ...]:
    """Each subject writes about its last weeks, and `read` says what the text shows.

    A text that repeats the words of its own prompt is read easily, so these are masked first, unless `mask` is off.
    Texts under 50 words, refused or empty have a reason.
    """
    asked = filled(bundled(f"{__package__}.texts", "prompts.en.yaml")["writing"].strip(), {"words": str(words)})
    writing = settings or Settings(max_tokens=2 * words)

    async def written(subject: Subject) -> Answered:
        said = await model.generate((*subject.respondent.before, Message("user", asked)), writing)
        shown = dataclasses.replace(said, text=prompt_words().masked(said.text)) if mask else said
        found = await taken(subject.id, "text", shown, read)
        scores = {name: found.scores.get(letter) for letter, name in DOMAINS.items()}
        return Answered(subject, scores, dict.fromkeys(scores, found.why) if found.why else {}, said.text)

    return tuple(await together([partial(written, subject) for subject in subjects], limit))


@cache
def prompt_words() -> Stems:
    """The markers that trait prompts are made of, as stems.

    >>> prompt_words().masked("Talkative, kindly, and quite at ease: a happy soul.")
    '…, …, and quite …: a … soul.'
    """
    return Stems.of_markers({domain: [word for pair in pairs for word in pair] for domain, pairs in markers().items()})


def _keyed(subject: Subject, rows: Sequence[Row], instrument: Instrument) -> Answered:
    told = pooled(rows, expected=True)
    scores: dict[str, float | None] = {}
    why: dict[str, str] = {}
    for one in score(instrument, told.answers, told.why):
        name = _big_five(instrument).get(one.scale)
        if one.level == "domain" and name:
            scores[name] = one.value
            if one.reason:
                why[name] = one.reason
    return Answered(subject, scores, why)


def _big_five(instrument: Instrument) -> Mapping[str, str]:
    """The instrument's domains that are of the Big Five, by the full name."""
    known = {*DOMAINS, *DOMAINS.values()}
    named = {domain: instrument.name_of(domain) for domain in instrument.domains}
    return {domain: domain_named(name) for domain, name in named.items() if name in known}
