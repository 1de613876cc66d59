"""What is wrong with a plan to share pictures: against the persona, against the talk, against time, or not allowed.

A caption is held against the persona's statements and against what the persona has said in the session up to then; a
contradiction needs a probability of .5, and a statement that bears on the caption at all: with our own scorer "I have
no pets" else contradicts a picture of rain. "Not contradicted" is all this shows: a caption may still be made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from personae.files import bundled
from personae.measure.items import share
from personae.measure.photo_sharing.plans import PhotoPlan, Session
from personae.models.embedder import supported
from personae.persona.persona import Persona
from personae.types import CONTRADICTION, ENTAILMENT, Measurement, PairScorer

Kind = Literal["forbidden", "contradicts persona", "contradicts talk", "not own message", "too early", "unread"]
HELD = 0.5
BEARS = 0.2  #: relevance from which a statement may be contradicted; by a look at a few captions, not fitted
_PHOTO = re.compile(r"\b(?:photo|photograph|picture|pic|selfie|snapshot)s?\b", re.IGNORECASE)
#: A denial, at most five words, and a photo; and the other way round for "photos of me are not shared".
_DENIED = re.compile(
    r"\b(?:never|not|n't|no|refuse|refuses|forbid|forbids|avoid|avoids)\b(?:\W+\w+){0,5}?\W+"
    r"(?:photo|photograph|picture|pic|selfie|snapshot)s?\b",
    re.IGNORECASE,
)
#: What turns a denial round: "I do not mind sharing photos".
_ALLOWS = re.compile(r"\b(?:mind|hesitate|forget|fail|stop|tire|tired|miss|only|just|problem)\b", re.IGNORECASE)
_SHARED = re.compile(
    r"\b(?:shar|send|sent|post|show|giv|allow|upload|forbid|refus|no (?:photo|picture|selfie))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the plan at this place of the list; `against` is the statement or message it clashes with."""

    plan: int
    kind: Kind
    against: str = ""


async def audit_plans(
    plans: Sequence[PhotoPlan],
    session: Session,
    persona: Persona,
    scorer: PairScorer,
    *,
    readable: Callable[[str], str | None] = supported,
) -> tuple[Problem, ...]:
    """Everything that is wrong with the plans, in their order; empty for valid ones."""
    ban = await forbids_photos(persona, scorer)
    found = [Problem(at, "forbidden", ban) for at in range(len(plans)) if ban is not None]
    asked: list[tuple[int, Kind, str]] = []
    for at, plan in enumerate(plans):
        before = session.messages[: plan.after + 1]
        if not before or plan.after >= len(session.messages) or before[-1].speaker != persona.name:
            found.append(Problem(at, "not own message", before[-1].text if before else ""))
        elif plan.at < before[-1].at:
            found.append(Problem(at, "too early", before[-1].text))
        if readable(plan.caption):
            found.append(Problem(at, "unread", plan.caption))
            continue
        asked += [(at, "contradicts persona", one.text) for one in persona.statements]
        asked += [(at, "contradicts talk", one.text) for one in before if one.speaker == persona.name]
    captions, texts = [plans[at].caption for at, _, _ in asked], [text for _, _, text in asked]
    against = np.asarray(await scorer.score(captions, texts)).reshape(len(asked), 3)[:, CONTRADICTION] >= HELD
    bears = np.asarray(await scorer.relevance(texts, captions)) >= BEARS
    found += [Problem(at, kind, text) for (at, kind, text), bad in zip(asked, against & bears, strict=True) if bad]
    return tuple(sorted(found, key=lambda one: one.plan))


async def forbids_photos(persona: Persona, scorer: PairScorer | None = None) -> str | None:
    """The statement by which the persona shares no photos, or None.

    A statement counts that speaks of photos and either denies sharing them in so many words or, by the scorer, entails
    that none are shared.

    >>> import asyncio
    >>> from personae.persona.parts import Statement
    >>> shy = Persona(name="Ana", statements=(Statement(id="s1", text="I never send photos of myself."),))
    >>> asyncio.run(forbids_photos(shy))
    'I never send photos of myself.'
    """
    about = [one.text for one in persona.statements if _PHOTO.search(one.text)]
    for text in about:
        denied = _DENIED.search(text.replace("n't", " not").replace("n’t", " not"))
        if denied and not _ALLOWS.search(denied[0]) and _SHARED.search(text):
            return text
    if scorer is None or not about:
        return None
    ban = str(bundled(__package__, "texts/rules.en.yaml")["ban"])
    rows = np.asarray(await scorer.score(about, [ban] * len(about)))
    return next((text for text, row in zip(about, rows, strict=True) if row[ENTAILMENT] >= HELD), None)


def validity(plans: Sequence[PhotoPlan], problems: Sequence[Problem]) -> Measurement:
    """The share of plans without a problem; kinds of problems are counted in the details."""
    bad = {one.plan for one in problems}
    kinds = [one.kind for one in problems]
    details = {"problems": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}}
    return share("photo_plans", {str(at): float(at not in bad) for at in range(len(plans))}, {}, details=details)
